"""The kill loop's judgement must be able to say that something is lost, or charged twice."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "blackbox"))
from clients import Told  # noqa: E402
from verdict import by_payment, charged_twice, lost_to_clients, lost_to_the_books  # noqa: E402


def payment(status="succeeded", amount=100, refunds=(), payment_id="pay_1"):
    return {"payment_id": payment_id, "status": status, "amount_received": amount, "refunds": list(refunds)}


def refund(status="succeeded", amount=40, refund_id="ref_1"):
    return {"refund_id": refund_id, "status": status, "amount": amount}


def intent(*captured, refunded=0, payment_id="pay_1"):
    return {"id": "pi_1", "metadata": {"order_id": payment_id} if payment_id else {}, "charges": [{"captured": amount} for amount in captured],
            "captured": sum(captured), "refunded": refunded}


def told(payment_answer=None, refund_answer=None):
    made = Told()
    if payment_answer:
        made.payment(payment_answer)
    if refund_answer:
        made.refund(refund_answer)
    return made


class Verdict(unittest.TestCase):
    def assert_lost_to_clients(self, count, told_answers, settled):
        self.assertEqual(len(list(lost_to_clients(told_answers, {"pay_1": settled}))), count)

    def assert_lost_to_the_books(self, count, intents, settled):
        self.assertEqual(len(list(lost_to_the_books(by_payment(intents), {"pay_1": settled}))), count)

    def test_what_was_told_and_is_so_is_not_lost(self):
        self.assert_lost_to_clients(0, told(payment(), refund()), payment(refunds=[refund()]))
        self.assert_lost_to_clients(0, told(payment("processing", None)), payment("failed", 0))
        self.assert_lost_to_clients(0, told(payment("requires_capture", 0)), payment("partially_captured", 50))

    def test_a_payment_that_is_missing_or_went_back_is_lost(self):
        self.assert_lost_to_clients(1, told(payment()), None)
        self.assert_lost_to_clients(1, told(payment()), payment("requires_capture", 0))
        self.assert_lost_to_clients(1, told(payment()), payment("failed", 0))
        self.assert_lost_to_clients(1, told(payment()), payment(amount=99))

    def test_a_payment_that_never_settles_is_lost(self):
        self.assert_lost_to_clients(1, told(payment("processing", None)), payment("processing", None))

    def test_a_refund_that_is_missing_or_went_back_is_lost(self):
        self.assert_lost_to_clients(1, told(payment(), refund()), payment())
        self.assert_lost_to_clients(1, told(payment(), refund()), payment(refunds=[refund("failed")]))

    def test_the_later_answer_counts(self):
        answers = told(payment("processing", None))
        answers.payment(payment("succeeded"))
        answers.payment(payment("processing", None))
        self.assert_lost_to_clients(1, answers, payment("failed", 0))

    def test_equal_books_lose_nothing(self):
        self.assert_lost_to_the_books(0, [intent(100, refunded=40)], payment(refunds=[refund(), refund("failed", 60)]))
        self.assert_lost_to_the_books(0, [], payment("failed", None))

    def test_a_difference_with_the_books_is_lost(self):
        self.assert_lost_to_the_books(1, [], payment())
        self.assert_lost_to_the_books(1, [intent(100)], payment(amount=90))
        self.assert_lost_to_the_books(1, [intent(100, refunded=40)], payment())
        self.assert_lost_to_the_books(1, [intent(100)], None)

    def test_money_that_names_no_payment_is_lost(self):
        self.assertEqual(by_payment([intent(payment_id=None)]), {})
        books = by_payment([intent(100, payment_id=None)])
        self.assertEqual(len(list(lost_to_the_books(books, {"pi_1": None}))), 1)

    def test_two_charges_of_one_payment_are_found_wherever_they_are(self):
        self.assertEqual(list(charged_twice(by_payment([intent(100), intent(100, payment_id="pay_2")]))), [])
        self.assertEqual(len(list(charged_twice(by_payment([intent(100), intent(100)])))), 1)
        self.assertEqual(len(list(charged_twice(by_payment([intent(100, 100)])))), 1)
