// Package instrument says how `go test -fuzz` is to run a target.
package instrument

import "regexp"

// rig are the packages without coverage counters when the allocator is what is fuzzed. Counters in the
// rig tell nothing about the allocator, cost as much as all the rest of an execution, and fill the
// corpus with inputs that differ only to the rig.
var rig = []string{"midiff/diff", "midiff/diff/prog", "midiff/diff/journal", "github.com/AdaLogics/go-fuzz-headers"}

// minimize switches the minimising of inputs off. Workers would otherwise spend most of their time on
// making inputs that are new a little shorter, up to a minute each. A failing program is cut by the rig.
const minimize = "-fuzzminimizetime=0s"

// Flags gives the flags for `go test -fuzz` of a target. FuzzText is about the rig's own parser and
// keeps all counters.
func Flags(target string) []string {
	flags := []string{minimize}
	if target == "FuzzText" {
		return flags
	}
	for _, pkg := range rig {
		flags = append(flags, "-gcflags="+pkg+"=-d=libfuzzer=0")
	}
	return flags
}

// lateEnd is what go test prints, in the place of a failure, when a worker was in the middle of an
// execution as the time ran out. No input failed; it happens with an empty target, too.
var lateEnd = regexp.MustCompile(`(?m)^--- FAIL: Fuzz\w+ \([0-9.]+s\)\n    context deadline exceeded\nFAIL$`)

// EndedLate tells that a fuzz run that exited with an error only ran out of time.
func EndedLate(output []byte) bool { return lateEnd.Match(output) }
