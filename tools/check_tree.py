#!/usr/bin/python3
"""Holds the tracked files against what a reader elsewhere needs: links in documents lead somewhere,
and nothing names one machine's paths or a package registry's host.

Prints each breach as file:line and exits 1 when there is one. `--self-test` plants breaches and checks
that they are found.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^\s*(```|~~~)")
MACHINE_PATH = re.compile(r"(^|[^A-Za-z0-9.])/(work|farm)/")
REGISTRY_HOST = re.compile(
    r'"resolved":\s*"http|registry\.(npm|yarn)|//pypi\.|python' r"hosted\.|proxy\.golang|static\.crates\.|"
    r"repo1?\.maven|\bdeb\.debian", re.IGNORECASE)


def anchors(text):
    """The anchors that a document's headings get."""
    found, fenced = set(), False
    for line in text.splitlines():
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced and line.startswith("#"):
            title = line.lstrip("#").strip().lower()
            found.add(re.sub(r"[^\w\- ]", "", title).replace(" ", "-"))
    return found


def broken_links(root, path, text):
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        if fenced:
            continue
        for match in LINK.finditer(line):
            target = match.group(1) or match.group(2)
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            if not file.exists():
                yield f"{path.relative_to(root)}:{number}: the link leads nowhere: {target}"
            elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text()):
                yield f"{path.relative_to(root)}:{number}: no such heading: {target}"


def breaches(root, files):
    this = pathlib.Path(__file__).resolve()
    for path in files:
        try:
            text = path.read_text()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # not text, or removed but not yet committed
        if path.resolve() != this:
            for number, line in enumerate(text.splitlines(), 1):
                where = f"{path.relative_to(root)}:{number}"
                if MACHINE_PATH.search(line):
                    yield f"{where}: a path of one machine"
                if REGISTRY_HOST.search(line):
                    yield f"{where}: a package registry's host"
        if path.suffix == ".md":
            yield from broken_links(root, path, text)


def self_test():
    planted = {
        "link.md": "see [this](missing.md)",
        "anchor.md": "see [this](#nowhere)",
        "path.txt": "cd /" + "work/main",
        "host.json": '{"resolved"' + ': "https://example.com/x.tgz"}',
        "good.md": "# A title\nsee [this](#a-title) and [that](link.md)\n```\n[not](a-link.md)\n```",
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in planted.items():
            (root / name).write_text(text)
        found = {line.split(":")[0] for line in breaches(root, sorted(root.iterdir()))}
    if found != set(planted) - {"good.md"}:
        sys.exit(f"check_tree: of the planted breaches only these were found: {sorted(found)}")


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    if "--self-test" in sys.argv:
        self_test()
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True)
    found = list(breaches(root, [root / name for name in tracked.stdout.split("\0") if name]))
    for line in found:
        print(line)
    if found:
        sys.exit(1)
    print("tree: every link leads somewhere, no machine is named")


if __name__ == "__main__":
    main()
