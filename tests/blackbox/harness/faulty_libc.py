"""A C library that goes wrong when it is told to, under a switch that runs: syncs that are slow or fail, a
wall clock that jumps. See faulty_libc.c, which is compiled here."""
import mmap
import pathlib
import shutil
import struct
import subprocess

SOURCE = pathlib.Path(__file__).with_name("faulty_libc.c")
FIELDS = ("sync_delay_ms", "syncs_to_fail", "clock_ahead_ms", "syncs_delayed", "syncs_failed")
CELL = struct.Struct("=q")


class FaultyLibc:
    def __init__(self, folder):
        library, page = pathlib.Path(folder) / "faulty_libc.so", pathlib.Path(folder) / "faulty_libc.page"
        compiler = shutil.which("cc") or shutil.which("clang-19")
        subprocess.run([compiler, "-std=c11", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, SOURCE],
                       check=True, timeout=60)
        page.write_bytes(bytes(CELL.size * len(FIELDS)))
        with open(page, "r+b") as file:
            self._page = mmap.mmap(file.fileno(), 0)
        # What a switch must be started with.
        self.environment = {"LD_PRELOAD": str(library), "FAULTY_LIBC": str(page)}

    def read(self, field):
        return CELL.unpack_from(self._page, CELL.size * FIELDS.index(field))[0]

    def write(self, field, value):
        CELL.pack_into(self._page, CELL.size * FIELDS.index(field), value)

    def slow_syncs(self, delay_ms):
        """From now on, until told otherwise, each sync takes so long. 0: as fast as the disk is."""
        self.write("sync_delay_ms", delay_ms)

    def fail_next_sync(self):
        """The next sync of the database's log answers EIO, and has not happened."""
        self.write("syncs_to_fail", 1)

    def pass_time(self, seconds):
        """The wall clock goes on by so much at once."""
        self.write("clock_ahead_ms", self.read("clock_ahead_ms") + seconds * 1000)

    def heal(self):
        """The disk is sound again. What time has passed has passed."""
        self.slow_syncs(0)
        self.write("syncs_to_fail", 0)
