#!/bin/sh
# Runs the fuzzers of build/dev, each for some seconds from its seeds: tools/fuzz.sh SECONDS [NAME]
# What a fuzzer learns stays in build/corpus; an input that breaks it is kept there and named.
set -eu
cd "$(dirname "$0")/.."
seconds=$1
only=${2:-}

ran=0
for program in build/dev/tests/fuzz/*_fuzz; do
  [ -x "$program" ] || continue
  name=$(basename "$program" _fuzz)
  [ -z "$only" ] || [ "$only" = "$name" ] || continue
  corpus=build/corpus/$name
  mkdir -p "$corpus"
  log=build/corpus/$name.log
  "$program" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -artifact_prefix="$corpus-" \
    -print_final_stats=1 "$corpus" "tests/fuzz/seeds/$name" >"$log" 2>&1 || {
    tail -n 60 "$log"
    exit 1
  }
  echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s"
  ran=$((ran + 1))
done
if [ "$ran" = 0 ]; then
  echo "fuzz: no fuzzer ${only:-at all} in build/dev" >&2
  exit 1
fi
echo "RESULT name=fuzz fuzzers=$ran seconds_each=$seconds crashes=0"
