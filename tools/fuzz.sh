#!/bin/sh
# Runs the fuzzers of build/fuzz, each for some seconds from its seeds: tools/fuzz.sh SECONDS [NAME]
# What a fuzzer learns stays in build/fuzz/corpus; a crashing input is kept beside it and named.
set -eu
cd "$(dirname "$0")/.."
seconds=$1
only=${2:-}

ran=0
for program in build/fuzz/tests/fuzz/fuzz_*; do
  [ -x "$program" ] && [ -f "$program" ] || continue
  name=${program##*/fuzz_}
  [ -z "$only" ] || [ "$only" = "$name" ] || continue
  corpus=build/fuzz/corpus/$name
  seeds=tests/fuzz/seeds/$name
  mkdir -p "$corpus"
  [ -d "$seeds" ] || seeds=""
  echo "fuzz $name: ${seconds} s"
  # shellcheck disable=SC2086
  "$program" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 \
    -artifact_prefix="build/fuzz/corpus/crash-$name-" "$corpus" $seeds
  ran=$((ran + 1))
done
if [ "$ran" = 0 ]; then
  echo "fuzz: no fuzzer named '$only' in build/fuzz" >&2
  exit 1
fi
echo "RESULT name=fuzz fuzzers=$ran seconds_each=$seconds crashes=0"
