package bench

import (
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
	for _, compared := range []bool{true, false} {
		b.Run(map[bool]string{true: "compared", false: "not"}[compared], func(b *testing.B) {
			r := newRig(c, g, prog.GenConfig{Ops: stateOps, Threads: 1, MaxSize: 16 << 10, MaxBulk: 1})
			if compared {
				r.compareStates()
			}
			b.ResetTimer()
			r.both(b.N)
		})
	}
}
