"""What no client should send: answered with a 4xx that names the field, and nothing is stored."""
import contextlib
import json
import sqlite3

from harness import wire
from harness.case import Case
from harness.merchant import CARD_3DS, CARD_DECLINED, card, payment


class BadInput(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()

    def tearDown(self):
        self.assertEqual(self.shop.get("/payments/list").json["data"], [], "nothing may be stored")
        self.assertEqual(wire.request(self.switch.address, "GET", "/health").status, 200)

    def post_text(self, text, headers=None):
        body = text if isinstance(text, bytes) else text.encode()
        return self.shop.request("POST", "/payments", body, headers={"content-type": "application/json"} | (headers or {}))

    def with_amount(self, literal):
        return json.dumps(payment()).replace('"amount": 6540', f'"amount": {literal}')

    def assert_refused(self, answer, field=None):
        self.assertIn(answer.status, (400, 413, 415, 422), answer)
        if field:
            self.assertIn(field, answer.json["error"]["message"], answer)

    def test_E02_an_amount_is_a_whole_positive_number_in_range(self):
        for literal in ("-1", "-0", "1e3", "1.0", "65.40", '"6540"', "9007199254740993", "9223372036854775808", "true",
                        "null", "[1]", "{}"):
            with self.subTest(amount=literal):
                self.assert_refused(self.post_text(self.with_amount(literal)), "amount")
        for literal in ("NaN", "Infinity", "0x10", "01", "+1", "99999999999999999999"):
            with self.subTest(amount=literal):
                self.assert_refused(self.post_text(self.with_amount(literal)))

    def test_J03_deep_wide_and_ambiguous_json_is_refused(self):
        self.assert_refused(self.post_text("[" * 100_000))
        self.assert_refused(self.post_text('{"metadata":' + '{"a":' * 40 + "1" + "}" * 40 + "}"))
        many = ",".join(f'"k{n}":1' for n in range(1100))
        self.assert_refused(self.post_text('{"amount":1,"currency":"USD","metadata":{' + many + "}}"))
        twice = self.post_text('{"amount": 1, "amount": 6540, "currency": "USD"}')
        self.assert_refused(twice, "amount")

    def test_J04_text_that_is_no_text_is_refused_or_escaped(self):
        for bad in (b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\\ud800", b"\x00", b"\x01"):
            with self.subTest(bytes=bad):
                self.assert_refused(self.post_text(b'{"amount": 1, "currency": "USD", "description": "' + bad + b'"}'))

    def test_J13_fields_at_extremes_are_refused_by_name(self):
        for change, field in (({"currency": "usd"}, "currency"), ({"currency": "ZZZ"}, "currency"), ({"currency": 840}, "currency"),
                              ({"capture_method": "later"}, "capture_method"), ({"confirm": "yes"}, "confirm"),
                              ({"payment_method": "card\u0000"}, "payment_method"), ({"return_url": "javascript:alert(1)"}, "return_url"),
                              ({"payment_id": "x" * 300}, "payment_id"), ({"metadata": "text"}, "metadata"),
                              ({"description": "d" * 70_000}, "description"), ({"customer_id": {"a": 1}}, "customer_id")):
            with self.subTest(**{field: str(change[field])[:40]}):
                self.assert_refused(self.shop.post("/payments", payment(**change)), field)

    def test_a_card_is_checked_before_anything_is_stored(self):
        for change, message in (({"card_exp_month": "13"}, "Invalid Expiry Month"), ({"card_exp_year": "2022"}, "Invalid Expiry Year"),
                                ({"card_cvc": ""}, "Invalid card_cvc length"), ({"card_number": "4242424242424241"}, "card_number"),
                                ({"card_number": "1234"}, "card_number"), ({"card_number": 4242424242424242}, "card_number")):
            with self.subTest(**change):
                self.assert_refused(self.shop.post("/payments", payment(payment_method_data=card(**change))), message)

    def test_a_missing_field_is_named(self):
        for field in ("amount", "currency"):
            body = payment()
            del body[field]
            with self.subTest(field=field):
                self.assert_error(self.shop.post("/payments", body), 400, names=field)

    def test_a_body_that_is_not_json_is_refused(self):
        for text in ("", "{", "null", "[]", "7", '"text"', "amount=1&currency=USD", "<xml/>", "{} {}"):
            with self.subTest(body=text):
                self.assert_refused(self.post_text(text))
        self.assertEqual(self.post_text("<a/>", {"content-type": "application/xml"}).status, 415)

    def test_J02_an_oversized_body_is_refused_before_it_is_read(self):
        head = f"POST /payments HTTP/1.1\r\nhost: x\r\napi-key: {self.shop.key}\r\ncontent-type: application/json\r\n"
        announced = wire.send_raw(self.switch.address, (head + "content-length: 10737418240\r\n\r\n{").encode())
        self.assertEqual(announced.status, 413)
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        endless = wire.send_raw(self.switch.address, (head + "transfer-encoding: chunked\r\n\r\n").encode() + chunk * 64)
        self.assertTrue(endless is None or endless.status == 413, endless)

    def test_J06_what_two_parsers_could_read_differently_is_refused(self):
        body = json.dumps(payment()).encode()
        key = f"api-key: {self.shop.key}\r\ncontent-type: application/json\r\n"
        for name, head in (("both lengths", f"content-length: {len(body)}\r\ntransfer-encoding: chunked\r\n"),
                           ("two lengths", f"content-length: {len(body)}\r\ncontent-length: {len(body) + 1}\r\n"),
                           ("folded header", f"x-a: b\r\n c\r\ncontent-length: {len(body)}\r\n"),
                           ("space before the colon", f"content-length : {len(body)}\r\n"),
                           ("signed length", f"content-length: +{len(body)}\r\n"),
                           ("unknown coding", "transfer-encoding: chunked, identity\r\n")):
            with self.subTest(name):
                answer = wire.send_raw(self.switch.address, f"POST /payments HTTP/1.1\r\nhost: x\r\n{key}{head}\r\n".encode() + body)
                self.assertTrue(answer is None or answer.status in (400, 411, 501), answer)
        bare = wire.send_raw(self.switch.address, f"POST /payments HTTP/1.1\nhost: x\n{key}content-length: {len(body)}\n\n".replace("\r\n", "\n").encode() + body)
        self.assertTrue(bare is None or bare.status == 400, bare)

    def test_J11_a_log_line_cannot_be_forged(self):
        self.shop.post("/payments", payment(description='a\n{"level":"error","message":"forged"}\x1b[31m', amount=0))
        self.assert_refused(self.shop.post("/payments", payment(currency="US\nD forged"), headers={"x-request-id": "forged id"}), "currency")
        for line in self.switch.process.output().splitlines():
            self.assertNotIn("\x1b", line)
            self.assertFalse(line.startswith('{"level":"error","message":"forged"'), line)

    def test_an_unknown_route_or_method_is_refused(self):
        self.assertEqual(self.shop.get("/nowhere").status, 404)
        self.assertIn(self.shop.delete("/payments").status, (404, 405))

    def test_J01_a_client_that_never_finishes_its_request_is_cut_off(self):
        with wire.connect(self.switch.address, timeout_s=20) as raw:
            raw.sendall(b"POST /payments HTTP/1.1\r\nhost: x\r\nx-slow: ")
            answer = wire.read_answer(raw)  # raises a time-out when the switch waits longer than we do
        self.assertTrue(answer is None or answer.status == 408, answer)


class RefusedRequests(Case):
    """A request that is answered with a 4xx leaves the books as they were, row for row."""
    TABLES = ("payment", "attempt", "operation", "refund", "posting", "outbox", "delivery", "alias", "idempotency", "answer")

    def books(self):
        with contextlib.closing(sqlite3.connect(self.switch.data / "payweir.db")) as database:
            return {table: database.execute(f"SELECT * FROM {table} ORDER BY key").fetchall() for table in self.TABLES}

    def test_what_a_payments_state_or_its_owner_forbids_changes_nothing(self):
        shop, stranger = self.merchant(), self.merchant()
        key = "order-1"
        paid = shop.pay(idempotency_key=key)["payment_id"]
        held = shop.pay(capture_method="manual")["payment_id"]
        failed = shop.pay(number=CARD_DECLINED)["payment_id"]
        asked = shop.pay(number=CARD_3DS)["payment_id"]
        refund = shop.refund(paid, 100)["refund_id"]
        before = self.books()
        self.assertTrue(before["posting"])
        for caller, method, target, body, status in (
                (shop, "POST", f"/payments/{paid}/capture", {}, 400),
                (shop, "POST", f"/payments/{paid}/cancel", {}, 400),
                (shop, "POST", f"/payments/{paid}/confirm", payment(), 400),
                (shop, "POST", f"/payments/{paid}", {"amount": 1}, 400),
                (shop, "POST", f"/payments/{held}/capture", {"amount_to_capture": 6541}, 400),
                (shop, "POST", f"/payments/{held}/capture", {"amount_to_capture": 0}, 400),
                (shop, "POST", f"/payments/{asked}/capture", {}, 400),
                (shop, "POST", f"/payments/{failed}/confirm", payment(), 400),
                (shop, "POST", f"/payments/{failed}/cancel", {}, 400),
                (shop, "POST", "/refunds", {"payment_id": paid, "amount": 6441}, 400),
                (shop, "POST", "/refunds", {"payment_id": paid, "amount": 0}, 400),
                (shop, "POST", "/refunds", {"payment_id": held}, 400),
                (shop, "POST", "/refunds", {"payment_id": "pay_of_nobody"}, 404),
                (shop, "POST", "/payments", payment(connector=["nobody"]), 400),
                (stranger, "POST", f"/payments/{held}/capture", {}, 404),
                (stranger, "POST", f"/payments/{held}/cancel", {}, 404),
                (stranger, "POST", f"/payments/{asked}", {"amount": 1}, 404),
                (stranger, "POST", "/refunds", {"payment_id": paid, "amount": 1}, 404),
                (stranger, "POST", f"/refunds/{refund}", {"reason": "mine"}, 404),
                (self.caller("nobody"), "POST", "/payments", payment(), 401)):
            with self.subTest(target=target, body=str(body)[:60]):
                answer = caller.request(method, target, body)
                self.assertEqual(answer.status, status, answer)
        reused = shop.post("/payments", payment(amount=1), idempotency_key=key)
        self.assertEqual(reused.status, 422, reused)
        self.assertEqual(self.books(), before)
