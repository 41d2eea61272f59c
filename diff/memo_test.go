// What the walks of the state do not read again. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// hashes runs a program with the state hashed after every step, read whole or not.
func hashes(t *testing.T, s Subject, code *prog.Code, flags uint8) (all [][2]uint64) {
	require.NoError(t, s.Begin(code))
	defer s.Reset()
	steps := append([]prog.Step(nil), code.Steps...)
	flagEvery(steps, flags, 1)
	out := make([]Result, len(steps))
	s.Run(steps, out)
	for i := range out {
		all = append(all, [2]uint64{out[i].State, out[i].Stats})
	}
	return all
}

// TestMemoChangesNoHash: a hash is the same whether all was read for it or only what changed.
func TestMemoChangesNoHash(t *testing.T) {
	e := realEngine(t)
	cfg := prog.GenConfig{Ops: 300, Threads: 4, Heaps: true, Arenas: true, Aligned: true, Exits: true, Options: true}
	different := map[uint64]bool{}
	for seed := uint64(1); seed <= 40; seed++ {
		code := prog.Generate(seed, cfg).Lower()
		for name, s := range map[string]Subject{"C": e.c, "goalloc": e.g} {
			whole := hashes(t, s, code, FlagState|FlagWhole)
			require.Equal(t, whole, hashes(t, s, code, FlagState), "%s, seed %d", name, seed)
			for _, h := range whole {
				different[h[0]] = true
			}
		}
	}
	require.Greater(t, len(different), 40*100, "the states of the programs hardly differ")
}
