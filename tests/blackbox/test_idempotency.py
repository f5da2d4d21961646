"""Idempotency-Key on every POST: the same request twice has one effect and one answer."""
import concurrent.futures
import secrets

from harness.case import Case
from harness.merchant import payment


class Idempotency(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        self.key = "order-" + secrets.token_hex(8)

    def test_a_repeated_request_gets_the_first_answer_byte_for_byte(self):
        first = self.shop.post("/payments", payment(), idempotency_key=self.key)
        second = self.shop.post("/payments", payment(), idempotency_key=self.key)
        self.assertEqual((second.status, second.body), (first.status, first.body))
        self.assertEqual(self.charges(first.json["payment_id"]), [6540])
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)

    def test_holds_for_every_post(self):
        made = self.shop.pay(capture_method="manual")["payment_id"]
        for target, body in ((f"/payments/{made}/capture", {"amount_to_capture": 6540}),
                             ("/refunds", {"payment_id": made, "amount": 100})):
            with self.subTest(target=target):
                key = secrets.token_hex(8)
                first = self.shop.post(target, body, idempotency_key=key)
                second = self.shop.post(target, body, idempotency_key=key)
                self.assertEqual(first.status, 200, first)
                self.assertEqual((second.status, second.body), (first.status, first.body))
        self.assertEqual(len(self.shop.retrieve(made)["refunds"]), 1)

    def test_a_stored_answer_outlives_the_process(self):
        first = self.shop.post("/payments", payment(), idempotency_key=self.key)
        self.switch.restart()
        self.assertEqual(self.shop.post("/payments", payment(), idempotency_key=self.key).body, first.body)

    def test_D01_the_same_key_at_the_same_time_executes_once(self):
        self.sandbox.plant("slow", "authorize", delay_ms=300)

        def send(_):
            return self.caller(self.shop.key).post("/payments", payment(), idempotency_key=self.key)

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(send, range(16)))
        done = [answer for answer in answers if answer.status == 200]
        waiting = [answer for answer in answers if answer.status == 409]
        self.assertEqual(len(done) + len(waiting), 16, answers)
        self.assertGreaterEqual(len(done), 1)
        self.assertTrue(all("retry-after" in answer.headers for answer in waiting))
        self.assertEqual(len({answer.body for answer in done}), 1)
        self.assertEqual(self.charges(done[0].json["payment_id"]), [6540])
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)
        self.assertGreaterEqual(self.sandbox.fired("slow"), 1)

    def test_D03_the_same_key_with_another_body_is_refused(self):
        first = self.shop.pay(6540, idempotency_key=self.key)
        answer = self.shop.post("/payments", payment(6541), idempotency_key=self.key)
        self.assert_error(answer, 422)
        self.assertIn("idempotency", answer.body.decode().lower())
        other_path = self.shop.post("/refunds", {"payment_id": first["payment_id"]}, idempotency_key=self.key)
        self.assert_error(other_path, 422)
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)
        self.assertEqual(self.charges(first["payment_id"]), [6540])

    def test_D04_the_same_key_of_another_merchant_is_independent(self):
        mine = self.shop.pay(idempotency_key=self.key)
        theirs = self.merchant().pay(idempotency_key=self.key)
        self.assertNotEqual(mine["payment_id"], theirs["payment_id"])
        self.assertEqual(self.charges(theirs["payment_id"]), [6540])

    def test_D06_without_a_key_each_request_executes(self):
        ids = {self.shop.pay()["payment_id"] for _ in range(2)}
        self.assertEqual(len(ids), 2)

    def test_D06_a_payment_id_of_the_merchant_acts_as_a_key(self):
        chosen = "order_" + secrets.token_hex(12)
        self.assertEqual(self.shop.pay(payment_id=chosen)["payment_id"], chosen)
        again = self.shop.post("/payments", payment(payment_id=chosen))
        self.assertIn(again.status, (200, 400, 409), again)
        self.assertEqual(self.charges(chosen), [6540])
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)

    def test_D06_a_refund_id_of_the_merchant_acts_as_a_key(self):
        paid = self.shop.pay()["payment_id"]
        chosen = "return_" + secrets.token_hex(8)
        self.assertEqual(self.shop.refund(paid, 100, refund_id=chosen)["refund_id"], chosen)
        self.shop.post("/refunds", {"payment_id": paid, "amount": 100, "refund_id": chosen})
        self.assertEqual(len(self.shop.retrieve(paid)["refunds"]), 1)

    def test_D07_a_request_that_was_refused_does_not_use_up_the_key(self):
        refused = self.shop.post("/payments", payment(amount="65.40"), idempotency_key=self.key)
        self.assertEqual(refused.status, 400, refused)
        self.assertEqual(self.shop.pay(idempotency_key=self.key)["status"], "succeeded")

    def test_D10_two_keys_for_one_payment_id_are_one_payment(self):
        self.sandbox.plant("slow", "authorize", delay_ms=300)  # the clicks meet while the first is under way
        chosen = "order_" + secrets.token_hex(8)

        def click(n):
            return self.caller(self.shop.key).post("/payments", payment(payment_id=chosen), idempotency_key=f"{self.key}-{n}")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(click, range(8)))
        answers.append(click("late"))
        self.assertEqual([answer.json["status"] for answer in answers if answer.status == 200], ["succeeded"])
        for answer in answers:
            if answer.status != 200:
                self.assert_error(answer, 400, "HE_01")
        self.assertEqual(self.sandbox.fired("slow"), 1)
        self.assertEqual(self.charges(chosen), [6540])
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)

    def test_metrics_count_hits_and_conflicts(self):
        hits = self.switch.metric("payweir_idempotency_hits_total")
        conflicts = self.switch.metric("payweir_idempotency_conflicts_total")
        self.shop.pay(idempotency_key=self.key)
        self.shop.pay(idempotency_key=self.key)
        self.shop.post("/payments", payment(1), idempotency_key=self.key)
        self.assertEqual(self.switch.metric("payweir_idempotency_hits_total"), hits + 1)
        self.assertEqual(self.switch.metric("payweir_idempotency_conflicts_total"), conflicts + 1)
