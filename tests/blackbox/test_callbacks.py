"""The gateway's callbacks: verified, stored, acknowledged, then worked off; they change a state once."""
import concurrent.futures
import hashlib
import hmac
import json
import time

from harness import wire
from harness.case import Case

SECRET = "whsec_blackbox_callbacks"


class Callbacks(Case):
    def setUp(self):
        super().setUp()
        self.tap = self.receiver()  # sees the events that the gateway sends, as it sends them
        self.endpoint = self.receiver()  # the merchant's own
        self.shop = self.merchant(webhook_url=self.endpoint.url)
        self.target = self.shop.accept_callbacks(SECRET)
        self.sandbox.register_webhook(self.shop.stripe_key, self.tap.url)

    def unknown_payment(self):
        """Charged at the gateway, unknown to the switch, which gets no answer to its questions. Returns its
        id and what the gateway has to say of it."""
        self.sandbox.plant("closed", "authorize", count=1)
        self.sandbox.plant("down", "query")
        made = self.shop.pay()
        self.assertEqual((self.sandbox.fired("closed"), made["status"]), (1, "processing"))
        return made["payment_id"], self.event("payment_intent.succeeded")

    def event(self, kind):
        def find():
            return next((d.body for d in self.tap.deliveries() if json.loads(d.body)["type"] == kind), None)
        return self.eventually(find, lambda body: body is not None)

    def send(self, body, secret=SECRET, at=None, target=None):
        at = int(time.time() if at is None else at)
        signature = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return wire.request(self.switch.address, "POST", target or self.target, body, {
            "content-type": "application/json", "stripe-signature": f"t={at},v1={signature}"})

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

    def assert_told_once(self, payment_id):
        """One state change: one event of it, and one answer about it."""
        self.endpoint.wait_for(1, "payment_succeeded")
        self.assertEqual(self.shop.retrieve(payment_id)["amount_received"], 6540)
        self.assertEqual(len(self.endpoint.deliveries("payment_succeeded")), 1)

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

    def test_B05_another_merchants_signature_has_no_effect(self):
        unknown, body = self.unknown_payment()
        other_target = self.merchant().accept_callbacks("whsec_of_another")
        self.assertIn(self.send(body, secret="whsec_of_another").status, (400, 401))
        self.send(body, secret="whsec_of_another", target=other_target)
        time.sleep(0.5)  # that an effect does not come can only be waited for
        self.assertEqual(self.shop.retrieve(unknown)["status"], "processing")

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
