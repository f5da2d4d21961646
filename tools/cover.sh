#!/bin/sh
# How much of the pure rooms their unit tests reach: lines, branches and conditions (MC/DC).
# Prints what is not covered, file by file, then the sums. tools/cover.sh [ROOM...]
set -eu
cd "$(dirname "$0")/.."
rooms=${*:-"base crypto domain ledger connectors"}
build=build/cover
profiles=$build/profiles

targets=""
for room in $rooms; do targets="$targets ${room}_test"; done
tools/build.sh cover $targets
rm -rf "$profiles"
mkdir -p "$profiles"
objects=""
export RC_PARAMS="seed=1${RC_PARAMS:+ $RC_PARAMS}"  # the figures of one tree are the same each time
for room in $rooms; do
  LLVM_PROFILE_FILE=$profiles/$room.profraw "$build/src/${room}_test" --gtest_brief=1 >"$build/$room.log" 2>&1 || {
    cat "$build/$room.log" >&2
    exit 1
  }
  objects="$objects${objects:+ -object} $build/src/${room}_test"
done
llvm-profdata-19 merge -sparse "$profiles"/*.profraw -o "$profiles/all.profdata"
sources=""
for room in $rooms; do sources="$sources $(find "src/$room" -name '*.[ch]pp' ! -name '*_test.cpp' ! -name '*testkit*')"; done
llvm-cov-19 export $objects -instr-profile "$profiles/all.profdata" -skip-functions -skip-expansions -sources $sources |
  /usr/bin/python3 tools/cover_report.py
