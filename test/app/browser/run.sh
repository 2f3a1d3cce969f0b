#!/bin/sh
# run.sh [NAME...] - the browser tests, or why they cannot run; ends with `N passed, N failed`.
cd "$(dirname "$0")" || exit 1
for program in node npm; do
  command -v "$program" >/dev/null || {
    echo "skipped: the browser tests: no $program (tools/deps.sh browser installs it)"
    echo "0 passed, 0 failed"
    exit 0
  }
done
exec node run.js "$@"
