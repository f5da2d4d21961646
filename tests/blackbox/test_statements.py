"""`payweir statement read`: the files of the golden vectors from outside. `payweir statement fetch`: days at the
sandbox, and what a gateway that is not itself may answer."""
import base64
import datetime
import http.server
import json
import os
import pathlib
import re
import secrets
import shlex
import subprocess
import tempfile
import threading
import time
import unittest

from harness import process, wallets
from test_wallets import WalletCase

VECTORS = pathlib.Path(os.environ.get("VECTORS_DIR") or pathlib.Path(__file__).parents[1] / "vectors")


def bill_cases(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))["bill_cases"]


class Statements(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="payweir-statements-")
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "statement"

    def read(self, connector, content, *options):
        self.file.write_bytes(content)
        return subprocess.run([os.environ["PAYWEIR_BIN"], "statement", "read", "--connector", connector,
                               *options, str(self.file)], capture_output=True, text=True, timeout=60)

    def test_each_line_is_json(self):
        for case in bill_cases("alipay_bill.json"):
            told = self.read("alipay", base64.b64decode(case["zip_b64"]))
            self.assertEqual((told.returncode, told.stderr), (0, ""))
            lines = [json.loads(line) for line in told.stdout.splitlines()]
            self.assertEqual([line["connector_payment_id"] for line in lines],
                             [row["trade_no"] for row in case["expect"]["rows"]])
            self.assertEqual([f"{line['gross'] / 100:.2f}" for line in lines],
                             [row["order_amount"] for row in case["expect"]["rows"]])

    def test_the_summary_is_what_the_file_states(self):
        case = bill_cases("wechatpay.json")[0]
        told = self.read("wechatpay", base64.b64decode(case["gzip_b64"]), "--summary", "--sha1", case["hash_value"])
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        summary = json.loads(told.stdout)
        self.assertEqual(str(summary["line_count"]), case["parsed"]["summary"]["总交易单数"])
        self.assertEqual(summary["lines_read"], len(case["parsed"]["rows"]))

    def test_errors_name_the_row_and_fail(self):
        case = bill_cases("wechatpay.json")[0]
        text = base64.b64decode(case["plain_b64"])
        fee = case["parsed"]["rows"][1]["手续费"].encode()
        told = self.read("wechatpay", text.replace(b"`" + fee, b"`x", 1))
        self.assertEqual(told.returncode, 1)
        self.assertEqual(told.stderr, "payweir: row 3: 手续费: not an amount\n")
        told = self.read("wechatpay", text, "--sha1", "0" * 40)
        self.assertEqual(told.returncode, 1)
        self.assertIn("SHA-1", told.stderr)
        told = self.read("wechatpay", base64.b64decode(case["gzip_b64"])[:-1])
        self.assertEqual((told.returncode, told.stderr), (1, "payweir: the gzip file is cut off\n"))

    def test_what_cannot_be_read_is_told(self):
        told = self.read("stripe", b"")
        self.assertEqual(told.returncode, 1)
        self.assertIn("stripe", told.stderr)
        told = self.read("alipay", b"")
        self.assertEqual((told.returncode, told.stderr), (1, "payweir: the file is empty\n"))
        self.file.unlink()
        told = subprocess.run([os.environ["PAYWEIR_BIN"], "statement", "read", "--connector", "alipay",
                               str(self.file)], capture_output=True, text=True, timeout=60)
        self.assertEqual(told.returncode, 1)
        self.assertIn("cannot be opened", told.stderr)


def beijing(days_ago=0):
    now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
    return (now - datetime.timedelta(days=days_ago)).strftime("%Y-%m-%d")


class Fetching(WalletCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(prefix="payweir-statements-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / "statement"

    def command(self, *arguments, **environment):
        return subprocess.run([str(self.binary), "statement", *arguments], capture_output=True, text=True, timeout=60,
                              env=process.clean_environment() | self.switch.environment | environment)

    def fetch(self, *more, date=None, merchant=None, account=None, **environment):
        return self.command("fetch", "--merchant", merchant or self.shop.merchant_id, "--account", account or self.account.connector_id,
                            "--date", date or beijing(), "--to", str(self.file), "--data", str(self.switch.data), *more, **environment)

    def assert_failed(self, told, words, code=1):
        """With these words, and without a trace in the folder."""
        self.assertEqual((told.returncode, told.stdout), (code, ""), told)
        self.assertRegex(told.stderr, "^payweir: ")
        self.assertIn(words, told.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])


class Fetched:
    """Beside a switch that runs on the same data."""

    def show_today(self, is_shown):
        self.addCleanup(self.account.control, "POST", "bills", {"of_today": False})
        self.account.control("POST", "bills", {"of_today": is_shown})

    def test_a_day_is_fetched_and_read_back(self):
        made = self.paid()
        self.assertEqual(self.shop.refund(made, 540)["amount"], 540)
        self.eventually(self.account.refunds, [540])
        self.show_today(True)
        told = self.fetch()
        self.assertEqual((told.returncode, told.stderr), (0, ""), told)
        self.assertEqual(list(self.folder.iterdir()), [self.file])
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        read = self.command(*shlex.split(re.search("`payweir statement (.*)`", told.stdout)[1]))
        self.assertEqual((read.returncode, read.stderr), (0, ""), read)
        lines = [json.loads(line) for line in read.stdout.splitlines()]
        self.assertEqual([(line["kind"], line["gross"]) for line in lines], [("payment", 6540), ("refund", -540)])
        self.assertEqual({line["payment_reference"] for line in lines}, {self.account.orders()[0]["out_trade_no"]})
        self.assertIn(f"{len(lines)} lines", told.stdout)

    def test_a_file_that_is_there_is_not_written_over(self):
        self.file.write_text("yesterday's")
        told = self.fetch()
        self.assertEqual(told.returncode, 1)
        self.assertIn("is there already", told.stderr)
        self.assertEqual(self.file.read_text(), "yesterday's")

    def test_a_day_that_is_not_over_is_not_ready(self):
        self.paid()
        self.show_today(False)
        self.assert_failed(self.fetch(), "not ready yet", code=4)

    def test_what_is_asked_for_wrongly_is_named(self):
        self.assert_failed(self.fetch(date="2026-02-30"), "date")
        self.assert_failed(self.fetch(date=beijing(-2)), "date")
        self.assert_failed(self.fetch(merchant="nobody"), "merchant_id")
        self.assert_failed(self.fetch(account="mca_none"), "merchant_connector_id")
        other_shop, other = self.merchant(), self.account_type(self.sandbox.address, self.keys)
        other.connect(other_shop)
        self.assert_failed(self.fetch(account=other.connector_id), "merchant_connector_id")
        told = self.command("fetch", "--merchant", "m", "--account", "a", "--date", beijing(), "--to", str(self.file),
                            "--data", str(self.folder / "nowhere"))
        self.assert_failed(told, "nowhere")

    def test_a_gateway_that_does_not_answer_is_told(self):
        self.account.plant("closed_before", "statement")
        self.assert_failed(self.fetch(), "did not answer")


class AlipayStatements(Fetched, Fetching):
    account_type = wallets.Alipay


class WechatPayStatements(Fetched, Fetching):
    account_type = wallets.WechatPayByFetchedCertificates

    def test_a_day_without_a_statement_is_none(self):
        self.assert_failed(self.fetch(date=beijing(days_ago=2)), "nothing happened that day", code=3)


class FakeWechatPay:
    """Gives out one bill, and is no gateway otherwise."""

    def __init__(self, account):
        self.account = account
        case = bill_cases("wechatpay.json")[0]
        self.content, self.hash = base64.b64decode(case["gzip_b64"]), case["hash_value"]
        self.cut = 0  # so many bytes at the end are announced and do not come
        self.status, self.downloads = 200, 0
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self._server.server_address[1]
        self.file_url = self.url + "/v3/billdownload/file?token=t"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def _signed(self, body):
        at, nonce = str(int(time.time())), secrets.token_hex(8)
        return {"Wechatpay-Timestamp": at, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": self.account.platform()["public_key_id"],
                "Wechatpay-Signature": self.account.gateway_key.sign(f"{at}\n{nonce}\n".encode() + body + b"\n")}

    def _handler(self):
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if self.path.startswith("/v3/bill/tradebill?"):
                    body = json.dumps({"hash_type": "SHA1", "hash_value": fake.hash, "download_url": fake.file_url}).encode()
                    return self.answer(200, fake._signed(body), body)
                fake.downloads += 1
                self.answer(fake.status, {"Location": fake.url + "/elsewhere"}, fake.content, fake.cut)

            def answer(self, status, headers, body, cut=0):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:len(body) - cut])
                self.close_connection = self.close_connection or cut > 0

            def log_message(self, *arguments):
                pass

        return Handler


class MisledStatements(Fetching):
    """Nothing but the file that the gateway meant gets its name."""

    account_type = wallets.WechatPayByPublicKey

    def setUp(self):
        super().setUp()
        self.gateway = FakeWechatPay(self.account)
        self.addCleanup(self.gateway.stop)

    def fetch_it(self, *more):
        return self.fetch(*more, date=beijing(days_ago=1), PAYWEIR__CONNECTORS__WECHATPAY__BASE_URL=self.gateway.url)

    def test_the_file_as_it_should_be(self):
        told = self.fetch_it()
        self.assertEqual((told.returncode, told.stderr), (0, ""), told)
        self.assertEqual(self.file.read_bytes(), self.gateway.content)

    def test_another_hash(self):
        self.gateway.hash = "0" * 40
        self.assert_failed(self.fetch_it(), "SHA-1")

    def test_a_download_that_breaks_off(self):
        self.gateway.cut = 7
        self.assert_failed(self.fetch_it(), "broke within the answer")

    def test_a_file_that_is_cut_off(self):
        self.gateway.content = self.gateway.content[:-7]
        self.assert_failed(self.fetch_it(), "cut off")

    def test_a_file_that_is_too_large(self):
        self.gateway.content = self.gateway.content + secrets.token_bytes(1 << 20)
        self.assert_failed(self.fetch_it("--max-mib", "1"), "too large")

    def test_an_address_elsewhere(self):
        for url in ("http://169.254.169.254/v3/billdownload/file?token=t", self.gateway.url + "@127.0.0.1/v3/billdownload/file?token=t",
                    "https://api.mch.weixin.qq.com/v3/billdownload/file?token=t", self.gateway.url + "/latest/meta-data"):
            self.gateway.file_url = url
            self.assert_failed(self.fetch_it(), "somewhere else")
        self.assertEqual(self.gateway.downloads, 0)

    def test_an_answer_that_leads_elsewhere(self):
        self.gateway.status = 302
        self.assert_failed(self.fetch_it(), "302")
        self.assertEqual(self.gateway.downloads, 1)


if __name__ == "__main__":
    unittest.main()
