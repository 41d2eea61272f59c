package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

// sweptHere is how many of the smoke programs this test sweeps: one in so many. All are swept by
// `midiff soak -faults`.
const sweptHere = 16

// Every OS call of a smoke program fails, once and from there on: the sides agree, the contract
// holds, and nothing is left behind.
func TestSweep(t *testing.T) {
	s, err := NewSession()
	require.NoError(t, err)
	defer s.Close()
	s.Careful, s.StateEvery = true, 1
	tally := NewTally()
	k := &Keeper{Session: s, Store: Store{Folder: t.TempDir()}, Failed: func(f *Failure) { t.Error(f.Report) }}
	for i, file := range corpus.Programs("smoke") {
		if i%sweptHere != 0 {
			continue
		}
		p, err := prog.Parse(file.Path(), file.Text)
		require.NoError(t, err)
		require.NoError(t, k.Sweep(p, tally, nil), file.Path())
	}
	require.Greater(t, tally.Programs, 200)
	for call := range prog.FaultCall(prog.FaultCalls) {
		require.NotZero(t, tally.Faults[call.String()], call.String())
	}
	require.Zero(t, tally.Invalid)
}

// TestLostArenaBlocks: a segment that a refused page left empty in an arena is lost when its thread ends. The
// invariants know of it.
func TestLostArenaBlocks(t *testing.T) {
	s, err := NewSession()
	require.NoError(t, err)
	defer s.Close()
	s.Careful = true
	p := parse(t, `option eager_commit=0
fault mprotect 7 enomem

t0 k = malloc(48)
t1 a = reserve_os_memory_ex(64M, false, false, true)
t1 h = heap_new_in_arena(a)
t1 x = heap_malloc(h, 16M)
t1 y = heap_malloc(h, 20M)
t1 exit()
t1 z = malloc(48)
`)
	requireAgree(t, p, s.Check(p))
}
