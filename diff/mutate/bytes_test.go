package mutate

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// bounds are those of a target, roughly.
var bounds = prog.DecodeConfig{MaxOps: 200, MaxThreads: 4, MaxSize: 40 << 20, MaxTouched: 4 << 20, MaxBulk: 1024, MaxSlow: 4,
	MaxArena: 512 << 20, Exits: true, Heaps: true, Arenas: true, Options: true, Aligned: true}

// TestBytes: whatever bytes come in, what goes out is no longer than asked for, is what the target's own decoder
// reads without folding anything, and for most of them another program. The same seed gives the same.
func TestBytes(t *testing.T) {
	for name, bounds := range map[string]prog.DecodeConfig{"everything": prog.Everything(), "a target": bounds} {
		t.Run(name, func(t *testing.T) {
			b := NewBytes(bounds)
			r := rand.New(rand.NewPCG(1, 1))
			changed, all := 0, 0
			for seed := range uint64(1000) {
				x, y := make([]byte, r.IntN(300)), make([]byte, r.IntN(300))
				for i := range x {
					x[i] = byte(r.Uint32())
				}
				for i := range y {
					y[i] = byte(r.Uint32())
				}
				most := []int{0, 1, 2, 50, 400}[seed%5]
				for _, got := range [][]byte{b.Mutate(x, most, seed), b.Cross(x, y, most, seed)} {
					if most > 0 {
						require.LessOrEqual(t, len(got), most)
					}
					p := prog.Decode(got, bounds)
					require.NoError(t, p.Check())
					if most == 0 || most > 2 {
						require.True(t, p.Same(prog.Decode(got, prog.Everything())), "the bounds change nothing of it")
						all++
						if !p.Same(prog.Decode(x, bounds)) {
							changed++
						}
					}
				}
				require.Equal(t, b.Mutate(x, most, seed), NewBytes(bounds).Mutate(x, most, seed))
			}
			require.Greater(t, changed, all*95/100)
		})
	}
}

func BenchmarkMutate(b *testing.B) {
	m := NewBytes(bounds)
	data := prog.Generate(5, prog.GenConfig{Ops: 50, Threads: 4, Heaps: true, Aligned: true, Exits: true}).Encode()
	b.ReportAllocs()
	seed := uint64(0)
	for b.Loop() {
		seed++
		m.Mutate(data, 4096, seed)
	}
}
