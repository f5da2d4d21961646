#!/usr/bin/env python3
"""make faults: every fault of docs/faults.md with the tests that are named after it, or "not yet".

A test covers the ids at the beginning of its name: TEST(Faults, D01_D06_…), test_K09_K10_…, and ranges as in
C01_to_C05_….
"""
import collections
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
FAULT = re.compile(r"^\| ([A-Z]\d\d) \| (.*) \|$", re.M)
CPP_TEST = re.compile(r"\bTEST(?:_[FP])?\((\w+),\s*(\w+)\)")
PYTHON_TEST = re.compile(r"\bdef test_(\w+)\(")
LEADING_IDS = re.compile(r"^(?:(?:[A-Z]\d\d|to)_)+")


def ids_of(name):
    leading = LEADING_IDS.match(name)
    words = leading[0].rstrip("_").split("_") if leading else []
    ids = [word for word in words if word != "to"]
    for place, word in enumerate(words):
        if word == "to":
            first, last = words[place - 1], words[place + 1]
            ids += [f"{first[0]}{number:02}" for number in range(int(first[1:]), int(last[1:]))]
    return set(ids)


def tests_by_fault():
    tests = collections.defaultdict(list)
    for folder, pattern, expression in (("src", "*_test.cpp", CPP_TEST), ("tests", "*_test.cpp", CPP_TEST),
                                        ("tests", "test_*.py", PYTHON_TEST)):
        for path in sorted((ROOT / folder).rglob(pattern)):
            for match in expression.finditer(path.read_text(encoding="utf-8")):
                for fault in ids_of(match[match.lastindex]):
                    tests[fault].append(f"{path.relative_to(ROOT)}: {match[match.lastindex]}")
    return tests


def main():
    faults = FAULT.findall((ROOT / "docs/faults.md").read_text(encoding="utf-8"))
    tests = tests_by_fault()
    for fault, words in faults:
        print(f"{fault}  {words}")
        for test in tests[fault] or ["not yet"]:
            print(f"     {test}")
    unknown = sorted(set(tests) - {fault for fault, _ in faults})
    if unknown:
        raise SystemExit(f"faults: tests are named after {', '.join(unknown)}, which docs/faults.md does not have")
    print(f"RESULT name=faults covered={sum(bool(tests[fault]) for fault, _ in faults)} of={len(faults)}")


if __name__ == "__main__":
    main()
