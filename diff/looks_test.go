package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// TestLooks: every oracle says where it looks, and looks at something in random programs.
func TestLooks(t *testing.T) {
	s, err := NewSession()
	require.NoError(t, err)
	defer s.Close()
	s.Careful, s.StateEvery = true, 1
	tally := NewTally()
	k := &Keeper{Session: s, Store: Store{Folder: t.TempDir()}, Failed: func(f *Failure) { t.Error(f.Report) }}
	require.NoError(t, k.Soak(Soak{Programs: 8, Seed: 5, Config: prog.GenConfig{Ops: 400, Threads: 3,
		Heaps: true, Aligned: true, Exits: true, MaxSize: 64 << 10, MaxBulk: 50}}, tally, nil))
	for o := NoOracle + 1; o < numOracles; o++ {
		require.NotNil(t, looks[o], o.String())
		if o != Hang && o != Assertion { // for threads that run at once, and for builds with assertions
			require.NotZero(t, tally.ByOracle[o.String()], o.String())
		}
	}
	require.Equal(t, tally.Operations, tally.ByOracle[ResultClass.String()])
	require.Equal(t, tally.Operations, tally.ByOracle[State.String()])
	require.Equal(t, uint64(tally.Programs), tally.ByOracle[Pristine.String()])
}
