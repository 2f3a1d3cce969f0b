#!/usr/bin/env bash
# tools/crash.sh [ROUNDS] - kills a loaded server ROUNDS (1000) times; see test/crash/crash.py.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=/usr/bin:$PATH
STATOR=${STATOR:-$PWD/${BUILD:-build}/src/server/stator}
export STATOR
exec test/crash/crash.py --rounds "${1:-1000}"
