#!/usr/bin/env python3
"""make bench: card payments through switch and sandbox over HTTP on this machine.

`--connector alipay` or `wechatpay`: orders for a code to scan instead, and the CPU that one costs as a ratio to
an RSA signature, taken in the same run: there is one in every order.

Rows: `plain`, as fast as the connections allow; `open`, arrivals by the clock at half of that rate;
`webhooks`, with webhooks both ways; `stored`, with a million payments already stored. In the same run it
takes the bare HTTP server's and the store's own figures, because absolute figures on a shared machine mean
little and ratios mean something. A row with more than 2 % of stolen time says so.
"""
import argparse
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
STEAL_PCT_MAX = 2


def call(port, method, path, key, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, json.dumps(body) if body is not None else None,
                       {"api-key": key, "content-type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    if response.status >= 300:
        sys.exit(f"bench: {method} {path}: {response.status} {text[:300]!r}")
    return json.loads(text)


def stolen_and_total():
    fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return fields[7], sum(fields[:8])


class Process:
    """A child whose use of the machine is read from /proc."""

    def __init__(self, arguments, log, environment=None):
        self.log = open(log, "wb")
        self.child = subprocess.Popen(arguments, stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.PIPE,
                                      env={**os.environ, **(environment or {})})

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def written_bytes(self):
        return int(re.search(r"^write_bytes: (\d+)", pathlib.Path(f"/proc/{self.child.pid}/io").read_text(), re.M)[1])

    def peak_mb(self):
        return int(re.search(r"^VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{self.child.pid}/status").read_text(), re.M)[1]) / 1024

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(40)
        except subprocess.TimeoutExpired:
            self.child.kill()
        self.log.close()


def wait_until_healthy(port, process, log):
    for _ in range(300):
        if process.child.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"bench: nothing healthy on port {port}:\n{pathlib.Path(log).read_text()[-2000:]}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Floor(Process):
    """The bare HTTP server: what the switch is held against, and who takes the merchants' webhooks."""

    def __init__(self, build, log):
        super().__init__([build / "bench/payweir_http_floor"], log)
        self.log_path = pathlib.Path(log)
        while not self.log_path.read_text().endswith("\n"):
            if self.child.poll() is not None:
                sys.exit(f"bench: {self.log_path.read_text()}")
            time.sleep(0.05)
        self.port = int(self.log_path.read_text())

    def finish(self):
        self.child.stdin.close()
        self.child.wait(10)
        self.log.close()
        return int(self.log_path.read_text().split()[-1])


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.bin = pathlib.Path(options.build)
        self.switch_port, self.sandbox_port = free_port(), free_port()
        self.sandbox = self.switch = None
        self.receiver = Floor(self.bin, folder / "receiver.log")

    def start(self):
        self.sandbox = Process([self.bin / "payweir", "sandbox", "--listen", f"127.0.0.1:{self.sandbox_port}"],
                               self.folder / "sandbox.log")
        wait_until_healthy(self.sandbox_port, self.sandbox, self.folder / "sandbox.log")
        self.switch = Process(
            [self.bin / "payweir", "serve", "--listen", f"127.0.0.1:{self.switch_port}", "--data", self.folder / "data"],
            self.folder / "switch.log",
            {**{f"PAYWEIR__CONNECTORS__{name.upper()}__BASE_URL": f"http://127.0.0.1:{self.sandbox_port}/{name}"
                for name in ("alipay", "stripe", "wechatpay")},
             "PAYWEIR__ADMIN__API_KEY": "bench_admin", "PAYWEIR__WEBHOOKS__ALLOW_PRIVATE": "true",
             "PAYWEIR__LOG__REQUESTS": "true" if self.options.log_requests else "false"})
        wait_until_healthy(self.switch_port, self.switch, self.folder / "switch.log")

    def stop(self):
        for process in (self.switch, self.sandbox, self.receiver):
            if process:
                process.stop()

    def make_merchants(self, name, count, webhooks):
        keys = []
        for index in range(count):
            merchant = f"{name}_{index}"
            details = {"webhook_details": {"webhook_url": f"http://127.0.0.1:{self.receiver.port}/"}} if webhooks else {}
            call(self.switch_port, "POST", "/accounts", "bench_admin", {"merchant_id": merchant, **details})
            keys.append(call(self.switch_port, "POST", f"/api_keys/{merchant}", "bench_admin",
                             {"name": "bench", "expiration": "never"})["api_key"])
            secret = {}
            gateway_key = f"sk_test_{merchant}"
            if webhooks:
                connection = http.client.HTTPConnection("127.0.0.1", self.sandbox_port, timeout=30)
                connection.request("POST", "/stripe/v1/webhook_endpoints",
                                   f"url=http%3A%2F%2F127.0.0.1%3A{self.switch_port}%2Fwebhooks%2F{merchant}%2Fstripe"
                                   "&enabled_events[0]=*",
                                   {"authorization": f"Bearer {gateway_key}",
                                    "content-type": "application/x-www-form-urlencoded"})
                answer = json.loads(connection.getresponse().read())
                secret = {"connector_webhook_details": {"merchant_secret": answer["secret"]}}
            details = {"auth_type": "HeaderKey", "api_key": gateway_key}
            if self.options.connector != "stripe":
                details = self.wallet_credentials()
            call(self.switch_port, "POST", f"/account/{merchant}/connectors", keys[-1],
                 {"connector_type": "payment_processor", "connector_name": self.options.connector,
                  "connector_account_details": details, **secret})
        path = self.folder / f"{name}.keys"
        path.write_text("\n".join(keys) + "\n")
        return path

    def wallet_credentials(self):
        """The sandbox's demo account, whose keys are published beside its model."""
        name = self.options.connector
        header = (ROOT / f"src/sandbox/{name}/test_keys.hpp").read_text()
        key = re.search(r"kTest(?:App|Merchant)PrivateKey = R\"\((.*?)\)\"", header, re.S)[1]
        if name == "alipay":
            app = call(self.sandbox_port, "GET", "/control/alipay/apps", "")["apps"][0]
            return {"auth_type": "AlipayKey", "app_id": app["app_id"], "private_key": key,
                    "alipay_public_key": app["alipay_public_key"]}
        merchant = call(self.sandbox_port, "GET", "/control/wechatpay/merchants", "")["merchants"][0]
        return {"auth_type": "WechatPay", "mchid": merchant["mchid"], "appid": merchant["appid"],
                "serial_no": merchant["serial_no"], "private_key": key,
                "apiv3_key": re.search(r'kTestApiV3Key = "([^"]+)"', header)[1],
                "platform_certificates": merchant["platform_certificate"]}

    def load(self, keys, seconds, run_id, rate=0):
        command = [self.bin / "bench/payweir_load", "--port", str(self.switch_port), "--keys", keys,
                   "--connections", str(self.options.connections), "--seconds", str(seconds), "--warmup", "0",
                   "--rate", str(rate), "--run-id", f"{run_id}-{os.getpid()}"]
        wallet = {"alipay": "ali_pay_qr", "wechatpay": "we_chat_pay_qr"}.get(self.options.connector)
        command += ["--wallet", wallet] if wallet else []
        return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)

    def used(self):
        return (self.switch.cpu_s(), self.sandbox.cpu_s(), self.switch.written_bytes(), *stolen_and_total())

    def row(self, name, keys, rate=0):
        # Warm-up is a load of its own, so that the figures from /proc are of the counted seconds alone.
        self.load(keys, self.options.warmup, f"{name}-warm", rate)
        before = self.used()
        result = self.load(keys, self.options.seconds, name, rate)
        switch_s, sandbox_s, written, stolen, total = (b - a for a, b in zip(before, self.used()))
        payments = max(result["payments"], 1)
        return {
            **result, "name": name, "switch_cpu_us": switch_s * 1e6 / payments,
            "sandbox_cpu_us": sandbox_s * 1e6 / payments, "load_cpu_us": result["cpu_s"] * 1e6 / payments,
            "written_bytes": written / payments, "peak_mb": self.switch.peak_mb(), "steal_pct": 100 * stolen / max(total, 1),
        }


def bare_http(bench):
    floor = Floor(bench.bin, bench.folder / "floor.log")
    before = floor.cpu_s()
    command = [bench.bin / "bench/payweir_load", "--port", str(floor.port), "--connections", str(bench.options.connections),
               "--seconds", "5", "--warmup", "0"]
    result = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    cpu_us = (floor.cpu_s() - before) * 1e6 / max(result["payments"], 1)
    floor.finish()
    return result["per_s"], cpu_us


def store_alone(bench):
    output = subprocess.run([bench.bin / "bench/store_bench", bench.folder / "store", "200000"], stdout=subprocess.PIPE,
                            text=True, check=True).stdout
    figures = dict(re.findall(r"(\w+)=([\d.]+)", output.splitlines()[-1]))
    return float(figures["payments_per_s"]), float(figures["cpu_us"])


def rsa_signature_us():
    """What one RSA signature with 2048 bits costs here."""
    output = subprocess.run(["openssl", "speed", "-seconds", "3", "rsa2048"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True, check=True).stdout
    return float(re.search(r"rsa\s+2048 bits ([\d.]+)s", output)[1]) * 1e6


def show(row):
    notes = [f"{row['failures']} FAILED"] if row["failures"] else []
    if row["waiting"]:
        notes.append(f"{row['waiting']} still waited at the end")
    if row["steal_pct"] > STEAL_PCT_MAX:
        notes.append("does not count: stolen time")
    print(f"{row['name']:<12} {row['per_s']:>9.0f}/s  p50 {row['p50_ms']:>6.2f}  p99 {row['p99_ms']:>6.2f}  "
          f"p99.9 {row['p999_ms']:>6.2f} ms  CPU us: switch {row['switch_cpu_us']:>5.1f} sandbox {row['sandbox_cpu_us']:>5.1f} "
          f"load {row['load_cpu_us']:>4.1f}  written {row['written_bytes']:>6.0f} B  peak {row['peak_mb']:>4.0f} MB  "
          f"stolen {row['steal_pct']:.1f} %  {'; '.join(notes)}", flush=True)


def fill(bench, keys, stored, wanted):
    while stored < wanted:
        stored += bench.load(keys, 30, f"fill-{stored}")["payments"]
        print(f"             {stored} payments stored", flush=True)


def rows_of(bench, options, keys):
    wanted = options.rows.split(",")
    rows = []

    def take(name, with_keys, rate=0):
        rows.append(bench.row(name, with_keys, rate))
        show(rows[-1])

    if "plain" in wanted:
        take("plain", keys)
    if "open" in wanted:
        take("open", keys, options.rate or (rows[0]["per_s"] / 2 if rows else 1000))
    if "webhooks" in wanted:
        take("webhooks", bench.make_merchants("hooks", min(options.merchants, 100), webhooks=True))
        print(f"             {bench.receiver.finish()} webhooks had reached the merchants by then", flush=True)
    if "stored" in wanted:
        fill(bench, keys, sum(row["payments"] for row in rows), options.stored)
        take("stored", keys)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / "build/release")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warmup", type=float, default=5)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0, help="arrivals a second of the row `open`; 0: half of `plain`")
    parser.add_argument("--merchants", type=int, default=1000)
    parser.add_argument("--stored", type=int, default=1_000_000, help="payments stored before the row `stored`")
    parser.add_argument("--log-requests", action="store_true", help="with a log line for each request")
    parser.add_argument("--rows", default="plain,open,webhooks,stored")
    parser.add_argument("--keep", action="store_true", help="keep the folder of data and logs, and say where it is")
    parser.add_argument("--connector", choices=["stripe", "alipay", "wechatpay"], default="stripe")
    options = parser.parse_args()
    if options.connector != "stripe":  # codes that nobody scans: nothing is told, and nothing more is stored
        options.rows, options.merchants = "plain", min(options.merchants, 20)
    # Beside the build, because that is the disk that the figures are about; /tmp may be memory.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=pathlib.Path(options.build)))
    bench = Bench(options, folder)
    try:
        floor_per_s, floor_cpu_us = bare_http(bench)
        print(f"bare HTTP    {floor_per_s:>9.0f}/s  CPU {floor_cpu_us:.1f} us a request", flush=True)
        store_per_s, store_cpu_us = store_alone(bench)
        print(f"store alone  {store_per_s:>9.0f}/s  CPU {store_cpu_us:.1f} us a payment", flush=True)
        bench.start()
        print(f"making {options.merchants} merchants", flush=True)
        keys = bench.make_merchants("plain", options.merchants, webhooks=False)
        rows = rows_of(bench, options, keys)
        first = rows[0]
        print(f"ratios       payments to bare HTTP {first['per_s'] / floor_per_s:.3f}, to store alone "
              f"{first['per_s'] / store_per_s:.2f}; CPU to bare HTTP {first['switch_cpu_us'] / floor_cpu_us:.1f}, "
              f"to store alone {first['switch_cpu_us'] / store_cpu_us:.1f}")
        if options.connector != "stripe":
            rsa_us = rsa_signature_us()
            print(f"signature    {rsa_us:.0f} us of CPU; an order costs {first['switch_cpu_us'] / rsa_us:.2f} times that")
        print(f"RESULT name=bench payments_per_s={first['per_s']:.0f} switch_cpu_us={first['switch_cpu_us']:.1f} "
              f"p99_ms={first['p99_ms']:.2f} written_bytes={first['written_bytes']:.0f} steal_pct={first['steal_pct']:.1f}")
        sys.exit(1 if any(row["failures"] for row in rows) else 0)
    finally:
        bench.stop()
        if options.keep:
            print(f"kept {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
