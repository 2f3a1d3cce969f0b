#!/usr/bin/env bash
# tools/fuzz.sh [TARGET...] - runs fuzz targets (all) for FUZZ_SECONDS (60) each on their kept corpora.
# New inputs go to build-fuzz/corpus/; what crashes is left in build-fuzz/crash-*.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-60}
meson=${MESON:-meson}
if [ ! -f build-fuzz/build.ninja ]; then
  CC=clang "$meson" setup build-fuzz -Dfuzz=true -Dslow_asserts=true -Db_lundef=false -Db_sanitize=address,undefined
fi
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  mapfile -t targets < <(basename -s .c fuzz/fuzz_*.c | sed 's/^fuzz_//')
fi
ninja --quiet -C build-fuzz "${targets[@]/#/fuzz/fuzz_}"

failed=0
for t in "${targets[@]}"; do
  mkdir -p "build-fuzz/corpus/$t"
  log=build-fuzz/fuzz_$t.log
  if "build-fuzz/fuzz/fuzz_$t" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="build-fuzz/crash-$t-" "build-fuzz/corpus/$t" "fuzz/corpus/$t" >"$log" 2>&1; then
    printf '%-20s %s\n' "$t" "$(sed -n 's/^Done //p' "$log")"
  else
    failed=$((failed + 1))
    tail -n 40 "$log"
    printf '%-20s FAILED, see %s\n' "$t" "$log"
  fi
done
echo "$((${#targets[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
