"""Webhooks to merchants, received by a real endpoint."""
import base64
import hashlib
import hmac
import json
import socket
import time

from harness import receiver
from harness.case import Case
from harness.merchant import CARD_DECLINED
from harness.switch import QUICK


class Webhooks(Case):
    def setUp(self):
        super().setUp()
        self.endpoint = self.receiver()
        self.shop = self.merchant(webhook_url=self.endpoint.url)

    def test_each_event_is_delivered_once_and_says_what_happened(self):
        paid = self.shop.pay()["payment_id"]
        refund = self.shop.refund(paid, 100)["refund_id"]
        failed = self.shop.pay(number=CARD_DECLINED)["payment_id"]
        self.endpoint.wait_for(3)
        events = [json.loads(delivery.body) for delivery in self.endpoint.deliveries()]
        seen = {(event["event_type"], self.subject(event)) for event in events}
        self.assertEqual(seen, {("payment_succeeded", paid), ("refund_succeeded", refund), ("payment_failed", failed)})
        self.assertEqual(len({event["event_id"] for event in events}), 3)
        self.assertEqual({event["merchant_id"] for event in events}, {self.shop.merchant_id})

    @staticmethod
    def subject(event):
        content = event["content"]["object"]
        return content.get("refund_id") or content["payment_id"]

    def test_what_is_sent_is_what_the_api_shows(self):
        paid = self.shop.pay()["payment_id"]
        sent = json.loads(self.endpoint.wait_for(1)[0].body)["content"]
        self.assertEqual(sent["type"], "payment_details")
        shown = self.shop.retrieve(paid)
        for field in ("payment_id", "status", "amount", "amount_received", "connector_transaction_id", "merchant_id"):
            self.assertEqual(sent["object"][field], shown[field])

    def test_is_signed_as_hyperswitch_and_as_standard_webhooks(self):
        self.shop.pay()
        delivery = self.endpoint.wait_for(1)[0]
        expected = hmac.new(self.shop.hash_key.encode(), delivery.body, hashlib.sha512).hexdigest()
        self.assertEqual(delivery.headers["x-webhook-signature-512"], expected)
        self.assertLess(abs(int(delivery.headers["webhook-timestamp"]) - time.time()), 60)
        self.assertEqual(delivery.headers["webhook-signature"], self.standard_signature(delivery, self.shop.webhook_secret))

    @staticmethod
    def standard_signature(delivery, secret):
        signed = f"{delivery.headers['webhook-id']}.{delivery.headers['webhook-timestamp']}.".encode() + delivery.body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

    def test_I07_during_a_rotation_both_secrets_sign(self):
        changed = self.shop.change_profile(webhook_details={"webhook_url": self.endpoint.url, "rotate_secret": True})
        new_secret = changed["webhook_details"]["webhook_secret"]
        self.assertNotEqual(new_secret, self.shop.webhook_secret)
        self.shop.pay()
        delivery = self.endpoint.wait_for(1)[0]
        self.assertEqual(delivery.headers["webhook-signature"].split(" "), [
            self.standard_signature(delivery, new_secret), self.standard_signature(delivery, self.shop.webhook_secret)])

    def test_I04_an_endpoint_that_is_gone_is_not_called_again(self):
        self.endpoint.behaviour = receiver.answer(410)
        self.shop.pay()
        self.endpoint.wait_for(1)
        self.eventually(lambda: "webhook_disabled_at" in self.profile()["webhook_details"], True)
        self.shop.pay()
        time.sleep(1)  # that nothing comes can only be waited for
        self.assertEqual(len(self.endpoint.deliveries()), 1)

    def profile(self):
        return self.shop.get(f"/account/{self.shop.merchant_id}/business_profile/{self.shop.profile_id}").json

    def test_I03_a_redirect_is_a_failure_and_is_not_followed(self):
        elsewhere = self.receiver()
        self.endpoint.behaviour = receiver.answer(302, {"location": elsewhere.url})
        self.shop.pay()
        self.endpoint.wait_for(1)
        self.eventually(lambda: self.shop.events()[0]["is_delivery_successful"], False)
        self.assertEqual(elsewhere.deliveries(), [])

    def test_I01_I02_a_bad_endpoint_keeps_nobody_else_waiting(self):
        for name, behaviour in (("I01 hangs", receiver.hang()), ("I01 dribbles", receiver.dribble()), ("I02 fails", receiver.answer(500))):
            with self.subTest(name):
                slow = self.receiver()
                slow.behaviour = behaviour
                slow_shop = self.merchant(webhook_url=slow.url)
                for _ in range(5):
                    slow_shop.pay()
                slow.wait_for(1)
                before = len(self.endpoint.deliveries())
                self.shop.pay()
                self.endpoint.wait_for(before + 1, timeout_s=5)

    def test_I06_events_of_a_payment_carry_their_order(self):
        made = self.shop.pay(capture_method="manual")["payment_id"]
        self.shop.post(f"/payments/{made}/capture", {"amount_to_capture": 6540})
        self.shop.refund(made, 40)
        self.endpoint.wait_for(3)
        order = sorted(json.loads(delivery.body)["sequence"] for delivery in self.endpoint.deliveries())
        self.assertEqual(order, list(range(order[0], order[0] + 3)))

    def test_an_event_can_be_sent_again_by_hand(self):
        self.shop.pay()
        first = self.endpoint.wait_for(1)[0]
        event = self.shop.events()[0]
        again = self.shop.post(f"/events/{self.shop.merchant_id}/{event['event_id']}/retry")
        self.assertEqual(again.status, 200, again)
        second = self.endpoint.wait_for(2)[1]
        self.assertEqual((second.body, second.headers["webhook-id"]), (first.body, first.headers["webhook-id"]))

    def test_another_merchants_events_cannot_be_sent_again(self):
        self.shop.pay()
        self.endpoint.wait_for(1)
        event = self.shop.events()[0]
        stranger = self.merchant()
        for merchant_id in (self.shop.merchant_id, stranger.merchant_id):
            answer = self.caller(stranger.key).post(f"/events/{merchant_id}/{event['event_id']}/retry")
            self.assertIn(answer.status, (401, 403, 404), answer)
        self.assertEqual(len(self.endpoint.deliveries()), 1)


class WebhooksAcrossCrashes(Case):
    def test_I05_C04_a_crash_before_the_mark_delivers_again_with_the_same_id(self):
        endpoint = self.receiver()
        endpoint.then(receiver.hang())
        shop = self.merchant(webhook_url=endpoint.url)
        shop.pay()
        first = endpoint.wait_for(1)[0]  # sent, not answered: not marked
        self.switch.kill()
        self.switch.start()
        second = endpoint.wait_for(2)[1]
        self.assertEqual(second.headers["webhook-id"], first.headers["webhook-id"])
        self.assertEqual(second.body, first.body)


class WebhookAddresses(Case):
    """The rule as it is without a setting: never to an address that is not public."""

    environment = QUICK

    def test_I09_plain_http_is_refused_when_it_is_set(self):
        shop = self.merchant()
        answer = shop.post(f"/account/{shop.merchant_id}/business_profile/{shop.profile_id}",
                           {"webhook_details": {"webhook_url": "http://203.0.113.7/hook"}})
        self.assert_error(answer, 400, names="webhook_url")

    def test_I09_a_private_address_is_never_connected_to(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0)
            port = listener.getsockname()[1]
            for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
                with self.subTest(host=host):
                    shop = self.merchant(webhook_url=f"https://{host}:{port}/hook")
                    shop.pay()
                    self.eventually(lambda: shop.get(f"/events/{shop.merchant_id}/{shop.events()[0]['event_id']}/attempts").json[0],
                                    self.was_tried)
                    with self.assertRaises(BlockingIOError):
                        listener.accept()

    @staticmethod
    def was_tried(delivery):
        return delivery["attempt_count"] >= 1 and delivery["is_delivery_successful"] is False
