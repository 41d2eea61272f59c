// Package instrument says how a fuzz target is to be built and run.
package instrument

import (
	"os"
	"regexp"
	"slices"
)

// counted are the packages with coverage counters when the allocators are what is fuzzed: goalloc, and what stands
// for the reference. `go test -fuzz` gives every package counters, the standard library included. Most of those
// tell nothing about the allocator, cost more than all the rest of an execution, fill the corpus with inputs that
// differ only to the rig, and depend on the inputs before. So the targets are built as a plain test
// binary, with the compiler's flag where it is wanted; a flag that takes it away again is not heeded.
var counted = []string{"midiff/goalloc", "midiff/goalloc/internal/osmem"}

// feed stands for the reference, whose own counters only libFuzzer sees.
const feed = "midiff/fuzz/feed"

// parser is what has counters instead in the target that is about it.
const parser = "midiff/diff/prog"

// minimize switches the minimising of inputs off. Workers would otherwise spend most of their time on
// making inputs that are new a little shorter, up to a minute each. A failing program is cut by the rig.
const minimize = "-test.fuzzminimizetime=0s"

// covered is the build tag under which the reference tells what of it ran.
const covered = "ccover"

// The compiler flags of that build which the go command knows nothing of, and where it is told of them.
const (
	allowVar = "CGO_CFLAGS_ALLOW"
	allowed  = "-fsanitize-coverage=trace-pc|-fno-reorder-functions|-fno-reorder-blocks-and-partition|" +
		"-fno-optimize-sibling-calls"
)

// Build gives the arguments of the go command that makes out, a program with the fuzz targets of a package, for one
// of them. To be run with Env.
func Build(target, out, pkg string, more ...string) []string {
	args := append([]string{"test", "-c", "-o", out, "-tags=" + covered}, more...)
	args = append(args, Counters(target)...)
	if target != "FuzzText" {
		args = append(args, counters(feed))
	}
	return append(args, pkg)
}

// Counters gives the flags of the go command for the packages that have coverage counters when a target runs, but
// for what stands for the reference.
func Counters(target string) (flags []string) {
	packages := counted
	if target == "FuzzText" {
		packages = []string{parser}
	}
	for _, p := range packages {
		flags = append(flags, counters(p))
	}
	return flags
}

func counters(pkg string) string { return "-gcflags=" + pkg + "=-d=libfuzzer" }

// Run gives the arguments of that program; kept is the folder of the inputs that it finds. It is to be run in
// the package's folder.
func Run(target, fuzztime, kept string, more ...string) []string {
	return append([]string{"-test.run=^$", "-test.fuzz=^" + target + "$", "-test.fuzztime=" + fuzztime, minimize,
		"-test.fuzzcachedir=" + kept}, more...)
}

// Env gives the environment in which the go command builds what has the tag.
func Env() []string {
	allow := allowed
	if own := os.Getenv(allowVar); own != "" {
		allow = own + "|" + allowed
	}
	return append(slices.Clip(os.Environ()), allowVar+"="+allow)
}

// lateEnd is what is printed, in the place of a failure, when a worker was in the middle of an
// execution as the time ran out. No input failed; it happens with an empty target, too.
var lateEnd = regexp.MustCompile(`(?m)^--- FAIL: Fuzz\w+ \([0-9.]+s\)\n    context deadline exceeded\nFAIL$`)

// EndedLate tells that a fuzz run that exited with an error only ran out of time.
func EndedLate(output []byte) bool { return lateEnd.Match(output) }
