#!/bin/sh
# Configures a preset and builds it, or only the targets named: tools/build.sh PRESET [TARGET...]
# Quiet while all goes well; the compiler's words when it does not.
set -eu
cd "$(dirname "$0")/.."
preset=$1
shift

mkdir -p "build/$preset"
log=build/$preset/configure.log
cmake --preset "$preset" >"$log" 2>&1 || {
  cat "$log" >&2
  exit 1
}
[ $# = 0 ] || set -- --target "$@"
exec cmake --build "build/$preset" --parallel "$(nproc)" "$@"
