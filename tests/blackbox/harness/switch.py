"""A switch and a sandbox gateway, each a process of its own on a free loopback port."""
import contextlib
import pathlib
import re
import secrets
import urllib.parse

from . import process, wire

STRIPE_KEY = "sk_test_blackbox"
# Times short enough to wait for, long enough for a busy machine under a sanitizer.
QUICK = {"PAYWEIR__CONNECTORS__TIMEOUT_MS": "3000", "PAYWEIR__CONNECTORS__SEND_WINDOW_MS": "500"}


class Control:
    """The control API of one of the sandbox's gateways: faults in, books out."""

    name = "stripe"
    holds = "orders"  # what the books are kept by

    def __init__(self, address):
        self.address = address

    def control(self, method, name, body=None):
        answer = wire.request(self.address, method, f"/control/{self.name}/{name}", body)
        if answer.status // 100 != 2:
            raise AssertionError(f"the sandbox refused {method} {name} {body}: {answer}")
        return answer.json if answer.body else None

    def plant(self, kind, operation="any", count=None, **more):
        """A fault (see src/sandbox/faults.hpp) that strikes the next `count` matching requests."""
        self.control("POST", "faults", {"kind": kind, "operation": operation, "count": count, **more})

    def heal(self):
        self.control("DELETE", "faults")

    def fired(self, kind):
        """How often faults of this kind struck: a fault test that never saw its fault has shown nothing."""
        return sum(fault["fired"] for fault in self.control("GET", "faults")["faults"] if fault["kind"] == kind)

    def books(self, reference):
        """What the gateway holds of one payment: its intents or orders, each with its refunds."""
        return self.control("GET", "books?reference=" + urllib.parse.quote(reference))[self.holds]

    def bend_webhooks(self, mode, **more):
        """How the gateway's own webhooks go out: normal, duplicate, reorder, hold, drop, early."""
        self.control("POST", "webhooks", {"mode": mode, **more})

    def dropped_webhooks(self):
        """How many were never sent, since the sandbox started."""
        return self.control("GET", "webhooks")["dropped"]


class Sandbox(Control):
    """`payweir sandbox`; of its gateways, Stripe."""

    holds = "intents"

    def __init__(self, binary, folder, address=None):
        super().__init__(address or wire.free_address())
        self._process = process.Process(binary, ["sandbox", "--listen", self.address], pathlib.Path(folder) / "sandbox.log")
        self._process.wait_until_answers(self.address, "/control/stripe/books")

    @property
    def stripe_url(self):
        return f"http://{self.address}/stripe"

    def all_books(self):
        """Every intent there is."""
        intents, after = [], ""
        while True:
            page = self.control("GET", f"books?limit=10000{after}")
            intents += page["intents"]
            if not page["has_more"]:
                return intents
            after = "&after=" + page["next_after"]

    def charged_references(self):
        """The payments, as the switch calls them, that money was taken for."""
        return {intent["metadata"].get("order_id", intent["id"]) for intent in self.all_books() if intent["captured"]}

    def approve(self, intent_id):
        """What a payer does on their bank's page."""
        wire.request(self.address, "POST", f"/stripe/3ds/{intent_id}", b"decision=approve",
                     {"content-type": "application/x-www-form-urlencoded"})

    def register_webhook(self, stripe_key, url):
        """As a merchant does in the gateway's dashboard; returns the signing secret."""
        answer = wire.request(
            self.address, "POST", "/stripe/v1/webhook_endpoints", urllib.parse.urlencode({"url": url, "enabled_events[]": "*"}).encode(),
            {"authorization": f"Bearer {stripe_key}", "content-type": "application/x-www-form-urlencoded"})
        if answer.status != 200:
            raise AssertionError(f"the sandbox refused a webhook endpoint: {answer}")
        return answer.json["secret"]

    def stop(self):
        return self._process.stop()


class Switch:
    """`payweir serve`. Keeps its address and data folder over restarts, so that clients find it again."""

    def __init__(self, binary, folder, stripe_url, environment=None, address=None, admin_key=None, start=True):
        self.binary = binary
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.address = address or wire.free_address()
        self.admin_key = admin_key or "test_admin_" + secrets.token_hex(8)
        self.environment = {
            "PAYWEIR__ADMIN__API_KEY": self.admin_key,
            "PAYWEIR__CONNECTORS__STRIPE__BASE_URL": stripe_url,
        } | (environment or {})
        self._process = None
        if start:
            self.start()

    @property
    def log_path(self):
        return self.folder / "switch.log"

    @property
    def process(self):
        return self._process

    def start(self):
        self._process = self.spawn()
        self._process.wait_until_answers(self.address)

    def spawn(self, arguments=()):
        """Another process with the same settings, not waited for."""
        return process.Process(self.binary, ["serve", "--listen", self.address, "--data", str(self.data), *arguments],
                               self.log_path, self.environment)

    def stop(self):
        return self._process.stop()

    def kill(self):
        self._process.kill()

    def restart(self):
        self.stop()
        self.start()

    def metric(self, name, **labels):
        """The sum of a metric over the series that carry these labels; 0 when there is none."""
        text = wire.request(self.address, "GET", "/metrics").body.decode()
        total = 0.0
        for line in text.splitlines():
            match = re.match(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)", line)
            if not match or match[1] != name:
                continue
            found = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
            if all(found.get(label) == value for label, value in labels.items()):
                total += float(match[3])
        return total


class Sandboxed:
    """`payweir serve --sandbox`: switch, gateway and a demo merchant in one process."""

    def __init__(self, binary, folder):
        self.address = wire.free_address()
        self.process = process.Process(binary, ["serve", "--sandbox", "--listen", self.address, "--data", f"{folder}/data"],
                                       pathlib.Path(folder) / "serve.log")
        self.demo_key = self.process.wait_until_prints(r" API key +(snd_\w+)")[1]
        self.process.wait_until_answers(self.address)


@contextlib.contextmanager
def sandboxed(binary, folder):
    running = Sandboxed(binary, folder)
    try:
        yield running
    finally:
        running.process.stop()
