"""The base of the black-box tests: one sandbox and one switch a class, one merchant a test."""
import pathlib
import tempfile
import time
import unittest

from . import contract, process
from .faulty_libc import FaultyLibc
from .merchant import Caller, Merchant
from .receiver import Receiver
from .switch import QUICK, Sandbox, Switch


class Case(unittest.TestCase):
    environment = QUICK | {
        "PAYWEIR__WEBHOOKS__ALLOW_PRIVATE": "true",  # our receiver listens on loopback
        "PAYWEIR__LIMITS__FAILED_AUTH_PER_ADDRESS_M": "100000",
    }
    longMessage = True

    @classmethod
    def setUpClass(cls):
        cls.binary = process.binary_from_environment()
        cls.contract = contract.Contract.load()
        folder = tempfile.TemporaryDirectory(prefix="payweir-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.sandbox = Sandbox(cls.binary, cls.folder)
        cls.addClassCleanup(lambda: cls.sandbox.stop())
        cls.switch = Switch(cls.binary, cls.folder, cls.stripe_url(), cls.switch_environment())
        cls.addClassCleanup(cls.switch.stop)

    @classmethod
    def stripe_url(cls):
        return cls.sandbox.stripe_url

    @classmethod
    def switch_environment(cls):
        return cls.environment

    def setUp(self):
        self.sandbox.heal()
        self.sandbox.bend_webhooks("normal")

    def restart_sandbox(self):
        """At the same address, with empty books."""
        type(self).sandbox = Sandbox(self.binary, self.folder, self.sandbox.address)

    def merchant(self, **more):
        made = Merchant(self.switch, self.contract, **more)
        self.addCleanup(made.close)
        return made

    def caller(self, key):
        """Requests under a key that need not be a merchant's."""
        made = Caller(self.switch.address, key, self.contract)
        self.addCleanup(made.close)
        return made

    def receiver(self):
        made = Receiver()
        self.addCleanup(made.stop)
        return made

    def assert_error(self, answer, status, code=None, names=None):
        """An error of Hyperswitch's shape; `names` is the field that its message must name."""
        self.assertEqual(answer.status, status, answer)
        error = answer.json["error"]
        if code is not None:
            self.assertEqual(error["code"], code, answer)
        if names is not None:
            self.assertIn(names, error["message"], answer)

    def charges(self, payment_id):
        """What the sandbox's own books say was charged for this payment: a list of amounts."""
        return [charge["captured"] for intent in self.sandbox.books(payment_id) for charge in intent["charges"] if charge["captured"]]

    def eventually(self, probe, expected, timeout_s=30):
        """Waits until probe() is `expected`, which may be a predicate; returns the value."""
        deadline = time.monotonic() + timeout_s
        while True:
            value = probe()
            if expected(value) if callable(expected) else value == expected:
                return value
            if time.monotonic() > deadline:
                self.fail(f"still {value!r} after {timeout_s} s")
            time.sleep(0.05)

    def eventually_status(self, merchant, payment_id, status, timeout_s=30):
        return self.eventually(lambda: merchant.retrieve(payment_id), lambda p: p["status"] == status, timeout_s)


class OnFaultyLibc:
    """For a Case whose switch runs on a C library that can go wrong: `self.libc` says how."""

    @classmethod
    def switch_environment(cls):
        cls.libc = FaultyLibc(cls.folder)
        return super().switch_environment() | cls.libc.environment

    def setUp(self):
        self.addCleanup(self.libc.heal)
        super().setUp()
