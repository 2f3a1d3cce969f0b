#!/bin/bash
# run.sh [js go java rust python kcl1 kcl3 bloop] - the whole life of a table through each AWS SDK whose tool
# chain is on this machine, a few object mappers, the API suite with the newest boto3, and streams through the
# libraries that consume them, against servers of its own.  Packages come from the languages' registries.
# Ends with "N passed, N failed, N skipped".
#
# Every SDK takes the same steps and prints "ok STEP" or "not ok STEP: why" for each.  The server makes
# it hard for them: members of batches stay unprocessed, the deletion of an item is throttled twice
# (physics.json); a client that did not try again would fail.  Consumers of streams have a second server,
# where shards go on every few seconds, and steps of their own.
set -u
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
stator=${STATOR:-$root/build/stator}
port=${PORT:-18985}
work=${CLIENTS_DIR:-$root/build/clients}
mkdir -p "$work"
passed=0 failed=0 skipped=0

steps="table: create, wait
items: put, get, update
condition: refused, with the item
batch write: what is left is sent again
batch get: what is left is sent again
query: pages, forwards and backwards
scan: pages of segments
throttled: sent again
transaction: all of it
transaction: cancelled, none of it
PartiQL: pages
stream: every change, in order
index: added, filled, queried
table: delete, wait"

"$stator" serve --memory --port "$port" --log-level error --physics physics.json & server=$!
"$stator" serve --memory --port $((port + 1)) --stream-shard 5 --log-level error & server="$server $!"
trap 'kill $server 2>/dev/null' EXIT
for p in "$port" $((port + 1)); do
  for _ in $(seq 100); do curl -fs -o /dev/null "http://127.0.0.1:$p/" && break; sleep 0.05; done
done

client_js() {
  cp -r js "$work/" && cd "$work/js" && npm install --silent --no-audit --no-fund >&2 || return
  node --no-warnings life.mjs "$1"
  local life=$?
  node --no-warnings mapper.mjs "$1" && return $life
}
client_go() { cp -r go "$work/" && cd "$work/go" && go build -o life . >&2 && ./life "$1"; }
maven() { cp -r "$1" "$work/" && cd "$work/$1" && mvn -q -B compile >&2 && mvn -q -B exec:java -Dexec.args="$2"; }
client_java() { maven java "$1"; }
client_kcl1() { maven kcl1 "$2"; }
client_kcl3() { maven kcl3 "$2"; }
client_bloop() {
  { python3 -m venv "$work/venv-bloop" && "$work/venv-bloop/bin/pip" install -q bloop; } >&2 || return
  "$work/venv-bloop/bin/python" bloop/consume.py "$2"
}
client_rust() { CARGO_TARGET_DIR="$work/rust-target" cargo run -q --manifest-path rust/Cargo.toml -- "$1"; }
client_python() {
  { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q boto3 pynamodb pytest; } >&2 || return
  local life=0
  "$work/venv/bin/python" python/life.py "$1" || life=1
  "$work/venv/bin/python" python/mapper.py "$1" || life=1
  "$work/venv/bin/pytest" -q --tb=short -p no:cacheprovider --url "$1" "$api" >&2
  local status=$?
  [ $status -eq 0 ] && echo "ok the API suite with boto3 $("$work/venv/bin/python" -c 'import boto3; print(boto3.__version__)')"
  [ $life -eq 0 ] && [ $status -eq 0 ]
}
tool() { case $1 in js) echo npm ;; go) echo go ;; java | kcl*) echo mvn ;; rust) echo cargo ;; *) echo python3 ;; esac; }
steps_of() { case $1 in kcl* | bloop) ;; *) echo "$steps" ;; esac; }

for c in ${*:-js go java rust python kcl1 kcl3 bloop}; do
  if ! command -v "$(tool "$c")" >/dev/null; then
    echo "== $c: skipped, there is no $(tool "$c") here"
    skipped=$((skipped + 1))
    continue
  fi
  echo "== $c"
  out=$( (timeout 900 bash -c "$(declare -f maven client_"$c"); work='$work'; api='$root/test/api'
           client_$c http://127.0.0.1:$port http://127.0.0.1:$((port + 1))") 2>"$work/$c.log" )
  status=$?
  out=$(echo "$out" | sed 's,\x1b\[[0-9;]*m,,g') # Maven colours
  while read -r step; do
    grep -qE "^(not )?ok $step(:|\$)" <<<"$out" || out+=$'\n'"not ok $step: not reached, the client ended with status $status"
  done < <(steps_of "$c")
  [ $status -eq 0 ] || grep -q '^not ok ' <<<"$out" || out+=$'\n'"not ok $c ended with status $status"
  grep -E '^(not )?ok ' <<<"$out"
  grep -q '^not ok ' <<<"$out" && tail -n 20 "$work/$c.log"
  passed=$((passed + $(grep -c '^ok ' <<<"$out")))
  failed=$((failed + $(grep -c '^not ok ' <<<"$out")))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
