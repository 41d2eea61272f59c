#!/bin/bash -eu
# Builds the fuzz targets for libFuzzer into $OUT, each with its seeds, options and dictionary. It runs in
# OSS-Fuzz's images, in ClusterFuzzLite's, and without either by `make oss-fuzz`, with the variables that the
# images set: SRC, where this project is the folder midiff, OUT, WORK, SANITIZER, CC, CXX, CFLAGS, CXXFLAGS,
# LIB_FUZZING_ENGINE; and MIMALLOC_SRC.
#
# The Go side gets its counters from the compiler (-d=libfuzzer), the C side from CFLAGS, which go to every C file
# that cgo compiles. Both are in one archive, which is linked with each target's entry.

cd -P "$SRC/midiff"

# What there is a build for; anything else is refused here, and not by what comes of it.
refuse() {
	echo "build.sh: $1" >&2
	exit 1
}
SANITIZER=${SANITIZER:-address}
case "$SANITIZER" in
	address | undefined | none | coverage) ;;
	memory) refuse "SANITIZER=memory: Go's memory is written by code that MemorySanitizer does not see; take address" ;;
	thread) refuse "SANITIZER=thread: Go's own threads are not ThreadSanitizer's; make tsan and make race look for races" ;;
	introspector) refuse "SANITIZER=introspector: Fuzz Introspector reads no Go, and cgo no code for -flto; take coverage" ;;
	*) refuse "SANITIZER=$SANITIZER: there is no such build; take address, undefined, none or coverage" ;;
esac
[ "${FUZZING_ENGINE:-libfuzzer}" = libfuzzer ] ||
	refuse "FUZZING_ENGINE=$FUZZING_ENGINE: the Go compiler's counters are libFuzzer's; take libfuzzer"
[ "${ARCHITECTURE:-x86_64}" = x86_64 ] || refuse "ARCHITECTURE=$ARCHITECTURE: midiff runs on x86_64"

targets="FuzzLockstep FuzzThreads FuzzHeaps FuzzAligned FuzzText"

# The reference's source makes clang warn of what gcc is silent about.
export CGO_ENABLED=1 CGO_CFLAGS="$CFLAGS -Wno-everything" CGO_LDFLAGS="$CFLAGS"

# The rig's own tools are built as usual.
tool() { env CGO_ENABLED=0 GOFLAGS= go run -buildvcs=false ./scripts/ossfuzz "$@"; }

# archive FILE TARGET: the targets as an archive, with the counters that are for that target.
archive() {
	local flags=()
	if [ "$SANITIZER" != coverage ]; then
		mapfile -t flags < <(tool flags "$2")
	fi
	go build -buildvcs=false -buildmode=c-archive -tags libfuzzer "${flags[@]}" -o "$1" ./fuzz/libfuzzer
}

# binary FOLDER TARGET ARCHIVE FLAGS...: the binary for one target.
binary() {
	$CC $CFLAGS -DTARGET="$2" "${@:4}" -c fuzz/libfuzzer/entry/entry.c -o "$WORK/$2.o"
	$CXX $CXXFLAGS "$WORK/$2.o" "$3" $LIB_FUZZING_ENGINE -lresolv -lpthread -o "$1/$2"
}

mkdir -p "$WORK" "$OUT"
make -s setup
archive "$WORK/allocator.a" FuzzThreads
archive "$WORK/parser.a" FuzzText

# For coverage OSS-Fuzz runs a Go test of every Go target, which counts Go's lines only. The binaries of libFuzzer,
# which then count C's, are in a folder beside.
folder=$OUT
if [ "$SANITIZER" = coverage ]; then
	folder=$OUT/c
	mkdir -p "$folder"
	go test -buildvcs=false -c -covermode=atomic -o "$WORK/replay.test" \
		-coverpkg=midiff/goalloc/...,midiff/diff,midiff/diff/prog,midiff/fuzz ./fuzz/replay
	tool functions $targets > "$OUT/fuzzer_function_names.json"
fi

for target in $targets; do
	case "$target" in
		FuzzText) binary "$folder" "$target" "$WORK/parser.a" ;;
		*) binary "$folder" "$target" "$WORK/allocator.a" -DPROGRAMS ;;
	esac
	tool seeds "$target" "$OUT/${target}_seed_corpus.zip"
	cp fuzz/libfuzzer/entry/target.options "$OUT/$target.options"
	if [ "$SANITIZER" = coverage ]; then
		cp "$WORK/replay.test" "$OUT/$target"
		echo "s=midiff/=$PWD/=" > "$OUT/$target.gocovpath"
	fi
done
tool dict "$OUT/FuzzText.dict"
