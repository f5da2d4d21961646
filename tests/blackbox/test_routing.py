"""Routing algorithms: what is stored, what is refused, and where payments go."""
import json
import re
from pathlib import Path

from harness.case import Case
from harness.merchant import card


def comparison(lhs, value, operator="equal"):
    tagged = {"type": "number", "value": value} if isinstance(value, int) else {"type": "enum_variant", "value": value}
    return {"lhs": lhs, "comparison": operator, "value": tagged, "metadata": {}}


class RoutingCase(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        self.first = self.shop.connector_id
        self.second = self.another_account("second")

    def another_account(self, label):
        answer = self.shop.post(f"/account/{self.shop.merchant_id}/connectors", {
            "connector_type": "payment_processor", "connector_name": "stripe", "connector_label": label,
            "profile_id": self.shop.profile_id,
            "connector_account_details": {"auth_type": "HeaderKey", "api_key": "sk_test_" + label}})
        self.assertEqual(answer.status, 200, answer)
        return answer.json["merchant_connector_id"]

    def choice(self, account):
        return {"connector": "stripe", "merchant_connector_id": account}

    def advanced(self, *rules):
        """Rules (name, account, comparison…) over a default of the first account."""
        return {"type": "advanced", "data": {
            "defaultSelection": {"type": "priority", "data": [self.choice(self.first)]},
            "rules": [{"name": name, "connectorSelection": {"type": "priority", "data": [self.choice(account)]},
                       "statements": [{"condition": list(condition), "nested": None}]}
                      for name, account, *condition in rules], "metadata": {}}}

    def create(self, algorithm, **more):
        return self.shop.post("/routing", {"name": "ours", "description": "Ours", "profile_id": self.shop.profile_id,
                                           "algorithm": algorithm} | more)

    def activate(self, algorithm):
        made = self.create(algorithm)
        self.assertEqual(made.status, 200, made)
        answer = self.shop.post(f"/routing/{made.json['id']}/activate")
        self.assertEqual(answer.status, 200, answer)
        return made.json["id"]

    def pay(self, **more):
        answer = self.shop.post("/payments", {"amount": 6540, "currency": "USD", "confirm": True, "payment_method": "card",
                                              "payment_method_data": card()} | more)
        self.assertEqual((answer.status, answer.json["status"]), (200, "succeeded"), answer)
        return answer.json

    def account_of(self, **more):
        return self.pay(**more)["merchant_connector_id"]


class Routing(RoutingCase):
    def test_rules_decide_and_the_payment_says_which(self):
        self.assertNotIn("routing_reason", self.pay())
        algorithm = self.advanced(
            ("large dollars", self.second, comparison("amount", 10_000, "greater_than"), comparison("currency", "USD")),
            ("visas", self.second, comparison("card_network", "Visa"), comparison("currency", "EUR")))
        routing_id = self.activate(algorithm)
        large = self.pay(amount=10_001)
        self.assertEqual(large["merchant_connector_id"], self.second)
        self.assertRegex(large["routing_reason"], f'^routing algorithm {routing_id}, rule "large dollars", '
                                                  r'expected to approve \d+\.\d\d per cent$')
        self.assertEqual(self.account_of(amount=10_000), self.first)
        self.assertEqual(self.account_of(currency="EUR"), self.second)
        self.assertIn("no rule holds", self.pay()["routing_reason"])
        # A retrieve tells the same, whatever is active by then.
        self.shop.post("/routing/deactivate", {"profile_id": self.shop.profile_id})
        self.assertEqual(self.shop.retrieve(large["payment_id"])["routing_reason"], large["routing_reason"])
        self.assertEqual(self.account_of(amount=10_001), self.first)

    def test_a_wish_of_the_request_comes_first(self):
        self.activate({"type": "single", "data": self.choice(self.second)})
        paid = self.pay(routing={"type": "single", "data": self.choice(self.first)})
        self.assertEqual(paid["merchant_connector_id"], self.first)
        self.assertEqual(paid["routing_reason"], "the request asked for this connector")

    def test_a_request_may_bring_an_algorithm(self):
        self.activate({"type": "single", "data": self.choice(self.first)})
        both = [self.choice(self.second), self.choice(self.first)]
        self.assertEqual(self.account_of(routing={"type": "priority", "data": both}), self.second)
        self.assertEqual(self.account_of(connector=["alipay", "stripe"]), self.first)
        rules = self.advanced(("large", self.second, comparison("amount", 10_000, "greater_than")))
        large = self.pay(routing=rules, amount=10_001)
        self.assertEqual((large["merchant_connector_id"], large["routing_reason"]),
                         (self.second, 'the request asked for this connector, rule "large"'))
        # Of a create it counts until the confirm, unless that brings its own.
        for confirm, account in (({}, self.second), ({"routing": {"type": "single", "data": self.choice(self.first)}},
                                                     self.first)):
            made = self.shop.post("/payments", {"amount": 6540, "currency": "USD",
                                                "routing": {"type": "priority", "data": both}}).json
            paid = self.shop.post(f"/payments/{made['payment_id']}/confirm",
                                  {"payment_method": "card", "payment_method_data": card()} | confirm)
            self.assertEqual(paid.json["merchant_connector_id"], account, paid)
        for routing, field in (({"type": "priority", "data": []}, "routing.data"), ({"type": "single"}, "routing.data"),
                               ({"type": "advanced", "data": rules["data"] | {"rules": [{"name": "r"}]}}, "rules[0]")):
            refused = self.shop.post("/payments", {"amount": 1, "currency": "USD", "routing": routing})
            self.assert_error(refused, 400, names=field)

    def test_the_default_order_decides_where_no_algorithm_does(self):
        order = [self.choice(self.first), self.choice(self.second)]
        self.assertEqual(self.shop.get("/routing/default").json, order)
        order.reverse()
        answer = self.shop.post("/routing/default", order)
        self.assertEqual((answer.status, answer.json), (200, order), answer)
        self.assertEqual(self.account_of(), self.second)
        third = self.choice(self.another_account("third"))
        of_profile = {"profile_id": self.shop.profile_id, "connectors": order + [third]}
        self.assertEqual(self.shop.get("/routing/default/profile").json, [of_profile])
        of_profile["connectors"] = [third] + order
        answer = self.shop.post(f"/routing/default/profile/{self.shop.profile_id}", of_profile["connectors"])
        self.assertEqual((answer.status, answer.json), (200, of_profile), answer)
        self.assertEqual(self.account_of(), third["merchant_connector_id"])
        for wrong, word in ((order, "different lengths"), (order + order[:1], "mismatch"), ({}, "array"),
                            ([1, 2, 3], "connectors[0]")):
            answer = self.shop.post("/routing/default", wrong)
            self.assertEqual(answer.status, 400, answer)
            self.assertIn(word, answer.body.decode())
        self.assertEqual(self.shop.get(f"/routing/default?profile_id={self.shop.profile_id}").json, of_profile["connectors"])

    def test_a_confirm_is_routed_by_what_it_gives(self):
        self.activate(self.advanced(("visas", self.second, comparison("card_network", "Visa"))))
        made = self.shop.post("/payments", {"amount": 6540, "currency": "USD"}).json
        paid = self.shop.post(f"/payments/{made['payment_id']}/confirm", {"payment_method": "card",
                                                                         "payment_method_data": card()})
        self.assertEqual(paid.json["merchant_connector_id"], self.second, paid)

    def test_a_split_sends_its_share_and_the_rest_elsewhere(self):
        self.activate({"type": "volume_split", "data": [{"connector": self.choice(self.first), "split": 50},
                                                        {"connector": self.choice(self.second), "split": 50}]})
        accounts = [self.account_of() for _ in range(40)]
        # Of 40 fair draws fewer than 5 of either are seen once in ten million runs.
        self.assertGreater(min(accounts.count(self.first), accounts.count(self.second)), 4)

    def test_what_cannot_take_the_payment_is_passed_over(self):
        self.activate({"type": "priority", "data": [self.choice(self.second), self.choice(self.first)]})
        self.assertEqual(self.account_of(), self.second)
        account = f"/account/{self.shop.merchant_id}/connectors/{self.second}"
        self.assertEqual(self.shop.post(account, {"connector_type": "payment_processor", "disabled": True}).status, 200)
        self.assertEqual(self.account_of(), self.first)

    def test_one_is_active_at_a_time(self):
        first, second = (self.create({"type": "single", "data": self.choice(a)}, name=n).json["id"]
                         for a, n in ((self.first, "one"), (self.second, "two")))
        self.assertEqual(self.shop.get("/routing/active").json, [])
        self.assertEqual(self.shop.post("/routing/deactivate", {"profile_id": self.shop.profile_id}).status, 400)
        key = {"idempotency-key": "activate-1"}
        activated = self.shop.post(f"/routing/{first}/activate", headers=key)
        self.assertEqual((activated.status, activated.json["kind"]), (200, "single"), activated)
        again = self.shop.post(f"/routing/{first}/activate", headers=key)
        self.assertEqual((again.status, again.body), (200, activated.body))
        self.assert_error(self.shop.post(f"/routing/{first}/activate"), 400)
        self.assertEqual(self.shop.post(f"/routing/{second}/activate").status, 200)
        active = self.shop.get(f"/routing/active?profile_id={self.shop.profile_id}").json
        self.assertEqual([each["id"] for each in active], [second])
        self.assertEqual(self.account_of(), self.second)
        for path in ("/routing", "/routing/list/profile", f"/routing/list/profile?profile_id={self.shop.profile_id}"):
            self.assertEqual([each["name"] for each in self.shop.get(path).json], ["two", "one"])
        self.assert_error(self.shop.get("/routing/list/profile?profile_id=pro_1"), 404)
        self.assertEqual(self.shop.get(f"/routing/{first}").json["algorithm"],
                         {"type": "single", "data": self.choice(self.first)})

    def test_what_cannot_be_meant_is_refused_and_not_stored(self):
        visa = comparison("card_network", "Visa")
        refused = [
            (self.advanced(("r", self.second, comparison("colour", "red"))), 'rule "r"'),
            (self.advanced(("r", self.second, comparison("amount", "red"))), 'rule "r"'),
            (self.advanced(("r", "mca_00000000000000000000000000", visa)), 'rule "r"'),
            (self.advanced(("r", self.second, visa), ("s", self.first, visa)), 'rule "s"'),
            (self.advanced(("r", self.second, comparison("success_rate", 2))), "from 0 to 1"),
            ({"type": "dynamic", "data": {"cost": {"within_percent": "101"}}}, "within_percent"),
            ({"type": "single", "data": {"connector": "paypal"}}, "paypal"),
            ({"type": "volume_split", "data": [{"connector": "stripe", "split": 99}]}, "99"),
            ({"type": "random", "data": []}, "type"),
        ]
        for algorithm, word in refused:
            with self.subTest(word, algorithm=algorithm):
                answer = self.create(algorithm)
                self.assertIn(answer.status, (400, 422), answer)
                self.assertIn(word, answer.body.decode().replace("\\", ""))
        for missing in ("name", "description", "profile_id", "algorithm"):
            body = {"name": "ours", "description": "Ours", "profile_id": self.shop.profile_id,
                    "algorithm": {"type": "single", "data": "stripe"}} | {missing: None}
            self.assert_error(self.shop.post("/routing", body), 400, names=missing)
        self.assertEqual(self.shop.get("/routing").json, [])

    def test_the_guides_examples_are_taken(self):
        guide = (Path(__file__).parents[2] / "docs/guides/routing.md").read_text()
        examples = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
        self.assertEqual(len(examples), 6)
        self.assertIn("dynamic", examples[3])
        for example in examples:
            algorithm = json.loads(example.replace("MCA_1", self.first).replace("MCA_2", self.second))
            self.activate(algorithm)
            if "large amounts" in example:
                self.the_rules_of_the_guide_decide()
            self.pay()

    def the_rules_of_the_guide_decide(self):
        self.assertIn("large amounts", self.pay(amount=100_001)["routing_reason"])
        self.assertIn("half of the gold", self.pay(metadata={"tier": "gold"})["routing_reason"])
        self.assertIn("no rule holds", self.pay(metadata={"tier": "silver"})["routing_reason"])

    def test_a_thousand_rules_are_taken(self):
        rules = [(f"rule {n}", self.second, comparison("amount", n)) for n in range(1, 1001)]
        self.activate(self.advanced(*rules))
        self.assertIn('rule "rule 777"', self.pay(amount=777)["routing_reason"])

    def test_what_routing_would_do_can_be_asked(self):
        self.activate(self.advanced(("euros", self.second, comparison("currency", "EUR"))))

        def ask(**more):
            body = {"created_by": self.shop.profile_id, "parameters": {
                "amount": {"type": "number", "value": 6540}, "currency": {"type": "enum_variant", "value": "EUR"},
                "card_network": {"type": "enum_variant", "value": "Visa"}, "mandate_type": {"type": "x", "value": "y"}}}
            body["parameters"] |= more.pop("parameters", {})
            return self.shop.post("/routing/rule/evaluate", body | more)

        answer = ask()
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["status"], "success")
        self.assertEqual(answer.json["evaluated_output"], [self.choice(self.second)])
        self.assertEqual(answer.json["eligible_connectors"], [self.choice(self.second), self.choice(self.first)])
        self.assertEqual(answer.json["output"]["connectors"][0], {"gateway_name": "stripe", "gateway_id": self.second})
        self.assertIn('rule "euros"', answer.json["explanation"])
        dollars = ask(parameters={"currency": {"type": "enum_variant", "value": "USD"}})
        self.assertEqual(dollars.json["evaluated_output"], [self.choice(self.first)])
        wallet = {"parameters": {"payment_method": {"type": "enum_variant", "value": "wallet"},
                                 "payment_method_type": {"type": "enum_variant", "value": "ali_pay"}}}
        self.assert_error(ask(**wallet), 400)
        self.assert_error(ask(parameters={"payment_method": {"type": "enum_variant", "value": "bank_debit"}}), 400)
        fallback = ask(fallback_output=[{"gateway_name": "alipay", "gateway_id": "mca_1"}], **wallet)
        self.assertEqual((fallback.json["status"], fallback.json["evaluated_output"]),
                         ("fallback", [{"connector": "alipay", "merchant_connector_id": "mca_1"}]))
        for wrong, field in (({"created_by": None}, "created_by"), ({"parameters": {"amount": None}}, "parameters.amount"),
                             ({"parameters": {"card_network": {"type": "enum_variant", "value": "paper"}}}, "card_network"),
                             ({"fallback_output": [{}]}, "fallback_output")):
            self.assert_error(ask(**wrong), 400, names=field)

        info = {"paymentId": "pay_1", "amount": 6540, "currency": "EUR", "paymentType": "ORDER_PAYMENT",
                "paymentMethod": "card", "paymentMethodType": "credit", "cardIsin": "424242"}
        decide = {"merchantId": self.shop.profile_id, "paymentInfo": info}
        decided = self.shop.post("/routing/evaluate", decide)
        self.assertEqual((decided.status, decided.json["decided_gateway"]), (200, f"stripe:{self.second}"), decided)
        self.assertEqual(decided.json["routing_approach"], "PRIORITY_LOGIC")
        decided = self.shop.post("/routing/evaluate", decide | {"eligibleGatewayList": [f"stripe:{self.first}"],
                                                                "rankingAlgorithm": "SR_BASED_ROUTING"})
        self.assertEqual(decided.json["gateway_priority_map"].keys(), {f"stripe:{self.first}"}, decided)
        self.assertEqual(decided.json["routing_approach"], "SR_SELECTION_V3_ROUTING")
        self.assert_error(self.shop.post("/routing/evaluate", decide | {"paymentInfo": {}}), 400, names="paymentInfo.")
        self.assertEqual(self.shop.post("/payments/list", {}).json["data"], [], "nothing was made")


class RoutingCanaries(RoutingCase):
    def setUp(self):
        super().setUp()
        self.old = self.activate({"type": "single", "data": self.choice(self.first)})
        made = self.create({"type": "single", "data": self.choice(self.second)}, name="new")
        self.new = made.json["id"]

    def try_out(self, **terms):
        return self.shop.post(f"/routing/{self.new}/activate", {"canary": {"percent": 50} | terms})

    def active(self):
        return {each["id"]: each.get("canary", {}).get("status") for each in self.shop.get("/routing/active").json}

    def test_a_canary_takes_its_share_and_is_promoted(self):
        tried = self.try_out()
        self.assertEqual(tried.status, 200, tried)
        self.assertEqual(tried.json["canary"], {"percent": 50, "worse_by_percent": "2", "payments_min": 200,
                                                "status": "running", "why": None})
        self.assertEqual(self.active(), {self.old: None, self.new: "running"})
        payments = [self.pay() for _ in range(40)]
        # Of 40 fair draws fewer than 5 of either are seen once in ten million runs.
        of_canary = [each for each in payments if each["merchant_connector_id"] == self.second]
        self.assertTrue(4 < len(of_canary) < 36, len(of_canary))
        self.assertIn(f"routing algorithm {self.new} on trial", of_canary[0]["routing_reason"])
        self.assertEqual(self.shop.post(f"/routing/{self.new}/activate").status, 200)
        self.assertEqual(self.active(), {self.new: "promoted"})
        self.assertEqual(self.account_of(), self.second)

    def test_terms_that_cannot_be_meant_are_refused(self):
        for terms, field in (({"percent": 0}, "canary.percent"), ({"percent": 100}, "canary.percent"),
                             ({"percent": None}, "canary.percent"), ({"payments_min": 0}, "canary.payments_min"),
                             ({"worse_by_percent": "-1"}, "canary.worse_by_percent"),
                             ({"worse_by_percent": 2}, "canary.worse_by_percent")):
            self.assert_error(self.try_out(**terms), 400, names=field)
        self.assertEqual(self.active(), {self.old: None})

    def is_on_trial(self, payment_id):
        """Asked before it is paid: the payment's id decides."""
        answer = self.shop.post("/routing/rule/evaluate", {
            "created_by": self.shop.profile_id, "payment_id": payment_id,
            "parameters": {"amount": {"type": "number", "value": 6540}, "currency": {"type": "enum_variant", "value": "USD"}}})
        self.assertEqual(answer.status, 200, answer)
        return "on trial" in answer.json["explanation"]

    def test_a_canary_that_does_worse_is_taken_back(self):
        self.assertEqual(self.try_out(payments_min=10).status, 200)
        counts = {True: 0, False: 0}
        while min(counts.values()) < 10:
            payment_id = self.shop.post("/payments", {"amount": 6540, "currency": "USD"}).json["payment_id"]
            on_trial = self.is_on_trial(payment_id)
            data = card(number="4000000000000002") if on_trial else card()
            paid = self.shop.post(f"/payments/{payment_id}/confirm", {"payment_method": "card", "payment_method_data": data})
            self.assertEqual(paid.json["status"], "failed" if on_trial else "succeeded", paid)
            self.assertEqual("on trial" in paid.json["routing_reason"], on_trial, paid)
            counts[on_trial] += 1
        self.eventually(self.active, {self.old: None})
        canary = self.shop.get(f"/routing/{self.new}").json["canary"]
        self.assertEqual(canary["status"], "returned")
        self.assertEqual(canary["why"], f"approved 0.00 % of {counts[True]} payments, the rest 100.00 % of {counts[False]}")
        self.assertEqual(self.account_of(), self.first)
