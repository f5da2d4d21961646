"""Retry rules: /gsm, and what responses make of the rule that was found."""
import json
import re
from pathlib import Path

from harness.case import Case
from harness.merchant import CARD_DECLINED

CARD_GENERIC = "4000000000000002"
CARD_STOLEN = "4000000000009979"

NAME = {"connector": "stripe", "flow": "Payment", "sub_flow": "Authorize", "code": "card_declined",
        "message": "insufficient_funds"}
RULE = NAME | {"status": "failure", "decision": "retry", "step_up_possible": False, "clear_pan_possible": False}
OPTIONAL = ("router_error", "unified_code", "unified_message", "error_category", "standardised_code", "description",
            "user_guidance_message")


class RetryRules(Case):
    def setUp(self):
        super().setUp()
        self.admin = self.caller(self.switch.admin_key)

    def create(self, **more):
        """A rule that is gone when the test is."""
        answer = self.admin.post("/gsm", RULE | more)
        self.assertEqual(answer.status, 200, answer)
        name = {part: answer.json[part] for part in NAME}
        self.addCleanup(lambda: self.admin.post("/gsm/delete", name))
        return answer.json

    def test_a_rule_is_created_shown_changed_and_deleted(self):
        made = self.create(unified_code="UE_1000", unified_message="No money", error_category="soft_decline",
                           standardised_code="insufficient_funds")
        self.assertEqual({part: made[part] for part in RULE}, RULE)
        self.assertEqual((made["feature"], made["feature_data"]), ("retry", {"retry": {
            "step_up_possible": False, "clear_pan_possible": False, "alternate_network_possible": False,
            "decision": "retry"}}))
        self.assertEqual((made["router_error"], made["description"]), (None, None))
        self.assertEqual(self.admin.post("/gsm/get", NAME).json, made)

        changed = self.admin.post("/gsm/update", NAME | {"decision": "do_default", "router_error": "x", "description": "D"})
        expected = made | {"decision": "do_default", "router_error": "x", "description": "D"}
        expected["feature_data"]["retry"]["decision"] = "do_default"
        self.assertEqual((changed.status, changed.json), (200, expected), changed)
        cleared = self.admin.post("/gsm/update", NAME | {"router_error": "", "feature": "retry", "feature_data": {"retry": {
            "step_up_possible": True, "clear_pan_possible": True, "alternate_network_possible": True, "decision": "retry"}}})
        self.assertEqual((cleared.json["router_error"], cleared.json["step_up_possible"], cleared.json["decision"]),
                         (None, True, "retry"))
        self.assertEqual(self.admin.post("/gsm/get", NAME).json, cleared.json)

        gone = self.admin.post("/gsm/delete", NAME)
        self.assertEqual((gone.status, gone.json), (200, {"gsm_rule_delete": True} | {
            part: NAME[part] for part in ("connector", "flow", "sub_flow", "code")}), gone)
        for target in ("/gsm/get", "/gsm/update", "/gsm/delete"):
            answer = self.admin.post(target, NAME)
            self.assert_error(answer, 404, code="HE_02")
            self.assertEqual(answer.json["error"]["message"], "GSM with given key does not exist in our records")

    def test_there_is_one_of_a_name(self):
        self.create()
        again = self.admin.post("/gsm", RULE)
        self.assert_error(again, 400, code="HE_01")
        self.assertEqual(again.json["error"]["message"], "GSM with given key already exists in our records")
        self.create(message="")  # another name
        key = {"idempotency_key": "rule-1"}
        self.addCleanup(lambda: self.admin.post("/gsm/delete", NAME | {"message": "once"}))
        first = self.admin.post("/gsm", RULE | {"message": "once"}, **key)
        second = self.admin.post("/gsm", RULE | {"message": "once"}, **key)
        self.assertEqual((first.status, second.status, second.body), (200, 200, first.body))

    def test_what_cannot_be_meant_is_refused_by_name(self):
        for missing in RULE:
            self.assert_error(self.admin.post("/gsm", RULE | {missing: None}), 400, names=missing)
            if missing in NAME:
                for target in ("/gsm/get", "/gsm/update", "/gsm/delete"):
                    self.assert_error(self.admin.post(target, NAME | {missing: None}), 400, names=missing)
        bad = {"connector": "strpe", "decision": "requeue", "error_category": "bad", "standardised_code": "Bad",
               "feature": "chargeback"}
        limits = {"flow": 64, "sub_flow": 64, "code": 255, "message": 1024, "status": 64, "router_error": 64,
                  "unified_code": 255, "unified_message": 1024, "description": 1024, "user_guidance_message": 1024}
        bad |= {name: "x" * (limit + 1) for name, limit in limits.items()}
        for name, value in bad.items():
            with self.subTest(name):
                self.assert_error(self.admin.post("/gsm", RULE | {name: value}), 400, names=name)
        for name in ("step_up_possible", "clear_pan_possible"):
            self.assert_error(self.admin.post("/gsm", RULE | {name: "yes"}), 400, names=name)
        self.assert_error(self.admin.post("/gsm", RULE | {"feature_data": {"retry": {"decision": "retry"}}}), 400,
                          names="feature_data.retry.step_up_possible")
        self.assert_error(self.admin.post("/gsm/get", NAME), 404)  # nothing of it is stored
        self.create(**{name: "x" * limit for name, limit in limits.items()})

    def test_they_are_the_administrators(self):
        shop = self.merchant()
        for target in ("/gsm", "/gsm/get", "/gsm/update", "/gsm/delete"):
            self.assertIn(shop.post(target, RULE).status, (401, 403))

    def test_responses_say_what_the_rule_says_and_stay_with_it(self):
        shop = self.merchant()
        built_in = shop.pay(number=CARD_DECLINED)
        self.assertEqual((built_in["status"], built_in["unified_code"], built_in["unified_message"]),
                         ("failed", "UE_1000", "Issue with Payment Method details"))
        self.assertEqual(built_in["error_details"]["unified_details"]["standardised_code"], "insufficient_funds")
        self.create(unified_code="OURS_1", unified_message="No money", user_guidance_message="Ask your bank")
        ruled = shop.pay(number=CARD_DECLINED)
        self.assertEqual((ruled["unified_code"], ruled["unified_message"]), ("OURS_1", "No money"))
        self.assertEqual(ruled["error_details"]["unified_details"]["user_guidance_message"], "Ask your bank")
        self.admin.post("/gsm/update", NAME | {"unified_code": "OURS_2"})
        # What a payment was said to have failed of stays said.
        self.assertEqual(shop.retrieve(built_in["payment_id"])["unified_code"], "UE_1000")
        self.assertEqual(shop.retrieve(ruled["payment_id"])["unified_code"], "OURS_1")
        self.assertEqual(shop.pay(number=CARD_DECLINED)["unified_code"], "OURS_2")
        self.assertNotIn("unified_code", shop.pay())

    def test_a_rule_of_the_administrators_decides_what_moves_on(self):
        shop = self.merchant()
        answer = shop.post(f"/account/{shop.merchant_id}/connectors", {
            "connector_type": "payment_processor", "connector_name": "stripe", "connector_label": "second",
            "connector_account_details": {"auth_type": "HeaderKey", "api_key": shop.stripe_key + "_second"}})
        self.assertEqual(answer.status, 200, answer)

        def attempt_count(number):
            return shop.pay(number=number)["attempt_count"]

        self.assertEqual((attempt_count(CARD_DECLINED), attempt_count(CARD_GENERIC), attempt_count(CARD_STOLEN)), (1, 2, 1))
        self.create(decision="retry")
        self.create(message="generic_decline", decision="do_default")
        self.create(message="stolen_card", decision="retry", step_up_possible=True)
        self.assertEqual((attempt_count(CARD_DECLINED), attempt_count(CARD_GENERIC), attempt_count(CARD_STOLEN)), (2, 1, 1))
        moved = shop.pay(number=CARD_DECLINED)["payment_id"]
        attempts = shop.get(f"/payments/{moved}?expand_attempts=true").json["attempts"]
        self.assertEqual([each["error_details"]["connector_details"]["code"] for each in attempts], ["card_declined"] * 2)

    def test_a_profile_says_whether_and_how_often(self):
        shop = self.merchant()
        profile = f"/account/{shop.merchant_id}/business_profile/{shop.profile_id}"
        shown = shop.get(profile).json
        self.assertEqual((shown["is_auto_retries_enabled"], shown["max_auto_retries_enabled"]), (True, None))
        changed = shop.change_profile(is_auto_retries_enabled=False, max_auto_retries_enabled=1)
        self.assertEqual((changed["is_auto_retries_enabled"], changed["max_auto_retries_enabled"]), (False, 1))
        self.assertEqual(shop.change_profile(session_expiry=900)["is_auto_retries_enabled"], False)
        for number in (-1, 256, "1", 1.5):
            self.assertIn(shop.post(profile, {"max_auto_retries_enabled": number}).status, (400, 422))
        self.assertEqual(shop.get(profile).json["max_auto_retries_enabled"], 1)

    def test_the_guides_examples_are_taken(self):
        guide = (Path(__file__).parents[2] / "docs/guides/failover.md").read_text()
        examples = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", guide, re.DOTALL)]
        self.assertEqual(len(examples), 2)
        for rule in examples:
            self.assertEqual(self.create(**rule)["code"], rule["code"])
