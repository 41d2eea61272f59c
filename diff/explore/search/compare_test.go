package search

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/explore/sim"
)

// storeBuffer is the shape SB with its orders in a table.
func storeBuffer() *Scenario {
	half := func(v *Variant, s *sim.Sim, mine, other uintptr, to *uint64) func() {
		return func() {
			s.Store(mine, 0, v.Orders[0].Success, 1)
			*to = s.Load(other, 1, v.Orders[1].Success)
		}
	}
	return &Scenario{Name: "store-buffer", Text: "each of two threads stores to a word and loads the other's", Labels: []string{"r0", "r1"},
		Sites: []SiteInfo{{Name: "store", Op: "store", Order: Pair{Success: sim.Release}},
			{Name: "load", Op: "load", Order: Pair{Success: sim.Acquire}}},
		Changes: []Change{{Name: "sc", Orders: map[string]Pair{"store": {Success: sim.SeqCst}, "load": {Success: sim.SeqCst}}}},
		Make: func(v *Variant) func(*sim.Sim) {
			return func(s *sim.Sim) {
				var r [2]uint64
				a := s.Spawn(0, half(v, s, x, y, &r[0]))
				b := s.Spawn(0, half(v, s, y, x, &r[1]))
				s.Join(0, a)
				s.Join(0, b)
				s.Note(r[:]...)
			}
		}}
}

// TestCompareDiffers: two variants that pass and differ, and one that cannot alter an outcome, in all executions.
func TestCompareDiffers(t *testing.T) {
	got, err := Compare(storeBuffer(), nil, []string{"sc"}, Memory{}, Limits{Bound: -1})
	require.NoError(t, err)
	require.Equal(t, Differ, got.Verdict)
	require.Equal(t, `scenario store-buffer: each of two threads stores to a word and loads the other's
  V1  as in the reference: 32 executions, 4 outcomes
  V2  sc: 10 executions, 3 outcomes
both pass and differ, in all executions there are
  only V1: r0=0 r1=0
`, got.String())
	got, err = Compare(storeBuffer(), nil, []string{"store=relaxed", "load=relaxed"}, Memory{}, Limits{Bound: -1})
	require.NoError(t, err)
	require.Equal(t, Equal, got.Verdict)
	got, err = Compare(storeBuffer(), nil, []string{"sc"}, Memory{Newest: true}, Limits{Bound: -1})
	require.NoError(t, err)
	require.Equal(t, Equal, got.Verdict, "sequentially consistent memory cannot tell")
	got, err = Compare(storeBuffer(), nil, nil, Memory{}, Limits{Bound: 3, Executions: 2})
	require.NoError(t, err)
	require.Contains(t, got.String(), "at most 0 choices")
}
