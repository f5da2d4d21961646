"""A disk that fails or is slow, under the binary: see harness/faulty_libc.c."""
import concurrent.futures
import secrets
import signal

from harness import wire
from harness.case import Case, OnFaultyLibc
from harness.merchant import payment


class FailingDisk(OnFaultyLibc, Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        self.key = "order-" + secrets.token_hex(8)

    def pay(self):
        return self.shop.post("/payments", payment(), idempotency_key=self.key)

    def assert_ends_itself(self, under_way):
        """Neither yes nor no: the client gets no answer, and the process is gone by its own hand."""
        failed = self.libc.read("syncs_failed")
        with self.assertRaises((OSError, wire.http.client.HTTPException)):
            under_way()
        self.assertEqual(self.switch.process.wait(), -signal.SIGABRT)
        self.assertIn("the store cannot go on", self.switch.process.output())
        self.assertEqual(self.libc.read("syncs_failed"), failed + 1)

    def assert_executed_once(self, statuses):
        """After a restart the truth is read back, and what a repeated request is told is the truth."""
        self.switch.start()
        again = self.eventually(self.pay, lambda answer: answer.status != 409)
        self.assertEqual(again.status, 200, again)
        settled = self.eventually(lambda: self.shop.retrieve(again.json["payment_id"]), lambda p: p["status"] != "processing")
        self.assertIn(settled["status"], statuses)
        self.assertEqual(self.charges(settled["payment_id"]), [6540] if settled["status"] == "succeeded" else [])
        self.assertEqual(self.pay().json["payment_id"], settled["payment_id"])
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)

    def test_C10_D13_the_commit_of_an_attempt(self):
        self.libc.fail_next_sync()
        self.assert_ends_itself(self.pay)
        self.assert_executed_once(("succeeded", "failed"))

    def test_C10_D13_the_commit_of_what_the_gateway_answered(self):
        self.sandbox.plant("slow", "authorize", count=1, delay_ms=500)

        def pay_and_fail():
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                answer = pool.submit(self.pay)
                self.eventually(lambda: self.sandbox.fired("slow"), 1)
                self.libc.fail_next_sync()
                answer.result()

        self.assert_ends_itself(pay_and_fail)
        self.assert_executed_once(("succeeded",))


class SlowDisk(OnFaultyLibc, Case):
    # Few places for commits, so that few clients are too many; the send window is the one of a release.
    environment = Case.environment | {"PAYWEIR__STORE__COMMIT_QUEUE_MAX": "16", "PAYWEIR__CONNECTORS__SEND_WINDOW_MS": "20000"}
    CLIENTS = 40
    SYNC_S = 5

    def setUp(self):
        super().setUp()
        self.shop = self.merchant()

    def pay(self, key):
        return self.caller(self.shop.key).post("/payments", payment(), idempotency_key=key)

    def pay_until_taken(self, key):
        return self.eventually(lambda: self.pay(key), lambda answer: answer.status not in (409, 503))

    def all_at_once(self, pay, keys):
        """The answers, in the order of the keys."""
        with concurrent.futures.ThreadPoolExecutor(len(keys)) as pool:
            return list(pool.map(pay, keys))

    def gateway_seconds(self):
        return self.switch.metric("payweir_gateway_latency_seconds_sum")

    def test_H02_a_slow_disk_sheds_load_and_is_no_fault_of_the_gateway(self):
        keys = [f"order-{n}" for n in range(self.CLIENTS)]
        contradictions, at_gateway_s = self.switch.metric("payweir_gateway_contradictions_total"), self.gateway_seconds()
        charged_before = self.sandbox.charged_references()
        self.libc.slow_syncs(self.SYNC_S * 1000)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            under_way = pool.submit(self.all_at_once, self.pay, keys)
            self.eventually(lambda: self.libc.read("syncs_delayed"), lambda count: count >= 1)
            # Who only reads does not wait for the disk.
            self.assertEqual(wire.request(self.switch.address, "GET", "/health/ready", timeout_s=self.SYNC_S / 2).status, 200)
            answers = under_way.result()
        taken = [answer for answer in answers if answer.status != 503]
        self.assertTrue(taken)
        self.assertLess(len(taken), self.CLIENTS, "nothing was shed")
        for answer in taken:
            self.assertEqual(answer.status, 200, answer)
            self.assertIn(answer.json["status"], ("succeeded", "processing"), answer)
            self.assertIsNone(answer.json["error_message"])
        self.assertEqual(self.switch.metric("payweir_gateway_contradictions_total"), contradictions)
        self.assertLess(self.gateway_seconds() - at_gateway_s, self.SYNC_S)

        self.libc.heal()
        # What was shed had no effect, so it may come again; what was taken gets its answer again.
        paid = {answer.json["payment_id"] for answer in self.all_at_once(self.pay_until_taken, keys)}
        self.assertEqual(len(paid), self.CLIENTS)
        for payment_id in paid:
            self.eventually_status(self.shop, payment_id, "succeeded")
            self.assertEqual(self.charges(payment_id), [6540])
        self.assertEqual(self.sandbox.charged_references() - charged_before, paid)
