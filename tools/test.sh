#!/usr/bin/env bash
# tools/test.sh - every test of the project; `make test` runs it.
#
#   tools/test.sh                   the default build, then ASan+UBSan, then TSan
#   BUILD=build-asan tools/test.sh  the suites of that build alone (what it is, its name says)
#
# Prints one line per part; the last line is the sum of all: `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
passed=0 failed=0
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
export PATH=/usr/bin:$PATH # Debian's pytest, boto3 and AWS CLI
export MESON=${MESON:-meson}
asan_setup=(-Dslow_asserts=true -Db_lundef=false -Db_sanitize=address,undefined)
tsan_setup=(-Dslow_asserts=true -Db_lundef=false -Db_sanitize=thread)
export ASAN_OPTIONS=${ASAN_OPTIONS:-abort_on_error=1:detect_leaks=1:detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1:second_deadlock_stack=1:suppressions=$root/tools/tsan.supp}

# count LOG: "passed failed" from what meson, pytest or our own suites say at their end.
count() {
  awk '
    /^Ok: +[0-9]+/            { ok += $2; seen = 1 }
    /^(Fail|Timeout|Unexpected Pass): +[0-9]+/ { bad += $NF; seen = 1 }
    /^[0-9]+ passed, [0-9]+ failed$/ { ok += $1; bad += $3; seen = 1 }
    /(^| )[0-9]+ (passed|failed|errors?)(,| in )/ && / in [0-9.]+s/ {
      seen = 1
      for (i = 1; i < NF; i++) {
        if ($(i + 1) ~ /^passed/) ok += $i
        if ($(i + 1) ~ /^(failed|error)/) bad += $i
      }
    }
    END { print ok + 0, seen ? bad + 0 : 1 }' "$1"
}

# part NAME SECONDS COMMAND...: runs one suite and counts it.
part() {
  local name=$1 limit=$2 log="$logs/part" start=$SECONDS status=0 ok bad
  shift 2
  timeout --kill-after=10 "$limit" "$@" >"$log" 2>&1 || status=$?
  read -r ok bad < <(count "$log")
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  passed=$((passed + ok)) failed=$((failed + bad))
  if [ "$bad" != 0 ]; then
    tail -n 120 "$log"
    [ "$status" = 124 ] && echo "(ended after $limit s)"
  fi
  grep '^skipped: ' "$log"
  printf '%-34s %5d passed %4d failed  %4d s\n' "$name" "$ok" "$bad" $((SECONDS - start))
}

# build DIR OPTIONS...: configures it once and builds it.
build() {
  local dir=$1 log="$logs/build"
  shift
  if ! { [ -f "$dir/build.ninja" ] || $MESON setup --werror "$dir" "$@" >"$log" 2>&1; } ||
    ! timeout 900 ninja -C "$dir" >"$log" 2>&1; then
    tail -n 60 "$log"
    echo "$dir does not build"
    failed=$((failed + 1))
    return 1
  fi
}

unit() { part "$1: unit, style, corpus" 300 "$MESON" test -C "$1" --no-rebuild --timeout-multiplier 4 --print-errorlogs --suite unit --suite style --suite corpus; }

# api DIR: the black-box suite on that build's server.
api() {
  STATOR=$root/$1/src/server/stator part "$1: API" 420 python3 -m pytest -q --tb=short test/api
}

# app DIR: the application, on both of its databases, over that build's server.
app() {
  STATOR=$root/$1/src/server/stator CRUDDUR=$root/$1/src/cruddur/cruddur part "$1: the application" 600 python3 -m pytest -q --tb=short test/app
}

# Cruddur's pages in a browser; a long download when there is none yet.
pages() {
  tools/deps.sh browser || echo "the browser for the pages' tests cannot be installed" >&2
  STATOR=$root/$1/src/server/stator CRUDDUR=$root/$1/src/cruddur/cruddur part "$1: the pages" 420 test/app/browser/run.sh
}

default_build() {
  local dir=$1 stator=$root/$1/src/server/stator
  unit "$dir"
  api "$dir"
  app "$dir"
  pages "$dir"
  STATOR=$stator part "$dir: a table's life by the AWS CLI" 180 test/with_server.py test/cli/table_life.sh
  STATOR=$stator part "$dir: the document's own scripts" 60 test/seed/run.sh
  STATOR=$stator part "$dir: killed 50 times" 200 test/crash/crash.py --rounds "${CRASH_ROUNDS:-50}"
  STATOR=$stator part "$dir: full disk" 120 test/crash/disk_full.py
  STATOR=$stator part "$dir: SRP with an independent client" 120 test/app/srp/run.sh
}

asan_build() {
  unit "$1"
  PATIENCE_S=60 api "$1"
  PATIENCE_S=60 app "$1"
  STATOR=$root/$1/src/server/stator part "$1: I/O errors at every call" 200 test/crash/fault.py --seconds 60
  PATIENCE_S=60 STATOR=$root/$1/src/server/stator part "$1: killed 10 times" 120 test/crash/crash.py --rounds 10
}

tsan_build() {
  unit "$1"
  PATIENCE_S=60 api "$1"
}

tools/deps.sh test || exit 1
asan() { CC=clang build "$1" "${asan_setup[@]}" && asan_build "$1"; }
tsan() { CC=clang build "$1" "${tsan_setup[@]}" && tsan_build "$1"; }
plain() { build "$1" && default_build "$1"; }

case ${BUILD:-} in
'') plain build; asan build-asan; tsan build-tsan ;;
*asan*) asan "$BUILD" ;;
*tsan*) tsan "$BUILD" ;;
*) plain "$BUILD" ;;
esac
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
