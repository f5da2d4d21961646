"""Backup, verify and restore, with the switch under load and in another place afterwards."""
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import threading

from harness import wire
from harness.case import Case
from harness.merchant import CARD_3DS, payment
from harness.switch import Switch


class Backup(Case):
    def setUp(self):
        super().setUp()
        self.shop = self.merchant()
        folder = tempfile.TemporaryDirectory(prefix="payweir-backup-")
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name)

    def payweir(self, *arguments):
        return subprocess.run([self.binary, *map(str, arguments)], capture_output=True, text=True, timeout=60)

    def back_up(self, to):
        told = self.payweir("backup", "--to", to, "--data", self.switch.data)
        self.assertEqual(told.returncode, 0, told.stderr)
        return told

    def switch_in(self, folder):
        """Another switch, over the database in folder/data, with the same settings and the same gateway."""
        return Switch(self.binary, folder, self.sandbox.stripe_url, self.environment,
                      admin_key=self.switch.admin_key, start=False)

    def restored_switch(self, backup):
        other = self.switch_in(self.place / "elsewhere")
        other.folder.mkdir()
        told = self.payweir("restore", "--from", backup, "--data", other.data)
        self.assertEqual(told.returncode, 0, told.stderr)
        shutil.copy(self.switch.data / "master.key", other.data / "master.key")
        other.start()
        self.addCleanup(other.stop)
        return other

    def caller_at(self, switch):
        made = self.caller(self.shop.key)
        made._client = wire.Client(switch.address)
        return made

    def ready(self, switch):
        return wire.request(switch.address, "GET", "/health/ready").json

    def test_a_backup_is_one_private_file_that_verify_reads_through(self):
        self.shop.post("/payments", payment())
        backup = self.place / "copy.db"
        self.assertIn("master key", self.back_up(backup).stdout)
        self.assertEqual([path.name for path in self.place.iterdir()], ["copy.db"])
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        told = self.payweir("verify", backup)
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
        self.assertIn("ok      the ledger agrees with the payments", told.stdout)
        self.assertRegex(told.stdout, r"schema 8, epoch 1, [1-9]\d* payments")
        # Beside the running switch, too.
        self.assertEqual(self.payweir("verify", "--data", self.switch.data).returncode, 0)

    def test_what_cannot_be_done_is_said_and_changes_nothing(self):
        backup = self.place / "copy.db"
        self.back_up(backup)
        again = self.payweir("backup", "--to", backup, "--data", self.switch.data)
        self.assertEqual(again.returncode, 1)
        self.assertIn("exists", again.stderr)
        nowhere = self.payweir("backup", "--to", self.place / "other.db", "--data", self.place / "nothing")
        self.assertEqual(nowhere.returncode, 1)
        self.assertIn("there is no database", nowhere.stderr)
        running = self.payweir("restore", "--from", backup, "--data", self.switch.data, "--replace")
        self.assertEqual(running.returncode, 1)
        self.assertIn("in use by process", running.stderr)
        other = self.place / "other.db"
        other.write_bytes(b"not a database at all" * 100)
        for command in (["verify", other], ["restore", "--from", other, "--data", self.place / "new"]):
            told = self.payweir(*command)
            self.assertEqual(told.returncode, 1, told.stdout)
            self.assertTrue(told.stderr.startswith("payweir: "), told.stderr)

    def test_verify_finds_books_that_disagree(self):
        paid = self.shop.post("/payments", payment()).json
        self.assertEqual(paid["status"], "succeeded")
        for number, (damage, named) in enumerate({
            "UPDATE posting SET amount_minor = amount_minor + 1": "the ledger agrees with the payments",
            "DELETE FROM outbox": "each payment's events are numbered 1 to n",
            "DELETE FROM payment": "every row has its payment",
            "UPDATE posting SET currency = 978": "postings are in their payment's currency",
            "UPDATE payment SET refund_reserved_minor = 1 WHERE captured_minor > 0": "payments agree with their refunds",
            "UPDATE attempt SET captured_minor = captured_minor - 1 WHERE captured_minor > 0": "payments agree with their attempts",
        }.items()):
            backup = self.place / f"{number}.db"
            self.back_up(backup)
            with sqlite3.connect(backup) as database:
                database.execute(damage)
            database.close()
            told = self.payweir("verify", backup)
            self.assertEqual(told.returncode, 1, damage)
            self.assertIn(f"BROKEN  {named}", told.stdout, damage)
            refused = self.payweir("restore", "--from", backup, "--data", self.place / "new")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("nothing was changed", refused.stderr)
            self.assertFalse((self.place / "new" / "payweir.db").exists())

    def test_H13_a_backup_under_load_is_restored_elsewhere_and_asks_before_it_sends(self):
        held = self.shop.post("/payments", payment(capture_method="manual")).json
        lost = self.shop.post("/payments", payment(capture_method="manual")).json
        asked = self.shop.post("/payments", payment(number=CARD_3DS)).json
        unsent = self.shop.post("/payments", {"amount": 100, "currency": "USD"}).json
        self.sandbox.bend_webhooks("drop")
        self.sandbox.plant("error_500_after", operation="authorize", count=1)
        self.sandbox.plant("down", operation="query")
        unknown = self.shop.post("/payments", payment()).json
        self.assertEqual([each["status"] for each in (held, lost, asked, unknown)],
                         ["requires_capture", "requires_capture", "requires_customer_action", "processing"])

        backup, stop, taken = self.place / "copy.db", threading.Event(), []

        def take_payments():
            shop = self.caller(self.shop.key)
            while not stop.is_set():
                taken.append(shop.post("/payments", payment()).json["payment_id"])

        load = threading.Thread(target=take_payments)
        load.start()
        self.eventually(lambda: len(taken), lambda count: count > 20)
        self.back_up(backup)
        known = len(taken)
        stop.set()
        load.join()
        # Past the backup's moment: one capture that the restored switch knows nothing of.
        self.assertEqual(self.shop.post(f"/payments/{lost['payment_id']}/capture").json["status"], "succeeded")
        self.assertEqual(self.payweir("verify", backup).returncode, 0)

        # The gateway does not answer: the restored switch sends nothing, and says why.
        self.switch.stop()
        self.sandbox.plant("down")
        other = self.restored_switch(backup)
        shop = self.caller_at(other)
        self.assertEqual(self.ready(other)["under_review"], True)
        books = self.sandbox.all_books()
        for refused in (shop.post(f"/payments/{held['payment_id']}/capture"), shop.post("/payments", payment()),
                        shop.post("/refunds", {"payment_id": taken[0]})):
            self.assert_error(refused, 503, "HE_00", names="review")
            self.assertEqual(refused.headers["retry-after"], "10")
        self.assertEqual(shop.get(f"/payments/{taken[0]}").json["status"], "succeeded")
        self.assertEqual(self.sandbox.all_books(), books)

        # It answers again: all that was open is known before anything is sent.
        self.sandbox.heal()
        self.eventually(lambda: self.ready(other)["under_review"], False)
        status = {name: shop.get(f"/payments/{each['payment_id']}").json["status"]
                  for name, each in {"lost": lost, "held": held, "asked": asked, "unsent": unsent, "unknown": unknown}.items()}
        self.assertEqual(status, {"lost": "succeeded", "held": "requires_capture", "asked": "requires_customer_action",
                                  "unsent": "expired", "unknown": "succeeded"})
        self.assertEqual(shop.post(f"/payments/{held['payment_id']}/capture").json["status"], "succeeded")
        self.assertEqual(shop.post("/payments", payment()).json["status"], "succeeded")
        for payment_id in taken[:known] + [each["payment_id"] for each in (held, lost, unknown)]:
            self.assertEqual(self.charges(payment_id), [6540], payment_id)
        other.stop()
        self.assertEqual(self.payweir("verify", "--data", other.data).returncode, 0)
        self.assertIn("epoch 2", self.payweir("verify", "--data", other.data).stdout)
        # Another start is an ordinary one.
        other.start()
        self.assertEqual(self.ready(other)["under_review"], False)
        self.switch.start()

    def test_a_copied_file_is_noticed_and_a_moved_directory_is_not(self):
        self.switch.stop()
        self.addCleanup(self.switch.start)
        other = self.switch_in(self.place / "copied")
        shutil.copytree(self.switch.data, other.data)

        def reviews():
            other.start()
            self.eventually(lambda: self.ready(other)["under_review"], False)
            other.stop()
            return other.log_path.read_text().count('"review.begun"')

        self.assertEqual(reviews(), 1)
        self.assertEqual(reviews(), 1)
        other.folder = other.folder.rename(self.place / "moved")
        other.data = other.folder / "data"
        self.assertEqual(reviews(), 1)

    def test_restore_sets_a_database_aside_when_told_to(self):
        backup = self.place / "copy.db"
        self.back_up(backup)
        data = self.place / "data"
        self.assertEqual(self.payweir("restore", "--from", backup, "--data", data).returncode, 0)
        refused = self.payweir("restore", "--from", backup, "--data", data)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--replace", refused.stderr)
        told = self.payweir("restore", "--from", backup, "--data", data, "--replace")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("replaced-1", told.stdout)
        self.assertTrue((data / "replaced-1" / "payweir.db").exists())
        self.assertTrue((data / "payweir.db").exists())
