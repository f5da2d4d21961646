"""`payweir statement read`: the files of the golden vectors from outside."""
import base64
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

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


if __name__ == "__main__":
    unittest.main()
