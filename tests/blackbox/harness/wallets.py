"""Accounts at the sandbox's Alipay and WeChat Pay, with keys made for the run: what the merchant configures,
what the payer does, what the books say."""
import base64
import pathlib
import secrets
import subprocess
import tempfile

from .switch import Control


def _openssl(arguments, given=b""):
    return subprocess.run(["openssl", *arguments], input=given, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60).stdout


class Key:
    """An RSA key of 2048 bits."""

    def __init__(self):
        self.private = _openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]).decode()
        self.public = _openssl(["pkey", "-pubout"], self.private.encode()).decode()

    def sign(self, text):
        """RSA with SHA-256, in base64."""
        with tempfile.TemporaryDirectory(prefix="payweir-key-") as folder:
            file = pathlib.Path(folder) / "key.pem"
            file.write_text(self.private)
            return base64.b64encode(_openssl(["dgst", "-sha256", "-sign", str(file)], text)).decode()


class Keys:
    """Those that the accounts of one class of tests share: keys are slow to make."""

    def __init__(self):
        self.merchant, self.gateway, self.next_gateway = Key(), Key(), Key()


class Account(Control):
    """One merchant's account at a sandbox's gateway. Faults strike this account only."""

    def plant(self, kind, operation="any", count=None, **more):
        super().plant(kind, operation, count, account=self.account_id, **more)

    def connect(self, merchant, **changes):
        """Configures the account at the switch; returns where its callbacks go."""
        answer = merchant.post(f"/account/{merchant.merchant_id}/connectors", self.request(**changes))
        if answer.status != 200:
            raise AssertionError(f"expected 200: {answer}")
        self.connector_id = answer.json["merchant_connector_id"]
        self.target = f"/webhooks/{merchant.merchant_id}/{self.connector_id}"
        return answer.json

    def request(self, **changes):
        return {"connector_type": "payment_processor", "connector_name": self.name,
                "connector_account_details": self.details() | changes}

    def change(self, merchant, **changes):
        return merchant.post(f"/account/{merchant.merchant_id}/connectors/{self.connector_id}", {
            "connector_type": "payment_processor", "connector_account_details": self.details() | changes})

    def payment(self, form="qr", amount=6540, data=None, **changes):
        """The body of a payment in one of the wallet's forms."""
        wallet = {f"{self.prefix}_{form}": {} if data is None else data}
        return {"amount": amount, "currency": "CNY", "confirm": True, "payment_method": "wallet",
                "payment_method_type": self.prefix, "payment_method_data": {"wallet": wallet},
                "browser_info": {"ip_address": "203.0.113.9"}} | changes

    def orders(self):
        """All that this account holds, in the order in which they were made."""
        return [order for order in self.control("GET", "books?limit=10000")["orders"] if order["account"] == self.account_id]

    def scan(self, decision="approve", order=-1):
        """What a payer does whose phone shows the order, if no other the newest."""
        return self.control("POST", "scan", {"out_trade_no": self.orders()[order]["out_trade_no"],
                                             self.account_field: self.account_id, "decision": decision})

    def charges(self):
        """What was taken, order by order."""
        return [order["captured"] for order in self.orders() if order["captured"]]

    def refunds(self):
        """What was given back, refund by refund."""
        return [refund["amount"] for order in self.orders() for refund in order["refunds"]]


class Alipay(Account):
    name, prefix, account_field = "alipay", "ali_pay", "app_id"
    taken, refused = b"success", b"fail"

    def __init__(self, address, keys):
        super().__init__(address)
        self.keys = keys
        self.account_id = "2021" + "".join(secrets.choice("0123456789") for _ in range(12))
        self.sign_with(keys.gateway)

    def sign_with(self, gateway_key):
        """The gateway's key from now on; the old one stops at once."""
        self.gateway_key = gateway_key
        self.control("POST", "apps", {"app_id": self.account_id, "app_public_key": self.keys.merchant.public,
                                      "alipay_private_key": gateway_key.private})

    def details(self):
        return {"auth_type": "AlipayKey", "app_id": self.account_id, "private_key": self.keys.merchant.private,
                "alipay_public_key": self.gateway_key.public}

    @staticmethod
    def barcode(ending):
        """What the payer's phone shows at a till; the ending decides what happens."""
        return "28" + secrets.token_hex(6).translate(str.maketrans("abcdef", "123456")) + ending


class AlipayByCertificate(Alipay):
    """With certificates in place of keys, and content that is encrypted as well."""

    def sign_with(self, gateway_key):
        with tempfile.TemporaryDirectory(prefix="payweir-key-") as folder:
            file = pathlib.Path(folder) / "key.pem"
            file.write_text(self.keys.merchant.private)
            self.app_cert = _openssl(["req", "-x509", "-new", "-key", str(file), "-subj", "/CN=Black Box", "-days", "30"]).decode()
        self.gateway_key, self.aes_key = gateway_key, base64.b64encode(secrets.token_bytes(16)).decode()
        self.made = self.control("POST", "apps", {"app_id": self.account_id, "app_cert": self.app_cert, "aes_key": self.aes_key,
                                                  "alipay_private_key": gateway_key.private})

    def details(self):
        return {"auth_type": "AlipayCertificate", "app_id": self.account_id, "private_key": self.keys.merchant.private,
                "app_cert": self.app_cert, "alipay_cert": self.made["alipay_cert"],
                "alipay_root_cert": self.made["alipay_root_cert"], "aes_key": self.aes_key}


class WechatPay(Account):
    name, prefix, account_field = "wechatpay", "we_chat_pay", "mchid"
    taken, refused = b'{"code":"SUCCESS","message":""}', b'{"code":"FAIL","message":"not taken"}'

    def __init__(self, address, keys):
        super().__init__(address)
        self.keys = keys
        self.account_id = "19" + "".join(secrets.choice("0123456789") for _ in range(8))
        self.appid = "wx" + secrets.token_hex(8)
        self.serial = secrets.token_hex(20).upper()
        self.apiv3_key = secrets.token_hex(16)
        made = self.control("POST", "merchants", {
            "mchid": self.account_id, "appid": self.appid, "apiv3_key": self.apiv3_key, "serial_no": self.serial,
            "merchant_public_key": keys.merchant.public, "platform_private_key": keys.gateway.private} | self.platform())
        self.gateway_key, self.certificate = keys.gateway, made["platform_certificate"]

    def platform(self):
        """How the platform's key is called; nothing: by its certificate."""
        return {}

    def sign_with(self, gateway_key):
        """The platform's key from now on; the old one stops at once."""
        made = self.control("POST", "platform_key", {"mchid": self.account_id, "platform_private_key": gateway_key.private})
        self.gateway_key, self.certificate = gateway_key, made["platform_certificate"]

    def details(self):
        return {"auth_type": "WechatPay", "mchid": self.account_id, "appid": self.appid, "serial_no": self.serial,
                "private_key": self.keys.merchant.private, "apiv3_key": self.apiv3_key, "platform_certificates": self.certificate}

    @staticmethod
    def barcode(ending):
        """What the payer's phone shows at a till; the ending decides what happens."""
        return "13" + secrets.token_hex(6).translate(str.maketrans("abcdef", "123456")) + ending

    def resigned(self, delivery, at):
        """The headers of a callback, signed again at another time."""
        text = f"{int(at)}\n{delivery.headers['wechatpay-nonce']}\n".encode() + delivery.body + b"\n"
        return delivery.headers | {"wechatpay-timestamp": str(int(at)), "wechatpay-signature": self.gateway_key.sign(text)}


class WechatPayByFetchedCertificates(WechatPay):
    """With nothing configured to know WeChat Pay by: the switch fetches its certificates."""

    def details(self):
        return {name: value for name, value in super().details().items() if name != "platform_certificates"}


class WechatPayByPublicKey(WechatPay):
    """With WeChat Pay's public key in place of its certificate."""

    def platform(self):
        return {"public_key_id": "PUB_KEY_ID_01" + self.account_id}

    def details(self):
        kept = {name: value for name, value in super().details().items() if name != "platform_certificates"}
        return kept | self.platform() | {"public_key": self.gateway_key.public}
