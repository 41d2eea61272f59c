// Package instrument says which packages a fuzz target is guided by. `go test -fuzz` puts counters
// into every package, and keeps an input when a counter is new. Counters in the rig tell nothing about
// the allocator, cost as much as all the rest of an execution, and fill the corpus with inputs that
// differ only to the rig.
package instrument

// rig are the packages without counters when the allocator is what is fuzzed.
var rig = []string{"midiff/diff", "midiff/diff/prog", "github.com/AdaLogics/go-fuzz-headers"}

// Flags gives the flags for `go test -fuzz` of a target. FuzzText is about the rig's own parser and
// keeps all counters.
func Flags(target string) []string {
	if target == "FuzzText" {
		return nil
	}
	flags := make([]string, len(rig))
	for i, pkg := range rig {
		flags[i] = "-gcflags=" + pkg + "=-d=libfuzzer=0"
	}
	return flags
}
