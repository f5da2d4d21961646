"""What the payment page may be asked, and how often."""
from harness.case import Case


class PaymentPageLimits(Case):
    environment = Case.environment | {"PAYWEIR__LIMITS__PAGE_REQUESTS_PER_PAYMENT_M": "60", "PAYWEIR__SERVER__IO_THREADS": "1"}

    def test_who_asks_about_a_payment_too_often_is_told_to_wait(self):
        shop = self.merchant()
        made, other = (shop.post("/payments", {"amount": 6540, "currency": "USD"}).json for _ in range(2))
        payer = self.caller(None)
        answers = [payer.get(f"/pay/{made['payment_id']}/state", headers={"x-client-secret": made["client_secret"]})
                   for _ in range(120)]
        self.assertEqual({answer.status for answer in answers}, {200, 429})
        refused = next(answer for answer in answers if answer.status == 429)
        self.assertEqual(refused.headers["retry-after"], "1")
        self.assertEqual(payer.get(f"/pay/{other['payment_id']}/state", headers={"x-client-secret": other["client_secret"]}).status, 200)
        # A wrong secret takes nothing of the payer's.
        for _ in range(120):
            self.assertEqual(payer.get(f"/pay/{other['payment_id']}/state", headers={"x-client-secret": "x"}).status, 404)
        self.assertEqual(payer.get(f"/pay/{other['payment_id']}/state", headers={"x-client-secret": other["client_secret"]}).status, 200)


class PaymentPageAddresses(Case):
    environment = Case.environment | {"PAYWEIR__LIMITS__REQUESTS_PER_ADDRESS_S": "5", "PAYWEIR__SERVER__IO_THREADS": "1"}

    def test_one_address_cannot_take_the_page_for_itself(self):
        for method, target in (("GET", "/pay/order_1"), ("GET", "/pay/assets/checkout.css"), ("GET", "/pay/order_1/state"),
                               ("POST", "/pay/order_1/confirm"), ("POST", "/pay/order_1/release"),
                               ("POST", "/pay/order_1/identify"), ("GET", "/pay/order_1/identified"),
                               ("GET", "/payment_link/shop/order_1")):
            with self.subTest(target=target):
                payer = self.caller(None)
                body = {} if method == "POST" else None
                answers = [payer.request(method, target, body, headers={"x-client-secret": "x"}) for _ in range(40)]
                refused = [answer for answer in answers if answer.status == 429]
                self.assertTrue(refused)
                self.assertEqual(refused[0].headers["retry-after"], "1")
