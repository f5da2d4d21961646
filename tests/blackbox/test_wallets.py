"""Payments by Alipay and WeChat Pay: every form, the payer's part played by the sandbox; callbacks, refunds,
accounts, keys that change, and what goes wrong on the way. Each test has accounts of its own."""
import concurrent.futures
import json
import time
import urllib.parse

from harness import wallets, wire
from harness.case import Case, OnFaultyLibc
from harness.tap import Tap

# While the payer is asked, the resolver looks every two minutes. What is known before, a callback told.
SOON_S = 60
OPEN_ID = {"open_id": "2088123412341234"}


class WalletCase(Case):
    account_type = None  # of harness.wallets; the classes below say which

    @classmethod
    def setUpClass(cls):
        cls.tap = Tap(lambda: cls.switch.address)
        cls.addClassCleanup(cls.tap.stop)
        cls.keys = wallets.Keys()
        super().setUpClass()

    @classmethod
    def switch_environment(cls):
        return super().switch_environment() | {
            "PAYWEIR__SERVER__PUBLIC_URL": cls.tap.url,
            "PAYWEIR__CONNECTORS__ALIPAY__BASE_URL": f"http://{cls.sandbox.address}/alipay",
            "PAYWEIR__CONNECTORS__WECHATPAY__BASE_URL": f"http://{cls.sandbox.address}/wechatpay"}

    def setUp(self):
        super().setUp()
        self.tap.shut = False
        self.shop = self.merchant()
        self.account = self.account_type(self.sandbox.address, self.keys)
        self.account.heal()
        self.account.bend_webhooks("normal")
        self.account.connect(self.shop)

    def pay(self, form="qr", shop=None, **more):
        answer = (shop or self.shop).post("/payments", self.account.payment(form, **more))
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def paid(self, **more):
        """A payment whose payer scanned the code and approved. Returns its id."""
        made = self.pay(**more)["payment_id"]
        self.account.scan()
        self.eventually_status(self.shop, made, "succeeded", timeout_s=SOON_S)
        return made

    def assert_paid(self, payment_id, amount=6540):
        """Once, by the switch's word and by the gateway's books."""
        paid = self.eventually_status(self.shop, payment_id, "succeeded", timeout_s=SOON_S)
        self.assertEqual((paid["amount_received"], paid["connector"]), (amount, self.account.name))
        self.assertTrue(paid["connector_transaction_id"])
        self.assertEqual(self.account.charges(), [amount])

    def assert_nothing_was_sent(self):
        self.assertEqual(self.account.orders(), [])

    def browse(self, url, form=None):
        """What a browser ends up at: (address, answer)."""
        method, body, headers = "GET", None, {}
        if form is not None:
            method, body, headers = "POST", urllib.parse.urlencode(form).encode(), {"content-type": "application/x-www-form-urlencoded"}
        for _ in range(10):
            parts = urllib.parse.urlsplit(url)
            answer = wire.request(parts.netloc, method, parts.path + ("?" + parts.query if parts.query else ""), body, headers)
            if answer.status not in (302, 303):
                return url, answer
            url = urllib.parse.urljoin(url, answer.headers["location"])
            if url.startswith("https://shop.example/"):
                return url, None
            method, body, headers = "GET", None, {}
        self.fail(f"too many redirects, the last to {url}")

    def send(self, body, headers, target=None):
        headers = {name: value for name, value in headers.items() if name not in ("host", "content-length")}
        answer = wire.request(self.switch.address, "POST", target or self.account.target, body, headers)
        self.contract.check("POST", self.account.target, answer)
        return answer

    def kept_back_callback(self, **more):
        """A payment that was paid at the gateway, of which the switch does not know, and the callback that says
        so, which has not reached it."""
        self.tap.shut = True
        made = self.pay(**more)["payment_id"]
        self.account.plant("down", "query")
        self.account.scan()
        delivery = self.tap.wait_for(self.account.target)[0]
        self.account.heal()
        return made, delivery


class Forms:
    """What both wallets have."""

    def test_a_code_is_scanned(self):
        made = self.pay("qr")
        self.assertEqual(made["status"], "requires_customer_action")
        self.assertEqual(made["payment_method_type"], self.account.prefix)
        self.assertEqual(made["next_action"]["type"], "qr_code_information")
        self.assertTrue(made["next_action"]["image_data_url"].startswith("data:image/png;base64,"))
        self.account.scan()
        self.assert_paid(made["payment_id"])

    def test_what_a_payer_declines_may_still_be_paid(self):
        made = self.pay("qr")["payment_id"]
        self.account.scan("decline")
        self.assertEqual(self.shop.retrieve(made, force_sync=True)["status"], "requires_customer_action")
        self.account.scan("approve")
        self.assert_paid(made)

    def go_to_the_wallet(self, form):
        made = self.pay(form, return_url="https://shop.example/done?order=1")
        self.assertEqual(made["next_action"]["type"], "redirect_to_url")
        return made["payment_id"], self.browse(made["next_action"]["redirect_to_url"])

    def assert_pays_at(self, payment_id, page):
        """The payer approves there, and is sent back to the shop."""
        address, _ = self.browse(page, {"decision": "approve"})
        self.assert_paid(payment_id)
        return address

    def assert_sdk(self, form, data=None, fields=()):
        made = self.pay(form, data=data)
        self.assertEqual((made["status"], made["next_action"]["type"]), ("requires_customer_action", "invoke_sdk_client"))
        given = made["next_action"]["next_action_data"]
        self.assertLessEqual(set(fields), given.keys())
        return made["payment_id"], given

    def test_a_barcode_is_charged_at_once(self):
        made = self.pay("barcode", data={"auth_code": self.account.barcode("1234")})
        self.assertEqual((made["status"], made["next_action"]), ("succeeded", None))
        self.assert_paid(made["payment_id"])

    def test_a_barcode_whose_payer_types_a_password(self):
        made = self.pay("barcode", data={"auth_code": self.account.barcode("0003")})
        self.assertEqual(made["status"], "requires_customer_action", made)
        self.eventually(lambda: self.shop.retrieve(made["payment_id"], force_sync=True)["status"], "succeeded")
        self.assert_paid(made["payment_id"])

    def test_a_refused_barcode_says_why(self):
        for ending, reason in (("0401", "incorrect_authentication_code"), ("0402", "insufficient_funds")):
            with self.subTest(ending):
                made = self.pay("barcode", data={"auth_code": self.account.barcode(ending)})
                self.assertEqual((made["status"], made["unified_code"]), ("failed", "UE_1000"), made)
                self.assertEqual(made["error_details"]["unified_details"]["standardised_code"], reason, made)
                self.assertTrue(made["error_code"])
        self.assertEqual(self.account.charges(), [])

    def test_no_barcode_is_kept_or_shown(self):
        code = self.account.barcode("1234")
        made = self.pay("barcode", data={"auth_code": code})
        self.assertNotIn(code, str(self.shop.retrieve(made["payment_id"])))

    def test_a_waiting_order_is_cancelled(self):
        made = self.pay("qr")
        cancelled = self.shop.post(f"/payments/{made['payment_id']}/cancel", {"cancellation_reason": "changed my mind"})
        self.assertEqual(cancelled.status, 200, cancelled)
        self.eventually_status(self.shop, made["payment_id"], "cancelled")
        with self.assertRaisesRegex(AssertionError, "409|no such"):
            self.account.scan()
        self.assertEqual(self.account.charges(), [])

    def test_manual_capture_is_refused_before_anything_is_sent(self):
        answer = self.shop.post("/payments", self.account.payment("qr", capture_method="manual"))
        self.assert_error(answer, 400, "IR_19", names="capture_method")
        self.assert_nothing_was_sent()

    def test_another_currency_is_refused_before_anything_is_sent(self):
        answer = self.shop.post("/payments", self.account.payment("qr", currency="USD"))
        self.assert_error(answer, 400, "IR_39")
        self.assert_nothing_was_sent()

    def test_a_form_that_lacks_its_field_is_refused(self):
        for form, field in (("jsapi", "open_id"), ("barcode", "auth_code")):
            answer = self.shop.post("/payments", self.account.payment(form))
            self.assertEqual(answer.status, 400)
            self.assertIn(field, answer.json["error"]["message"])
        self.assert_nothing_was_sent()

    def test_a_key_makes_one_order(self):
        body = self.account.payment("qr")
        first, again = (self.shop.post("/payments", body, idempotency_key="order-1") for _ in range(2))
        self.assertEqual(first.body, again.body)
        self.assertEqual(len(self.account.orders()), 1)


class AlipayForms(Forms, WalletCase):
    account_type = wallets.Alipay

    def test_a_page_on_a_computer(self):
        made, (page, _) = self.go_to_the_wallet("redirect")
        back = self.assert_pays_at(made, page)
        self.assertEqual(back, f"https://shop.example/done?order=1&payment_id={made}&status=succeeded")

    def test_a_page_on_a_phone(self):
        made, (page, _) = self.go_to_the_wallet("wap")
        back = self.assert_pays_at(made, page)
        self.assertEqual(back, f"https://shop.example/done?order=1&payment_id={made}&status=succeeded")

    def test_an_app_hands_over(self):
        made, given = self.assert_sdk("app", fields=["order_string"])
        opened = wire.request(self.sandbox.address, "POST", "/alipay/app", given["order_string"].encode())
        self.assertEqual(opened.status, 200, opened)
        self.assert_pays_at(made, opened.json["cashier_url"])

    def test_inside_alipay(self):
        made, _ = self.assert_sdk("jsapi", OPEN_ID, fields=["trade_no"])
        self.account.scan()
        self.assert_paid(made)


class WechatPayForms(Forms, WalletCase):
    account_type = wallets.WechatPay

    def test_a_browser_on_a_phone(self):
        made, (page, _) = self.go_to_the_wallet("redirect")
        self.assert_pays_at(made, page)

    def test_an_app_hands_over(self):
        made, given = self.assert_sdk("app", fields=["appid", "partnerid", "prepayid", "package", "noncestr", "timestamp", "sign"])
        self.assertEqual((given["partnerid"], given["package"]), (self.account.account_id, "Sign=WXPay"))
        self.account.scan()
        self.assert_paid(made)

    def test_inside_wechat(self):
        made, given = self.assert_sdk("jsapi", {"open_id": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
                                      fields=["appId", "timeStamp", "nonceStr", "package", "signType", "paySign"])
        opened = wire.request(self.sandbox.address, "POST", "/wechatpay/invoke", given)
        self.assertEqual(opened.status, 200, opened)
        self.assert_pays_at(made, opened.json["cashier_url"])


class Refunded:
    def refund_settles(self, refund, status="succeeded"):
        return self.eventually(lambda: self.shop.get(f"/refunds/{refund['refund_id']}?force_sync=true").json, lambda now: now["status"] == status)

    def test_in_full_when_no_amount_is_given(self):
        refund = self.shop.refund(self.paid())
        self.assertEqual(refund["amount"], 6540)
        self.refund_settles(refund)
        self.assertEqual(self.account.refunds(), [6540])

    def test_in_parts_until_nothing_is_left(self):
        paid = self.paid()
        for amount in (540, 1000, 5000):
            self.refund_settles(self.shop.refund(paid, amount))
        self.assertEqual(self.account.refunds(), [540, 1000, 5000])
        self.assert_error(self.shop.post("/refunds", {"payment_id": paid, "amount": 1}), 400, "IR_13")

    def test_E05_more_than_captured_is_refused_and_nothing_is_sent(self):
        paid = self.paid()
        self.assert_error(self.shop.post("/refunds", {"payment_id": paid, "amount": 6541}), 400, "IR_13")
        self.refund_settles(self.shop.refund(paid, 6000))
        self.assert_error(self.shop.post("/refunds", {"payment_id": paid, "amount": 541}), 400, "IR_13")
        self.assertEqual(self.account.refunds(), [6000])

    def test_a_key_refunds_once(self):
        paid = self.paid()
        first, again = (self.shop.refund(paid, 540, idempotency_key="return-1") for _ in range(2))
        self.assertEqual(first["refund_id"], again["refund_id"])
        self.refund_settles(first)
        self.assertEqual(self.account.refunds(), [540])

    def test_a_refund_whose_answer_is_lost_is_made_once(self):
        for kind in ("closed", "silent", "error_500_after"):
            with self.subTest(kind):
                paid, before = self.paid(), len(self.account.refunds())
                self.account.plant(kind, "refund", count=1)
                self.account.bend_webhooks("drop")
                refund = self.shop.refund(paid, 540)
                self.assertEqual((self.account.fired(kind), refund["status"]), (1, "pending"))
                self.refund_settles(refund)
                self.assertEqual(len(self.account.refunds()), before + 1)
                self.account.heal()
                self.account.bend_webhooks("normal")

    def test_a_refund_without_money_in_the_account_fails(self):
        paid = self.paid()
        self.account.control("POST", "balance", {self.account.account_field: self.account.account_id, "is_low": True})
        refund = self.refund_settles(self.shop.refund(paid, 540), "failed")
        self.assertIn("ENOUGH", refund["error_code"])
        self.assertEqual(self.account.refunds(), [])


class AlipayRefunds(Refunded, WalletCase):
    account_type = wallets.Alipay


class WechatPayRefunds(Refunded, WalletCase):
    account_type = wallets.WechatPay

    def test_a_refund_that_the_gateway_cannot_deliver(self):
        paid = self.paid()
        refund = self.shop.refund(paid, 4404)  # CLOSED after a while
        self.assertEqual(refund["status"], "pending")
        self.refund_settles(refund, "failed")


class Accounts:
    """What is configured, and what the switch shows of it."""
    broken = {}  # a field, with what cannot be right in it
    open_fields, secret_fields = (), ()
    optional_fields = frozenset()

    def test_bad_credentials_are_refused_and_the_field_is_named(self):
        for field, value in self.broken.items():
            with self.subTest(field):
                created = self.shop.post(f"/account/{self.shop.merchant_id}/connectors", self.account.request(**{field: value}))
                self.assert_error(created, 400, names=field)
                self.assertNotIn(value, created.body.decode()) if value else None
                self.assert_error(self.account.change(self.shop, **{field: value}), 400, names=field)
        self.assertEqual(self.pay()["status"], "requires_customer_action")  # as it was

    def test_what_is_missing_is_named(self):
        details = self.account.details()
        for field in details.keys() - {"auth_type"} - self.optional_fields:
            with self.subTest(field):
                without = self.account.request()
                del without["connector_account_details"][field]
                answer = self.shop.post(f"/account/{self.shop.merchant_id}/connectors", without)
                self.assertEqual(answer.status, 400, answer)

    def test_K09_secrets_are_masked(self):
        target = f"/account/{self.shop.merchant_id}/connectors/{self.account.connector_id}"
        details = self.account.details()
        for answer in (self.shop.get(target), self.account.change(self.shop)):
            shown = answer.json["connector_account_details"]
            for field in self.open_fields:
                self.assertEqual(shown[field], details[field])
            for field in self.secret_fields:
                self.assertIn("***", shown[field])
                self.assertNotIn(details[field][40:120] or details[field], answer.body.decode())

    def verify(self, **changes):
        return self.shop.post("/account/connectors/verify", {
            "connector_name": self.account.name, "connector_account_details": self.account.details() | changes})

    def test_good_credentials_are_tried_at_the_gateway(self):
        answer = self.verify()
        self.assertEqual((answer.status, answer.json), (200, {"status": "valid"}))
        stored = self.shop.post("/account/connectors/verify", {
            "merchant_id": self.shop.merchant_id, "merchant_connector_id": self.account.connector_id})
        self.assertEqual((stored.status, stored.json), (200, {"status": "valid"}))
        self.assert_nothing_was_sent()

    def test_a_key_that_the_gateway_does_not_know_is_told(self):
        answer = self.verify(private_key=self.keys.next_gateway.private)
        self.assertEqual(answer.status, 400, answer)

    def test_a_gateway_that_does_not_answer_leaves_it_open(self):
        self.account.plant("closed_before", "query")
        self.assertEqual(self.verify().status, 424)

    def test_the_feature_matrix_names_every_form_and_field(self):
        matrix = self.shop.get("/feature_matrix").json
        self.assertEqual(matrix["connector_count"], len(matrix["connectors"]))
        ours = next(each for each in matrix["connectors"] if each["name"] == self.account.name)
        forms = {method["payment_method_data"] for method in ours["supported_payment_methods"]}
        self.assertLessEqual({f"{self.account.prefix}_{form}" for form in ("qr", "redirect", "app", "jsapi", "barcode")}, forms)
        for method in ours["supported_payment_methods"]:
            self.assertEqual((method["supported_currencies"], method["supported_capture_methods"]), (["CNY"], ["automatic"]))
        fields = {field["name"]: field for kind in ours["auth_types"] for field in kind["fields"]}
        self.assertLessEqual(self.account.details().keys() - {"auth_type"}, fields.keys())
        self.assertEqual({name: fields[name]["secret"] for name in self.secret_fields}, dict.fromkeys(self.secret_fields, True))


class OtherKeys:
    """Accounts whose other side is known by other means."""

    def test_pays_and_gives_back(self):
        made = self.paid()
        self.assertEqual(self.account.charges(), [6540])
        self.assertEqual(self.tap.wait_for(self.account.target)[0].answer.body, self.account.taken)
        refund = self.shop.refund(made, 540)
        self.eventually(lambda: self.shop.get(f"/refunds/{refund['refund_id']}?force_sync=true").json["status"], "succeeded")
        self.assertEqual(self.account.refunds(), [540])

    def test_is_tried_at_the_gateway(self):
        answer = self.shop.post("/account/connectors/verify", {
            "connector_name": self.account.name, "connector_account_details": self.account.details()})
        self.assertEqual((answer.status, answer.json), (200, {"status": "valid"}))


class AlipayByCertificate(OtherKeys, WalletCase):
    account_type = wallets.AlipayByCertificate


class WechatPayByPublicKey(OtherKeys, WalletCase):
    account_type = wallets.WechatPayByPublicKey


class AlipayAccounts(Accounts, WalletCase):
    account_type = wallets.Alipay
    broken = {"app_id": "my-application", "private_key": "no key at all", "alipay_public_key": "no key either",
              "alipay_public_key_next": "nor this", "aes_key": "c2hvcnQ="}
    open_fields, secret_fields = ("app_id",), ("private_key",)

    def change_keys(self):
        """The gateway's key changes while orders wait."""
        both = self.account.change(self.shop, alipay_public_key_next=self.keys.next_gateway.public)
        self.assertEqual(both.status, 200, both)
        before = self.pay()["payment_id"]
        self.account.sign_with(self.keys.next_gateway)
        return before

    def test_K11_the_gateways_key_changes_without_a_restart(self):
        waiting = self.change_keys()
        self.account.scan()
        self.assert_paid(waiting)
        self.assertEqual(self.account.change(self.shop).status, 200)  # the new key alone
        self.paid()
        self.assertEqual(self.account.charges(), [6540, 6540])


class WechatPayAccounts(Accounts, WalletCase):
    account_type = wallets.WechatPay
    broken = {"mchid": "no number!", "appid": "", "serial_no": "no serial!", "private_key": "no key at all",
              "apiv3_key": "too-short", "platform_certificates": "no certificate"}
    open_fields, secret_fields = ("mchid", "appid", "serial_no"), ("private_key", "apiv3_key")
    optional_fields = {"platform_certificates"}  # they are fetched

    def test_K11_the_gateways_key_changes_without_a_restart(self):
        # A key's certificate is the same for every merchant.
        told_before = wallets.WechatPay(self.sandbox.address, self.keys)
        told_before.sign_with(self.keys.next_gateway)
        both = self.account.change(self.shop, platform_certificates=self.account.certificate + told_before.certificate)
        self.assertEqual(both.status, 200, both)
        waiting = self.pay()["payment_id"]
        self.account.sign_with(self.keys.next_gateway)
        self.assertEqual(self.account.certificate, told_before.certificate)
        self.account.scan()
        self.assert_paid(waiting)
        self.assertEqual(self.account.change(self.shop).status, 200)  # the new certificate alone
        self.paid()
        self.assertEqual(self.account.charges(), [6540, 6540])

    def test_an_answer_under_an_unknown_key_is_not_believed(self):
        self.account.plant("closed_before", "certificates")
        self.account.sign_with(self.keys.next_gateway)
        made = self.pay("barcode", data={"auth_code": self.account.barcode("1234")})
        self.assertEqual(made["status"], "processing", made)
        self.assertGreater(self.account.fired("closed_before"), 0)
        self.assertEqual(self.account.change(self.shop).status, 200)
        self.assert_paid(made["payment_id"])


class WechatPayByFetchedCertificates(OtherKeys, Accounts, WalletCase):
    """WeChat Pay's certificates come from WeChat Pay."""

    account_type = wallets.WechatPayByFetchedCertificates
    broken = {"apiv3_key": "too-short"}
    open_fields, secret_fields = ("mchid", "appid", "serial_no"), ("private_key", "apiv3_key")

    def test_they_are_fetched_before_they_are_needed(self):
        other = self.account_type(self.sandbox.address, self.keys)
        other.plant("slow", "certificates", delay_ms=1)
        other.connect(self.merchant())
        self.eventually(lambda: other.fired("slow"), 1, timeout_s=SOON_S)

    def test_many_unknown_serials_make_us_ask_once(self):
        made, delivery = self.kept_back_callback()
        self.account.plant("closed_before", "certificates")
        self.assertEqual(self.account.change(self.shop).status, 200)  # nothing was asked for this version yet
        for number in range(20):
            answer = self.send(delivery.body, delivery.headers | {"wechatpay-serial": f"{number:040X}"})
            self.assertEqual((answer.status, answer.body), (401, self.account.refused))
        self.assertEqual(self.account.fired("closed_before"), 1)
        self.assertEqual(self.shop.retrieve(made)["status"], "requires_customer_action")


class WechatPayRotation(OnFaultyLibc, WalletCase):
    """WeChat Pay changes its certificate while the switch runs. Certificates are asked for once a minute at most,
    so that a minute has to pass since the account's first ones. Not many can: callbacks of an age of five are refused,
    and the sandbox's clock does not go along."""

    account_type = wallets.WechatPayByFetchedCertificates

    def change_certificate(self):
        self.account.sign_with(self.keys.next_gateway)
        self.libc.pass_time(61)

    def test_K11_the_certificate_changes_without_a_restart(self):
        made, before = self.kept_back_callback()
        self.change_certificate()
        self.tap.shut = False
        waiting = self.pay()  # the answer is signed with the new one
        self.assertEqual(waiting["status"], "requires_customer_action")
        self.account.scan()
        self.eventually_status(self.shop, waiting["payment_id"], "succeeded", timeout_s=SOON_S)
        self.assertEqual(self.send(before.body, before.headers).body, self.account.taken)  # signed with the old one
        self.eventually_status(self.shop, made, "succeeded", timeout_s=SOON_S)
        self.assertEqual(self.account.charges(), [6540, 6540])

    def test_K11_a_callback_waits_for_certificates_that_cannot_be_had(self):
        made = self.pay()["payment_id"]
        for operation in ("certificates", "query"):
            self.account.plant("closed_before", operation)
        self.change_certificate()
        self.account.scan()
        delivery = self.tap.wait_for(self.account.target)[0]
        self.assertEqual((delivery.answer.status, delivery.answer.body), (401, self.account.refused))  # it comes again
        self.account.heal()
        self.account.plant("slow", "certificates", delay_ms=1)
        self.libc.pass_time(61)
        probe = {"wechatpay-signature": "WECHATPAY/SIGNTEST/" + delivery.headers["wechatpay-signature"][19:]}
        self.assertEqual(self.send(delivery.body, delivery.headers | probe).status, 401)
        self.assertEqual(self.account.fired("slow"), 0)  # of a probe nothing comes
        again = self.send(delivery.body, delivery.headers)
        self.assertEqual((again.status, again.body), (200, self.account.taken))
        self.assertEqual(self.account.fired("slow"), 1)
        self.assert_paid(made)


class CertificateTerms(WalletCase):
    account_type = wallets.AlipayByCertificate  # the application's certificate is for thirty days

    def expires(self, owner):
        return self.switch.metric("payweir_certificate_expires_timestamp_seconds", connector="alipay", owner=owner)

    def test_H16_certificates_that_are_about_to_end_are_told_of(self):
        self.switch.restart()  # they are looked at then, and every ten minutes
        self.eventually(lambda: self.expires("merchant"), lambda value: value > 0, timeout_s=SOON_S)
        self.assertAlmostEqual(self.expires("merchant"), time.time() + 30 * 86400, delta=600)
        self.assertGreater(self.expires("gateway"), time.time() + 365 * 86400)
        lines = [json.loads(line) for line in self.switch.log_path.read_text().splitlines() if "certificate." in line]
        self.assertEqual([(line["event"], line["account"], line["owner"]) for line in lines],
                         [("certificate.ends_soon", self.account.connector_id, "merchant")])


class Called:
    """The gateways' callbacks."""

    def failures(self):
        return self.switch.metric("payweir_webhook_signature_failures_total")

    def assert_refused(self, answer):
        self.assertEqual((answer.status, answer.body), (401, self.account.refused))

    def assert_unmoved(self, payment_id):
        self.assertEqual(self.shop.retrieve(payment_id)["status"], "requires_customer_action")

    def test_a_callback_tells_of_a_payment_and_is_acknowledged(self):
        made = self.pay()["payment_id"]
        self.account.scan()
        self.assert_paid(made)
        for delivery in self.tap.wait_for(self.account.target):
            self.contract.check("POST", self.account.target, delivery.answer)
            self.assertEqual((delivery.answer.status, delivery.answer.body), (200, self.account.taken))

    def test_B02_copies_of_a_callback_change_the_state_once(self):
        endpoint = self.receiver()
        self.shop.change_profile(webhook_details={"webhook_url": endpoint.url})
        self.account.bend_webhooks("duplicate", copies=5)
        made = self.pay()["payment_id"]
        self.account.scan()
        self.assert_paid(made)
        for delivery in self.tap.wait_for(self.account.target, 5):
            self.assertEqual((delivery.answer.status, delivery.answer.body), (200, self.account.taken))
        endpoint.wait_for(1, "payment_succeeded")
        self.assertEqual(len(endpoint.deliveries("payment_succeeded")), 1)

    def test_B06_a_bad_signature_has_no_effect(self):
        made, delivery = self.kept_back_callback()
        before, forgeries = self.failures(), list(self.forgeries(delivery))
        for body, headers in forgeries:
            self.assert_refused(self.send(body, headers))
        self.assertEqual(self.failures() - before, len(forgeries))
        self.assert_unmoved(made)
        self.assertEqual(self.send(delivery.body, delivery.headers).body, self.account.taken)
        self.assert_paid(made)

    def test_B05_another_merchants_callback_is_refused(self):
        made, delivery = self.kept_back_callback()
        other_shop, other = self.merchant(), self.account_type(self.sandbox.address, self.keys)
        other.connect(other_shop)
        self.assert_refused(self.send(delivery.body, delivery.headers, target=other.target))
        self.assert_unmoved(made)

    def test_B14_what_is_paid_is_found_out_without_callbacks(self):
        self.account.bend_webhooks("drop")
        made = self.pay()["payment_id"]
        self.account.scan()
        self.assertEqual(self.shop.retrieve(made, force_sync=True)["status"], "succeeded")
        self.assert_paid(made)
        self.assertEqual(self.tap.deliveries(self.account.target), [])


class AlipayCallbacks(Called, WalletCase):
    account_type = wallets.Alipay

    def forgeries(self, delivery):
        fields = dict(urllib.parse.parse_qsl(delivery.body.decode(), keep_blank_values=True))
        for changes in ({"total_amount": "0.01"}, {"sign": fields["sign"][::-1]}, {"sign": ""}, {"sign_type": "RSA"}, {"extra": "1"}):
            yield urllib.parse.urlencode(fields | changes).encode(), delivery.headers

    def test_B13_the_signature_is_over_the_values_however_they_are_written(self):
        made, delivery = self.kept_back_callback()
        pairs = urllib.parse.parse_qsl(delivery.body.decode(), keep_blank_values=True)
        otherwise = urllib.parse.urlencode(pairs[::-1], quote_via=urllib.parse.quote, safe="").encode()
        self.assertNotEqual(otherwise, delivery.body)
        self.assertEqual(self.send(otherwise, delivery.headers).body, b"success")
        self.assert_paid(made)


class WechatPayCallbacks(Called, WalletCase):
    account_type = wallets.WechatPay

    def forgeries(self, delivery):
        headers = delivery.headers
        yield delivery.body + b" ", headers
        yield delivery.body.replace(b"TRANSACTION.SUCCESS", b"TRANSACTION.FAILURE"), headers
        yield delivery.body, headers | {"wechatpay-signature": "WECHATPAY/SIGNTEST/" + headers["wechatpay-signature"][19:]}
        yield delivery.body, headers | {"wechatpay-serial": "00" * 20}

    def test_B06_a_callback_without_a_signature_has_no_effect(self):
        made, delivery = self.kept_back_callback()
        for name in ("wechatpay-signature", "wechatpay-serial", "wechatpay-nonce", "wechatpay-timestamp"):
            answer = self.send(delivery.body, {each: value for each, value in delivery.headers.items() if each != name})
            self.assertIn(answer.status, (400, 401))
            self.assertEqual(answer.body, self.account.refused)
        self.assert_unmoved(made)

    def test_B07_an_old_timestamp_is_refused(self):
        made, delivery = self.kept_back_callback()
        for at in (time.time() - 301, time.time() + 400):  # that one comes nearer while the test goes on
            self.assert_refused(self.send(delivery.body, self.account.resigned(delivery, at)))
        self.assert_unmoved(made)
        self.assertEqual(self.send(delivery.body, self.account.resigned(delivery, time.time() - 200)).status, 200)
        self.assert_paid(made)

    def test_B13_the_signature_is_over_the_bytes_as_they_came(self):
        made, delivery = self.kept_back_callback()
        spaced = delivery._replace(body=b"\n " + delivery.body.replace(b'":', b'" :') + b"\n\n")
        self.assert_refused(self.send(spaced.body, delivery.headers))
        self.assertEqual(self.send(spaced.body, self.account.resigned(spaced, time.time())).status, 200)
        self.assert_paid(made)

    def test_B06_a_probe_of_the_signature_is_refused_and_counted(self):
        before = self.failures()
        made = self.pay()["payment_id"]
        self.addCleanup(self.account.control, "POST", "probes", {"rate": 0})
        self.account.control("POST", "probes", {"rate": 1})
        self.account.scan()
        probe = self.tap.wait_for(self.account.target)[0]
        self.account.control("POST", "probes", {"rate": 0})
        self.assertTrue(probe.headers["wechatpay-signature"].startswith("WECHATPAY/SIGNTEST/"))
        self.assert_refused(probe.answer)
        self.assertEqual(self.failures(), before + 1)
        self.assertEqual(self.shop.retrieve(made, force_sync=True)["status"], "succeeded")
        self.assert_paid(made)


class Faulty:
    """What a gateway can do to a payment: one charge at most, and the truth in the end."""

    def lose_order(self, kind):
        self.account.plant(kind, "create", count=1)
        made = self.pay()
        self.assertEqual(self.account.fired(kind), 1)
        return made["payment_id"]

    def test_A01_an_order_whose_code_was_lost_is_never_charged(self):
        for kind in ("closed", "silent", "garbage"):
            with self.subTest(kind):
                made = self.lose_order(kind)
                ended = self.eventually(lambda: self.shop.retrieve(made), lambda p: p["status"] in ("failed", "expired"), timeout_s=SOON_S)
                self.assertFalse(ended["amount_received"])
                with self.assertRaisesRegex(AssertionError, "409|no such"):
                    self.account.scan()  # somebody who has the code all the same
                self.assertEqual(self.account.charges(), [])
                self.account.heal()

    def test_A02_an_order_that_never_arrived_is_never_charged(self):
        made = self.lose_order("closed_before")
        self.eventually(lambda: self.shop.retrieve(made)["status"], lambda status: status in ("failed", "expired"), timeout_s=SOON_S)
        self.assertEqual(self.account.charges(), [])

    def test_A01_a_charged_barcode_whose_answer_is_lost(self):
        self.account.bend_webhooks("drop")
        for kind in ("closed", "silent", "error_500_after", "garbage", "truncated"):
            with self.subTest(kind):
                before = len(self.account.charges())
                self.account.plant(kind, "authorize", count=1)
                made = self.pay("barcode", data={"auth_code": self.account.barcode("1234")})
                self.assertEqual((self.account.fired(kind), made["status"]), (1, "processing"), made)
                self.eventually_status(self.shop, made["payment_id"], "succeeded", timeout_s=SOON_S)
                self.assertEqual(len(self.account.charges()), before + 1)
                self.account.heal()

    def test_A06_another_amount_is_no_success(self):
        self.account.plant("wrong_amount", "authorize", count=1)
        made = self.pay("barcode", data={"auth_code": self.account.barcode("1234")})
        self.assertEqual((self.account.fired("wrong_amount"), made["status"]), (1, "conflicted"), made)

    def test_A06_another_amount_in_answer_to_a_question_is_no_success(self):
        self.tap.shut = True
        made = self.pay()["payment_id"]
        self.account.scan()
        self.account.plant("wrong_amount", "query", count=1)
        self.assertEqual(self.shop.retrieve(made, force_sync=True)["status"], "conflicted")
        self.assertEqual(self.account.fired("wrong_amount"), 1)

    def test_A03_a_gateway_that_is_down_charges_nobody(self):
        self.account.plant("down", "any")
        made = self.pay()
        self.assertIn(made["status"], ("failed", "processing"), made)
        self.assertGreaterEqual(self.account.fired("down"), 1)
        self.account.heal()
        self.eventually(lambda: self.shop.retrieve(made["payment_id"], force_sync=True)["status"], "failed", timeout_s=SOON_S)
        self.assertEqual(self.account.charges(), [])


    def let_go(self, made):
        """What the payer's page does for "Choose another way to pay"; returns the status it then shows."""
        answer = self.shop.post(f"/pay/{made['payment_id']}/release", headers={"x-client-secret": made["client_secret"]})
        self.assertEqual(answer.status, 200, answer)
        return answer.json["status"]

    def test_a_code_that_is_let_go_of_can_be_paid_no_more(self):
        for kind in (None, "closed"):
            with self.subTest(lost=kind):
                made = self.pay()
                if kind:
                    self.account.plant(kind, "void", count=1)
                self.assertEqual(self.let_go(made), "processing" if kind else "requires_payment_method")
                self.assertEqual(self.account.fired("closed"), 1 if kind else 0)
                self.eventually_status(self.shop, made["payment_id"], "requires_payment_method")
                with self.assertRaisesRegex(AssertionError, "409|no such"):
                    self.account.scan()
        self.assertEqual(self.account.charges(), [])

    def test_a_code_that_a_gateway_did_not_let_go_of_may_be_paid(self):
        made = self.pay()
        self.account.plant("down")
        self.assertEqual(self.let_go(made), "processing")
        self.assertGreaterEqual(self.account.fired("down"), 1)
        self.account.heal()
        self.account.scan()
        self.assert_paid(made["payment_id"])


class AlipayFaults(Faulty, WalletCase):
    account_type = wallets.Alipay

    def test_a_code_that_a_gateway_did_not_let_go_of_may_be_paid(self):
        """Not at Alipay: whether its cancellation is under way nobody knows, and it pays back what is paid."""
        made = self.pay()
        self.account.plant("down")
        self.assertEqual(self.let_go(made), "processing")
        self.account.heal()
        self.account.scan()
        self.eventually_status(self.shop, made["payment_id"], "requires_payment_method", timeout_s=SOON_S)
        self.assertEqual((self.account.charges(), self.account.refunds()), ([6540], [6540]))


class WechatPayFaults(Faulty, WalletCase):
    account_type = wallets.WechatPay

    def test_a_code_that_was_paid_when_it_is_let_go_of_is_paid(self):
        made = self.pay()
        self.tap.shut = True
        self.account.scan()
        self.assertIn(self.let_go(made), ("processing", "succeeded"))
        self.assert_paid(made["payment_id"])


class WechatPayShedding(OnFaultyLibc, WalletCase):
    account_type = wallets.WechatPay
    environment = WalletCase.environment | {"PAYWEIR__STORE__COMMIT_QUEUE_MAX": "16"}

    def test_a_callback_that_cannot_be_stored_now_is_refused_with_when_to_send_it_again(self):
        made, delivery = self.kept_back_callback()
        self.libc.slow_syncs(500)
        with concurrent.futures.ThreadPoolExecutor(64) as senders:
            answers = list(senders.map(lambda _: self.send(delivery.body, delivery.headers), range(64)))
        self.libc.heal()
        shed = [answer for answer in answers if answer.status == 503]
        self.assertTrue(shed, {answer.status for answer in answers})
        for answer in shed:
            self.assertEqual((answer.headers["retry-after"], answer.json["code"]), ("1", "FAIL"), answer)
        self.tap.shut = False
        self.assert_paid(made)


class Expiring(OnFaultyLibc):
    """The wall clock goes on."""

    def assert_expires(self, payment_id):
        self.libc.pass_time(61)
        self.eventually_status(self.shop, payment_id, "expired", timeout_s=SOON_S)
        with self.assertRaisesRegex(AssertionError, "409|no such"):
            self.account.scan()
        self.assertEqual(self.account.charges(), [])

    def test_an_order_is_closed_at_the_gateway_when_its_payment_expires(self):
        made = self.pay(session_expiry=60)
        self.assert_expires(made["payment_id"])
        state = self.shop.get(f"/pay/{made['payment_id']}/state", headers={"x-client-secret": made["client_secret"]}).json
        self.assertEqual((state["status"], state["next_action"]), ("expired", None))

    def test_what_was_paid_in_time_is_paid_whatever_the_clock_says(self):
        self.tap.shut = True
        made = self.pay(session_expiry=60)["payment_id"]
        self.account.scan()
        self.libc.pass_time(61)
        self.assert_paid(made)


class AlipayExpiry(Expiring, WalletCase):
    account_type = wallets.Alipay

    def test_an_order_that_was_looked_at_is_closed_too(self):
        made = self.pay(session_expiry=60)["payment_id"]
        self.account.scan("open")
        self.assert_expires(made)


class WechatPayExpiry(Expiring, WalletCase):
    account_type = wallets.WechatPay
