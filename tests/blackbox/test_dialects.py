"""The dialects on the same payments: what one creates the others show, an order is charged once, callbacks count."""
import concurrent.futures
import json
import secrets
import time

from harness import callbacks, wallets, wire
from harness.case import Case
from harness.merchant import CARD_REFUND_PENDING, card

SECRET = "whsec_blackbox_dialects"


def order_id():
    return "ORDER_" + secrets.token_hex(8)


class DialectCase(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = wallets.Keys()

    @classmethod
    def switch_environment(cls):
        return super().switch_environment() | {
            "PAYWEIR__CONNECTORS__ALIPAY__BASE_URL": f"http://{cls.sandbox.address}/alipay",
            "PAYWEIR__CONNECTORS__WECHATPAY__BASE_URL": f"http://{cls.sandbox.address}/wechatpay"}

    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        self.alipay = wallets.Alipay(self.sandbox.address, self.keys)
        self.alipay.connect(self.shop)

    def unipay(self, out_trade_no, caller=None, **changes):
        return (caller or self.shop).post("/api/v1/payment/create", {
            "provider": "alipay_qr", "out_trade_no": out_trade_no, "subject": "Two teapots", "amount": 65.40} | changes)

    def transaction(self, business_order_id, **changes):
        return self.shop.post("/payments/transactions", {
            "business_order_id": business_order_id, "business_order_type": "goods", "channel": "alipay_qr",
            "amount_requested": "65.40"} | changes)

    def initiate(self, order, **changes):
        return self.shop.post("/api/payment/initiate", {"orderId": order, "amount": 65.40} | changes)

    def seen_by_all(self, order):
        """The order's status in each API."""
        return (self.shop.retrieve(order)["status"],
                self.shop.get(f"/api/v1/payment/query/{order}").json["data"]["status"],
                self.shop.get(f"/payments/transactions/{order}").json["status"],
                self.shop.get(f"/api/payment/status/{order}").json["status"])

    def pay_on_page(self, payment_url, order, number="4242424242424242"):
        """What the payment page does with a card."""
        answer = wire.request(self.switch.address, "POST", f"/pay/{order}/confirm", {"payment_method_data": card(number)},
                              {"x-client-secret": payment_url.split("client_secret=")[1]})
        self.assertEqual(answer.status, 200, answer)

    def assert_code(self, answer, status, code):
        self.assertEqual((answer.status, answer.json["code"]), (status, code), answer)


class Dialects(DialectCase):
    def test_what_one_creates_the_others_show(self):
        for name, create in (("unipay", self.unipay), ("transactions", self.transaction), ("quickstart", self.initiate)):
            with self.subTest(name):
                order = order_id()
                made = create(order)
                self.assertEqual(made.status, 200, made)
                open_natively = "requires_payment_method" if name == "quickstart" else "requires_customer_action"
                self.assertEqual(self.seen_by_all(order), (open_natively, "pending", "PENDING_PAYMENT", "PENDING"))
                if name == "quickstart":
                    self.pay_on_page(made.json["paymentUrl"], order)
                else:
                    self.alipay.scan()
                self.eventually(lambda: self.shop.retrieve(order, force_sync=True)["status"], "succeeded")
                self.assertEqual(self.seen_by_all(order), ("succeeded", "success", "PAID_SUCCESS", "SUCCESS"))

    def test_what_the_native_api_creates_the_dialects_show(self):
        made = self.shop.pay(currency="USD")["payment_id"]
        self.assertEqual(self.seen_by_all(made), ("succeeded", "success", "PAID_SUCCESS", "SUCCESS"))
        shown = self.shop.get(f"/payments/transactions/{made}").json
        self.assertEqual((shown["amount_requested"], shown["amount_paid"], shown["channel"], shown["transaction_id"]),
                         ("65.40", "65.40", "stripe", made))

    def test_a_refund_of_one_is_seen_by_the_others(self):
        order = order_id()
        self.pay_on_page(self.initiate(order).json["paymentUrl"], order)
        part = self.shop.post("/refunds/transactions", {"business_order_id": order, "refund_amount": "5.40",
                                                        "business_refund_id": "RETURN_" + order})
        self.assertEqual((part.status, part.json["status"], part.json["refund_amount"]), (200, "SUCCESS", "5.40"), part)
        self.assertEqual(self.seen_by_all(order), ("succeeded", "success", "REFUND_PARTIAL", "PARTIALLY_REFUNDED"))
        for id_ in (part.json["refund_transaction_id"], part.json["business_refund_id"]):
            self.assertEqual(self.shop.get(f"/refunds/transactions/{id_}").json, part.json)
        rest = self.shop.post("/api/payment/refund", {"orderId": order})
        self.assertEqual((rest.status, rest.json["status"], rest.json["amount"]), (200, "SUCCESS", 60.0), rest)
        self.assertEqual(self.seen_by_all(order), ("succeeded", "success", "REFUND_FULL", "REFUNDED"))
        self.assertEqual([r["amount"] for r in self.shop.retrieve(order)["refunds"]], [540, 6000])
        self.assert_code(self.shop.post("/api/payment/refund", {"orderId": order}), 409, "REFUND_AMOUNT_EXCEEDED")

    def test_a_refund_that_is_under_way_is_processing(self):
        order = order_id()
        self.pay_on_page(self.initiate(order, currency="USD").json["paymentUrl"], order, CARD_REFUND_PENDING)
        made = self.shop.post("/refunds/transactions", {"business_order_id": order})
        self.assertEqual(made.json["status"], "PROCESSING", made)

    def test_the_channel_decides_on_the_gateway(self):
        order = order_id()
        stripe = self.unipay(order, provider="stripe")
        url = stripe.json["data"]["payment_url"]
        self.assertIn(f"/pay/{order}?client_secret=", url)
        state = wire.request(self.switch.address, "GET", f"/pay/{order}/state", None,
                             {"x-client-secret": url.split("client_secret=")[1]}).json
        self.assertEqual([method["payment_method"] for method in state["methods"]], ["card"])
        self.assertEqual(self.shop.get(f"/api/v1/payment/query/{order}").json["data"]["provider"], "stripe")
        page = self.unipay(order_id(), provider="alipay").json["data"]
        self.assertIn("/payments/redirect/", page["payment_url"])
        self.assertIn("/alipay/scan/", self.unipay(order_id()).json["data"]["qr_code"])
        self.assert_code(self.unipay(order_id(), provider="wechat"), 400, 2006)
        self.assert_code(self.unipay(order_id(), provider="bitcoin"), 400, 2005)
        self.assert_code(self.transaction(order_id(), channel="wechat"), 400, "CHANNEL_NOT_CONFIGURED")
        self.assert_code(self.transaction(order_id(), channel="alipay_jsapi"), 400, "PARAMETER_MISSING")

    def test_an_operation_that_the_state_does_not_allow_has_its_own_code(self):
        order = order_id()
        self.transaction(order)
        refused = self.shop.post("/refunds/transactions", {"business_order_id": order})
        self.assert_code(refused, 409, "STATUS_NOT_ALLOWED")
        self.assert_code(self.shop.post("/api/payment/refund", {"orderId": order}), 409, "STATUS_NOT_ALLOWED")
        self.assertEqual(self.shop.retrieve(order)["refunds"], [])

    def test_what_does_not_fit_is_refused_and_nothing_is_stored(self):
        for answer, code in ((self.unipay(order_id(), amount=0.001), 2009), (self.unipay(order_id(), amount=-1), 2009),
                             (self.unipay(order_id(), subject=None), 1001), (self.unipay("no spaces"), 1001),
                             (self.shop.request("POST", "/api/v1/payment/create", b"{"), 1001),
                             (self.transaction(order_id(), amount_requested="1e2"), "AMOUNT_INVALID"),
                             (self.transaction(None), "PARAMETER_MISSING"),
                             (self.initiate(order_id(), amount=0), "AMOUNT_INVALID")):
            self.assert_code(answer, 400, code)
        self.assertEqual(self.shop.get("/payments/list").json["data"], [])
        self.assert_code(self.shop.get("/api/v1/payment/query/nothing"), 400, 2007)
        self.assert_code(self.shop.get("/payments/transactions/nothing"), 404, "TRANSACTION_NOT_FOUND")
        self.assert_code(self.shop.get("/refunds/transactions/nothing"), 404, "REFUND_NOT_FOUND")

    def test_go_uni_pays_header_holds_the_key(self):
        stranger = self.caller(None)
        body = {"provider": "alipay", "out_trade_no": order_id(), "subject": "s", "amount": 1}
        self.assert_code(stranger.post("/api/v1/payment/create", body), 401, 1002)
        self.assert_code(stranger.post("/api/v1/payment/create", body, headers={"x-api-key": "snd_no"}), 401, 1002)
        made = stranger.post("/api/v1/payment/create", body, headers={"x-api-key": self.shop.key})
        self.assertEqual((made.status, made.json["code"]), (200, 0), made)
        self.assertEqual(stranger.get("/payments/list", headers={"x-api-key": self.shop.key}).status, 401)

    def test_without_a_key_only_a_sandbox_answers(self):
        self.assert_code(self.caller(None).post("/api/payment/initiate", {"amount": 1}), 401, "UNAUTHORIZED")

    def test_another_merchants_order_of_the_same_id_is_another(self):
        order, other = order_id(), self.merchant()
        self.initiate(order)
        self.assert_code(other.get(f"/api/payment/status/{order}"), 404, "TRANSACTION_NOT_FOUND")
        theirs = other.post("/api/payment/initiate", {"orderId": order, "amount": 1})
        self.assertEqual((theirs.status, theirs.json["amount"]), (200, 1), theirs)


class DialectOrders(DialectCase):
    """The same order again."""

    def test_is_the_same_payment_in_every_dialect(self):
        order = order_id()
        first = self.unipay(order)
        again = self.unipay(order)
        self.assertEqual(again.body, first.body)
        self.assertEqual(again.headers["idempotent-replayed"], "true")
        self.assertEqual(self.transaction(order).json["transaction_id"], first.json["data"]["order_no"])
        self.assertEqual(self.initiate(order).json["orderId"], order)
        self.assertEqual(len(self.alipay.orders()), 1)
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)

    def test_with_another_amount_is_refused_by_its_own_code(self):
        order = order_id()
        self.unipay(order)
        self.assert_code(self.unipay(order, amount=65.41), 400, 1005)
        self.assert_code(self.unipay(order, currency="USD"), 400, 1005)
        self.assert_code(self.transaction(order, amount_requested="65.41"), 409, "ORDER_ID_CONFLICT")
        self.assert_code(self.initiate(order, amount=65.41), 409, "ORDER_ID_CONFLICT")
        self.assertEqual(len(self.alipay.orders()), 1)

    def test_at_the_same_time_is_made_once(self):
        self.alipay.plant("slow", "create", delay_ms=200)
        for name, create in (("unipay", lambda caller, order: self.unipay(order, caller)),
                             ("transactions", lambda caller, order: caller.post("/payments/transactions", {
                                 "business_order_id": order, "channel": "alipay_qr", "amount_requested": "65.40"}))):
            with self.subTest(name):
                order, before = order_id(), len(self.alipay.orders())
                with concurrent.futures.ThreadPoolExecutor(8) as pool:
                    answers = list(pool.map(lambda _: create(self.caller(self.shop.key), order), range(8)))
                self.assertEqual({answer.status for answer in answers}, {200}, answers)
                self.assertEqual(len(self.alipay.orders()), before + 1)
        self.assertGreaterEqual(self.alipay.fired("slow"), 1)

    def test_after_a_crash_is_not_sent_again(self):
        order = order_id()
        self.alipay.plant("slow", "create", delay_ms=3000)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            lost = pool.submit(lambda: self.unipay(order, self.caller(self.shop.key)))
            self.eventually(lambda: self.alipay.fired("slow"), 1)
            self.switch.kill()
            with self.assertRaises((OSError, wire.http.client.HTTPException)):
                lost.result()
        self.alipay.heal()
        self.switch.start()
        again = self.unipay(order)
        self.assertEqual((again.status, again.headers["idempotent-replayed"]), (200, "true"), again)
        self.assertIn(self.shop.get(f"/payments/transactions/{order}").json["status"],
                      ("PENDING_CREATE", "PENDING_PAYMENT", "PAID_FAILED"))
        self.assertLessEqual(len(self.alipay.orders()), 1)
        self.assertEqual(len(self.shop.get("/payments/list").json["data"]), 1)

    def test_a_refund_again_is_the_same_refund(self):
        order = order_id()
        self.pay_on_page(self.initiate(order).json["paymentUrl"], order)
        body = {"orderId": order, "refundId": "RETURN_" + order, "amount": 65.40}
        first = self.shop.post("/api/payment/refund", body)
        self.assertEqual(self.shop.post("/api/payment/refund", body).body, first.body)
        self.assert_code(self.shop.post("/api/payment/refund", body | {"amount": 1}), 409, "ORDER_ID_CONFLICT")
        self.assertEqual(len(self.shop.retrieve(order)["refunds"]), 1)

    def test_an_idempotency_key_is_honoured(self):
        order, key = order_id(), secrets.token_hex(8)
        body = {"orderId": order, "amount": 1}
        first = self.shop.post("/api/payment/initiate", body, idempotency_key=key)
        self.assertEqual(self.shop.post("/api/payment/initiate", body, idempotency_key=key).body, first.body)
        self.assert_code(self.shop.post("/api/payment/initiate", body | {"description": "x"}, idempotency_key=key), 422,
                         "IDEMPOTENCY_KEY_CONFLICT")


class DialectCallbacks(DialectCase):
    def setUp(self):
        super().setUp()
        self.tap = self.receiver()  # sees the events that the gateway sends
        self.shop.accept_callbacks(SECRET)
        self.sandbox.register_webhook(self.shop.stripe_key, self.tap.url)
        self.places = (f"/payments/callbacks/{self.shop.connector_id}", f"/refunds/callbacks/{self.shop.connector_id}",
                       f"/api/v1/public/notify/stripe/{self.shop.connector_id}")

    def send(self, target, body, secret=SECRET):
        return wire.request(self.switch.address, "POST", target, body, {
            "content-type": "application/json", "stripe-signature": callbacks.signature(body, secret, time.time())})

    def test_are_verified_kept_and_shown_as_they_came(self):
        for target in self.places:
            with self.subTest(target):
                order = order_id()
                self.pay_on_page(self.initiate(order, currency="USD").json["paymentUrl"], order)
                self.assertIsNone(self.shop.get(f"/payments/transactions/{order}").json["callback_raw_data"])
                told = self.eventually(lambda: next(
                    (d.body for d in self.tap.deliveries() if order.encode() in d.body), None), lambda body: body is not None)
                spaced = json.dumps(json.loads(told), indent=1).encode()
                forged = self.send(target, spaced, secret="whsec_wrong")
                self.contract.check("POST", target, forged)
                self.assertEqual(forged.status, 401, forged)
                self.assertEqual(self.send(target, spaced).status, 200)
                self.assertEqual(self.send(target, spaced).status, 200, "the same again is acknowledged again")
                shown = self.eventually(lambda: self.shop.get(f"/payments/transactions/{order}").json["callback_raw_data"],
                                        lambda body: body is not None)
                self.assertEqual(shown.encode(), spaced)

    def test_go_to_the_account_that_they_name(self):
        body = callbacks.event_about("order")
        for target in ("/payments/callbacks/mca_00000000000000000000000000", "/payments/callbacks/stripe",
                       "/refunds/callbacks/nothing"):
            answer = self.send(target, body)  # there are many merchants: a name alone tells nobody
            self.contract.check("POST", target, answer)
            self.assertEqual((answer.status, answer.json["code"]), (404, "CHANNEL_UNKNOWN"), answer)
        answer = self.send("/api/v1/public/notify/stripe", body)
        self.contract.check("POST", "/api/v1/public/notify/stripe", answer)
        self.assertEqual((answer.status, answer.json["code"]), (400, 2006), answer)

    def test_get_the_answer_that_their_gateway_waits_for(self):
        target = f"/payments/callbacks/{self.alipay.connector_id}"
        answer = wire.request(self.switch.address, "POST", target, b"out_trade_no=1",
                              {"content-type": "application/x-www-form-urlencoded"})
        self.contract.check("POST", target, answer)
        self.assertEqual(answer.body, wallets.Alipay.refused)
