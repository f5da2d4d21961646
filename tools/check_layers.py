#!/usr/bin/env python3
"""Holds the sources against tools/layers.txt: which room includes which, and what pure rooms may not name.

Prints each breach as file:line and exits 1 when there is one. `--self-test` plants breaches and checks
that they are found.
"""
import pathlib
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
FORBIDDEN_ROOMS = {"util", "utils", "common", "misc", "helpers"}


def read_table(path):
    allowed, bans = {}, []
    for line in path.read_text().splitlines():
        line = line.split("#", 1)[0].rstrip() if line.lstrip().startswith("#") else line.rstrip()
        if not line:
            continue
        name, _, rest = line.partition(":")
        if name.startswith("ban "):
            bans.append((set(name.split()[1:]), re.compile(rest.strip())))
        else:
            allowed[name] = set(rest.split()) | {name}
    return allowed, bans


def breaches(root):
    allowed, bans = read_table(root / "tools" / "layers.txt")
    src = root / "src"
    for room in sorted(p.name for p in src.iterdir() if p.is_dir()):
        if room not in allowed or room in FORBIDDEN_ROOMS:
            yield f"src/{room}: not a room of tools/layers.txt"
    for path in sorted([*src.rglob("*.hpp"), *src.rglob("*.cpp")]):
        parts = path.relative_to(src).parts
        room, name = parts[0], path.relative_to(root)
        is_test = path.stem.endswith("_test") or "testkit" in path.stem
        for number, line in enumerate(path.read_text().splitlines(), 1):
            where = f"{name}:{number}"
            if match := INCLUDE.match(line):
                target = match.group(1)
                if not (src / target).is_file():
                    yield f'{where}: "{target}" is not a file under src/ (third-party goes in <>)'
                elif target.split("/")[0] not in allowed.get(room, ()):
                    yield f"{where}: {room} may not include {target.split('/')[0]}"
                elif room == "connectors" and len(parts) > 2 and target.startswith("connectors/"):
                    other = target.split("/")[1] if target.count("/") > 1 else parts[1]
                    if other not in (parts[1], "wire"):
                        yield f"{where}: a connector may not include another connector ({other})"
                elif "testkit" in target and not is_test:
                    yield f"{where}: only tests include a testkit"
            if "TODO(now)" in line:
                yield f"{where}: TODO(now)"
            if not is_test:
                code = line.split("//", 1)[0]
                for rooms, pattern in bans:
                    if room in rooms and f"!{'/'.join(parts[:2])}" not in rooms and pattern.search(code):
                        yield f"{where}: {room} may not name {pattern.pattern}"


def self_test(root):
    table = (root / "tools" / "layers.txt").read_text()
    planted = {
        "src/domain/a.hpp": '#include "store/b.hpp"\n',
        "src/store/b.hpp": "#pragma once\n",
        "src/domain/c.cpp": "#include <boost/asio/awaitable.hpp>\n",
        "src/domain/d.cpp": "double price;\n",
        "src/util/e.hpp": "#pragma once\n",
        "src/connectors/one/f.cpp": '#include "connectors/two/g.hpp"\n',
        "src/connectors/two/g.hpp": "#pragma once\n",
        "src/base/h.cpp": '#include "base/missing.hpp"\n',
        "src/store/i.cpp": "#include <thread>\n",
        "src/store/sqlite/j.cpp": "#include <thread>\n",
    }
    with tempfile.TemporaryDirectory() as folder:
        fake = pathlib.Path(folder)
        (fake / "tools").mkdir()
        (fake / "tools" / "layers.txt").write_text(table)
        for name, text in planted.items():
            (fake / name).parent.mkdir(parents=True, exist_ok=True)
            (fake / name).write_text(text)
        found = "\n".join(breaches(fake))
    for name in ("src/domain/a.hpp", "src/domain/c.cpp", "src/domain/d.cpp", "src/util", "src/connectors/one/f.cpp", "src/base/h.cpp",
                 "src/store/i.cpp"):
        if name not in found:
            sys.exit(f"check_layers: the planted breach in {name} was not found")
    if "src/store/sqlite/j.cpp" in found:
        sys.exit("check_layers: a folder that is let off was reported")


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    if "--self-test" in sys.argv:
        self_test(root)
    found = list(breaches(root))
    for line in found:
        print(line)
    if found:
        sys.exit(1)
    print("layers: every include points down")


if __name__ == "__main__":
    main()
