#!/usr/bin/python3
"""Runs the examples of README.md, or of other documents, against a fresh switch and sandbox each, and compares what
they answer.

    tools/readme_examples.py --binary build/dev/payweir                  compare; exit 1 where README differs
    tools/readme_examples.py --binary build/dev/payweir --write          put the real answers in
    tools/readme_examples.py --binary build/dev/payweir docs/dialects/*.md

An example is a `sh` block with a curl in it; the `json` block after it is its answer. Ids and times
differ from run to run and count as equal.
"""
import argparse
import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "blackbox"))
from harness import switch  # noqa: E402

ADDRESS_IN_README = "127.0.0.1:8080"
EXAMPLE = re.compile(r"```sh\n(?P<command>.*?)```(?P<between>\n+```json\n)?(?P<answer>.*?)(?=```|\Z)", re.DOTALL)
CHANGING = [
    (re.compile(r"\b([a-z]{2,4})_[0-9A-Za-z]{20,}"), r"\1_ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"), "UUID"),
    (re.compile(r"_secret_[0-9a-f]{24}\b"), "_secret_X"),
]


def without_changing_parts(text):
    for pattern, name in CHANGING:
        text = pattern.sub(name, text)
    return text.strip()


def run(name, command, folder, address, key):
    script = f"set -euo pipefail\nKEY={key}\n{command.replace(ADDRESS_IN_README, address)}"
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        sys.exit(f"{name}: this example failed:\n{command}\n{done.stdout}{done.stderr}")
    return done.stdout.replace(address, ADDRESS_IN_README)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--write", action="store_true", help="put the real answers into the documents")
    parser.add_argument("documents", nargs="*", type=pathlib.Path, default=[ROOT / "README.md"])
    options = parser.parse_args()
    differences = []
    for document in options.documents:
        differences.extend(check(document, options))
    if differences:
        sys.exit("\n".join(differences))


def check(document, options):
    """What the document says otherwise than the switch; nothing, once it is written."""
    differences, examples = [], 0
    with tempfile.TemporaryDirectory() as folder, switch.sandboxed(options.binary, pathlib.Path(folder)) as running:

        def answered(match):
            nonlocal examples
            if "curl" not in match["command"] or not match["between"]:
                return match[0]
            examples += 1
            real = run(document.name, match["command"], folder, running.address, running.demo_key)
            shown = match["answer"]
            if without_changing_parts(real) == without_changing_parts(shown):
                return match[0]
            differences.extend(difflib.unified_diff(shown.splitlines(), real.splitlines(), document.name, "the switch", lineterm=""))
            return f"```sh\n{match['command']}```{match['between']}{real if real.endswith(chr(10)) else real + chr(10)}"

        text = EXAMPLE.sub(answered, document.read_text())

    if examples == 0:
        sys.exit(f"{document.name}: no example found")
    if options.write:
        document.write_text(text)
        return []
    if not differences:
        print(f"{document.name}: {examples} examples answer as they say")
    return differences


if __name__ == "__main__":
    main()
