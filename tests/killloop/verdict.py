"""After the kill loop: is what clients were told still so, and do switch and gateway hold the same?"""
import collections
import time

from clients import PROGRESS

# What moves no further unless a client asks for it.
SETTLED = {"succeeded", "failed", "cancelled", "partially_captured", "expired", "conflicted", "requires_capture"}
# The switch asks about an unknown after 1 s, 5 s, 30 s, 2 min, 10 min; faults may have cost it the first four.
SETTLE_S = 900
REPORT_S = 60

Held = collections.namedtuple("Held", "charge_count captured refunded")
NOTHING = Held(0, 0, 0)


def by_payment(intents):
    """The gateway's books, summed by the switch's payment. What names no payment stands under its own id: a
    fence, which must hold no money."""
    books = collections.defaultdict(lambda: NOTHING)
    for intent in intents:
        if not intent["captured"]:
            continue
        payment_id = intent["metadata"].get("order_id", intent["id"])
        before = books[payment_id]
        books[payment_id] = Held(before.charge_count + sum(1 for charge in intent["charges"] if charge["captured"]),
                                 before.captured + intent["captured"], before.refunded + intent["refunded"])
    return dict(books)


def settle(caller, payment_ids):
    """Each payment as the switch shows it when nothing is under way any more; None for one that it does not
    know."""
    start = time.monotonic()
    deadline, next_report = start + SETTLE_S, start + REPORT_S
    settled, waiting = {}, set(payment_ids)
    while waiting:
        for payment_id in sorted(waiting):
            answer = caller.get(f"/payments/{payment_id}?force_sync=true")
            if answer.status == 404:
                settled[payment_id] = None
            elif answer.status == 200 and (_is_settled(caller, answer.json) or time.monotonic() > deadline):
                settled[payment_id] = answer.json
        waiting -= settled.keys()
        if waiting and time.monotonic() > next_report:
            print(f"killloop: waiting for {', '.join(sorted(waiting)[:5])}{' and more' * (len(waiting) > 5)}", flush=True)
            next_report += REPORT_S
        if waiting:
            time.sleep(0.5)
    return settled


def _is_settled(caller, seen):
    pending = [refund["refund_id"] for refund in seen["refunds"] or [] if refund["status"] == "pending"]
    for refund_id in pending:
        caller.get(f"/refunds/{refund_id}?force_sync=true")
    return not pending and seen["status"] in SETTLED


def lost_to_clients(told, settled):
    """What a client was told and is not so (any more)."""
    for payment_id, answer in told.payments.items():
        seen = settled[payment_id]
        if seen is None:
            yield f"{payment_id}: acknowledged as {answer['status']}, and missing"
            continue
        was = (answer["status"], answer["amount_received"])
        now = (seen["status"], seen["amount_received"])
        if seen["status"] not in SETTLED:
            yield f"{payment_id}: still {seen['status']} after {SETTLE_S} s"
        elif PROGRESS[seen["status"]] < PROGRESS[answer["status"]] or (
                PROGRESS[answer["status"]] == PROGRESS["succeeded"] and now != was):
            yield f"{payment_id}: acknowledged as {was}, now {now}"
    refunds = {refund["refund_id"]: refund for seen in settled.values() if seen for refund in seen["refunds"] or []}
    for refund_id, answer in told.refunds.items():
        seen = refunds.get(refund_id)
        if seen is None:
            yield f"{refund_id}: acknowledged as {answer['status']}, and missing"
        elif answer["status"] == "succeeded" and seen["status"] != "succeeded":
            yield f"{refund_id}: acknowledged as succeeded, now {seen['status']}"


def lost_to_the_books(books, settled):
    """Where switch and gateway do not hold the same."""
    for payment_id, seen in settled.items():
        held = books.get(payment_id, NOTHING)
        if seen is None:
            yield f"{payment_id}: in the gateway's books, {held}, and unknown to the switch"
            continue
        refunded = sum(refund["amount"] for refund in seen["refunds"] or [] if refund["status"] == "succeeded")
        if (seen["amount_received"] or 0, refunded) != (held.captured, held.refunded):
            yield f"{payment_id}: {seen['amount_received']} received and {refunded} refunded, in the gateway's books {held}"


def charged_twice(books):
    for payment_id, held in books.items():
        if held.charge_count > 1:
            yield f"{payment_id}: charged {held.charge_count} times"
