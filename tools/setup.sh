#!/bin/sh
# Installs what is missing on Debian 12 (as root), and fetches parts from package registries by name and
# hash into build/deps. Says nothing and takes no time when all is there, so every command calls it first.
#   tools/setup.sh build    compiler and libraries
#   tools/setup.sh test     that, and what the tests and checks are run with
#   tools/setup.sh compat   that, and newman, which runs Postman collections
set -eu
cd "$(dirname "$0")/.."
mode=${1:-build}

packages="clang-19 lld-19 llvm-19 libclang-rt-19-dev cmake ninja-build ccache ca-certificates npm
  libssl-dev zlib1g-dev libboost1.81-dev libsimdjson-dev libspdlog-dev libtomlplusplus-dev libcli11-dev
  libqrencode-dev libpng-dev curl jq"
[ "$mode" = build ] || packages="$packages libgtest-dev librapidcheck-dev libbenchmark-dev clang-format-19
  git python3 python3-yaml python3-jsonschema golang-go chromium"

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' | sed -n 's/ installed$//p' | sort -u)
# A toolchain that came from elsewhere serves as well.
for pair in npm:npm golang-go:go cmake:cmake git:git curl:curl jq:jq chromium:chromium; do
  if command -v "${pair#*:}" >/dev/null; then installed="$installed
${pair%:*}"; fi
done
missing=$(printf '%s\n' $packages | grep -Fxv "$installed" || true)

if [ -n "$missing" ]; then
  missing=$(echo $missing)
  if [ "$(id -u)" != 0 ]; then
    echo "setup: these Debian packages are missing, and only root can install them: $missing" >&2
    exit 1
  fi
  echo "setup: installing $missing"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  { apt-get update -q && apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    exit 1
  }
  rm -f "$log"
fi

# npm trusts the certificates that the system trusts.
export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}"

# SQLite 3.53.2: versions before 3.51.3 can corrupt a database when one connection checkpoints while
# another writes. The npm package better-sqlite3 carries the amalgamation; we compile it ourselves.
sqlite_package=better-sqlite3@12.11.1
sqlite_sha256=ebf0ed75a7a59dbcb3b24bbd014ef49d9f15bc328e4adcbf516f2a8fadfa2835
if [ ! -f build/deps/sqlite3/sqlite3.c ]; then
  echo "setup: fetching SQLite ($sqlite_package)"
  download=build/deps/download
  rm -rf "$download"
  mkdir -p "$download"
  (cd "$download" && npm pack --loglevel=error "$sqlite_package" >/dev/null)
  archive=$(ls "$download"/better-sqlite3-*.tgz)
  echo "$sqlite_sha256  $archive" | sha256sum -c - >/dev/null 2>&1 || {
    echo "setup: $sqlite_package does not have the expected hash" >&2
    exit 1
  }
  tar -xzf "$archive" -C "$download" package/deps/sqlite3
  mv "$download/package/deps/sqlite3" build/deps/sqlite3
  rm -rf "$download"
fi

newman=6.2.2
if [ "$mode" = compat ] && ! grep -qs "\"version\": \"$newman\"" build/deps/node/node_modules/newman/package.json; then
  echo "setup: fetching newman $newman"
  npm install --loglevel=error --no-audit --no-fund --prefix build/deps/node "newman@$newman" >/dev/null
fi

# Stripe's own validator of requests. The last version that Debian 12's Go builds.
stripe_mock=v0.148.0
if [ "$mode" != build ] && [ ! -x build/deps/bin/stripe-mock ]; then
  echo "setup: fetching stripe-mock $stripe_mock"
  mkdir -p build/deps/bin build/deps/stripe-mock
  source=$(go mod download -json "github.com/stripe/stripe-mock@$stripe_mock" | jq -r .Dir)
  cp "$source/openapi/spec3.json" "$source/openapi/fixtures3.json" build/deps/stripe-mock
  chmod u+w build/deps/stripe-mock/*.json
  GOBIN=$PWD/build/deps/bin go install "github.com/stripe/stripe-mock@$stripe_mock"
fi

# The npm packages that tests/NAME/package.json pins, into build/deps/NAME.
install_packages() {
  [ "$mode" != build ] && ! cmp -s "tests/$1/package.json" "build/deps/$1/package.json" || return 0
  echo "setup: fetching $2"
  rm -rf "build/deps/$1"
  mkdir -p "build/deps/$1/new"
  cp "tests/$1/package.json" "build/deps/$1/new"
  npm install --loglevel=error --no-audit --no-fund --no-package-lock --prefix "build/deps/$1/new" >/dev/null
  mv "build/deps/$1/new/node_modules" "build/deps/$1"
  mv "build/deps/$1/new/package.json" "build/deps/$1"
  rmdir "build/deps/$1/new"
}
install_packages oracles "the SDKs of Alipay and WeChat Pay, which the sandboxes are held against"
install_packages checkout "what drives a browser in front of the payment page"
