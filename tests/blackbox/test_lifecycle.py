"""Start, stop and configuration of the process."""
import pathlib
import re
import stat
import subprocess
import tempfile
import threading
import unittest

from harness import process, wire
from harness.case import Case


class Lifecycle(Case):
    def test_health_and_readiness_answer(self):
        for target in ("/health", "/health/ready"):
            answer = wire.request(self.switch.address, "GET", target)
            self.assertEqual(answer.status, 200)
            self.contract.check("GET", target, answer)

    def test_the_data_folder_is_for_its_owner_only(self):
        self.assertEqual(stat.S_IMODE(self.switch.data.stat().st_mode), 0o700)

    def test_C11_sigterm_finishes_what_is_in_flight_and_exits_0(self):
        merchant = self.merchant()
        self.sandbox.plant("slow", count=1, delay_ms=1500)
        answers = []
        under_way = threading.Thread(target=lambda: answers.append(merchant.pay()))
        under_way.start()
        self.eventually(lambda: self.sandbox.fired("slow"), 1)
        code = self.switch.stop()
        under_way.join()
        self.addCleanup(self.switch.start)
        self.assertEqual(code, 0, self.switch.process.output()[-2000:])
        self.assertEqual([answer["status"] for answer in answers], ["succeeded"])
        with self.assertRaises(OSError):
            wire.connect(self.switch.address)

    def test_C13_a_second_process_on_the_same_data_is_refused(self):
        second = process.Process(self.binary, ["serve", "--listen", wire.free_address(), "--data", str(self.switch.data)],
                                 self.folder / "second.log", self.switch.environment)
        self.assertNotEqual(second.wait(), 0)
        self.assertIn(str(self.switch.data), second.output())
        self.assertEqual(wire.request(self.switch.address, "GET", "/health").status, 200)

    def test_what_was_stored_is_there_after_a_restart(self):
        merchant = self.merchant()
        paid = merchant.pay()
        self.switch.restart()
        self.assertEqual(merchant.retrieve(paid["payment_id"]), paid | merchant.retrieve(paid["payment_id"]))
        self.assertEqual(merchant.retrieve(paid["payment_id"])["status"], "succeeded")


class Configuration(unittest.TestCase):
    def setUp(self):
        self.binary = process.binary_from_environment()
        folder = tempfile.TemporaryDirectory(prefix="payweir-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / "payweir.toml"

    def run_binary(self, *arguments, environment=None):
        return subprocess.run([str(self.binary), *arguments], capture_output=True, text=True, timeout=30,
                              env=process.clean_environment() | (environment or {}))

    def serve(self, *arguments, **more):
        return self.run_binary("serve", "--data", str(self.folder / "data"), *arguments, **more)

    def assert_refused(self, done, *words):
        self.assertNotEqual(done.returncode, 0)
        for word in words:
            self.assertIn(word, done.stderr + done.stdout)

    def test_a_mistake_is_named_with_file_line_and_key(self):
        self.file.write_text('# first line\n[server]\nlisten = 8080\n')
        for command in (["config", "check", "--config", str(self.file)],
                        ["serve", "--data", str(self.folder / "data"), "--config", str(self.file)]):
            with self.subTest(command=command[0]):
                self.assert_refused(self.run_binary(*command), "payweir.toml", ":3", "server.listen", "text")

    def test_an_unknown_key_is_a_mistake(self):
        self.file.write_text('[server]\nlisten = "127.0.0.1:0"\nlisten_backlok = 5\n')
        self.assert_refused(self.run_binary("config", "check", "--config", str(self.file)), "payweir.toml", ":3", "listen_backlok")

    def test_routing_rules_are_checked(self):
        guide = (pathlib.Path(__file__).parents[2] / "docs/guides/routing.md").read_text()
        rules = re.search(r"```toml\n(.*?)```", guide, re.DOTALL).group(1)
        check = ["config", "check", "--config", str(self.file)]
        self.file.write_text(rules)
        done = self.run_binary(*check)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("everything else", done.stdout)
        for processor in ("adyen", "paypal"):
            self.assertIn(f'"good and cheap": processors: there is no connector "{processor}"', done.stderr)
        self.file.write_text(rules.replace("currency =", "currenzy ="))
        self.assert_refused(self.run_binary(*check), "payweir.toml", ":3", '"good and cheap"', "condition.currenzy")

    def test_broken_toml_is_named_with_its_line(self):
        self.file.write_text('[server]\nlisten = "127.0.0.1:0\n')
        self.assert_refused(self.run_binary("config", "check", "--config", str(self.file)), "payweir.toml", ":2")

    def test_a_wrong_environment_override_is_named(self):
        done = self.serve("--listen", wire.free_address(), environment={"PAYWEIR__SERVER__LISTN": "x"})
        self.assert_refused(done, "PAYWEIR__SERVER__LISTN")

    def test_beyond_loopback_a_master_key_is_required(self):
        port = wire.free_address().rsplit(":", 1)[1]
        self.assert_refused(self.serve("--listen", f"0.0.0.0:{port}", environment={"PAYWEIR__ADMIN__API_KEY": "a" * 40}), "key")

    def test_a_gateway_in_plain_http_must_be_on_loopback(self):
        done = self.serve("--listen", wire.free_address(),
                          environment={"PAYWEIR__CONNECTORS__STRIPE__BASE_URL": "http://gateway.example/stripe"})
        self.assert_refused(done, "https")

    def test_every_command_has_help(self):
        for command in ([], ["serve"], ["migrate"], ["sandbox"], ["demo"], ["key"], ["key", "create"], ["config"],
                        ["config", "check"], ["version"]):
            with self.subTest(command=command):
                done = self.run_binary(*command, "--help")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("payweir", done.stdout)

    def test_an_unknown_command_is_refused(self):
        self.assertNotEqual(self.run_binary("serv").returncode, 0)
