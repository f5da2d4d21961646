#!/usr/bin/env python3
"""Sends every request that the Stripe connector builds to stripe-mock, Stripe's own validator, which
refuses unknown, missing and malformed parameters. Fails on any answer that is not 2xx.

    stripe_mock.py --requests build/dev/tests/conformance/stripe_requests --deps build/deps
"""
import argparse
import http.client
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading

CREATE = "/v1/payment_intents"


def form_of(spec, path):
    content = spec["paths"][path]["post"]["requestBody"]["content"]
    return content["application/x-www-form-urlencoded"]["schema"]["properties"]


def with_raw_cards(spec):
    """Stripe publishes raw card data for POST /v1/payment_methods only, though accounts that are allowed
    to send it may do so when they create a payment intent. The schema is taken over from there, so that
    the rest of such a request is validated, and the card as strictly as Stripe itself would."""
    data = form_of(spec, CREATE)["payment_method_data"]["properties"]
    assert "card" not in data, "the specification knows raw cards now: this can go"
    card = form_of(spec, "/v1/payment_methods")["card"]["anyOf"]
    data["card"] = next(schema for schema in card if "number" in schema["properties"])
    data["type"]["enum"].append("card")
    return spec


def with_us_transfers(spec):
    """The mock's document is that of API version 2022-11-15; the version that the connector speaks, 2023-08-16, has
    bank transfers in the US as well."""
    balance = form_of(spec, CREATE)["payment_method_options"]["properties"]["customer_balance"]["anyOf"]
    kinds = next(schema for schema in balance if "properties" in schema)["properties"]["bank_transfer"]["properties"]["type"]["enum"]
    assert "us_bank_transfer" not in kinds, "the specification knows them now: this can go"
    kinds.append("us_bank_transfer")
    return spec


class StripeMock:
    """A running stripe-mock on loopback, on ports that the system chose."""

    def __init__(self, deps, folder):
        spec = json.loads((deps / "stripe-mock" / "spec3.json").read_text())
        patched = pathlib.Path(folder) / "spec3.json"
        patched.write_text(json.dumps(with_us_transfers(with_raw_cards(spec))))
        self.process = subprocess.Popen(
            [deps / "bin" / "stripe-mock", "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0",
             "-spec", patched, "-fixtures", deps / "stripe-mock" / "fixtures3.json"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.port = self.read_port()

    def read_port(self):
        deadline = threading.Timer(60, self.process.kill)
        deadline.start()
        said = ""
        for line in self.process.stdout:
            said += line
            found = re.search(r"HTTP at address: 127\.0\.0\.1:(\d+)", line)
            if found:
                deadline.cancel()
                # What it says later must not fill the pipe and stop it.
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return int(found.group(1))
        deadline.cancel()
        sys.exit(f"stripe-mock did not start:\n{said}")

    def answer(self, request):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(request["method"], request["target"], request["body"].encode() or None, request["headers"])
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, body

    def stop(self):
        self.process.kill()
        self.process.wait()


def refusals(mock, requests):
    for request in requests:
        status, body = mock.answer(request)
        if not 200 <= status < 300:
            yield f"{request['name']}: {status}\n  {request['method']} {request['target']}\n  {request['body']}\n  {body}"


def spoiled(request):
    """The same request with a parameter that Stripe does not know: the validator must see it."""
    if request["method"] == "GET":
        mark = "&" if "?" in request["target"] else "?"
        return {**request, "target": request["target"] + mark + "payweir_unknown=1"}
    return {**request, "body": request["body"] + "&payweir_unknown=1"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=pathlib.Path, required=True)
    parser.add_argument("--deps", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    if not (arguments.deps / "bin" / "stripe-mock").exists():
        sys.exit("stripe-mock is missing: run tools/setup.sh test")

    lines = subprocess.run([arguments.requests], check=True, capture_output=True, text=True).stdout.splitlines()
    requests = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        mock = StripeMock(arguments.deps, folder)
        try:
            refused = list(refusals(mock, requests))
            blind = [r["name"] for r in requests if mock.answer(spoiled(r))[0] < 400]
        finally:
            mock.stop()
    for refusal in refused:
        print(refusal)
    for name in blind:
        print(f"{name}: stripe-mock took an unknown parameter, so its word proves nothing")
    print(f"RESULT name=stripe_mock requests={len(requests)} refused={len(refused)} unchecked={len(blind)}")
    return 1 if refused or blind or not requests else 0


if __name__ == "__main__":
    sys.exit(main())
