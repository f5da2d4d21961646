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

    def offered(self, query="", key=None):
        answer = (self.caller(key) if key else self.shop).get("/account/payment_methods" + query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def types(self, listed):
        return {(family["payment_method"], one["payment_method_type"])
                for family in listed["payment_methods"] for one in family["payment_method_types"]}


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


class OfferedMethods(LocalMethodCase):
    def open_payment(self, **changes):
        answer = self.shop.post("/payments", {"amount": 6540, "currency": "USD", "confirm": False,
                                              "billing": {"address": ADDRESS}} | changes)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def of(self, payment):
        return self.offered("?client_secret=" + payment["client_secret"], key=self.shop.publishable_key)

    def test_change_with_the_payments_currency_and_address(self):
        payment = self.open_payment()
        listed = self.of(payment)
        self.assertEqual(listed["currency"], "USD")
        self.assertEqual(self.types(listed), {
            ("card", "credit"), ("card", "debit"), ("pay_later", "klarna"), ("pay_later", "affirm"),
            ("pay_later", "afterpay_clearpay"), ("bank_transfer", "ach"), ("bank_debit", "ach"), ("wallet", "we_chat_pay")})
        changed = self.shop.post(f"/payments/{payment['payment_id']}",
                                 {"currency": "EUR", "billing": {"address": ADDRESS | {"country": "NL"}}})
        self.assertEqual(changed.status, 200, changed)
        self.assertEqual(self.types(self.of(payment)), {
            ("card", "credit"), ("card", "debit"), ("pay_later", "klarna"), ("bank_redirect", "ideal"),
            ("bank_debit", "sepa"), ("wallet", "we_chat_pay")})

    def test_say_what_they_need_and_what_is_known_of_it(self):
        payment = self.open_payment(currency="EUR", billing={"address": ADDRESS | {"country": "AT"}})
        listed = self.of(payment)
        redirect = next(one for one in listed["payment_methods"] if one["payment_method"] == "bank_redirect")
        eps = next(one for one in redirect["payment_method_types"] if one["payment_method_type"] == "eps")
        self.assertEqual(eps["required_fields"]["billing.address.first_name"]["value"], "Ada")
        self.assertIn("dolomitenbank", eps["bank_names"][0]["bank_name"])
        self.assertEqual(eps["payment_experience"], [{"payment_experience_type": "redirect_to_url",
                                                      "eligible_connectors": ["stripe"]}])

    def test_are_those_that_the_merchant_enabled_for_such_a_payment(self):
        self.enable([enabled("card", "credit", card_networks=["Visa"], maximum_amount=5000),
                     enabled("pay_later", "klarna", minimum_amount=5000, recurring_enabled=True),
                     enabled("bank_transfer", "ach", accepted_countries={"type": "disable_only", "list": ["US"]}),
                     enabled("pay_later", "affirm", accepted_currencies={"type": "enable_only", "list": ["USD"]})])
        self.assertEqual(self.types(self.of(self.open_payment())), {("pay_later", "klarna"), ("pay_later", "affirm")})
        self.assertEqual(self.types(self.of(self.open_payment(amount=100))), {("card", "credit"), ("pay_later", "affirm")})
        self.assertEqual(self.types(self.of(self.open_payment(setup_future_usage="off_session"))), {("pay_later", "klarna")})
        self.assertEqual(self.types(self.of(self.open_payment(capture_method="manual", billing=None))),
                         {("pay_later", "klarna"), ("pay_later", "affirm")})
        self.assertEqual(self.types(self.offered("?recurring_enabled=true")), {("pay_later", "klarna")})
        self.assertEqual(self.types(self.offered("?accepted_currencies=EUR&amount=6000")), {("pay_later", "klarna")})
        self.change_account(disabled=True)
        self.assertEqual(self.types(self.of(self.open_payment())), set())

    def test_an_account_without_a_list_takes_cards(self):
        self.enable([])
        self.assertEqual(self.types(self.of(self.open_payment())), {("card", "credit"), ("card", "debit")})

    def test_are_told_to_who_holds_the_secret(self):
        payment = self.open_payment()
        wrong = payment["client_secret"][:-1] + ("0" if payment["client_secret"][-1] != "0" else "1")
        publishable = self.caller(self.shop.publishable_key)
        self.assert_error(publishable.get("/account/payment_methods?client_secret=" + wrong), 400, "IR_09")
        other = self.merchant()
        answer = self.caller(other.publishable_key).get("/account/payment_methods?client_secret=" + payment["client_secret"])
        self.assertEqual(answer.status, 404, answer)


GOOGLE = {"merchant_info": {"merchant_name": "Black Box"},
          "allowed_payment_methods": [{"type": "CARD", "parameters": {"allowed_auth_methods": ["PAN_ONLY"], "allowed_card_networks": ["VISA"]},
                                       "tokenization_specification": {"type": "PAYMENT_GATEWAY", "parameters": {"gateway": "example"}}}]}
APPLE = {"session_token_data": {"initiative": "web", "certificate": "LS0tLS1DRVJU", "certificate_keys": "TOP-SECRET-PRIVATE-KEY",
                                "display_name": "shop", "initiative_context": "shop.example", "merchant_identifier": "merchant.shop"},
         "payment_request_data": {"label": "shop", "supported_networks": ["visa"], "merchant_capabilities": ["supports3DS"]}}


class SessionTokens(LocalMethodCase):
    def tokens(self, payment, **changes):
        answer = self.caller(self.shop.publishable_key).post(
            "/payments/session_tokens", {"payment_id": payment["payment_id"], "client_secret": payment["client_secret"], "wallets": []} | changes)
        self.assertEqual(answer.status, 200, answer)
        return {one["wallet_name"]: one for one in answer.json["session_token"]}

    def setUp(self):
        super().setUp()
        self.change_account(business_country="US", metadata={"google_pay": GOOGLE, "apple_pay": APPLE, "city": "NY"})
        self.payment = self.shop.post("/payments", {"amount": 6540, "currency": "USD"}).json

    def test_come_from_the_accounts_metadata(self):
        tokens = self.tokens(self.payment)
        google = tokens["google_pay"]
        self.assertEqual(google["merchant_info"], GOOGLE["merchant_info"])
        self.assertEqual(google["allowed_payment_methods"], GOOGLE["allowed_payment_methods"])
        self.assertEqual(google["transaction_info"], {"country_code": "US", "currency_code": "USD",
                                                      "total_price_status": "Final", "total_price": "65.40"})
        apple = tokens["apple_pay"]
        self.assertIsNone(apple["session_token_data"])
        self.assertEqual(apple["payment_request_data"]["total"], {"label": "shop", "type": "final", "amount": "65.40"})
        self.assertEqual(apple["payment_request_data"]["merchant_identifier"], "merchant.shop")
        self.assertEqual(set(self.tokens(self.payment, wallets=["google_pay"])), {"google_pay"})

    def test_are_for_wallets_that_are_enabled_and_a_payment_that_is_open(self):
        self.enable([CARDS, enabled("wallet", "apple_pay")])
        self.assertEqual(set(self.tokens(self.payment)), {"apple_pay"})
        paid = self.shop.pay()
        answer = self.shop.post("/payments/session_tokens", {"payment_id": paid["payment_id"]})
        self.assert_error(answer, 400, "IR_16", "succeeded")
        publishable = self.caller(self.shop.publishable_key)
        self.assert_error(publishable.post("/payments/session_tokens", {"payment_id": paid["payment_id"]}), 400, "IR_08")

    def test_a_private_key_in_the_metadata_is_not_kept(self):
        shown = self.shop.get(f"/account/{self.shop.merchant_id}/connectors/{self.shop.connector_id}")
        self.assertEqual(shown.json["metadata"]["city"], "NY")
        self.assertNotIn(b"TOP-SECRET", shown.body)
        for file in self.switch.data.rglob("*"):
            if file.is_file():
                self.assertNotIn(b"TOP-SECRET", file.read_bytes(), file)
