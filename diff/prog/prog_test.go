// Programs that the tests of this package share. See doc.go for an overview.

package prog

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the expected parts of testdata")

// everyKind is a config under which generated programs have all there is.
func everyKind(ops int) GenConfig {
	return GenConfig{
		Ops: ops, Threads: 4,
		Heaps: true, Arenas: true, Aligned: true, Exits: true, Options: true, Faults: true, Barriers: true,
	}
}

// golden compares got with a file of testdata, which -update writes.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := "testdata/" + file
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run go test -update to make it")
	require.Equal(t, string(want), got, "if this is meant, run go test -update")
}

// eachGenerated calls f with generated programs of several lengths.
func eachGenerated(t *testing.T, programs int, f func(t *testing.T, p *Program)) {
	t.Helper()
	for seed := range uint64(programs) {
		ops := []int{1, 20, 50, 300}[seed%4]
		cfg := everyKind(ops)
		if seed%3 == 2 {
			cfg.Profile = Later[0]
		}
		f(t, Generate(seed, cfg))
	}
}

func mustParse(t *testing.T, text string) *Program {
	t.Helper()
	p, err := Parse("test", []byte(text))
	require.NoError(t, err, text)
	return p
}
