// Tests of the scenarios: programs as they should be, whatever the parameters. See doc.go for an overview.

package corpus

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

func eachScenario(t *testing.T, f func(t *testing.T, s *Scenario)) {
	all, err := Scenarios()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(all), 7)
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) { f(t, s) })
	}
}

// program renders a scenario and checks that threads can run it at once.
func program(t *testing.T, s *Scenario, p Params) *prog.Program {
	text, err := s.Text(p)
	require.NoError(t, err)
	q, err := prog.Parse(s.Name, text)
	require.NoError(t, err)
	_, err = prog.Untwine(q.Lower())
	require.NoError(t, err)
	return q
}

// TestScenarioParams: every number of threads and rounds gives a program, another seed another one, the same
// parameters the same.
func TestScenarioParams(t *testing.T) {
	eachScenario(t, func(t *testing.T, s *Scenario) {
		for threads := 2; threads <= 8; threads++ {
			for _, rounds := range []int{1, 2, 5} {
				p := Params{Rounds: rounds, Threads: threads, Seed: uint64(rounds)}
				q := program(t, s, p)
				require.Equal(t, threads, q.Threads)
				require.Equal(t, q.Text(), program(t, s, p).Text())
				p.Seed++
				require.NotEqual(t, q.Text(), program(t, s, p).Text())
			}
		}
		require.Greater(t, len(program(t, s, Params{Rounds: 20}).Ops), 3*len(program(t, s, Params{Rounds: 5}).Ops))
	})
}

// TestScenarioCodec: what scenarios give is printed and coded like any other program.
func TestScenarioCodec(t *testing.T) {
	decoder := prog.NewDecoder(prog.Everything())
	eachScenario(t, func(t *testing.T, s *Scenario) {
		q := program(t, s, Params{})
		again, err := prog.Parse("printed", []byte(q.Text()))
		require.NoError(t, err)
		require.Equal(t, q.Text(), again.Text())
		require.Equal(t, q.Renamed().Text(), decoder.Decode(q.Encode()).Text())
	})
}

func TestScenarioReaches(t *testing.T) {
	eachScenario(t, func(t *testing.T, s *Scenario) {
		for _, what := range s.Reaches {
			require.True(t, slices.Contains([]string{"exits", "abandoned", "reclaimed", "on-free", "remote", "collects"}, what), what)
		}
	})
}

func TestScenarioErrors(t *testing.T) {
	_, err := ScenarioByName("no-such-story")
	require.ErrorContains(t, err, "hand-off")
	s, err := ScenarioByName("hand-off")
	require.NoError(t, err)
	_, err = s.Text(Params{Threads: 9})
	require.ErrorContains(t, err, "2 to 8")
	_, err = newScenarios("x", "# reaches: exits\n# short: rounds 3, colour 4\n")
	require.ErrorContains(t, err, "colour")
	_, err = newScenarios("x", "midiff 1\n")
	require.ErrorContains(t, err, "# short:")
}
