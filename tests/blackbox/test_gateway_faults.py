"""What a gateway can do to a payment: whatever it answers, or does not, one charge at most, and the truth
in the end. Each test looks that its fault did strike."""
import concurrent.futures

from harness.case import Case
from harness.gate import Gate
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


class FewConnections(Case):
    environment = Case.environment | {
        "PAYWEIR__SERVER__IO_THREADS": "1", "PAYWEIR__CONNECTORS__CONNECTIONS_PER_HOST": "1",
        "PAYWEIR__CONNECTORS__CONNECTION_WAIT_MS": "200", "PAYWEIR__STORE__COMMIT_QUEUE_MAX": "16"}
    CLIENTS = 8

    def test_H06_payments_without_a_connection_fail_soon_and_cost_nobody_anything(self):
        shop = self.merchant()

        def pay(_=None):
            return self.caller(shop.key).post("/payments", payment())

        self.sandbox.plant("silent", "authorize", count=1)
        with concurrent.futures.ThreadPoolExecutor(self.CLIENTS + 1) as pool:
            hanging = pool.submit(pay)
            self.eventually(lambda: self.sandbox.fired("silent"), 1)
            crowded = list(pool.map(pay, range(self.CLIENTS)))
            self.assertFalse(hanging.done(), "the connection came free too soon for this test")
        for answer in crowded:
            self.assertEqual((answer.status, answer.json["status"]), (200, "failed"), answer)
            self.assertIn("too_many_connections", answer.json["error_message"])
            self.assertEqual(self.charges(answer.json["payment_id"]), [])
        hung = hanging.result().json
        self.assertEqual(hung["status"], "processing", hung)
        self.eventually_status(shop, hung["payment_id"], "succeeded")
        self.assertEqual(pay().json["status"], "succeeded")


class TwoAnswers(Case):
    """A gateway, or something before it, that answers more often than it was asked: each time with a true
    answer about another payment of the same amount."""

    @classmethod
    def stripe_url(cls):
        cls.gate = Gate(cls.sandbox.address)
        cls.addClassCleanup(cls.gate.stop)
        return cls.gate.stripe_url

    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        self.earlier = self.shop.retrieve(self.shop.pay()["payment_id"])
        self.assertEqual(self.earlier["status"], "succeeded")

    def tearDown(self):
        self.gate.close_connections()  # whatever may still come of this test

    def assert_paid(self, payment_id):
        """By its own intent, once; and the payment whose answer was copied is as it was."""
        paid = self.eventually_status(self.shop, payment_id, "succeeded")
        self.assertEqual(self.charges(payment_id), [6540])
        self.assertEqual([intent["id"] for intent in self.sandbox.books(payment_id)], [paid["connector_transaction_id"]])
        self.assertEqual(self.shop.retrieve(self.earlier["payment_id"]), self.earlier)

    def test_A13_two_answers_to_one_request_are_none(self):
        self.gate.double_next_answer("behind")
        made = self.shop.pay()
        self.assertEqual(made["status"], "processing", made)
        doubled, carried = self.gate.carried[-1], len(self.gate.carried)
        self.assert_paid(made["payment_id"])
        self.assertNotIn(doubled, self.gate.carried[carried:])

    def test_A13_an_answer_that_nobody_asked_for_is_nobodys(self):
        spoilt, carried = self.gate.answer_unasked(), len(self.gate.carried)
        self.assertIn(self.gate.carried[-1], spoilt)
        made = self.shop.pay()
        self.assertEqual(made["status"], "succeeded", made)
        self.assert_paid(made["payment_id"])
        self.assertFalse(set(spoilt) & set(self.gate.carried[carried:]))

    def pay_behind_another_answer(self):
        """The copy is read as the answer, so that the right one becomes one that nobody asked for."""
        contradictions = self.switch.metric("payweir_gateway_contradictions_total")
        self.sandbox.plant("slow", "authorize", count=1, delay_ms=500)  # the copy comes alone
        self.gate.double_next_answer("before")
        made = self.shop.pay()
        self.assertIn(made["status"], ("conflicted", "processing"), made)
        self.assertEqual(self.switch.metric("payweir_gateway_contradictions_total"), contradictions + 1)
        return made["payment_id"]

    def test_A13_the_right_answer_behind_another_is_nobodys(self):
        confused = self.pay_behind_another_answer()
        self.eventually(lambda: len(self.gate.answered), len(self.gate.carried))
        spoilt, carried = self.gate.carried[-1], len(self.gate.carried)
        self.assert_paid(self.shop.pay()["payment_id"])
        self.assertNotIn(spoilt, self.gate.carried[carried:])
        self.assertEqual(self.charges(confused), [6540])

    def test_A13_a_connection_with_a_wrong_answer_carries_no_other_request(self):
        self.pay_behind_another_answer()
        spoilt, carried = self.gate.carried[-1], len(self.gate.carried)
        made = self.shop.pay()  # while the right answer to the last one is still to come
        self.assertEqual(made["status"], "succeeded", made)
        self.assert_paid(made["payment_id"])
        self.assertNotIn(spoilt, self.gate.carried[carried:])
