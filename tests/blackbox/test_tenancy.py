"""Two merchants and a stranger: nobody sees or moves what is another's."""
from harness import wire
from harness.case import Case
from harness.merchant import card, payment


class Tenancy(Case):
    def setUp(self):
        super().setUp()
        self.mine, self.theirs = self.merchant(), self.merchant()

    def things_of(self, owner):
        """One of each thing that an id names, as the path parameters of the document call them."""
        paid = owner.pay()["payment_id"]
        link = owner.post("/payments", {"amount": 1, "currency": "USD", "payment_link": True}).json["payment_link"]
        routing = owner.post("/routing", {
            "name": "one", "description": "One account", "profile_id": owner.profile_id,
            "algorithm": {"type": "single", "data": {"connector": "stripe",
                                                     "merchant_connector_id": owner.connector_id}}}).json
        refund = owner.refund(paid, 100)["refund_id"]
        return {"payment_id": paid, "payment_link_id": link["payment_link_id"], "routing_algorithm_id": routing["id"],
                "order_no": paid, "transaction_id": paid, "orderId": paid, "refund_transaction_id": refund,
                "refund_id": refund, "merchant_id": owner.merchant_id,
                "profile_id": owner.profile_id, "merchant_connector_id": owner.connector_id, "key_id": owner.key_id,
                "event_id": owner.events()[0]["event_id"],
                "operation_id": "opn_0000000000000000000000000"}

    MISSING = {
        "order_no": "pay_00000000000000000000000000", "transaction_id": "pay_00000000000000000000000000",
        "orderId": "pay_00000000000000000000000000", "refund_transaction_id": "ref_00000000000000000000000000",
        "payment_id": "pay_00000000000000000000000000", "payment_link_id": "plink_00000000000000000000000000",
        "refund_id": "ref_00000000000000000000000000",
        "routing_algorithm_id": "routing_00000000000000000000000000",
        "merchant_id": "merchant_missing", "profile_id": "pro_00000000000000000000000000",
        "merchant_connector_id": "mca_00000000000000000000000000", "key_id": "key_00000000000000000000000000",
        "event_id": "evt_00000000000000000000000000", "operation_id": "opn_0000000000000000000000000"}

    def requests_about(self, things, key_name):
        """Every documented request that names a thing by its id, in path or body, and takes this key."""
        for method, template, keys in self.contract.operations():
            if key_name in keys and "{" in template:
                yield method, template.format(**things), None if method in ("GET", "DELETE") else {}
        yield "POST", "/refunds", {"payment_id": things["payment_id"]}
        yield "POST", "/refunds/list", {"payment_id": things["payment_id"]}
        yield "POST", "/payments/sync", {"payment_id": things["payment_id"]}
        yield "POST", "/refunds/sync", {"refund_id": things["refund_id"]}
        yield "GET", f"/payments/list?starting_after={things['payment_id']}", None
        yield "POST", "/refunds/transactions", {"transaction_id": things["payment_id"]}
        yield "POST", "/api/payment/refund", {"orderId": things["payment_id"]}

    def test_K01_another_tenants_things_answer_as_missing_ones(self):
        theirs = self.things_of(self.theirs)
        before = self.state_of(theirs)
        pairs = list(zip(self.requests_about(theirs, "secretKey"), self.requests_about(self.MISSING, "secretKey")))
        self.assertGreater(len(pairs), 25)
        for (method, target, body), (_, missing_target, missing_body) in pairs:
            with self.subTest(f"{method} {target}"):
                as_theirs = self.mine.request(method, target, body)
                as_missing = self.mine.request(method, missing_target, missing_body)
                self.assertEqual(self.shape(as_theirs, theirs), self.shape(as_missing, self.MISSING))
        self.assertEqual(self.state_of(theirs), before)

    def state_of(self, things):
        paid = self.theirs.retrieve(things["payment_id"])
        return paid["status"], paid["amount"], [(r["refund_id"], r["status"]) for r in paid["refunds"]]

    @staticmethod
    def shape(answer, things):
        """Status and body, with the ids that were asked for taken out."""
        text = answer.body.decode()
        for name, value in things.items():
            text = text.replace(value, name)
        return answer.status, text

    def test_K01_without_a_key_or_with_a_wrong_one_nothing_is_answered(self):
        theirs = self.things_of(self.theirs)
        stolen = self.theirs.key
        other_last = "1" if stolen[-1] == "0" else "0"
        wrong = [self.caller(key) for key in (None, "", "snd_nothing", stolen[:-1], stolen[:-1] + other_last, stolen + "0")]
        for method, template, keys in self.contract.operations():
            for caller in wrong if keys else ():
                with self.subTest(f"{method} {template}", key=caller.key and caller.key[:12]):
                    answer = caller.request(method, template.format(**theirs), None if method in ("GET", "DELETE") else {})
                    self.assertEqual(answer.status, 401, answer)
                    told = answer.json.get("error", answer.json)["code"]
                    self.assertIn(told, ("IR_01", "UNAUTHORIZED", 1002))  # the native API's word, or a dialect's

    def test_K01_lists_show_own_things_only(self):
        paid = self.mine.pay()["payment_id"]
        self.theirs.pay()
        self.assertEqual([p["payment_id"] for p in self.mine.get("/payments/list").json["data"]], [paid])

    def test_a_key_opens_only_what_the_document_says(self):
        mine = self.things_of(self.mine)
        callers = {"publishableKey": self.caller(self.mine.publishable_key), "secretKey": self.mine}
        for method, template, keys in self.contract.operations():
            for name, caller in callers.items() if keys else ():
                if name not in keys:
                    with self.subTest(f"{method} {template}", key=name):
                        answer = caller.request(method, template.format(**mine), None if method in ("GET", "DELETE") else {})
                        self.assertIn(answer.status, (401, 403), answer)

    def test_a_deleted_key_is_refused_at_once(self):
        extra = self.mine.admin.post(f"/api_keys/{self.mine.merchant_id}", {"name": "extra", "expiration": "never"}).json
        caller = self.caller(extra["api_key"])
        self.assertEqual(caller.get("/payments/list").status, 200)
        self.mine.admin.delete(f"/api_keys/{self.mine.merchant_id}/{extra['key_id']}")
        self.assertEqual(caller.get("/payments/list").status, 401)

    def test_K02_read_only_fields_cannot_be_set(self):
        forged = {"status": "succeeded", "amount_received": 6540, "merchant_id": self.theirs.merchant_id,
                  "profile_id_": "x", "connector_transaction_id": "pi_forged", "amount_capturable": 1, "net_amount": 1,
                  "client_secret": "forged", "created": "2001-01-01T00:00:00Z", "attempt_count": 99, "error_code": "x"}
        made = self.mine.post("/payments", payment(confirm=False) | forged)
        self.assertEqual(made.status, 200, made)
        for answer in (made.json, self.mine.post(f"/payments/{made.json['payment_id']}", forged | {"amount": 6540}).json,
                       self.mine.retrieve(made.json["payment_id"])):
            self.assertEqual(answer["status"], "requires_confirmation")
            self.assertEqual(answer["merchant_id"], self.mine.merchant_id)
            self.assertIn(answer.get("amount_received"), (None, 0))
            self.assertIsNone(answer["connector_transaction_id"])
            self.assertNotEqual(answer["client_secret"], "forged")
            self.assertNotIn("2001", answer["created"])

    def test_K02_a_profile_of_another_merchant_cannot_be_used(self):
        answer = self.mine.post("/payments", payment(profile_id=self.theirs.profile_id))
        self.assertIn(answer.status, (400, 404), answer)
        self.assertEqual(self.mine.get("/payments/list").json["data"], [])


class Canary(Case):
    """K09, K10: values that stand for secrets go through everything; then we look for them everywhere."""

    CARD = "4000056655665556"
    CVC = "9173"
    GATEWAY_KEY = "sk_test_canary_8c1f29e47ab3"

    def test_K09_K10_secrets_are_nowhere_to_be_found(self):
        receiver = self.receiver()
        shop = self.merchant(webhook_url=receiver.url, stripe_key=self.GATEWAY_KEY)
        data = card(self.CARD, card_cvc=self.CVC[:3])
        answers = [shop.post("/payments", payment(payment_method_data=data), idempotency_key="canary"),
                   shop.post("/payments", payment(payment_method_data=data, confirm=False)),
                   shop.post("/payments", payment(payment_method_data=data, amount="wrong")),
                   shop.post("/payments", payment(payment_method_data=card(self.CARD, card_cvc=self.CVC + "99"))),
                   shop.post("/payments", payment(payment_method_data={"card": self.CARD})),
                   shop.post(f"/payments/{self.CARD}/confirm", {}),
                   shop.request("POST", "/payments", ('{"card_number": "%s", ' % self.CARD).encode()),
                   shop.get(f"/account/{shop.merchant_id}/connectors"),
                   shop.get(f"/api_keys/{shop.merchant_id}/list")]
        self.sandbox.plant("garbage", "authorize", count=1)
        answers.append(shop.post("/payments", payment(payment_method_data=data)))
        self.sandbox.plant("error_500_after", "authorize", count=1)
        answers.append(shop.post("/payments", payment(payment_method_data=data)))
        answers.append(shop.get(f"/payments/{answers[0].json['payment_id']}?force_sync=true"))
        receiver.wait_for(1)
        metrics = wire.request(self.switch.address, "GET", "/metrics").body
        self.switch.restart()  # what is buffered reaches the disk

        places = {"logs": self.switch.log_path.read_bytes(), "metrics": metrics}
        places |= {f"answer {n}": answer.body for n, answer in enumerate(answers)}
        places |= {f"webhook {n}": delivery.body for n, delivery in enumerate(receiver.deliveries())}
        places |= {path.name: path.read_bytes() for path in self.switch.data.rglob("*") if path.is_file()}
        self.assertGreater(len(places["logs"]), 0)
        self.assertTrue(any(name.endswith((".db", ".sqlite", ".sqlite3")) for name in places), places.keys())
        secrets = {"card number": self.CARD, "CVC": f'"{self.CVC[:3]}"', "long CVC": self.CVC + "99", "gateway key": self.GATEWAY_KEY,
                   "API key": shop.key, "admin key": self.switch.admin_key}
        for place, content in places.items():
            for name, value in secrets.items():
                self.assertNotIn(value.encode(), content, f"{name} in {place}")

    def test_K09_no_card_stays_in_memory(self):
        shop = self.merchant()
        data = card(self.CARD)
        self.assertEqual(shop.post("/payments", payment(payment_method_data=data)).json["status"], "succeeded")
        held = shop.post("/payments", payment(payment_method_data=data, confirm=False)).json["payment_id"]
        memory = writable_memory(self.switch.process.pid)
        self.assertTrue(any(held.encode() in part for part in memory), "this is not the switch's memory")
        self.assertFalse(any(self.CARD.encode() in part for part in memory), "a card number is left in memory")
        self.assertEqual(shop.post(f"/payments/{held}/confirm", {}).json["status"], "succeeded")


def writable_memory(pid):
    """What a core dump would hold, but for the sanitizers' tables, which are larger than any heap here."""
    parts, part_max = [], 256 << 20
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            places, rights = line.split()[:2]
            begin, end = (int(place, 16) for place in places.split("-"))
            if not rights.startswith("rw") or end - begin > part_max:
                continue
            memory.seek(begin)
            try:
                parts.append(memory.read(end - begin))
            except OSError:  # of a device
                continue
    return parts
