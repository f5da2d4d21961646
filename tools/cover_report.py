#!/usr/bin/python3
"""Reads what `llvm-cov export -skip-functions -skip-expansions` prints, from standard input: the files that are
not covered whole with each branch that no test takes, what was left out, then the sums.

Left out is what no test can take, and nothing else; LEFT_OUT says why.
"""
import collections
import json
import os
import re
import sys

LEFT_OUT = {
    "comparison": "a comparison that the compiler writes (`= default`): it has no line of ours",
    "check": "a check(): only a mistake of ours makes it fail, and it ends the process with its profile",
    "planted": "behind PLANTED(x) &&: false in every build but the simulator's, so never asked",
    # -Werror=switch holds the list of cases complete. A `return` right behind a switch is another matter: it
    # answers a number that no enumerator has, as a row may hold, and is counted.
    "default": "the default of a switch over all enumerators with no answer of its own behind it",
}
LITERALS = re.compile(r'//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
CHECK = re.compile(r"\bcheck\(")
NEVER_ASKED = re.compile(r"PLANTED\(\w+\)\s*&&\s*$")
BRACKETS = {"(": ")", "{": "}"}


class Source:
    """A file's text, by the lines and columns of llvm-cov (bytes, from 1)."""

    def __init__(self, name):
        with open(name, "rb") as file:
            # One character a byte, so that columns count as llvm-cov counts them; what brackets stand in
            # comments and literals is blanked.
            self.text = LITERALS.sub(lambda found: " " * len(found[0]), file.read().decode("latin-1"))
        self.starts = [0] + [found.end() for found in re.finditer("\n", self.text)]
        self.is_check_itself = name.endswith("src/base/check.hpp")
        self.checks = [(found.end(), self.end_of_bracket(found.end() - 1)) for found in CHECK.finditer(self.text)]

    def at(self, line, column):
        return self.starts[line - 1] + column - 1

    def end_of_bracket(self, at):
        """The place behind the bracket that closes the one here."""
        opens, closes, depth = self.text[at], BRACKETS[self.text[at]], 0
        for place in range(at, len(self.text)):
            depth += (self.text[place] == opens) - (self.text[place] == closes)
            if depth == 0:
                return place + 1
        raise ValueError("a bracket is never closed")

    def why_left_out(self, region):
        """A key of LEFT_OUT, or None."""
        start, end = self.at(*region[:2]), self.at(*region[2:4])
        line = self.text[self.starts[region[0] - 1]:self.text.index("\n", start)]
        before = self.text[max(0, start - 200):start]
        if line.endswith("= default;"):
            return "comparison"
        if self.is_check_itself or any(first <= start < last for first, last in self.checks):
            return "check"
        if NEVER_ASKED.search(before) or re.match(r"PLANTED\(\w+\) &&", self.text[start:end]):
            return "planted"
        if before.endswith("switch ("):
            behind = self.text[self.end_of_bracket(self.text.index("{", end)):].split(maxsplit=1)[0]
            return None if behind == "return" else "default"
        return None


class Count:
    def __init__(self):
        self.covered = self.all = 0

    def add(self, covered, count):
        self.covered += covered
        self.all += count

    def __str__(self):
        return f"{self.covered}/{self.all}"

    def percent(self):
        return 100.0 * self.covered / self.all if self.all else 100.0


def branches_of(file, source, left_out):
    """Covered and all sides of the file's branches, and a line for each side that was never taken."""
    taken = collections.defaultdict(lambda: [0, 0])  # of a template, over all its instances
    for row in file["branches"]:
        taken[tuple(row[:4])][0] += row[4]
        taken[tuple(row[:4])][1] += row[5]
    count, missing = Count(), []
    for region, sides in sorted(taken.items()):
        text = source.text[source.at(*region[:2]):source.at(*region[2:4])]
        if re.fullmatch(r"!?PLANTED", text):  # a constant; llvm-cov does not count it either
            continue
        why = source.why_left_out(region)
        if why == "default":  # its other side is that of the cases
            left_out[why] += 1
            sides = [1, sides[1]]
            count.add(int(sides[1] > 0), 1)
        elif why:
            left_out[why] += 1
            continue
        else:
            count.add(sum(side > 0 for side in sides), 2)
        for side, word in zip(sides, ("true", "false")):
            if side == 0:
                missing.append(f"  {region[0]}: never {word}: {' '.join(text.split())}")
    return count, missing


def conditions_of(file, source):
    """Covered and all conditions of the file's decisions, and a line for each decision with one that no pair of
    tests shows to decide by itself."""
    count, missing = Count(), []
    for row in file.get("mcdc_records", []):
        text = source.text[source.at(*row[:2]):source.at(*row[2:4])]
        if source.why_left_out(row[:4]):
            continue
        covered, conditions = sum(row[-1]), len(row[-1]) - text.count("PLANTED")  # constants decide nothing
        count.add(covered, conditions)
        if covered < conditions:
            missing.append(f"  {row[0]}: {covered} of {conditions} decide by themselves: {' '.join(text.split())}")
    return count, missing


def main():
    data = json.load(sys.stdin)["data"][0]
    sums = {what: Count() for what in ("branches", "mcdc", "lines")}
    left_out = collections.Counter()
    print(f"{'':48}" + "".join(f"{what:>11}" for what in sums))
    for file in sorted(data["files"], key=lambda each: each["filename"]):
        source = Source(file["filename"])
        branches, missing = branches_of(file, source, left_out)
        lines = Count()
        lines.add(file["summary"]["lines"]["covered"], file["summary"]["lines"]["count"])
        conditions, undecided = conditions_of(file, source)
        counts = (branches, conditions, lines)
        for total, count in zip(sums.values(), counts):
            total.add(count.covered, count.all)
        if all(count.covered == count.all for count in counts[:2]):
            continue
        print(os.path.relpath(file["filename"]).ljust(48) + "".join(str(count).rjust(11) for count in counts))
        print("".join(line + "\n" for line in missing + undecided), end="")
    for why, places in sorted(left_out.items()):
        print(f"left out, {places:3} times: {LEFT_OUT[why]}")
    print("RESULT name=cover " + " ".join(f"{what}_pct={count.percent():.2f}" for what, count in sums.items()))


if __name__ == "__main__":
    main()
