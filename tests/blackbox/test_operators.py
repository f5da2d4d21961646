"""What the switch cannot decide: the operators' list, and their word. Two operators, each with a key."""
from harness.case import Case

ALICE, BOB = "a" * 40, "b" * 40


class Operators(Case):
    environment = Case.environment | {
        "PAYWEIR__ADMIN__OPERATORS": f"alice:{ALICE},bob:{BOB}",
        "PAYWEIR__ADMIN__FOUR_EYES_ABOVE_MINOR": "10000",
    }

    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        self.alice, self.bob = self.caller(ALICE), self.caller(BOB)

    def conflicted(self, **more):
        """A payment whose gateway charged what was asked and said something else."""
        self.sandbox.plant("wrong_amount", "authorize", count=1)
        made = self.shop.pay(**more)
        self.assertEqual(self.sandbox.fired("wrong_amount"), 1)
        self.assertEqual(made["status"], "conflicted", made)
        return made["payment_id"]

    def waiting(self, payment_id):
        listed = self.alice.get("/operator/unresolved?limit=500").json["data"]
        return next((each for each in listed if each["payment_id"] == payment_id), None)

    def settle(self, operator, operation_id, outcome, **more):
        body = {"outcome": outcome, "note": "seen in the dashboard"} | more
        return operator.post(f"/operator/operations/{operation_id}/settle", body)

    def test_one_operator_settles_a_small_amount(self):
        payment_id = self.conflicted()
        listed = self.waiting(payment_id)
        self.assertEqual((listed["kind"], listed["status"], listed["amount"]), ("authorise", "conflicted", 6540))
        self.assertTrue(listed["reason"])
        self.assertTrue(listed["connector_transaction_id"].startswith("pi_"))
        settled = self.settle(self.alice, listed["operation_id"], "captured", amount=6540).json
        self.assertEqual((settled["state"], settled["status"]), ("settled", "succeeded"))
        self.assertEqual((settled["proposed_by"], settled["approved_by"]), ("alice", "alice"))
        self.assertEqual(self.shop.retrieve(payment_id)["status"], "succeeded")
        self.assertEqual(self.shop.retrieve(payment_id)["amount_received"], 6540)
        self.assertEqual(self.charges(payment_id), [6540])
        self.assertIsNone(self.waiting(payment_id))
        again = self.settle(self.bob, listed["operation_id"], "captured", amount=6540)
        self.assert_error(again, 400, names="does not wait")
        refund = self.shop.post("/refunds", {"payment_id": payment_id, "amount": 540}).json
        self.assertEqual(refund["status"], "succeeded", refund)

    def test_a_large_amount_takes_two(self):
        payment_id = self.conflicted(amount=20000)
        operation_id = self.waiting(payment_id)["operation_id"]
        proposed = self.settle(self.alice, operation_id, "captured", amount=20000).json
        self.assertEqual((proposed["state"], proposed["status"]), ("proposed", "conflicted"))
        self.assertEqual(self.waiting(payment_id)["proposal"]["proposed_by"], "alice")
        same_person = self.settle(self.alice, operation_id, "captured", amount=20000).json
        self.assertEqual(same_person["state"], "proposed")
        self.assertEqual(self.shop.retrieve(payment_id)["status"], "conflicted")
        other_word = self.settle(self.bob, operation_id, "captured", amount=19999).json
        self.assertEqual((other_word["state"], other_word["proposed_by"]), ("proposed", "bob"))
        agreed = self.settle(self.alice, operation_id, "captured", amount=19999).json
        self.assertEqual((agreed["state"], agreed["proposed_by"], agreed["approved_by"]), ("settled", "bob", "alice"))
        self.assertEqual(self.shop.retrieve(payment_id)["status"], "partially_captured")

    def test_a_small_word_about_a_large_amount_takes_two(self):
        payment_id = self.conflicted(amount=20000)
        operation_id = self.waiting(payment_id)["operation_id"]
        self.assertEqual(self.settle(self.alice, operation_id, "captured", amount=1).json["state"], "proposed")
        self.assertEqual(self.shop.retrieve(payment_id)["status"], "conflicted")

    def test_the_key_that_all_share_is_no_second_person(self):
        payment_id = self.conflicted(amount=20000)
        operation_id = self.waiting(payment_id)["operation_id"]
        shared = self.caller(self.switch.admin_key)
        for operator in (self.alice, shared, self.alice):
            self.assertEqual(self.settle(operator, operation_id, "voided").json["state"], "proposed")
        self.assertEqual(self.settle(self.bob, operation_id, "voided").json["state"], "settled")

    def test_a_key_settles_once(self):
        payment_id = self.conflicted()
        operation_id = self.waiting(payment_id)["operation_id"]
        path, body = f"/operator/operations/{operation_id}/settle", {"outcome": "not_executed", "note": "never arrived"}
        first = self.alice.post(path, body, idempotency_key="settle-" + operation_id)
        again = self.alice.post(path, body, idempotency_key="settle-" + operation_id)
        self.assertEqual(first.json["status"], "failed")
        self.assertEqual(again.body, first.body)

    def test_what_cannot_be_is_refused_and_changes_nothing(self):
        payment_id = self.conflicted()
        operation_id = self.waiting(payment_id)["operation_id"]
        self.assert_error(self.settle(self.alice, operation_id, "captured", amount=6541), 400, names="amount")
        self.assert_error(self.settle(self.alice, operation_id, "voided", amount=5), 400, names="amount")
        self.assert_error(self.settle(self.alice, operation_id, "refunded"), 400)
        self.assert_error(self.settle(self.alice, operation_id, "settled"), 400, names="outcome")
        self.assert_error(self.settle(self.alice, operation_id, "voided", note=""), 400, names="note")
        self.assert_error(self.settle(self.alice, "opn_0000000000000000000000000", "voided"), 404)
        self.assert_error(self.settle(self.shop, operation_id, "voided"), 403)
        self.assert_error(self.shop.get("/operator/unresolved"), 403)
        self.assertEqual(self.shop.retrieve(payment_id)["status"], "conflicted")

    def test_the_metric_counts_what_waits(self):
        before = self.switch.metric("payweir_operator_items")
        self.conflicted()
        self.eventually(lambda: self.switch.metric("payweir_operator_items"), lambda now: now > before)

    def test_a_refund_in_review_is_settled(self):
        payment_id = self.shop.pay()["payment_id"]
        self.sandbox.plant("wrong_amount", "refund", count=1)
        refund = self.shop.post("/refunds", {"payment_id": payment_id, "amount": 1000}).json
        self.assertEqual(refund["status"], "review", refund)
        listed = self.waiting(payment_id)
        self.assertEqual((listed["kind"], listed["refund_id"]), ("refund", refund["refund_id"]))
        settled = self.settle(self.alice, listed["operation_id"], "refunded").json
        self.assertEqual((settled["state"], settled["refund_id"]), ("settled", refund["refund_id"]))
        self.assertEqual(self.shop.get(f"/refunds/{refund['refund_id']}").json["status"], "succeeded")
