// Command libfuzzer is the fuzz targets as libFuzzer calls them: `go build -buildmode=c-archive` makes an archive
// of it, and entry/entry.c, compiled for one target and linked with libFuzzer, the binary for that target.
// scripts/ossfuzz/build.sh does so, in OSS-Fuzz's images, in ClusterFuzzLite's and without either.
package main

/*
#include <stddef.h>
#include <stdint.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"midiff/diff/mutate"
	"midiff/fuzz"
	"midiff/fuzz/seeds"
)

func main() {}

// check runs an input of the target, made with the first.
var check func(data []byte) error

// midiffReady returns when Go has started, as every call from C does.
//
//export midiffReady
func midiffReady() {}

// midiffInput runs an input and panics if it fails: engines tell failures apart by what follows "panic: ", so
// that is what the rig groups them by. The report comes before it.
//
//export midiffInput
func midiffInput(target *C.char, data *C.uint8_t, size C.size_t) {
	if check == nil {
		check = open(C.GoString(target))
	}
	err := check(unsafe.Slice((*byte)(data), size))
	if err == nil {
		return
	}
	if f := new(fuzz.Failure); errors.As(err, &f) {
		fmt.Fprint(os.Stderr, f.Report)
	}
	panic(err)
}

// open makes a target ready. What goes wrong is the rig's fault, not an input's.
func open(target string) func([]byte) error {
	if target == seeds.Text {
		return fuzz.CheckText
	}
	t, err := fuzz.NewUnkept(target)
	if err != nil {
		fmt.Fprintf(os.Stderr, "midiff: the rig failed: %v\n", err)
		os.Exit(3)
	}
	return t.Check
}

// mutator changes inputs of the target, made when it is first asked for.
var mutator *mutate.Bytes

// midiffMutate changes an input where it lies, in room for most bytes, and gives its new size.
//
//export midiffMutate
func midiffMutate(target *C.char, data *C.uint8_t, size, most C.size_t, seed C.uint) C.size_t {
	changed := mutations(target).Mutate(unsafe.Slice((*byte)(data), size), int(most), uint64(seed))
	return C.size_t(copy(unsafe.Slice((*byte)(data), most), changed))
}

// midiffCross makes an input of two, in room for most bytes, and gives its size.
//
//export midiffCross
func midiffCross(target *C.char, a *C.uint8_t, sizeA C.size_t, b *C.uint8_t, sizeB C.size_t, out *C.uint8_t,
	most C.size_t, seed C.uint) C.size_t {
	crossed := mutations(target).Cross(unsafe.Slice((*byte)(a), sizeA), unsafe.Slice((*byte)(b), sizeB), int(most), uint64(seed))
	return C.size_t(copy(unsafe.Slice((*byte)(out), most), crossed))
}

func mutations(target *C.char) *mutate.Bytes {
	if mutator == nil {
		mutator = mutate.NewBytes(fuzz.Programs[C.GoString(target)])
	}
	return mutator
}
