"""Payments through the API, the switch and the sandbox's books."""
import urllib.request

from harness.case import Case
from harness.merchant import CARD_3DS, CARD_DECLINED, card, payment


class Payments(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()

    def test_create_and_confirm_in_one_request(self):
        paid = self.shop.pay(6540)
        self.assertEqual(paid["status"], "succeeded")
        self.assertEqual((paid["amount"], paid["amount_received"], paid["currency"]), (6540, 6540, "USD"))
        self.assertEqual(paid["connector"], "stripe")
        self.assertTrue(paid["connector_transaction_id"])
        self.assertEqual(self.charges(paid["payment_id"]), [6540])

    def test_retrieve_shows_what_create_answered(self):
        paid = self.shop.pay()
        for force_sync in (False, True):
            seen = self.shop.retrieve(paid["payment_id"], force_sync)
            for field in ("payment_id", "status", "amount", "amount_received", "connector_transaction_id"):
                self.assertEqual(seen[field], paid[field])

    def test_create_then_confirm(self):
        made = self.shop.pay(confirm=False)
        self.assertEqual(made["status"], "requires_confirmation")
        self.assertEqual(self.charges(made["payment_id"]), [])
        confirmed = self.shop.post(f"/payments/{made['payment_id']}/confirm")
        self.assertEqual(confirmed.json["status"], "succeeded", confirmed)
        self.assertEqual(self.charges(made["payment_id"]), [6540])

    def test_confirm_by_the_payer_with_publishable_key_and_client_secret(self):
        made = self.shop.post("/payments", {"amount": 1200, "currency": "USD"}).json
        self.assertEqual(made["status"], "requires_payment_method")
        payer = self.caller(self.shop.publishable_key)
        target = f"/payments/{made['payment_id']}/confirm"
        body = {"payment_method": "card", "payment_method_data": card()}
        self.assert_error(payer.post(target, body | {"client_secret": made["payment_id"] + "_secret_wrong"}), 400)
        self.assertEqual(self.charges(made["payment_id"]), [])
        confirmed = payer.post(target, body | {"client_secret": made["client_secret"]})
        self.assertEqual(confirmed.json["status"], "succeeded", confirmed)

    def test_the_card_can_be_given_by_an_update(self):
        made = self.shop.post("/payments", {"amount": 1200, "currency": "USD"}).json
        updated = self.shop.post(f"/payments/{made['payment_id']}",
                                 {"amount": 1300, "payment_method": "card", "payment_method_data": card()})
        self.assertEqual((updated.json["status"], updated.json["amount"]), ("requires_confirmation", 1300), updated)
        confirmed = self.shop.post(f"/payments/{made['payment_id']}/confirm")
        self.assertEqual(confirmed.json["amount_received"], 1300, confirmed)
        self.assertEqual(self.charges(made["payment_id"]), [1300])

    def test_a_held_card_does_not_outlive_the_process(self):
        made = self.shop.pay(confirm=False)
        self.switch.restart()
        self.assert_error(self.shop.post(f"/payments/{made['payment_id']}/confirm"), 400, names="payment_method_data")
        confirmed = self.shop.post(f"/payments/{made['payment_id']}/confirm", {"payment_method_data": card(), "payment_method": "card"})
        self.assertEqual(confirmed.json["status"], "succeeded", confirmed)

    def test_capture_in_full(self):
        made = self.shop.pay(6540, capture_method="manual")
        self.assertEqual((made["status"], made["amount_capturable"]), ("requires_capture", 6540))
        self.assertEqual(self.charges(made["payment_id"]), [])
        captured = self.shop.post(f"/payments/{made['payment_id']}/capture", {"amount_to_capture": 6540}).json
        self.assertEqual((captured["status"], captured["amount_received"]), ("succeeded", 6540))
        self.assertEqual(self.charges(made["payment_id"]), [6540])

    def test_capture_in_part_releases_the_rest(self):
        made = self.shop.pay(6540, capture_method="manual")
        target = f"/payments/{made['payment_id']}/capture"
        captured = self.shop.post(target, {"amount_to_capture": 6000}).json
        self.assertEqual((captured["status"], captured["amount"], captured["amount_received"]), ("partially_captured", 6540, 6000))
        self.assert_error(self.shop.post(target, {"amount_to_capture": 540}), 400)
        self.assertEqual(self.charges(made["payment_id"]), [6000])

    def test_E04_more_than_authorised_cannot_be_captured(self):
        made = self.shop.pay(6540, capture_method="manual")
        self.assert_error(self.shop.post(f"/payments/{made['payment_id']}/capture", {"amount_to_capture": 6541}), 400)
        self.assertEqual(self.shop.retrieve(made["payment_id"])["status"], "requires_capture")
        self.assertEqual(self.charges(made["payment_id"]), [])

    def test_cancel_releases_the_authorisation(self):
        made = self.shop.pay(capture_method="manual")
        cancelled = self.shop.post(f"/payments/{made['payment_id']}/cancel", {"cancellation_reason": "requested_by_customer"})
        self.assertEqual(cancelled.json["status"], "cancelled", cancelled)
        self.assert_error(self.shop.post(f"/payments/{made['payment_id']}/capture", {"amount_to_capture": 1}), 400)
        self.assertEqual(self.charges(made["payment_id"]), [])

    def test_what_is_over_cannot_be_changed(self):
        paid = self.shop.pay()
        for action, body in (("capture", {"amount_to_capture": 1}), ("cancel", {}), ("confirm", {})):
            with self.subTest(action=action):
                self.assert_error(self.shop.post(f"/payments/{paid['payment_id']}/{action}", body), 400)
        self.assertEqual(self.charges(paid["payment_id"]), [6540])

    def test_a_decline_is_a_failed_payment(self):
        failed = self.shop.pay(number=CARD_DECLINED)
        self.assertEqual(failed["status"], "failed")
        self.assertEqual(failed["error_code"], "card_declined")
        self.assertIn("insufficient", failed["error_message"])
        self.assertEqual(self.charges(failed["payment_id"]), [])

    def test_a_wrong_gateway_key_is_a_failed_payment(self):
        shop = self.merchant(stripe_key="sk_test_blackbox_invalid_values")
        failed = shop.pay()
        self.assertEqual(failed["status"], "failed")
        self.assertTrue(failed["error_message"])

    def test_lists_own_payments_newest_first(self):
        ids = [self.shop.pay(100 + n)["payment_id"] for n in range(3)]
        listed = self.shop.get("/payments/list").json
        self.assertEqual([p["payment_id"] for p in listed["data"]], ids[::-1])
        limited = self.shop.get("/payments/list?limit=2").json
        self.assertEqual([p["payment_id"] for p in limited["data"]], ids[:0:-1])

    def test_3ds_by_clicking_the_page(self):
        for button, status in (("approve", "succeeded"), ("decline", "failed")):
            with self.subTest(button=button):
                made = self.shop.pay(number=CARD_3DS, authentication_type="three_ds", return_url="https://shop.example/thanks")
                self.assertEqual(made["status"], "requires_customer_action")
                self.click(made["next_action"]["redirect_to_url"], button)
                self.eventually(lambda: self.shop.retrieve(made["payment_id"], force_sync=True)["status"], status)
                self.assertEqual(self.charges(made["payment_id"]), [6540] if status == "succeeded" else [])

    def test_a_payment_that_waits_for_the_payer_cannot_be_confirmed_again(self):
        made = self.shop.pay(number=CARD_3DS, authentication_type="three_ds")
        answer = self.shop.post(f"/payments/{made['payment_id']}/confirm", {"payment_method_data": card(), "payment_method": "card"})
        self.assert_error(answer, 400, names="You cannot confirm this payment because it has status requires_customer_action")

    def test_request_ids_and_latency_are_answered(self):
        answer = self.shop.post("/payments", payment(), headers={"x-hs-latency": "true"})
        self.assertTrue(answer.headers["x-request-id"])
        self.assertRegex(answer.headers["x-hs-latency"], r"^\d+$")

    def test_metrics_count_payments(self):
        before = self.switch.metric("payweir_payments_total", status="succeeded", connector="stripe")
        self.shop.pay()
        self.assertEqual(self.switch.metric("payweir_payments_total", status="succeeded", connector="stripe"), before + 1)

    def click(self, url, button):
        """What a person does: opens the page, presses the button; the redirect back is not followed."""
        with urllib.request.urlopen(url, timeout=10) as opened:  # the switch sends the payer on to the gateway
            page, address = opened.read().decode(), opened.geturl()
        self.assertRegex(page, rf'(?s)<form method="post">.*<button[^>]* name="decision" value="{button}">')
        self.assertIn("65.40 USD", page)
        opener = urllib.request.build_opener(_StayHere)
        self.assertEqual(opener.open(address, data=f"decision={button}".encode(), timeout=10).status, 303)


class _StayHere(urllib.request.HTTPRedirectHandler):
    def http_error_302(self, request, file, code, message, headers):
        return file

    http_error_303 = http_error_302


class Refunds(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        self.paid = self.shop.pay(6540)["payment_id"]

    def refunded(self):
        return sum(refund["amount"] for intent in self.sandbox.books(self.paid) for refund in intent["refunds"])

    def test_in_full_when_no_amount_is_given(self):
        refund = self.shop.refund(self.paid)
        self.assertEqual((refund["status"], refund["amount"], refund["payment_id"]), ("succeeded", 6540, self.paid))
        self.assertEqual(self.shop.get(f"/refunds/{refund['refund_id']}").json["status"], "succeeded")

    def test_in_parts_until_nothing_is_left(self):
        self.assertEqual(self.shop.refund(self.paid, 540)["amount"], 540)
        self.assertEqual(self.shop.refund(self.paid, 6000)["amount"], 6000)
        answer = self.shop.post("/refunds", {"payment_id": self.paid, "amount": 1})
        self.assert_error(answer, 400, "IR_13", names="The refund amount exceeds the amount captured")

    def test_E05_more_than_captured_is_refused_and_nothing_is_sent(self):
        answer = self.shop.post("/refunds", {"payment_id": self.paid, "amount": 6541})
        self.assert_error(answer, 400, "IR_13")
        self.assertEqual(self.shop.retrieve(self.paid)["refunds"] or [], [])

    def test_of_what_was_captured_in_part(self):
        made = self.shop.pay(6540, capture_method="manual")["payment_id"]
        self.shop.post(f"/payments/{made}/capture", {"amount_to_capture": 6000})
        self.assert_error(self.shop.post("/refunds", {"payment_id": made, "amount": 6540}), 400, "IR_13")
        self.assertEqual(self.shop.refund(made, 6000)["status"], "succeeded")

    def test_of_a_payment_that_was_not_paid_is_refused(self):
        made = self.shop.pay(confirm=False)["payment_id"]
        self.assert_error(self.shop.post("/refunds", {"payment_id": made, "amount": 540}), 400)

    def test_E06_an_unknown_refund_counts_as_spent(self):
        self.sandbox.plant("closed", "refund", count=1)
        self.sandbox.plant("down", "query")
        first = self.shop.refund(self.paid, 4000)
        self.assertEqual(first["status"], "pending")
        self.assertEqual(self.sandbox.fired("closed"), 1)
        self.assert_error(self.shop.post("/refunds", {"payment_id": self.paid, "amount": 3000}), 400, "IR_13")
        self.assertEqual(self.shop.refund(self.paid, 2540)["status"], "succeeded")
        self.sandbox.heal()
        self.eventually(lambda: self.shop.get(f"/refunds/{first['refund_id']}?force_sync=true").json["status"], "succeeded")

    def test_update_changes_reason_and_metadata_only(self):
        refund = self.shop.refund(self.paid, 600)
        updated = self.shop.post(f"/refunds/{refund['refund_id']}", {"reason": "changed", "metadata": {"a": "b"}, "amount": 1}).json
        self.assertEqual((updated["reason"], updated["metadata"], updated["amount"]), ("changed", {"a": "b"}, 600))

    def test_lists_the_refunds_of_a_payment(self):
        made = [self.shop.refund(self.paid, amount)["refund_id"] for amount in (100, 200)]
        listed = self.shop.post("/refunds/list", {"payment_id": self.paid}).json
        self.assertEqual({refund["refund_id"] for refund in listed["data"]}, set(made))
        self.assertEqual({refund["refund_id"] for refund in self.shop.retrieve(self.paid)["refunds"]}, set(made))
