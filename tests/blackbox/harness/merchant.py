"""A merchant as the API sees one: account, key, gateway account; and the requests that it makes."""
import secrets

from . import wire
CARD_OK = "4242424242424242"
CARD_DECLINED = "4000000000009995"
CARD_3DS = "4000000000003063"
CARD_REFUND_PENDING = "4000000000007726"


def card(number=CARD_OK, **changes):
    return {"card": {"card_number": number, "card_exp_month": "10", "card_exp_year": "2030",
                     "card_holder_name": "Ada Lovelace", "card_cvc": "123"} | changes}


def payment(amount=6540, number=CARD_OK, **changes):
    return {"amount": amount, "currency": "USD", "confirm": True, "payment_method": "card",
            "payment_method_data": card(number)} | changes


class Caller:
    """Requests under one key. Every answer is held against the contract, when there is one."""

    def __init__(self, address, key, contract=None):
        self._client = wire.Client(address)
        self.key = key
        self._contract = contract

    def request(self, method, target, body=None, idempotency_key=None, headers=None):
        sent = {"api-key": self.key} if self.key else {}
        if idempotency_key:
            sent["idempotency-key"] = idempotency_key
        answer = self._client.request(method, target, body, sent | (headers or {}))
        if self._contract is not None:
            self._contract.check(method, target, answer)
        return answer

    def close(self):
        self._client.close()

    def get(self, target, **more):
        return self.request("GET", target, **more)

    def post(self, target, body=None, **more):
        return self.request("POST", target, {} if body is None else body, **more)

    def delete(self, target, **more):
        return self.request("DELETE", target, **more)


class Merchant(Caller):
    def __init__(self, switch, contract=None, webhook_url=None, stripe_key=None):
        self.admin = Caller(switch.address, switch.admin_key, contract)
        self.merchant_id = "merchant_" + secrets.token_hex(6)
        self.stripe_key = stripe_key or "sk_test_" + self.merchant_id  # an account of its own
        account = {"merchant_id": self.merchant_id, "merchant_name": "Black Box"}
        if webhook_url:
            account["webhook_details"] = {"webhook_url": webhook_url}
        made = _ok(self.admin.post("/accounts", account))
        self.publishable_key = made["publishable_key"]
        self.hash_key = made["payment_response_hash_key"]
        self.webhook_secret = made["webhook_details"].get("webhook_secret")
        self.profile_id = made["default_profile"]
        key = _ok(self.admin.post(f"/api_keys/{self.merchant_id}", {"name": "tests", "expiration": "never"}))
        self.key_id = key["key_id"]
        super().__init__(switch.address, key["api_key"], contract)
        connector = _ok(self.post(f"/account/{self.merchant_id}/connectors", {
            "connector_type": "payment_processor", "connector_name": "stripe",
            "connector_account_details": {"auth_type": "HeaderKey", "api_key": self.stripe_key},
            "payment_methods_enabled": [{"payment_method": "card"}]}))
        self.connector_id = connector["merchant_connector_id"]

    def close(self):
        self.admin.close()
        super().close()

    def accept_callbacks(self, secret):
        """Tells the switch how the gateway signs; returns where it calls."""
        _ok(self.post(f"/account/{self.merchant_id}/connectors/{self.connector_id}", {
            "connector_type": "payment_processor", "connector_webhook_details": {"merchant_secret": secret}}))
        return f"/webhooks/{self.merchant_id}/{self.connector_id}"

    def pay(self, amount=6540, number=CARD_OK, idempotency_key=None, **changes):
        """A payment that must be accepted; whatever its status."""
        return _ok(self.post("/payments", payment(amount, number, **changes), idempotency_key=idempotency_key))

    def refund(self, payment_id, amount=None, idempotency_key=None, **changes):
        body = {"payment_id": payment_id} | ({"amount": amount} if amount is not None else {}) | changes
        return _ok(self.post("/refunds", body, idempotency_key=idempotency_key))

    def events(self):
        """What the merchant was or is to be told, newest first."""
        return _ok(self.post(f"/events/{self.merchant_id}"))["events"]

    def change_profile(self, **changes):
        return _ok(self.post(f"/account/{self.merchant_id}/business_profile/{self.profile_id}", changes))

    def retrieve(self, payment_id, force_sync=False):
        return _ok(self.get(f"/payments/{payment_id}" + ("?force_sync=true" if force_sync else "")))


def _ok(answer):
    if answer.status != 200:
        raise AssertionError(f"expected 200: {answer}")
    return answer.json
