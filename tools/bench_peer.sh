#!/bin/sh
# bench_peer.sh - the same requests to Stator and to dynalite, in turn: operations per second, CPU per
# operation, memory.  dynalite comes from the npm registry, into build/peer, and keeps its data in
# memory; Stator writes to disk and waits for it (fsync).
# BENCH_MS and BENCH_ROUNDS set how long.
#
# Any other server with DynamoDB's API on this machine: start it on processor 0, then
#   build/bench/load --stator build/stator --floor build/bench/floor --data build/bench-data \
#     --peer NAME --peer-port PORT --peer-pid PID
set -eu
for program in node npm curl taskset; do
  command -v $program >/dev/null || { echo "This needs $program (Debian: nodejs npm curl util-linux)" >&2; exit 1; }
done
peer=build/peer data=${BENCH_DATA:-build/bench-data} port=18992
if [ ! -e "$peer/node_modules/dynalite" ]; then
  echo "Installing dynalite in $peer"
  mkdir -p "$peer"
  npm install --silent --no-audit --no-fund --prefix "$peer" dynalite@4.0.0
fi
rm -rf "$data"
taskset -c 0 node "$peer/node_modules/dynalite/cli.js" --port $port --createTableMs 0 &
pid=$!
trap 'kill $pid; rm -rf "$data"' EXIT
until curl -s -o /dev/null "http://127.0.0.1:$port/"; do sleep 0.1; done
build/bench/load --stator build/stator --floor build/bench/floor --data "$data" \
  --ms "${BENCH_MS:-1000}" --rounds "${BENCH_ROUNDS:-3}" --peer dynalite --peer-port $port --peer-pid $pid
