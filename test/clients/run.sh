#!/bin/bash
# run.sh [js go java rust python] - the whole life of a table through each AWS SDK whose tool chain is on
# this machine, and the API suite with the newest boto3, against a server of its own.  Packages come from the languages' registries.
# Ends with "N passed, N failed".
set -u
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
stator=${STATOR:-$root/build/stator}
port=${PORT:-18985}
work=${CLIENTS_DIR:-$root/build/clients}
mkdir -p "$work"
passed=0 failed=0 skipped=0

"$stator" serve --memory --port "$port" --log-level error & server=$!
trap 'kill $server 2>/dev/null' EXIT
for _ in $(seq 100); do curl -fs -o /dev/null "http://127.0.0.1:$port/" && break; sleep 0.05; done

client_js() { cp -r js "$work/" && cd "$work/js" && npm install --silent --no-audit --no-fund >&2 && node --no-warnings life.mjs "$1"; }
client_go() { cp -r go "$work/" && cd "$work/go" && go build -o life . >&2 && ./life "$1"; }
client_java() { cp -r java "$work/" && cd "$work/java" && mvn -q -B compile >&2 && mvn -q -B exec:java -Dexec.args="$1"; }
client_rust() { CARGO_TARGET_DIR="$work/rust-target" cargo run -q --manifest-path rust/Cargo.toml -- "$1"; }
client_python() {
  [ -x "$work/venv/bin/pytest" ] || { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q boto3 pytest; } >&2
  "$work/venv/bin/pytest" -q --tb=short -p no:cacheprovider --url "$1" "$api" >&2
  local status=$?
  [ $status -eq 0 ] && echo "ok the API suite with boto3 $("$work/venv/bin/python" -c 'import boto3; print(boto3.__version__)')"
}
tool() { case $1 in js) echo npm ;; go) echo go ;; java) echo mvn ;; rust) echo cargo ;; python) echo python3 ;; esac; }

for c in ${*:-js go java rust python}; do
  if ! command -v "$(tool "$c")" >/dev/null; then
    echo "== $c: skipped, there is no $(tool "$c") here"
    skipped=$((skipped + 1))
    continue
  fi
  echo "== $c"
  out=$( (timeout 900 bash -c "$(declare -f client_"$c"); work='$work'; api='$root/test/api'; client_$c http://127.0.0.1:$port") 2>"$work/$c.log" )
  status=$?
  out=$(echo "$out" | sed 's,\x1b\[[0-9;]*m,,g') # Maven colours
  echo "$out" | grep -E '^(not )?ok '
  passed=$((passed + $(echo "$out" | grep -c '^ok ')))
  failed=$((failed + $(echo "$out" | grep -c '^not ok ')))
  if [ $status -ne 0 ] && ! echo "$out" | grep -q '^not ok '; then
    failed=$((failed + 1))
    echo "not ok $c ended with status $status:"; tail -n 5 "$work/$c.log"
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
