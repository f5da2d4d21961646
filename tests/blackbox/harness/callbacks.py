"""What a gateway calls with: Stripe's signature, and events that it might have sent."""
import hashlib
import hmac
import json
import secrets


def signature(body, secret, at):
    """The Stripe-Signature of `body`, made at this time."""
    code = hmac.new(secret.encode(), f"{int(at)}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={int(at)},v1={code}"


def event_about(payment_id, kind="payment_intent.succeeded"):
    """An event about the merchant's payment of this id, whether or not there is one."""
    intent = {"id": "pi_3" + secrets.token_hex(12), "object": "payment_intent", "amount": 6540, "currency": "usd",
              "status": "succeeded", "metadata": {"order_id": payment_id}}
    return json.dumps({"id": "evt_3" + secrets.token_hex(12), "object": "event", "api_version": "2023-08-16",
                       "type": kind, "data": {"object": intent}}).encode()


def another(body):
    """The same news under an id of its own."""
    return json.dumps(json.loads(body) | {"id": "evt_3" + secrets.token_hex(12)}).encode()
