#!/bin/sh
# demo_reset.sh - stops what `make run` started and removes its data directory.
set -eu
cd "$(dirname "$0")/.."
data=${STATOR_DATA:-./stator-data}
for p in cruddur stator; do
  [ -f "$data/$p.pid" ] || continue
  pid=$(cat "$data/$p.pid")
  [ "$(ps -o comm= -p "$pid" 2>/dev/null)" = "$p" ] || continue # the number may be another's by now
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
done
rm -rf "$data"
echo "$data is gone; make run starts anew"
