"""Failover from outside: two accounts at the gateway, one of them in trouble. Whatever happens, the books of both
hold one charge of a payment that succeeded, and none of one that failed."""
from harness.case import Case
from harness.merchant import card, payment

CARD_TRY_LATER = "4000000000000119"  # processing_error
CARD_STOLEN = "4000000000009979"


class Failover(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        self.first = self.shop.connector_id
        answer = self.shop.post(f"/account/{self.shop.merchant_id}/connectors", {
            "connector_type": "payment_processor", "connector_name": "stripe", "connector_label": "second",
            "connector_account_details": {"auth_type": "HeaderKey", "api_key": self.shop.stripe_key + "_second"}})
        self.assertEqual(answer.status, 200, answer)
        self.second = answer.json["merchant_connector_id"]

    def plant_at_first(self, kind, operation="authorize", **more):
        self.sandbox.plant(kind, operation, account=self.shop.stripe_key, **more)

    def attempts(self, payment_id):
        """[("first", "failure"), …] in their order."""
        attempts = self.shop.get(f"/payments/{payment_id}?expand_attempts=true").json["attempts"]
        names = {self.first: "first", self.second: "second"}
        return [(names[each["merchant_connector_id"]], each["status"]) for each in attempts]

    def assert_moved_on(self, paid):
        self.assertEqual(paid["status"], "succeeded", paid)
        self.assertEqual(paid["merchant_connector_id"], self.second)
        self.assertEqual(paid["attempt_count"], 2)
        self.assertEqual(self.attempts(paid["payment_id"]), [("first", "failure"), ("second", "charged")])
        self.assertEqual(self.charges(paid["payment_id"]), [6540])

    def test_A11_a_gateway_that_limits_our_rate_is_passed_over(self):
        self.plant_at_first("rate_limited", count=1)
        self.assert_moved_on(self.shop.pay())
        self.assertEqual(self.sandbox.fired("rate_limited"), 1)

    def test_F01_what_may_have_arrived_moves_on_only_when_it_is_fenced(self):
        self.plant_at_first("closed_before", count=1)  # never arrived: the question and the fence tell
        self.assert_moved_on(self.shop.pay())

    def test_F01_what_was_charged_stays_where_it_is(self):
        self.plant_at_first("closed", count=1)  # charged, and the answer was lost
        paid = self.shop.pay()
        settled = self.eventually_status(self.shop, paid["payment_id"], "succeeded")
        self.assertEqual(settled["merchant_connector_id"], self.first)
        self.assertEqual(self.attempts(paid["payment_id"]), [("first", "charged")])
        self.assertEqual(self.charges(paid["payment_id"]), [6540])

    def test_F01_what_nobody_tells_stays_unknown(self):
        self.plant_at_first("closed", count=1)
        for operation in ("query", "search"):
            self.plant_at_first("down", operation)
        paid = self.shop.pay()
        self.assertEqual((paid["status"], paid["attempt_count"]), ("processing", 1), paid)
        self.sandbox.heal()
        self.eventually_status(self.shop, paid["payment_id"], "succeeded")
        self.assertEqual(self.charges(paid["payment_id"]), [6540])

    def test_a_soft_decline_is_tried_at_each_account_once(self):
        paid = self.shop.pay(payment_method_data=card(CARD_TRY_LATER))
        self.assertEqual((paid["status"], paid["attempt_count"]), ("failed", 2), paid)
        self.assertEqual(self.attempts(paid["payment_id"]), [("first", "failure"), ("second", "failure")])

    def test_F09_a_stolen_card_is_tried_once(self):
        paid = self.shop.pay(payment_method_data=card(CARD_STOLEN))
        self.assertEqual((paid["status"], paid["attempt_count"]), ("failed", 1), paid)

    def test_a_profile_may_do_without(self):
        answer = self.shop.post(f"/account/{self.shop.merchant_id}/business_profile/{self.shop.profile_id}",
                                {"is_auto_retries_enabled": False})
        self.assertEqual(answer.status, 200, answer)
        self.plant_at_first("rate_limited", count=1)
        paid = self.shop.pay()
        self.assertEqual((paid["status"], paid["attempt_count"]), ("failed", 1), paid)

    def test_the_answer_repeats_itself(self):
        self.plant_at_first("rate_limited", count=1)
        first = self.shop.post("/payments", payment(), idempotency_key="order-1")
        again = self.shop.post("/payments", payment(), idempotency_key="order-1")
        self.assertEqual(again.body, first.body)
        self.assert_moved_on(first.json)

    def test_what_failed_over_can_be_captured_and_refunded_where_it_is(self):
        self.plant_at_first("rate_limited", count=1)
        made = self.shop.pay(capture_method="manual")
        self.assertEqual((made["status"], made["merchant_connector_id"]), ("requires_capture", self.second), made)
        captured = self.shop.post(f"/payments/{made['payment_id']}/capture", {}).json
        self.assertEqual(captured["status"], "succeeded", captured)
        refund = self.shop.post("/refunds", {"payment_id": made["payment_id"]}).json
        self.assertEqual((refund["status"], refund["merchant_connector_id"]), ("succeeded", self.second), refund)

    def test_F06_without_a_gateway_nothing_is_sent_and_nothing_is_kept(self):
        self.sandbox.stop()
        try:
            refused = None
            for _ in range(20):
                answer = self.shop.post("/payments", payment())
                if answer.status == 503:
                    refused = answer
                    break
                self.assertEqual(answer.json["status"], "failed", answer)
            self.assertIsNotNone(refused, "no breaker opened")
            self.assertGreater(int(refused.headers["retry-after"]), 0)
            kept = self.shop.post("/payments", payment(payment_id="kept_1"))
            self.assertEqual(kept.status, 503, kept)
            self.assertEqual(self.shop.get("/payments/kept_1").status, 404)
        finally:
            self.restart_sandbox()
        # A probe goes when the breaker's time is over, and what it finds closes the breaker.
        paid = self.eventually(lambda: self.shop.post("/payments", payment()), lambda answer: answer.status == 200)
        self.assertEqual(paid.json["status"], "succeeded", paid)
