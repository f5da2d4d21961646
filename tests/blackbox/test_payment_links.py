"""Payment links: what the merchant is given, and where it leads who has it."""
import urllib.parse

from harness import wire
from harness.case import Case, OnFaultyLibc
from harness.merchant import card

OURS = {"amount": 6540, "currency": "USD", "payment_link": True}


class PaymentLinks(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()

    def create(self, **more):
        answer = self.shop.post("/payments", OURS | more)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def follow(self, link):
        """Where a browser without any key is sent to: (path, query)."""
        parts = urllib.parse.urlsplit(link)
        target = parts.path + ("?" + parts.query if parts.query else "")
        answer = wire.request(self.switch.address, "GET", target)
        self.contract.check("GET", target, answer)
        self.assertEqual(answer.status, 302, answer)
        self.assertEqual(answer.headers["referrer-policy"], "no-referrer")
        self.assertEqual(answer.headers["cache-control"], "no-store")
        to = urllib.parse.urlsplit(answer.headers["location"])
        return to.path, dict(urllib.parse.parse_qsl(to.query))

    def links(self, query=""):
        answer = self.shop.post("/payment_link/list" + query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def test_a_link_leads_to_the_page_and_the_page_pays(self):
        made = self.create(description="Tea", payment_link_config={"seller_name": "Blue Teapot", "theme": "#4E6ADD"})
        path, query = self.follow(made["payment_link"]["link"])
        self.assertEqual((path, query), (f"/pay/{made['payment_id']}", {"client_secret": made["client_secret"]}))
        payer = self.caller(None)
        secret = {"x-client-secret": query["client_secret"]}
        state = payer.get(path + "/state", headers=secret).json
        self.assertEqual((state["merchant_name"], state["theme"], state["status"]),
                         ("Blue Teapot", "#4e6add", "requires_payment_method"))
        paid = payer.post(path + "/confirm", {"payment_method": "card", "payment_method_data": card()}, headers=secret)
        self.assertEqual((paid.status, paid.json["status"]), (200, "succeeded"), paid)
        # The link leads there still, to what became of it.
        self.assertEqual(self.follow(made["payment_link"]["link"])[0], path)
        self.assertEqual(self.shop.retrieve(made["payment_id"])["payment_link"], made["payment_link"])

    def test_two_ids_alone_reveal_nothing(self):
        made = self.create(payment_id="order_1")
        other = self.create()
        without = self.shop.post("/payments", {"amount": 1, "currency": "USD"}).json
        link = made["payment_link"]["link"]
        token = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(link).query))["token"]
        self.assertNotIn(token, made["client_secret"])
        bare = link.split("?")[0]
        elsewhere = f"/payment_link/{self.merchant().merchant_id}/order_1?token={token}"
        for wrong in (bare, bare + "?token=", bare + "?token=" + token[:-1], bare + "?token=" + made["client_secret"],
                      bare.replace("order_1", other["payment_id"]) + "?token=" + token,
                      bare.replace("order_1", without["payment_id"]) + "?token=" + token,
                      bare.replace("order_1", "order_9") + "?token=" + token, elsewhere,
                      f"/payment_link/{self.shop.merchant_id}/..%2Faccounts?token={token}"):
            with self.subTest(wrong=wrong):
                path, query = self.follow(wrong)
                self.assertTrue(path.startswith("/pay/"), path)
                self.assertEqual(path.count("/"), 2, path)
                self.assertEqual(query, {})
        self.assertEqual(self.follow(link)[1], {"client_secret": made["client_secret"]})

    def test_the_language_of_a_link_is_the_pages(self):
        link = self.create()["payment_link"]["link"]
        for given, shown in (("lang=zh", "zh"), ("lang=en", "en"), ("locale=zh-CN", "zh"), ("locale=en", "en"), ("locale=fr", None)):
            self.assertEqual(self.follow(f"{link}&{given}")[1].get("lang"), shown, given)

    def test_a_link_is_shown_by_its_id_and_in_the_list(self):
        made = [self.create(description=str(number), session_expiry=60 + number) for number in range(3)]
        self.shop.post("/payments", {"amount": 1, "currency": "USD"})
        newest = made[2]
        shown = self.shop.get(f"/payment_link/{newest['payment_link']['payment_link_id']}")
        self.assertEqual(shown.json, {
            "payment_link_id": newest["payment_link"]["payment_link_id"], "merchant_id": self.shop.merchant_id,
            "processor_merchant_id": self.shop.merchant_id, "link_to_pay": newest["payment_link"]["link"], "amount": 6540,
            "created_at": newest["created"], "expiry": newest["expires_on"], "description": "2", "status": "active",
            "currency": "USD", "secure_link": None})
        self.assertEqual([link["description"] for link in self.links()], ["2", "1", "0"])
        self.assertEqual(self.links()[0], shown.json)
        self.assertEqual([link["description"] for link in self.links("?limit=1&offset=1")], ["1"])
        created = urllib.parse.quote(made[1]["created"])
        self.assertIn("1", [link["description"] for link in self.links(f"?created.gte={created}&created.lte={created}")])
        self.assertEqual(self.links("?created.lt=2020-01-01T00:00:00Z"), [])
        self.assert_error(self.shop.post("/payment_link/list?limit=101"), 400, "IR_07", "limit")

    def test_a_link_is_its_merchants_own(self):
        made = self.create()
        link_id = made["payment_link"]["payment_link_id"]
        other = self.merchant()
        answer = other.get(f"/payment_link/{link_id}")
        self.assert_error(answer, 404, "HE_02", "Payment Link does not exist in our records")
        self.assertEqual(other.post("/payment_link/list").json, [])
        self.assertEqual(self.caller(None).get(f"/payment_link/{link_id}").status, 401)
        browser = self.caller(self.shop.publishable_key)
        self.assert_error(browser.get(f"/payment_link/{link_id}"), 400, "IR_08")
        self.assertEqual(browser.get(f"/payment_link/{link_id}?client_secret={made['client_secret']}").status, 200)
        self.assertEqual(browser.post("/payment_link/list").status, 403)
        self.assert_error(self.shop.get("/payment_link/list"), 404, "HE_02", "Payment Link")

    def test_what_a_link_cannot_be_made_of_is_refused(self):
        for more, names in (({"confirm": True, "payment_method_data": card()}, "confirm"), ({"payment_link": "yes"}, "payment_link"),
                            ({"payment_link_config": {"theme": 1}}, "payment_link_config.theme"), ({"session_expiry": 59}, "session_expiry"),
                            ({"session_expiry": 7890001}, "session_expiry")):
            self.assert_error(self.shop.post("/payments", OURS | more), 400, names=names)
        self.assertEqual(self.links(), [])

    def test_a_repeated_request_makes_one_link(self):
        first, second = (self.shop.post("/payments", OURS, idempotency_key="link") for _ in range(2))
        self.assertEqual(first.json, second.json)
        self.assertEqual(len(self.links()), 1)

    def test_links_are_there_after_a_restart(self):
        made = self.create()
        self.switch.restart()
        self.assertEqual(self.follow(made["payment_link"]["link"])[1], {"client_secret": made["client_secret"]})
        self.assertEqual(len(self.links()), 1)


class PaymentLinkExpiry(OnFaultyLibc, Case):
    def test_an_expired_link_shows_that_the_time_is_over(self):
        shop = self.merchant()
        made = shop.post("/payments", OURS | {"session_expiry": 60}).json
        self.libc.pass_time(61)
        shown = shop.get(f"/payment_link/{made['payment_link']['payment_link_id']}").json
        self.assertEqual(shown["status"], "expired")
        self.eventually_status(shop, made["payment_id"], "expired", timeout_s=60)
        link = urllib.parse.urlsplit(made["payment_link"]["link"])
        answer = wire.request(self.switch.address, "GET", f"{link.path}?{link.query}")
        self.assertEqual(urllib.parse.urlsplit(answer.headers["location"]).path, f"/pay/{made['payment_id']}")
        state = shop.get(f"/pay/{made['payment_id']}/state", headers={"x-client-secret": made["client_secret"]}).json
        self.assertEqual(state["status"], "expired")
