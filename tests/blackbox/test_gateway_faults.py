"""What a gateway can do to a payment: whatever it answers, or does not, one charge at most, and the truth
in the end. Each test looks that its fault did strike."""
from harness.case import Case
from harness.merchant import payment


class GatewayFaults(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()

    def assert_found_out(self, kind, charged=True, operation="authorize", **more):
        """A payment under this fault is processing, and becomes what the gateway's books say."""
        self.sandbox.plant(kind, operation, count=1, **more)
        made = self.shop.pay()
        self.assertEqual(self.sandbox.fired(kind), 1)
        self.assertEqual(made["status"], "processing", made)
        settled = self.eventually_status(self.shop, made["payment_id"], "succeeded" if charged else "failed")
        self.assertEqual(self.charges(made["payment_id"]), [6540] if charged else [])
        self.assertEqual(settled["amount_received"] or 0, 6540 if charged else 0)

    def test_A01_charged_and_the_answer_lost(self):
        self.assert_found_out("closed")

    def test_A01_charged_and_never_answered(self):
        self.assert_found_out("silent")

    def test_A02_lost_before_the_gateway(self):
        self.sandbox.plant("closed_before", "authorize", count=1)
        made = self.shop.pay()
        self.assertEqual(self.sandbox.fired("closed_before"), 1)
        self.assertEqual(made["status"], "processing", made)
        settled = self.eventually(lambda: self.shop.retrieve(made["payment_id"]), lambda p: p["status"] in ("failed", "succeeded"))
        self.assertEqual(self.charges(made["payment_id"]), [6540] if settled["status"] == "succeeded" else [])

    def test_A04_charged_and_answered_500(self):
        self.assert_found_out("error_500_after")

    def test_A04_a_500_that_the_gateway_stored_under_our_key(self):
        self.assert_found_out("stored_500")

    def test_A05_charged_and_answered_with_what_is_no_json(self):
        self.assert_found_out("garbage")

    def test_A05_charged_and_half_an_answer(self):
        self.assert_found_out("truncated")

    def test_A12_an_answer_at_a_byte_a_second(self):
        self.assert_found_out("dribble")

    def test_A03_nobody_listens_at_the_gateways_address(self):
        self.sandbox.stop()
        try:
            made = self.shop.pay()
            self.assertEqual(made["status"], "failed", made)
            self.assertTrue(made["error_message"])
        finally:
            self.restart_sandbox()

    def test_A06_another_amount_is_no_success(self):
        for kind in ("wrong_amount", "wrong_currency"):
            with self.subTest(kind):
                self.sandbox.plant(kind, "authorize", count=1)
                made = self.shop.pay()
                self.assertEqual(self.sandbox.fired(kind), 1)
                self.assertIn(made["status"], ("conflicted", "processing"), made)
                self.sandbox.heal()

    def test_an_unknown_payment_is_never_sent_again_under_another_key(self):
        self.sandbox.plant("closed", "authorize", count=1)
        self.sandbox.plant("down", "query")
        made = self.shop.pay(idempotency_key="order-1")
        again = self.shop.post("/payments", payment(), idempotency_key="order-1")
        self.assertEqual(again.json["payment_id"], made["payment_id"])
        self.eventually(lambda: self.sandbox.fired("down"), lambda asked: asked >= 2)
        self.assertEqual(self.shop.retrieve(made["payment_id"])["status"], "processing")
        self.assertEqual(self.charges(made["payment_id"]), [6540])
        self.sandbox.heal()
        self.eventually(lambda: self.shop.retrieve(made["payment_id"], force_sync=True)["status"], "succeeded")
        self.assertEqual(self.charges(made["payment_id"]), [6540])

    def test_an_unknown_capture_is_found_out(self):
        made = self.shop.pay(capture_method="manual")["payment_id"]
        self.sandbox.plant("closed", "capture", count=1)
        captured = self.shop.post(f"/payments/{made}/capture", {"amount_to_capture": 6540}).json
        self.assertEqual((self.sandbox.fired("closed"), captured["status"]), (1, "processing"))
        self.eventually_status(self.shop, made, "succeeded")
        self.assertEqual(self.charges(made), [6540])
