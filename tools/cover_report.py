#!/usr/bin/python3
"""Reads what `llvm-cov export -summary-only` prints, from standard input: the files that are not covered
whole, then the sums."""
import json
import os
import sys

WHAT = ("branches", "mcdc", "lines")


def main():
    data = json.load(sys.stdin)["data"][0]
    print(f"{'':48}" + "".join(f"{what:>11}" for what in WHAT))
    for file in sorted(data["files"], key=lambda each: each["filename"]):
        counts = [file["summary"][what] for what in WHAT]
        if all(count["covered"] == count["count"] for count in counts[:2]):
            continue
        cells = "".join(f"{count['covered']}/{count['count']}".rjust(11) for count in counts)
        print(os.path.relpath(file["filename"]).ljust(48) + cells)
    totals = data["totals"]
    figures = {what: 100.0 * totals[what]["covered"] / max(totals[what]["count"], 1) for what in WHAT}
    print("RESULT name=cover " + " ".join(f"{what}_pct={figures[what]:.2f}" for what in WHAT))


if __name__ == "__main__":
    main()
