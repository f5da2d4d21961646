#!/usr/bin/python3
"""kill -9 under load with gateway faults on, again and again; then the books must agree.

    tests/killloop/killloop.py --binary build/release/payweir --cycles 200

Clients pay, capture and refund with idempotency keys, and repeat a request with its key until it is
answered, as a careful merchant does. The sandbox gateway runs outside and is never killed: its books are
the truth. At the end the faults stop, every payment settles, and then

- what a client was told is still so, or further on, and every cent in the gateway's books is in the
  switch, and the other way round: what is not is `lost`;
- no payment was charged more than once in the gateway's books: what was is `double`.

The last line is `RESULT name=killloop cycles=N lost=N double=N`; the exit code is 1 unless both are 0.
"""
import argparse
import json
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "blackbox"))
from clients import Till, Told  # noqa: E402
from harness.merchant import Caller, Merchant  # noqa: E402
from harness.switch import QUICK, Sandbox, Switch  # noqa: E402
from verdict import by_payment, charged_twice, lost_to_clients, lost_to_the_books, settle  # noqa: E402

# Each strikes this share of the requests to the gateway of this kind.
FAULTS = [("slow", "any", 0.10), ("error_500_after", "any", 0.03), ("closed", "any", 0.03), ("closed_before", "any", 0.03),
          ("silent", "any", 0.02), ("garbage", "any", 0.02), ("truncated", "any", 0.01), ("down", "any", 0.01),
          ("rate_limited", "any", 0.01),
          ("stored_500", "any", 0.02)]


def kill_again_and_again(switch, cycles, chance):
    for cycle in range(1, cycles + 1):
        time.sleep(chance.uniform(0.1, 0.9))
        switch.kill()
        switch.start()
        if cycle % 20 == 0:
            print(f"killloop: {cycle} of {cycles} cycles", flush=True)


def run(options, seed, folder):
    sandbox = Sandbox(options.binary, folder)
    switch = Switch(options.binary, folder, sandbox.stripe_url, QUICK)
    try:
        merchant = Merchant(switch)
        secret = sandbox.register_webhook(merchant.stripe_key, f"http://{switch.address}/webhooks/{merchant.merchant_id}/{merchant.connector_id}")
        merchant.accept_callbacks(secret)
        for kind, operation, share in options.fault or FAULTS:
            sandbox.plant(kind, operation, rate=float(share), delay_ms=80)
        told, stop = Told(), threading.Event()
        tills = [Till(switch, merchant.key, told, f"till-{n}", f"{seed}-{n}", stop) for n in range(options.clients)]
        for till in tills:
            till.start()
        kill_again_and_again(switch, options.cycles, random.Random(seed))
        stop.set()
        for till in tills:
            till.join(timeout=60)
            if till.is_alive() or till.problem:
                raise AssertionError(f"{till.name} did not end well: {till.problem}")
        strikes = sum(fault["fired"] for fault in sandbox.control("GET", "faults")["faults"])
        sandbox.heal()
        print(f"killloop: {len(told.payments)} payments, {len(told.refunds)} refunds, {strikes} faults struck", flush=True)
        if not told.payments or not strikes:
            raise AssertionError("nothing was paid, or no fault struck: this has shown nothing")

        caller = Caller(switch.address, merchant.key)
        settled = settle(caller, told.payments.keys() | by_payment(sandbox.all_books()).keys())
        intents = sandbox.all_books()
        (folder / "books.json").write_text(json.dumps(intents, indent=1))
        books = by_payment(intents)
        return list(lost_to_clients(told, settled)) + list(lost_to_the_books(books, settled)), list(charged_twice(books))
    finally:
        switch.stop()
        sandbox.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, help="of the load and of the moments to kill at; drawn and printed when not given")
    parser.add_argument("--fault", nargs=3, action="append", metavar=("KIND", "OPERATION", "SHARE"), help="instead of the usual faults")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    print(f"killloop: seed {seed}", flush=True)

    folder = pathlib.Path(tempfile.mkdtemp(prefix="payweir-killloop-"))
    lost, double = run(options, seed, folder)
    for problem in lost + double:
        print(problem)
    if lost or double:
        print(f"killloop: data, logs and the gateway's books are kept in {folder}")
    else:
        shutil.rmtree(folder)
    print(f"RESULT name=killloop cycles={options.cycles} lost={len(lost)} double={len(double)}")
    sys.exit(1 if lost or double else 0)


if __name__ == "__main__":
    main()
