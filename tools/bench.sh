#!/bin/sh
# bench.sh - load against Stator (signatures verified, fsync before each answer) and against the
# bare HTTP floor, in turn.  BENCH_MS and BENCH_ROUNDS set how long; BENCH_BIG=10000000
# compares GetItem from a table of that size with one of 100,000 items instead.
set -eu
data=${BENCH_DATA:-build/bench-data}
rm -rf "$data"
trap 'rm -rf "$data"' EXIT
build/bench/load --stator build/stator --floor build/bench/floor --data "$data" \
  --big "${BENCH_BIG:-0}" --ms "${BENCH_MS:-1000}" --rounds "${BENCH_ROUNDS:-3}"
