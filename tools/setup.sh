#!/bin/sh
# Installs what a build needs on Debian 12 (as root), and fetches SQLite's amalgamation by name and hash.
#   tools/setup.sh build    compiler and libraries
#   tools/setup.sh test     that, and what the tests drive: Node, Go, Python packages
# Does nothing that is done already, so that it may be called before every build.
set -eu
cd "$(dirname "$0")/.."
mode=${1:-build}

packages="clang-19 lld-19 llvm-19 libclang-rt-19-dev cmake ninja-build ccache make git ca-certificates npm \
  libssl-dev zlib1g-dev libboost1.81-dev libsimdjson-dev libspdlog-dev libtomlplusplus-dev libcli11-dev python3"
[ "$mode" = build ] || packages="$packages libgtest-dev librapidcheck-dev libbenchmark-dev clang-format-19 \
  python3-yaml python3-jsonschema golang-go curl"

installed() { dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed$'; }
missing=""
for package in $packages; do
  case $package in  # a toolchain from elsewhere serves as well
    npm) command -v npm >/dev/null && continue ;;
    golang-go) command -v go >/dev/null && continue ;;
    cmake | git | make | curl | python3) command -v "$package" >/dev/null && continue ;;
  esac
  installed "$package" || missing="$missing $package"
done
if [ -n "$missing" ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "setup: these Debian packages are missing, and only root can install them:$missing" >&2
    exit 1
  fi
  echo "setup: installing$missing"
  apt-get update -q >/dev/null
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null
fi

# SQLite 3.53.2: versions before 3.51.3 can corrupt a database when one connection checkpoints while
# another writes. The npm package better-sqlite3 carries the amalgamation; we compile it ourselves.
sqlite_package=better-sqlite3@12.11.1
sqlite_sha256=ebf0ed75a7a59dbcb3b24bbd014ef49d9f15bc328e4adcbf516f2a8fadfa2835
if [ ! -f build/deps/sqlite3/sqlite3.c ]; then
  mkdir -p build/deps/download
  (cd build/deps/download && npm pack --silent "$sqlite_package" >/dev/null)
  archive=$(ls build/deps/download/better-sqlite3-*.tgz)
  echo "$sqlite_sha256  $archive" | sha256sum -c - >/dev/null || {
    echo "setup: $sqlite_package does not have the expected hash" >&2
    exit 1
  }
  tar -xzf "$archive" -C build/deps/download package/deps/sqlite3
  mv build/deps/download/package/deps/sqlite3 build/deps/sqlite3
  rm -rf build/deps/download
fi
