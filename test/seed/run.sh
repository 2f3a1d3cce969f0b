#!/usr/bin/env bash
# Runs the document's own scripts unchanged.  They name http://localhost:8000, so they get a
# network of their own where that is possible; else port 8000 must be free.
set -euo pipefail
cd "$(dirname "$0")"
if [ "${1:-}" != inside ]; then
  if [ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null; then
    exec unshare -n sh -c 'ip link set lo up && exec ../with_server.py --port 8000 ./run.sh inside'
  fi
  if bash -c 'exec 3<>/dev/tcp/127.0.0.1/8000' 2>/dev/null; then
    echo "skipped: port 8000 is in use and this is not root"
    echo "0 passed, 0 failed"
    exit 0
  fi
  exec ../with_server.py --port 8000 ./run.sh inside
fi

passed=0 failed=0
# check NAME PATTERN COMMAND...: the command must succeed and print a match.
check() {
  local name=$1 want=$2 got
  shift 2
  if got=$("$@" 2>&1) && [[ $got =~ $want ]]; then
    passed=$((passed + 1)); echo "ok - $name"
  else
    failed=$((failed + 1)); printf 'not ok - %s\n  wanted: %s\n  got:    %s\n' "$name" "$want" "$got"
  fi
}
counted() { "$@" | wc -l; }

check schema-load "'TableName': 'cruddur-messages'.*message-group-sk-index" ./schema-load
check list-tables 'ListTables.*cruddur-messages' ./list-tables
check seed "HTTPStatusCode': 200" ./seed
check 'seed stored 5 items' '^5$' counted ./scan
check scan "'message': 'this is a filler message'" ./scan
check drop 'deleting table: cruddur-messages.*"TableStatus": "DELETING"' ./drop cruddur-messages
check 'no table is left' '^$' ./list-tables
got=$(./drop 2>&1) && status=0 || status=$?
check 'drop needs a name' '^1 No TABLE_NAME argument supplied' echo "$status $got"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
