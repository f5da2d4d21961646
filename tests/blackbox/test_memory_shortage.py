"""Memory that runs out under load: the switch answers errors, sheds connections or dies, and what it said stays
true."""
import contextlib
import itertools
import re
import resource
import threading

from harness import wire
from harness.case import Case
from harness.merchant import payment


class MemoryShortage(Case):
    TILLS = 4

    def setUp(self):
        super().setUp()
        self.addCleanup(self.start_anew)
        self.shop = self.merchant()
        self.told = {}  # the first answer to each payment that was answered, by its key
        self.refused = 0

    def start_anew(self):
        self.switch.kill()  # which is what the kernel does, when the switch itself has not ended
        self.switch.start()

    def limit_memory(self, headroom_kib):
        """The switch gets so much more than it has now. RLIMIT_AS would not do: the address space that the
        allocator has reserved is large, and memory in it is had without asking for more."""
        pid = self.switch.process.pid
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            has_kib = int(re.search(r"VmData:\s*(\d+) kB", status.read())[1])
        self.unlimited = resource.prlimit(pid, resource.RLIMIT_DATA)
        resource.prlimit(pid, resource.RLIMIT_DATA, ((has_kib + headroom_kib) * 1024, self.unlimited[1]))

    def pay_until(self, over, name):
        """A payment after the other; each asked for again under its key until it is answered."""
        with contextlib.closing(wire.Client(self.switch.address, timeout_s=3)) as client:
            for key in (f"{name}-{n}" for n in itertools.count()):
                self.told[key] = None
                while self.told[key] is None:
                    if over.is_set():
                        return
                    try:
                        answer = client.request("POST", "/payments", payment(), {"api-key": self.shop.key, "idempotency-key": key})
                    except (OSError, wire.http.client.HTTPException):
                        answer = None  # no memory for the connection, or nobody there
                    if answer is not None and answer.status == 200:
                        self.told[key] = answer.json
                    else:
                        self.refused += 1
                        over.wait(0.01)

    def hoard(self, stack):
        """Bodies that are never complete: the switch keeps what has come of each. Ever smaller ones, for every
        gap that is left."""
        for size in [900_000] * 60 + [90_000] * 60 + [9_000] * 60 + [900] * 60:
            with contextlib.suppress(OSError):  # shed, or nobody there
                raw = stack.enter_context(wire.connect(self.switch.address))
                raw.sendall(b"POST /payments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                            b"content-length: 1000000\r\n\r\n" + b" " * size)

    def ran_out(self):
        """The log or the end of the process says so."""
        said = self.switch.process.output()[self.log_before:]
        return re.search("bad_alloc|out of memory|failed to allocate", said) or not self.switch.process.is_running()

    @contextlib.contextmanager
    def load_without_memory(self, headroom_kib):
        """Payments, while memory runs out; it is out when the body runs. Gives the stack that holds the hoard."""
        over = threading.Event()
        tills = [threading.Thread(target=self.pay_until, args=(over, f"till-{n}")) for n in range(self.TILLS)]
        self.log_before = len(self.switch.process.output())
        with contextlib.ExitStack() as stack:
            try:
                for till in tills:
                    till.start()
                self.eventually(lambda: len(self.told), lambda count: count >= 5 * self.TILLS)
                self.limit_memory(headroom_kib)
                self.hoard(stack)
                self.eventually(self.ran_out, lambda seen: seen)
                refused = self.refused
                self.eventually(lambda: self.refused, lambda count: count >= refused + 20)
                yield stack
            finally:
                over.set()
                for till in tills:
                    till.join()

    def assert_nothing_lost_or_charged_twice(self, charged_before):
        """Asked again, each payment is the one that was acknowledged; switch and gateway hold the same."""
        paid = set()
        for key, told in self.told.items():
            again = self.eventually(lambda: self.shop.post("/payments", payment(), idempotency_key=key), lambda a: a.status != 409)
            self.assertEqual(again.status, 200, again)
            payment_id = again.json["payment_id"]
            settled = self.eventually(lambda: self.shop.retrieve(payment_id), lambda p: p["status"] != "processing", 60)
            if told is not None:
                self.assertEqual(payment_id, told["payment_id"])
                self.assertIn(told["status"], ("processing", settled["status"]))
            if settled["status"] == "succeeded":
                paid.add(payment_id)
            self.assertEqual(self.charges(payment_id), [6540] if payment_id in paid else [])
        self.assertTrue(paid)
        self.assertEqual(self.sandbox.charged_references() - charged_before, paid)

    def assert_survived(self, headroom_kib):
        charged_before = self.sandbox.charged_references()
        with self.load_without_memory(headroom_kib):
            pass
        self.start_anew()
        self.assert_nothing_lost_or_charged_twice(charged_before)

    def test_C12_when_not_a_page_is_left(self):
        self.assert_survived(headroom_kib=0)

    def test_C12_when_little_is_left(self):
        self.assert_survived(headroom_kib=2048)

    def test_C12_when_there_is_enough_for_some(self):
        self.assert_survived(headroom_kib=16384)

    def assert_all_there(self):
        """The switch accepts connections, asks about what is unknown, and tells merchants."""
        self.assertEqual(wire.request(self.switch.address, "GET", "/health", timeout_s=10).status, 200)
        endpoint = self.receiver()
        shop = self.merchant(webhook_url=endpoint.url)
        fired = self.sandbox.fired("closed")
        self.sandbox.plant("closed", "authorize", count=1)
        made = shop.pay()
        self.assertEqual((self.sandbox.fired("closed") - fired, made["status"]), (1, "processing"))
        self.eventually_status(shop, made["payment_id"], "succeeded")
        endpoint.wait_for(1, "payment_succeeded")

    def test_C12_what_survives_a_shortage_is_all_there(self):
        def part_ran_out():
            """Something that is started once and runs as long as the process; or all of it is gone."""
            said = self.switch.process.output()[self.log_before:]
            return re.search('"task":"(http accept|deliver)"', said) or not self.switch.process.is_running()

        for _ in range(5):  # which part has the bad luck is a matter of luck
            with self.load_without_memory(0) as stack:
                for _ in range(20):
                    if part_ran_out():
                        break
                    self.hoard(stack)
            if self.switch.process.is_running():
                resource.prlimit(self.switch.process.pid, resource.RLIMIT_DATA, self.unlimited)
            else:
                self.switch.start()
            self.assert_all_there()
