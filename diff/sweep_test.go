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
	for i, file := range corpus.Programs("smoke") {
		if i%sweptHere != 0 {
			continue
		}
		p, err := prog.Parse(file.Path(), file.Text)
		require.NoError(t, err)
		s.Sweep(p, tally)
		require.Nil(t, tally.Failed, "%s: %+v", file.Path(), tally.Verdict.Div)
	}
	require.Greater(t, tally.Programs, 200)
	for call := range prog.FaultCall(prog.FaultCalls) {
		require.NotZero(t, tally.Faults[call.String()], call.String())
	}
	require.Zero(t, tally.Invalid)
}
