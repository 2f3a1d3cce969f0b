# Thin front for meson: every target is one script or one meson call.
#
#   make          build build/stator and build/cruddur
#   make run      build, start Stator and Cruddur with sample data, leave them running
#   make demo-reset  stop them and forget their data
#   make test     every test (installs what is missing first)
#   make asan     the tests under AddressSanitizer and UBSan
#   make tsan     the tests of threads under ThreadSanitizer
#   make fuzz     each fuzz target for FUZZ_SECONDS (60)
#   make crash    kill -9 a loaded server CRASH_ROUNDS (1000) times
#   make test-clients  table life through the AWS SDKs for JavaScript, Go, Java, Rust and Python; streams
#                 through the Kinesis Client Library and bloop
#   make bench    load against the server and against a bare HTTP floor
#   make bench-peer  the same load against Stator and another server of the API
#   make fmt tidy install clean
MESON ?= meson

all: build/build.ninja
	@$(MESON) compile -C build
	@ln -sf src/server/stator build/stator
	@ln -sf src/cruddur/cruddur build/cruddur

build/build.ninja: | deps
	@test -f $@ || $(MESON) setup build

deps:
	@tools/deps.sh build

run: all
	@tools/run.sh

demo-reset:
	@tools/demo_reset.sh

test: all
	@tools/test.sh

asan: | deps
	@tools/deps.sh test
	@test -f build-asan/build.ninja || CC=clang $(MESON) setup --werror build-asan -Dslow_asserts=true -Db_lundef=false -Db_sanitize=address,undefined
	@BUILD=build-asan tools/test.sh

tsan: | deps
	@tools/deps.sh test
	@test -f build-tsan/build.ninja || CC=clang $(MESON) setup --werror build-tsan -Dslow_asserts=true -Db_lundef=false -Db_sanitize=thread
	@BUILD=build-tsan tools/test.sh

fuzz: | deps
	@tools/deps.sh test
	@tools/fuzz.sh

crash: all
	@tools/deps.sh test
	@tools/crash.sh $${CRASH_ROUNDS:-1000}

test-clients: all
	@test/clients/run.sh

bench: all
	@tools/bench.sh

bench-peer: all
	@tools/bench_peer.sh

fmt:
	@tools/deps.sh lint
	@clang-format -i $$(git ls-files '*.[ch]')

tidy: all
	@tools/deps.sh lint
	@tools/tidy.py .
	@clang-tidy --quiet -p build $$(git ls-files 'src/*.c')

install: all
	@$(MESON) install -C build

clean:
	@rm -rf build build-asan build-tsan build-fuzz

.DEFAULT_GOAL = all
.PHONY: all deps run demo-reset test asan tsan fuzz crash test-clients bench bench-peer fmt tidy install clean
