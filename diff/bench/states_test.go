package bench

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/prog"
)

// BenchmarkState runs programs of 50 operations with the states compared after each, and without.
func BenchmarkState(b *testing.B) {
	c, err := diff.NewC()
	require.NoError(b, err)
	g, err := diff.NewGo()
	require.NoError(b, err)
	defer g.Close()
	for _, m := range []struct {
		name     string
		cfg      prog.GenConfig
		compared bool
	}{
		{"compared", plainPrograms, true}, {"not", plainPrograms, false},
		{"all-compared", wholePrograms, true}, {"all-not", wholePrograms, false},
	} {
		b.Run(m.name, func(b *testing.B) {
			r := newRig(c, g, m.cfg)
			if m.compared {
				r.compareStates()
			}
			b.ResetTimer()
			begun := spent()
			r.both(b.N)
			b.ReportMetric(float64((spent()-begun).Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}

// BenchmarkLockstep runs programs of 2,000 operations.
func BenchmarkLockstep(b *testing.B) {
	c, err := diff.NewC()
	require.NoError(b, err)
	g, err := diff.NewGo()
	require.NoError(b, err)
	defer g.Close()
	for _, kib := range []uint64{1, 16} {
		b.Run(fmt.Sprintf("%dKiB", kib), func(b *testing.B) {
			r := newRig(c, g, prog.GenConfig{Ops: lockstepOps, Threads: 1, MaxSize: kib << 10, MaxBulk: 1})
			b.ResetTimer()
			begun := spent()
			r.both(b.N)
			b.ReportMetric(r.perStep(float64((spent()-begun).Nanoseconds())/float64(b.N)), "cpu-ns/step")
		})
	}
}
