#!/bin/sh
# deps.sh build|test|lint|browser - installs the Debian packages that a build (or the tests too) need and
# that are missing; says what it installs.  Nothing is done when all are there.  llvm: without its symbolizer
# the sanitizers name no function, and no suppression matches.
set -eu

build="gcc make meson ninja-build pkg-config libuv1-dev librocksdb-dev libssl-dev libdeflate-dev
  libxxhash-dev libcurl4-openssl-dev libjansson-dev libsqlite3-dev libpq-dev curl procps"
test="python3 python3-pytest python3-boto3 awscli clang llvm libclang-rt-14-dev clang-format
  universal-ctags libhttp-parser-dev
  postgresql postgresql-client python3-cryptography sqlite3 iproute2"
lint="clang-format clang-tidy universal-ctags python3"
browser="" # large: a browser, and Node unless there is one
command -v chromium >/dev/null || browser="chromium fonts-dejavu-core"
command -v node >/dev/null && command -v npm >/dev/null || browser="$browser nodejs npm"
case "${1:-build}" in
build) want=$build ;;
test) want="$build $test" ;;
lint) want=$lint ;;
browser) want=$browser ;;
*) echo "usage: $0 build|test|lint|browser" >&2; exit 2 ;;
esac

command -v dpkg-query >/dev/null || {
  echo "This is not Debian or Ubuntu: please install by hand what corresponds to:" $want >&2
  exit 0
}
missing=
for p in $want; do
  dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

echo "Installing Debian packages:$missing"
if [ "$(id -u)" = 0 ]; then
  sudo=
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
  sudo=sudo
else
  echo "They are missing, and this is neither root nor sudo. As root, run:" >&2
  echo "  apt-get update && apt-get install -y --no-install-recommends$missing" >&2
  exit 1
fi
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
