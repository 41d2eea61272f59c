package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

// Every OS call of every smoke program fails, once and from there on: the sides agree, the contract
// holds, and nothing is left behind.
func TestSweep(t *testing.T) {
	s, err := NewSession()
	require.NoError(t, err)
	defer s.Close()
	s.Careful = true
	tally := NewTally()
	for _, file := range corpus.Programs("smoke") {
		p, err := prog.Parse(file.Path(), file.Text)
		require.NoError(t, err)
		s.Sweep(p, tally)
		require.Nil(t, tally.Failed, "%s: %+v", file.Path(), tally.Verdict.Div)
	}
	require.Greater(t, tally.Programs, 1000)
	require.Zero(t, tally.Invalid)
}
