"""The gateway's callbacks: verified, stored, acknowledged, then worked off; they change a state once."""
import concurrent.futures
import contextlib
import json
import secrets
import threading
import time

from harness import callbacks, wire
from harness.case import Case, OnFaultyLibc
from harness.merchant import CARD_3DS, CARD_REFUND_PENDING, payment

SECRET = "whsec_blackbox_callbacks"
# While the payer is asked, the resolver looks every two minutes. What is known before, a callback told.
SOON_S = 60


class CallbackCase(Case):
    def setUp(self):
        super().setUp()
        self.tap = self.receiver()  # sees the events that the gateway sends, as it sends them
        self.endpoint = self.receiver()  # the merchant's own
        self.shop = self.merchant(webhook_url=self.endpoint.url)
        self.target = self.shop.accept_callbacks(SECRET)
        self.sandbox.register_webhook(self.shop.stripe_key, self.tap.url)

    def wall_clock(self):
        """The switch's."""
        return time.time()

    def event(self, kind, payment_id=None):
        """What the gateway sent of this kind, about this payment or any."""
        def is_it(event):
            about = event["data"]["object"]["metadata"].get("order_id")
            return event["type"] == kind and payment_id in (None, about)

        def find():
            return next((d.body for d in self.tap.deliveries() if is_it(json.loads(d.body))), None)
        return self.eventually(find, lambda body: body is not None)

    def send(self, body, secret=SECRET, at=None, target=None, **headers):
        at = self.wall_clock() if at is None else at
        return wire.request(self.switch.address, "POST", target or self.target, body, {
            "content-type": "application/json", "stripe-signature": callbacks.signature(body, secret, at)} | headers)

    def allow_callbacks_from(self, addresses):
        return self.shop.post(f"/account/{self.shop.merchant_id}/connectors/{self.shop.connector_id}", {
            "connector_type": "payment_processor", "callback_addresses": addresses})

    def payer_is_asked(self, **changes):
        """A payment that waits for its payer, about whom the resolver asks no more for two minutes: its first
        question, after a second, is over."""
        self.sandbox.plant("slow", "query", account=self.shop.stripe_key, delay_ms=1)
        made = self.shop.pay(number=CARD_3DS, authentication_type="three_ds", **changes)
        self.assertEqual(made["status"], "requires_customer_action", made)
        self.eventually(lambda: self.sandbox.fired("slow"), lambda asked: asked >= 1)
        self.sandbox.heal()
        return made

    def payer_has_approved(self, **changes):
        """Paid at the gateway, which the switch does not know. Returns the payment's id and what the gateway
        has to say of it."""
        made = self.payer_is_asked(**changes)
        self.sandbox.approve(made["connector_transaction_id"])
        return made["payment_id"], self.event("payment_intent.succeeded", made["payment_id"])

    def look_at_what_came(self):
        """Until the switch has looked at every callback that it has acknowledged: it begins them in the order
        in which they came, and one about another payment takes effect."""
        witness, news = self.payer_has_approved()
        self.assertEqual(self.send(news).status, 200)
        self.eventually_status(self.shop, witness, "succeeded", timeout_s=SOON_S)

    def assert_told_once(self, payment_id):
        """One state change: one event of it, and one answer about it."""
        def told():
            bodies = [json.loads(each.body) for each in self.endpoint.deliveries("payment_succeeded")]
            return sum(body["content"]["object"]["payment_id"] == payment_id for body in bodies)

        self.eventually(told, 1)
        self.assertEqual(self.shop.retrieve(payment_id)["amount_received"], 6540)
        self.assertEqual(told(), 1)


class Callbacks(CallbackCase):
    def unknown_payment(self):
        """Charged at the gateway, unknown to the switch, which gets no answer to its questions. Returns its
        id and what the gateway has to say of it."""
        self.sandbox.plant("closed", "authorize", count=1)
        self.sandbox.plant("down", "query")
        made = self.shop.pay()
        self.assertEqual((self.sandbox.fired("closed"), made["status"]), (1, "processing"))
        return made["payment_id"], self.event("payment_intent.succeeded")

    def test_a_callback_tells_what_became_of_an_unknown_payment(self):
        unknown, body = self.unknown_payment()
        self.sandbox.heal()
        self.assertEqual(self.send(body).status, 200)
        self.eventually_status(self.shop, unknown, "succeeded", timeout_s=5)

    def test_B01_a_callback_that_is_faster_than_the_answer(self):
        secret = self.sandbox.register_webhook(self.shop.stripe_key, f"http://{self.switch.address}{self.target}")
        self.shop.accept_callbacks(secret)
        self.sandbox.bend_webhooks("early", delay_ms=1000)
        before = self.switch.metric("payweir_requests_total")
        paid = self.shop.pay()
        self.assertGreaterEqual(self.switch.metric("payweir_requests_total") - before, 2)
        self.assertEqual(paid["status"], "succeeded", paid)
        self.assertEqual(self.charges(paid["payment_id"]), [6540])
        self.assert_told_once(paid["payment_id"])

    def test_B02_a_hundred_copies_change_the_state_once(self):
        unknown, body = self.unknown_payment()
        self.sandbox.heal()
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            statuses = set(pool.map(lambda _: self.send(body).status, range(100)))
        self.assertEqual(statuses, {200})
        self.eventually_status(self.shop, unknown, "succeeded")
        self.assert_told_once(unknown)

    def test_B06_a_bad_signature_has_no_effect(self):
        unknown, body = self.unknown_payment()
        for answer in (self.send(body, secret="whsec_wrong"), wire.request(self.switch.address, "POST", self.target, body),
                       wire.request(self.switch.address, "POST", self.target, body, {"stripe-signature": "nonsense"})):
            self.assertIn(answer.status, (400, 401), answer)
        self.assertEqual(self.shop.retrieve(unknown)["status"], "processing")

    def test_callbacks_come_from_the_addresses_of_their_account_only(self):
        unknown, body = self.unknown_payment()
        self.sandbox.heal()
        self.assert_error(self.allow_callbacks_from(["203.0.113.0/24", "gateway.test"]), 400, names="callback_addresses[1]")
        self.assertEqual(self.allow_callbacks_from(["203.0.113.0/24"]).json["callback_addresses"], ["203.0.113.0/24"])
        before = self.switch.metric("payweir_webhook_address_refusals_total")
        self.assertEqual(self.send(body).status, 403)
        # What a stranger writes into a header is not believed.
        self.assertEqual(self.send(body, **{"x-forwarded-for": "203.0.113.7"}).status, 403)
        self.assertEqual(self.switch.metric("payweir_webhook_address_refusals_total") - before, 2)
        self.assertEqual(self.allow_callbacks_from(["203.0.113.0/24", "127.0.0.0/8", "::1"]).status, 200)
        self.assertEqual(self.send(body).status, 200)
        self.eventually_status(self.shop, unknown, "succeeded", timeout_s=5)

    def test_B05_another_merchants_signature_has_no_effect(self):
        mine, news = self.payer_has_approved()
        other_secret = "whsec_of_another"
        other_target = self.merchant().accept_callbacks(other_secret)
        self.assertIn(self.send(news, secret=other_secret).status, (400, 401))
        self.assertIn(self.send(news, secret=other_secret, target=other_target).status, (200, 400, 401))
        self.look_at_what_came()
        self.assertEqual(self.shop.retrieve(mine)["status"], "requires_customer_action")
        self.assertEqual(self.send(news).status, 200)
        self.eventually_status(self.shop, mine, "succeeded", timeout_s=SOON_S)

    def test_B07_an_old_timestamp_is_refused(self):
        unknown, body = self.unknown_payment()
        self.assertIn(self.send(body, at=time.time() - 301).status, (400, 401))
        self.assertEqual(self.shop.retrieve(unknown)["status"], "processing")

    def test_B13_the_signature_is_over_the_bytes_as_they_came(self):
        unknown, body = self.unknown_payment()
        spaced = json.dumps(json.loads(body), indent=3).encode() + b"\n \n"
        self.sandbox.heal()
        self.assertEqual(self.send(spaced).status, 200)
        self.eventually_status(self.shop, unknown, "succeeded", timeout_s=5)

    def test_B10_a_stored_callback_is_worked_off_after_a_crash(self):
        unknown, body = self.unknown_payment()
        self.assertEqual(self.send(body).status, 200)
        self.switch.kill()
        self.sandbox.heal()
        self.switch.start()
        self.eventually_status(self.shop, unknown, "succeeded", timeout_s=10)
        self.assertEqual(self.send(body).status, 200)
        self.assertEqual(self.charges(unknown), [6540])
        self.assert_told_once(unknown)

    def test_B11_an_acknowledgement_does_not_wait_for_the_gateway(self):
        made, news = self.payer_has_approved()
        self.sandbox.plant("silent_before", "query")
        slowest_s = 0
        for _ in range(50):  # more than the switch works on at a time
            before = time.monotonic()
            self.assertEqual(self.send(callbacks.another(news)).status, 200)
            slowest_s = max(slowest_s, time.monotonic() - before)
        self.assertLess(slowest_s, 2)  # a question to this gateway takes three
        self.eventually(lambda: self.sandbox.fired("silent_before"), lambda asked: asked >= 1)
        self.assertEqual(self.send(news).status, 200)
        self.switch.kill()
        self.sandbox.heal()
        self.switch.start()
        self.eventually_status(self.shop, made, "succeeded", timeout_s=SOON_S)
        self.assertEqual(self.charges(made), [6540])
        self.assert_told_once(made)


class CallbacksOverTime(OnFaultyLibc, CallbackCase):
    """Where minutes and hours pass on the wall clock."""

    def wall_clock(self):
        return time.time() + self.libc.read("clock_ahead_ms") / 1000

    def after_a_minute(self, probe):
        self.libc.pass_time(60)
        return probe()

    def test_B04_a_callback_that_comes_before_its_payment_is_stored(self):
        order = "order_" + secrets.token_hex(8)
        self.assertEqual(self.send(callbacks.event_about(order)).status, 200)
        self.look_at_what_came()
        self.payer_has_approved(payment_id=order)
        self.libc.pass_time(30)
        self.eventually_status(self.shop, order, "succeeded", timeout_s=SOON_S)
        self.assertEqual(self.charges(order), [6540])
        self.assert_told_once(order)

    def test_B04_a_callback_about_nothing_that_is_known_becomes_an_orphan(self):
        def orphans():
            return self.switch.metric("payweir_inbox_orphans")

        order = "order_" + secrets.token_hex(8)
        news, before = callbacks.event_about(order), orphans()
        self.assertEqual(self.send(news).status, 200)
        self.eventually(lambda: self.after_a_minute(orphans), before + 1)
        self.switch.kill()
        self.switch.start()
        self.eventually(orphans, before + 1)
        # It neither stands in the way of a payment of that name, nor counts twice.
        self.assertEqual(self.shop.pay(payment_id=order)["status"], "succeeded")
        self.assertEqual(self.send(news).status, 200)
        self.look_at_what_came()
        self.assertEqual(self.charges(order), [6540])
        self.assert_told_once(order)

    def test_B14_what_is_undecided_is_found_out_without_callbacks(self):
        self.sandbox.register_webhook(self.shop.stripe_key, f"http://{self.switch.address}{self.target}")
        self.sandbox.bend_webhooks("drop")
        dropped = self.sandbox.dropped_webhooks()
        self.sandbox.plant("closed", "authorize", count=1)
        undecided = self.shop.pay()
        self.assertEqual((self.sandbox.fired("closed"), undecided["status"]), (1, "processing"))
        refund = self.shop.refund(self.shop.pay(number=CARD_REFUND_PENDING)["payment_id"])
        self.assertEqual(refund["status"], "pending")
        asked = self.payer_is_asked(session_expiry=24 * 3600)
        self.sandbox.approve(asked["connector_transaction_id"])
        self.assertGreaterEqual(self.sandbox.dropped_webhooks() - dropped, 3)
        for target in (f"/payments/{undecided['payment_id']}", f"/payments/{asked['payment_id']}", f"/refunds/{refund['refund_id']}"):
            self.eventually(lambda: self.after_a_minute(lambda: self.shop.get(target).json["status"]), "succeeded")
        for made in (undecided, asked):
            self.assertEqual(self.charges(made["payment_id"]), [6540])
        self.assertEqual(self.tap.deliveries(), [])


class CallbacksBehindAProxy(CallbackCase):
    environment = CallbackCase.environment | {"PAYWEIR__SERVER__TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8"}

    def test_K16_the_proxys_word_counts_and_no_other(self):
        self.assertEqual(self.allow_callbacks_from(["203.0.113.0/24"]).status, 200)
        _, body = self.payer_has_approved()
        for forwarded, status in (("198.51.100.9", 403), ("203.0.113.7, 198.51.100.9", 403), ("unknown", 403),
                                  ("198.51.100.9, 203.0.113.7", 200), ("203.0.113.7, 10.1.2.3", 200)):
            self.assertEqual(self.send(body, **{"x-forwarded-for": forwarded}).status, status, forwarded)
        self.assertEqual(self.send(body).status, 403)


class CallbackStorm(CallbackCase):
    CALLBACKS = 3200
    CONNECTIONS = 64

    def requests_for(self, news):
        """The callbacks as bytes to send, made before the storm so that it is one."""
        at = self.wall_clock()
        return [(f"POST {self.target} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                 f"stripe-signature: {callbacks.signature(body, SECRET, at)}\r\ncontent-length: {len(body)}\r\n\r\n").encode() + body
                for body in news]

    def storm(self, requests, connections):
        """Sends them over so many connections at once, on each as fast as they are answered. Returns those
        that were acknowledged and those that were shed: there must be no others."""
        with contextlib.ExitStack() as stack:
            lines = [(stack.enter_context(wire.connect(self.switch.address, timeout_s=60)), requests[n::connections])
                     for n in range(connections)]
            for line, share in lines:
                line.sendall(b"".join(share))
            answers = [(request, status) for line, share in lines for request, status in zip(share, wire.read_statuses(line, len(share)))]
        self.assertLessEqual({status for _, status in answers}, {200, 503})
        return ([request for request, status in answers if status == 200], [request for request, status in answers if status == 503])

    def send_as_gateways_do(self, requests):
        """Again and again until each is acknowledged, and no longer all at once."""
        deadline = time.monotonic() + 60
        while requests:
            self.assertLess(time.monotonic(), deadline, f"{len(requests)} are shed again and again")
            _, requests = self.storm(requests, connections=4)

    def pay_until(self, over, paid):
        """A till with a queue before it: a payment after the other, each asked for until it is answered."""
        caller = self.caller(self.shop.key)
        while not over.is_set():
            key = secrets.token_hex(8)
            answer = caller.post("/payments", payment(), idempotency_key=key)
            while answer.status == 503:
                answer = caller.post("/payments", payment(), idempotency_key=key)
            paid.append(answer)

    def take_payments_in_a_storm(self):
        """Returns how the payments were answered and how many callbacks were shed."""
        approved = [self.payer_has_approved()[0] for _ in range(2)]
        requests = self.requests_for([callbacks.event_about(approved[n % 2]) for n in range(self.CALLBACKS)])
        over, paid = threading.Event(), []
        till = threading.Thread(target=self.pay_until, args=(over, paid))
        till.start()
        try:
            _, shed = self.storm(requests, self.CONNECTIONS)
        finally:
            over.set()
            till.join()
        self.send_as_gateways_do(shed)
        self.assert_all_stored(requests)
        self.assert_worked_off()
        for payment_id in approved:
            self.eventually_status(self.shop, payment_id, "succeeded", timeout_s=SOON_S)
        self.assertEqual({answer.status for answer in paid}, {200}, paid)
        for answer in paid:
            self.eventually_status(self.shop, answer.json["payment_id"], "succeeded")
            self.assertEqual(self.charges(answer.json["payment_id"]), [6540])
        return [answer.json["status"] for answer in paid], len(shed)

    def assert_all_stored(self, requests):
        """The store refuses each as a duplicate when it is sent again."""
        before = self.switch.metric("payweir_store_duplicates_total")
        self.send_as_gateways_do(requests)
        self.assertEqual(self.switch.metric("payweir_store_duplicates_total") - before, len(requests))

    def assert_worked_off(self):
        # One more, which cannot be worked off yet, so that a gauge of before the storm is not believed.
        self.assertEqual(self.send(callbacks.event_about("order_unknown")).status, 200)
        self.eventually(lambda: self.switch.metric("payweir_inbox_pending"), 1, timeout_s=90)

    def test_B12_payments_succeed_in_a_storm_of_callbacks(self):
        statuses, _ = self.take_payments_in_a_storm()
        self.assertEqual(set(statuses), {"succeeded"})


class CallbackStormBeyondTheQueue(CallbackStorm):
    environment = CallbackStorm.environment | {"PAYWEIR__STORE__COMMIT_QUEUE_MAX": "16"}

    def test_B12_payments_succeed_in_a_storm_of_callbacks(self):
        # What is too much is shed. So may be what the gateway answered about a payment: then it is processing
        # until the resolver has asked.
        statuses, shed_count = self.take_payments_in_a_storm()
        self.assertGreater(shed_count, 0)
        self.assertIn("succeeded", statuses)
