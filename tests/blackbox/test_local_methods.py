"""Payments by what payers have in the place of a card, at Stripe: lenders, banks, transfers, debits, WeChat Pay. The
payer's part is played through the sandbox; what takes days there takes seconds."""
import urllib.parse

from harness import wire
from harness.case import Case

CARDS = {"payment_method": "card"}
ADDRESS = {"line1": "1467 Harrison Street", "city": "San Francisco", "state": "California", "zip": "94122", "country": "US",
           "first_name": "Ada", "last_name": "Lovelace"}
ACCEPTANCE = {"acceptance_type": "online", "accepted_at": "2026-11-22T10:11:12Z",
              "online": {"ip_address": "203.0.113.7", "user_agent": "Mozilla/5.0"}}
ACH = {"ach_bank_debit": {"account_number": "000123456789", "routing_number": "110000000",
                          "billing_details": {"name": "John Doe", "email": "johndoe@example.com"}}}
IBAN = "DE89370400440532013000"


def enabled(family, *types, **terms):
    return {"payment_method": family, "payment_method_types": [{"payment_method_type": name} | terms for name in types]}


ALL = [CARDS, enabled("pay_later", "klarna", "affirm", "afterpay_clearpay", payment_experience="redirect_to_url"),
       enabled("bank_redirect", "ideal", "eps", "bancontact_card", "przelewy24"), enabled("bank_transfer", "ach"),
       enabled("bank_debit", "ach", "sepa"), enabled("wallet", "we_chat_pay", "google_pay", "apple_pay")]


def order(family, data, currency="USD", **changes):
    return {"amount": 6540, "currency": currency, "confirm": True, "payment_method": family,
            "payment_method_data": {family: data}, "email": "guest@example.com", "billing": {"address": ADDRESS},
            "shipping": {"address": ADDRESS}, "return_url": "https://shop.example/back"} | changes


REDIRECTS = [("pay_later", "klarna", "klarna_redirect", "USD"), ("pay_later", "affirm", "affirm_redirect", "USD"),
             ("pay_later", "afterpay_clearpay", "afterpay_clearpay_redirect", "USD"), ("bank_redirect", "ideal", "ideal", "EUR"),
             ("bank_redirect", "eps", "eps", "EUR"), ("bank_redirect", "bancontact_card", "bancontact_card", "EUR"),
             ("bank_redirect", "przelewy24", "przelewy24", "PLN")]


class LocalMethodCase(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        self.enable(ALL)
        secret = self.sandbox.register_webhook(self.shop.stripe_key, f"http://{self.switch.address}/webhooks/"
                                               f"{self.shop.merchant_id}/{self.shop.connector_id}")
        self.shop.accept_callbacks(secret)

    def change_account(self, **changes):
        answer = self.shop.post(f"/account/{self.shop.merchant_id}/connectors/{self.shop.connector_id}",
                                {"connector_type": "payment_processor"} | changes)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def enable(self, methods):
        self.change_account(payment_methods_enabled=methods)

    def pay(self, family, data, currency="USD", **changes):
        answer = self.shop.post("/payments", order(family, data, currency, **changes))
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def decide(self, payment_id, decision):
        self.sandbox.control("POST", "payer", {"reference": payment_id, "decision": decision})


class LocalMethods(LocalMethodCase):
    def test_a_lender_or_a_bank_is_paid_at_its_page(self):
        for family, kind, data, currency in REDIRECTS:
            with self.subTest(kind):
                made = self.pay(family, {data: {}}, currency)
                self.assertEqual(made["status"], "requires_customer_action", made)
                self.assertEqual((made["payment_method_type"], made["connector"]), (kind, "stripe"))
                url = urllib.parse.urlsplit(made["next_action"]["redirect_to_url"])
                page = wire.request(url.netloc, "GET", url.path)
                self.assertIn(f"http://{self.sandbox.address}/stripe/3ds/", page.headers["location"])
                self.assertEqual(self.shop.retrieve(made["payment_id"], force_sync=True)["status"], "requires_customer_action")
                self.decide(made["payment_id"], "approve")
                paid = self.eventually_status(self.shop, made["payment_id"], "succeeded")
                self.assertEqual(paid["amount_received"], 6540)
                self.assertEqual(self.charges(made["payment_id"]), [6540])
                refund = self.shop.refund(made["payment_id"], 540)
                self.assertEqual(refund["status"], "succeeded")

    def test_a_payer_who_declines_or_does_nothing_has_not_paid(self):
        for decision, code in (("decline", "payment_intent_authentication_failure"),
                               ("lapse", "payment_intent_payment_attempt_expired")):
            made = self.pay("bank_redirect", {"ideal": {"bank_name": "ing"}}, "EUR")
            self.decide(made["payment_id"], decision)
            failed = self.eventually_status(self.shop, made["payment_id"], "failed")
            self.assertEqual(failed["error_code"], code)
            self.assertEqual(failed["payment_method_data"]["bank_redirect"], {"bank_name": "ing"})
            self.assertEqual(self.charges(made["payment_id"]), [])

    def test_what_waits_for_its_payer_can_be_cancelled(self):
        made = self.pay("pay_later", {"klarna_redirect": {}})
        cancelled = self.shop.post(f"/payments/{made['payment_id']}/cancel")
        self.assertEqual((cancelled.status, cancelled.json["status"]), (200, "cancelled"), cancelled)

    def test_wechat_pay_is_a_code(self):
        made = self.pay("wallet", {"we_chat_pay_qr": {}})
        self.assertEqual(made["next_action"]["type"], "qr_code_information")
        self.assertTrue(made["next_action"]["qr_code_url"].startswith("weixin://"))
        self.decide(made["payment_id"], "approve")
        self.eventually_status(self.shop, made["payment_id"], "succeeded")

    def test_a_transfer_says_where_to_and_has_days(self):
        made = self.pay("bank_transfer", {"ach_bank_transfer": {"billing_details": {"email": "johndoe@example.com"}}}, session_expiry=60)
        self.assertEqual(made["status"], "requires_customer_action", made)
        self.assertEqual(made["next_action"]["type"], "display_bank_transfer_information")
        steps = made["next_action"]["bank_transfer_steps_and_charges_details"]
        self.assertTrue(steps["ach_credit_transfer"]["account_number"])
        self.assertEqual(steps["receiver"]["amount_remaining"], 6540)
        self.assertGreater(made["expires_on"][:10], made["created"][:10], "a minute is no time for a bank")
        self.decide(made["payment_id"], "approve")
        self.assertEqual(self.shop.retrieve(made["payment_id"], force_sync=True)["status"], "processing")
        self.eventually_status(self.shop, made["payment_id"], "succeeded")
        refund = self.shop.refund(made["payment_id"])
        self.assertEqual(refund["status"], "pending")
        self.eventually(lambda: self.shop.get(f"/refunds/{refund['refund_id']}").json["status"], "succeeded")

    def test_a_debit_is_verified_then_settles_days_later(self):
        made = self.pay("bank_debit", ACH, mandate_data={"customer_acceptance": ACCEPTANCE})
        self.assertEqual(made["status"], "requires_customer_action", made)
        self.assertEqual(made["payment_method_data"]["bank_debit"], {"ach": {"account_number": "****6789"}})
        self.decide(made["payment_id"], "approve")
        self.assertEqual(self.shop.retrieve(made["payment_id"], force_sync=True)["status"], "processing")
        self.eventually_status(self.shop, made["payment_id"], "succeeded")
        self.assertEqual(self.charges(made["payment_id"]), [6540])

    def test_a_debit_that_the_bank_returns_fails_days_later(self):
        data = {"sepa_bank_debit": {"iban": "DE62370400440532013001"}}
        made = self.pay("bank_debit", data, "EUR", customer_acceptance=ACCEPTANCE)
        self.assertEqual(made["status"], "processing", made)
        failed = self.eventually_status(self.shop, made["payment_id"], "failed")
        self.assertEqual(failed["error_code"], "debit_not_authorized")
        self.assertEqual(self.charges(made["payment_id"]), [])

    def test_a_debit_waits_for_its_confirm_and_is_stored_nowhere(self):
        data = {"sepa_bank_debit": {"iban": IBAN}}
        made = self.pay("bank_debit", data, "EUR", customer_acceptance=ACCEPTANCE, confirm=False)
        self.assertEqual(made["status"], "requires_confirmation", made)
        self.assertEqual(made["payment_method_data"]["bank_debit"], {"sepa": {"iban": "****3000"}})
        for file in self.switch.data.rglob("*"):
            if file.is_file():
                self.assertNotIn(IBAN.encode(), file.read_bytes(), file)
        self.assertNotIn(IBAN, self.switch.log_path.read_text())
        confirmed = self.shop.post(f"/payments/{made['payment_id']}/confirm")
        self.assertEqual((confirmed.status, confirmed.json["status"]), (200, "processing"), confirmed)
        self.eventually_status(self.shop, made["payment_id"], "succeeded")

    def test_a_debit_that_is_not_answered_is_debited_once(self):
        self.sandbox.plant("closed", "authorize", count=1)
        made = self.pay("bank_debit", {"sepa_bank_debit": {"iban": IBAN}}, "EUR", customer_acceptance=ACCEPTANCE)
        self.assertEqual(made["status"], "processing", made)
        self.eventually_status(self.shop, made["payment_id"], "succeeded")
        self.assertEqual(self.charges(made["payment_id"]), [6540])

    def test_a_transfer_whose_customer_is_not_answered_is_asked_for_never_or_once(self):
        self.sandbox.plant("closed", count=1)
        made = self.pay("bank_transfer", {"ach_bank_transfer": {}})
        settled = self.eventually(lambda: self.shop.retrieve(made["payment_id"], force_sync=True),
                                  lambda payment: payment["status"] != "processing", timeout_s=60)
        self.assertIn(settled["status"], ("failed", "requires_customer_action"))
        self.assertLessEqual(len([i for i in self.sandbox.books(made["payment_id"]) if i["status"] == "requires_action"]), 1)

    def test_what_no_account_takes_is_refused_before_anything_is_sent(self):
        before = len(self.sandbox.all_books())
        for body, code, names in (
                (order("bank_redirect", {"ideal": {}}, "USD"), "IR_39", "ideal"),
                (order("bank_debit", ACH, "EUR", customer_acceptance=ACCEPTANCE), "IR_39", "ach_bank_debit"),
                (order("reward", {}, payment_method_type="evoucher", payment_method_data="reward"), "IR_39", "evoucher"),
                (order("bank_redirect", {"eps": {}}, "EUR", capture_method="manual"), "IR_19", "eps"),
                (order("bank_redirect", {"eps": {}}, "EUR", billing=None), "IR_04", "billing.address.first_name"),
                (order("pay_later", {"afterpay_clearpay_redirect": {}}, shipping=None), "IR_04", "shipping.address.first_name"),
                (order("bank_debit", ACH), "IR_04", "customer_acceptance")):
            answer = self.shop.post("/payments", body)
            self.assert_error(answer, 400, code, names)
        self.assertEqual(len(self.sandbox.all_books()), before)

    def test_a_reward_is_kept_until_it_is_confirmed(self):
        made = self.shop.post("/payments", {"amount": 6540, "currency": "USD", "payment_method": "reward",
                                            "payment_method_type": "evoucher", "payment_method_data": "reward"})
        self.assertEqual((made.status, made.json["status"]), (200, "requires_confirmation"), made)
        self.assert_error(self.shop.post(f"/payments/{made.json['payment_id']}/confirm"), 400, "IR_39")

    def test_an_account_takes_what_its_merchant_enabled(self):
        self.enable([enabled("bank_redirect", "eps")])
        self.assert_error(self.shop.post("/payments", order("bank_redirect", {"ideal": {}}, "EUR")), 400, "IR_39")
        self.assert_error(self.shop.post("/payments", {"amount": 100, "currency": "USD", "confirm": True,
                                                       "payment_method_data": {"card": {
                                                           "card_number": "4242424242424242", "card_exp_month": "10",
                                                           "card_exp_year": "2030", "card_cvc": "123"}}}), 400, "IR_39")
        self.assertEqual(self.pay("bank_redirect", {"eps": {}}, "EUR")["status"], "requires_customer_action")
        refused = self.shop.post(f"/account/{self.shop.merchant_id}/connectors/{self.shop.connector_id}",
                                 {"connector_type": "payment_processor", "payment_methods_enabled": [{"payment_method": 1}]})
        self.assertEqual(refused.status, 400, refused)
        self.assertIn("payment_methods_enabled[0].payment_method", refused.body.decode())

    def test_the_feature_matrix_tells_the_terms_of_each(self):
        matrix = self.shop.get("/feature_matrix").json
        stripe = next(one for one in matrix["connectors"] if one["name"] == "stripe")
        ideal = next(one for one in stripe["supported_payment_methods"] if one["payment_method_data"] == "ideal")
        self.assertEqual((ideal["supported_currencies"], ideal["supported_countries"]), (["EUR"], ["NL"]))
        self.assertEqual(ideal["supported_capture_methods"], ["automatic"])
