#!/usr/bin/python3
"""Runs folders of a Hyperswitch Postman collection, unmodified, against a fresh switch and sandbox.

    tests/compat/run_collection.py --binary build/release/payweir --collection FILE --folders "Health check,QuickStart"

The collection is not part of this repository. Prints each failed assertion, and as its last line
`RESULT name=compat requests=N assertions=N failures=N`; exits 1 when anything failed.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "blackbox"))
from harness.switch import STRIPE_KEY, Sandbox, Switch  # noqa: E402

NEWMAN = ROOT / "build" / "deps" / "node" / "node_modules" / "newman" / "bin" / "newman.js"


def run_newman(collection, folders, variables, report):
    command = ["node", str(NEWMAN), "run", str(collection), "--reporters", "json", "--reporter-json-export", str(report),
               "--timeout-request", "30000", "--color", "off"]
    for folder in folders:
        command += ["--folder", folder]
    for name, value in variables.items():
        command += ["--env-var", f"{name}={value}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if not report.exists():
        sys.exit(f"compat: newman did not run:\n{done.stdout}{done.stderr}")
    return json.loads(report.read_text())["run"]


def describe(failure):
    request = failure.get("source", {})
    where = " / ".join([failure.get("parent", {}).get("name", ""), request.get("name", "")]).strip(" /")
    return f"FAILED {where}: {failure['error'].get('test', '')}: {failure['error'].get('message', '')}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--collection", required=True, type=pathlib.Path)
    parser.add_argument("--folders", default="", help="names, separated by commas; all when empty")
    options = parser.parse_args()
    if not options.collection.is_file():
        sys.exit("compat: name the collection: make compat HS_COLLECTION=FILE")

    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(options.binary, folder)
        switch = Switch(options.binary, folder, sandbox.stripe_url)
        try:
            run = run_newman(options.collection, [name.strip() for name in options.folders.split(",") if name.strip()], {
                "baseUrl": f"http://{switch.address}",
                "admin_api_key": switch.admin_key,
                "connector_api_key": STRIPE_KEY,
            }, pathlib.Path(folder) / "report.json")
        finally:
            switch.stop()
            sandbox.stop()

    for failure in run["failures"]:
        print(describe(failure))
    requests, assertions, failures = run["stats"]["requests"], run["stats"]["assertions"], len(run["failures"])
    if requests["total"] == 0:
        sys.exit("compat: no request was run; are the folders' names right?")
    print(f"RESULT name=compat requests={requests['total']} assertions={assertions['total']} failures={failures}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
