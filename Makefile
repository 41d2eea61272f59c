# midiff: what people and CI run. Bare `make` prints the list.
#
# Variables, given as `make fuzz FUZZTIME=10m`:
#   MIMALLOC_SRC  a mimalloc 2.0.9 source tree to use instead of Debian's source package
#   FUZZTIME      how long `make fuzz` takes in all (60s, 10m), or how many runs of each target (1000x)
#   FUZZ          the fuzz targets to run, all if empty (FuzzThreads, "FuzzHeaps FuzzAligned")
#   SOAK          the flags of `make soak` for random programs in lockstep
#   EVOLVE        the flags of `make evolve`
#   THREADS       the flags of `make soak` for scenarios in parallel
#   EXPLORE       the flags of `make explore`
#   CLANG         the clang of `make oss-fuzz`, the machine's own if empty
#   TESTFLAGS     more flags for `go test` in `make test`

GO       ?= go
FUZZTIME ?= 60s
FUZZ     ?=
SOAK     ?= -for 60s -jobs 2
EVOLVE   ?= -for 10m -jobs 2 -corpus kept
EXPLORE  ?= -bound 3 -budget 60s
THREADS  ?= -for 60s -rounds 40
MIDIFF    = $(GO) run ./diff/cmd/midiff

# What package cref/covered compiles the reference with, and the go command does not know of.
TELLS = -fsanitize-coverage=trace-pc|-fno-reorder-functions|-fno-reorder-blocks-and-partition|-fno-optimize-sibling-calls

export MIMALLOC_SRC CLANG

# Without a home folder the go command has nowhere to keep its caches.
ifeq ($(and $(HOME),$(wildcard $(HOME)/.)),)
export GOPATH  ?= $(CURDIR)/.build/gopath
export GOCACHE ?= $(CURDIR)/.build/gocache
endif

.PHONY: help setup tools fuzz test check canary explore verdict coverage feedback bench race tsan asan ubsan soak evolve emit oss-fuzz

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

setup: tools ## fetch the reference's source, once; the others call it
	@.build/setup

fuzz: setup ## run the differential fuzz session (FUZZTIME=60s)
	@.build/fuzz -time $(FUZZTIME) $(FUZZ)

test: setup ## run every test, and the scenarios of threads that run at once
	$(GO) test $(TESTFLAGS) ./...
	@$(MIDIFF) scenarios

check: setup ## format, vet and tidy: the style checks
	@dirty=$$(gofmt -l $$($(GO) list -f '{{.Dir}}' ./...)) && test -z "$$dirty" || \
		{ echo "check: these files want gofmt -w:" $$dirty >&2; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags explore ./goalloc/... ./diff/explore/...
	$(GO) test -count=1 ./scripts/tidy

canary: setup ## run the planted faults; each oracle must catch its own
	@$(MIDIFF) canary

explore: setup ## every scenario under weak memory, and every planted fault (EXPLORE="-bound 3 -budget 60s")
	@$(MIDIFF) explore -matrix -bound 2
	@$(MIDIFF) explore -brief -jobs 2 $(EXPLORE)

verdict: setup ## the rival fixes of segment->thread_id, tried (diff/explore/verdict.md tells the story)
	@$(MIDIFF) explore -verdict -bound 2

coverage: setup ## which lines of C and of goalloc the corpus runs, side by side, as .build/coverage/index.html
	@$(MIDIFF) coverage

feedback: setup ## measure what C's coverage is good for as a guide of the fuzzer (takes hours)
	@for what in edges faults; do for start in "" smoke/op-malloc; do \
		$(GO) test -count=1 -v -timeout 2h -run '^TestFeedback$$' ./diff/canary -args -feedback $$what -start "$$start" || exit 1; \
	done; done
	@$(GO) test -count=1 -v -timeout 2h -run '^TestFeedback$$' ./diff/canary -args -feedback minutes -start smoke/

bench: setup ## measure the rig and goalloc against C
	@$(MIDIFF) bench

race: setup ## run goalloc with real goroutines under the race detector
	$(GO) test -race -count=1 -timeout 2m -run 'AtOnce|PlantedRace' ./goalloc
	$(GO) test -race -count=1 -timeout 1m ./goalloc/internal/...
	$(GO) test -race -count=1 -timeout 5m -v -run 'TestRaceDetector$$' ./diff

tsan: setup ## run the reference with scenarios under ThreadSanitizer
	$(GO) test -count=1 -v -run 'TestSanitizer$$' ./diff -args -sanitize thread

asan: setup ## run the reference with scenarios under AddressSanitizer
	$(GO) test -count=1 -v -run 'TestSanitizer$$' ./diff -args -sanitize address

ubsan: setup ## run the reference with scenarios under UndefinedBehaviorSanitizer
	$(GO) test -count=1 -v -run 'TestSanitizer$$' ./diff -args -sanitize undefined

emit: setup ## emit every program of the corpus as C and as Go, compile and run them
	EMIT=all $(GO) test -count=1 -timeout 20m ./diff/emit

soak: setup ## run random programs in lockstep (SOAK="-for 60s -jobs 2"), scenarios in parallel (THREADS="-for 60s")
	@$(MIDIFF) soak $(SOAK)
	@$(MIDIFF) scenarios $(THREADS)

evolve: setup ## a soak that keeps what reaches more of either side, in a folder (EVOLVE="-for 10m -jobs 2 -corpus kept")
	CGO_CFLAGS_ALLOW='$(TELLS)' $(GO) build -buildvcs=false -tags ccover -o .build/midiff-ccover ./diff/cmd/midiff
	@.build/midiff-ccover soak $(EVOLVE)

oss-fuzz: tools ## build the targets for libFuzzer as OSS-Fuzz does, with clang, and run them (CLANG=clang-19)
	@.build/setup clang
	$(GO) test -count=1 -timeout 30m -v -run 'TestLibFuzzer$$' ./diff/canary -args -libfuzzer

# Built, not `go run`: that would add a line to theirs and lose their exit codes.
tools:
	@command -v $(GO) >/dev/null || \
		{ echo "setup: $(GO) is missing; install Go 1.26 or later and run make setup again" >&2; exit 2; }
	@$(GO) build -buildvcs=false -o .build/ ./scripts/setup ./scripts/fuzz
