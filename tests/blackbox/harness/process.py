"""One running `payweir`: started, awaited, stopped or killed, with what it printed."""
import os
import pathlib
import re
import signal
import subprocess
import time

from . import wire

START_S = 30
DRAIN_S = 35  # the switch promises 30


def binary_from_environment():
    path = os.environ.get("PAYWEIR_BIN")
    if not path:
        path = pathlib.Path(__file__).resolve().parents[3] / "build" / "dev" / "payweir"
    return pathlib.Path(path)


class DidNotStart(AssertionError):
    pass


class Process:
    def __init__(self, binary, arguments, log_path, environment=None):
        self.log_path = pathlib.Path(log_path)
        self._log = open(self.log_path, "ab")
        self._popen = subprocess.Popen(
            [str(binary), *arguments], stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
            env=clean_environment() | (environment or {}))

    @property
    def pid(self):
        return self._popen.pid

    def is_running(self):
        return self._popen.poll() is None

    def wait_until_answers(self, address, target="/health"):
        def answers():
            try:
                return wire.request(address, "GET", target, timeout_s=5).status == 200
            except (OSError, wire.http.client.HTTPException):
                return False
        self._wait_until(answers, f"does not answer on {address}")

    def wait_until_prints(self, pattern):
        """The match of `pattern` in what was printed."""
        self._wait_until(lambda: re.search(pattern, self.output()), f"does not print {pattern}")
        return re.search(pattern, self.output())

    def _wait_until(self, reached, otherwise):
        deadline = time.monotonic() + START_S
        while not reached():
            if not self.is_running():
                raise DidNotStart(f"exited with {self._popen.returncode}:\n{self.output()[-3000:]}")
            if time.monotonic() > deadline:
                self.kill()
                raise DidNotStart(f"{otherwise}:\n{self.output()[-3000:]}")
            time.sleep(0.02)

    def wait(self, timeout_s=START_S):
        """The exit code."""
        code = self._popen.wait(timeout_s)
        self._log.close()
        return code

    def terminate(self):
        self._popen.send_signal(signal.SIGTERM)

    def stop(self):
        """Asks it to finish, and returns the exit code."""
        if self.is_running():
            self.terminate()
        try:
            return self.wait(DRAIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        """kill -9: no destructor runs, nothing is flushed."""
        if self.is_running():
            self._popen.kill()
        self.wait()

    def output(self):
        return self.log_path.read_text(errors="replace")


def clean_environment():
    """Ours, without any setting of a switch that the developer runs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PAYWEIR_")}
