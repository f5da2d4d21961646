"""The load of the kill loop: tills that keep to a request, over any number of crashes, until it is answered."""
import http.client
import random
import threading
import time

from harness.merchant import CARD_DECLINED, CARD_OK, Caller, payment

# How far a payment has come; what was acknowledged may only move to the right.
PROGRESS = {"requires_payment_method": 0, "requires_confirmation": 1, "processing": 2, "requires_capture": 3,
            "partially_captured": 4, "succeeded": 4, "failed": 4, "cancelled": 4, "expired": 4, "conflicted": 4}


class Told:
    """What clients were told: the last answer about each payment and each refund."""

    def __init__(self):
        self._lock = threading.Lock()
        self.payments = {}
        self.refunds = {}
        self.answer_count = 0

    def payment(self, answer):
        with self._lock:
            self.answer_count += 1
            known = self.payments.get(answer["payment_id"])
            if known is None or PROGRESS[answer["status"]] >= PROGRESS[known["status"]]:
                self.payments[answer["payment_id"]] = answer

    def refund(self, answer):
        with self._lock:
            self.answer_count += 1
            self.refunds[answer["refund_id"]] = answer


class Till(threading.Thread):
    def __init__(self, switch, key, told, name, seed, stop):
        super().__init__(daemon=True, name=name)
        self._caller = Caller(switch.address, key)
        self._told = told
        self._chance = random.Random(seed)
        self._stopping = stop
        self._serial = 0
        self.problem = None

    def run(self):
        try:
            while not self._stopping.is_set():
                self._serve_a_customer()
        except Exception as problem:  # in a thread it would vanish; whoever started us looks
            self.problem = problem

    def _serve_a_customer(self):
        amount = self._chance.randrange(100, 100_000)
        number = CARD_DECLINED if self._chance.random() < 0.1 else CARD_OK
        capture_method = "manual" if self._chance.random() < 0.3 else "automatic"
        made = self._until_answered("/payments", payment(amount, number, capture_method=capture_method))
        if made is None:
            return
        self._told.payment(made)
        if made["status"] == "requires_capture":
            part = amount if self._chance.random() < 0.5 else amount // 2
            captured = self._until_answered(f"/payments/{made['payment_id']}/capture", {"amount_to_capture": part})
            if captured is None:
                return
            self._told.payment(captured)
            made = captured
        if made["status"] in ("succeeded", "partially_captured") and self._chance.random() < 0.3:
            part = max(made["amount_received"] // 3, 1)
            refund = self._until_answered("/refunds", {"payment_id": made["payment_id"], "amount": part})
            if refund is not None:
                self._told.refund(refund)

    def _until_answered(self, target, body):
        """The answer; None when the test ends first, or the payment has moved on and refuses."""
        self._serial += 1
        key = f"{self.name}-{self._serial}"
        while True:
            try:
                answer = self._caller.post(target, body, idempotency_key=key)
            except (OSError, http.client.HTTPException):
                answer = None  # the switch is gone; it comes back
            if answer is not None and answer.status == 200:
                return answer.json
            if answer is not None and answer.status == 400 and target != "/payments":
                return None
            if answer is not None and answer.status not in (409, 429, 500, 503):
                raise AssertionError(f"{target} {key}: {answer}")
            if self._stopping.is_set():
                return None
            time.sleep(0.02)
