"""kill -9 at chosen points of a payment's path; the client then sends the same request again."""
import json
import threading

from harness import wire
from harness.case import Case
from harness.gate import Gate
from harness.merchant import payment


class Crashes(Case):
    @classmethod
    def stripe_url(cls):
        cls.gate = Gate(cls.sandbox.address)
        cls.addClassCleanup(cls.gate.stop)
        return cls.gate.stripe_url

    def setUp(self):
        super().setUp()
        self.shop = self.merchant()

    def tearDown(self):
        self.gate.open()

    def pay_into_a_crash(self, wait_for_the_point, then=lambda: None):
        """Sends a payment, kills the switch at that point, and starts it again after `then`. The client
        gets no answer."""
        answers = []

        def send():
            try:
                answers.append(self.shop.post("/payments", payment(), idempotency_key="order-1"))
            except (OSError, wire.http.client.HTTPException):
                pass

        client = threading.Thread(target=send)
        client.start()
        wait_for_the_point()
        self.switch.kill()
        client.join()
        self.gate.open()
        then()
        self.switch.start()
        self.assertEqual(answers, [])

    def send_again(self):
        """The same request until it is not under way any more."""
        def ask():
            return self.shop.post("/payments", payment(), idempotency_key="order-1")
        return self.eventually(ask, lambda answer: answer.status != 409).json

    def assert_paid_once(self):
        again = self.send_again()
        self.eventually_status(self.shop, again["payment_id"], "succeeded")
        self.assertEqual(self.charges(again["payment_id"]), [6540])
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)

    def test_C01_before_the_first_commit_nothing_has_happened(self):
        body = json.dumps(payment()).encode()
        with wire.connect(self.switch.address) as raw:
            raw.sendall(f"POST /payments HTTP/1.1\r\nhost: x\r\napi-key: {self.shop.key}\r\nidempotency-key: order-1\r\n"
                        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body[:-1])
            self.switch.kill()
        self.switch.start()
        self.assertEqual(self.shop.get("/payments/list").json["data"], [])
        self.assert_paid_once()

    def test_C02_after_the_first_commit_the_gateway_knows_nothing(self):
        self.gate.hold_requests()
        self.pay_into_a_crash(self.gate.wait_for_request)
        again = self.send_again()
        settled = self.eventually(lambda: self.shop.retrieve(again["payment_id"]), lambda p: p["status"] in ("succeeded", "failed"), 60)
        self.assertEqual(self.charges(again["payment_id"]), [6540] if settled["status"] == "succeeded" else [])
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)

    def test_C03_between_the_gateways_answer_and_the_second_commit(self):
        self.gate.hold_answers()
        self.pay_into_a_crash(self.gate.wait_for_answer)
        self.assert_paid_once()

    def test_C03_in_a_capture_and_in_a_refund(self):
        made = self.shop.pay(capture_method="manual")["payment_id"]
        for target, body in ((f"/payments/{made}/capture", {"amount_to_capture": 6000}), ("/refunds", {"payment_id": made, "amount": 1000})):
            with self.subTest(target=target):
                self.gate.hold_answers()

                def send():
                    try:
                        self.shop.post(target, body, idempotency_key=target)
                    except (OSError, wire.http.client.HTTPException):
                        pass

                client = threading.Thread(target=send)
                client.start()
                self.gate.wait_for_answer()
                self.switch.kill()
                client.join()
                self.gate.open()
                self.switch.start()
                answer = self.eventually(lambda: self.shop.post(target, body, idempotency_key=target), lambda a: a.status != 409)
                self.assertEqual(answer.status, 200, answer)
                self.eventually(lambda: self.shop.retrieve(made, force_sync=True)["status"], "partially_captured")
        self.assertEqual(self.charges(made), [6000])
        refunds = self.eventually(lambda: self.shop.retrieve(made, force_sync=True)["refunds"], lambda r: r and r[0]["status"] == "succeeded")
        self.assertEqual([refund["amount"] for refund in refunds], [1000])

    def test_C05_between_the_second_commit_and_the_reply_the_answer_is_replayed(self):
        body = json.dumps(payment()).encode()
        with wire.connect(self.switch.address) as raw:
            raw.sendall(f"POST /payments HTTP/1.1\r\nhost: x\r\napi-key: {self.shop.key}\r\nidempotency-key: order-1\r\n"
                        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
            self.eventually(lambda: [p["status"] for p in self.shop.get("/payments/list").json["data"]], ["succeeded"])
            self.switch.kill()
            unread = wire.read_answer(raw)  # what was on its way, if it was
        self.switch.start()
        answers = [self.shop.post("/payments", payment(), idempotency_key="order-1") for _ in range(2)]
        self.assertEqual(answers[0].status, 200, answers[0])
        self.assertEqual(answers[0].body, answers[1].body)
        if unread is not None:
            self.assertEqual(unread.body, answers[0].body)
        self.assertEqual(self.charges(answers[0].json["payment_id"]), [6540])

    def test_C08_a_crash_while_recovering_from_a_crash(self):
        self.gate.hold_answers()
        self.pay_into_a_crash(self.gate.wait_for_answer, then=self.gate.hold_answers)
        for then in (self.gate.hold_answers, self.gate.hold_answers, lambda: None):
            self.gate.wait_for_answer()  # the switch has asked what became of the payment
            self.switch.kill()
            self.gate.open()
            then()
            self.switch.start()
        self.assert_paid_once()
