package search

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/explore/sim"
)

// TestChoiceString: what is printed is read back, and verifies the execution that it is of and no other.
func TestChoiceString(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	words := []string{"", "collect-push", "a/b,c:d", "t0 a = malloc(48)\nt1 free(a)", "100% ~sc"}
	for range 2000 {
		r := Replay{Scenario: words[1+random.IntN(len(words)-1)], Newest: random.IntN(2) == 0, Spurious: random.IntN(3),
			Without: random.Uint64() >> random.IntN(64)}
		if random.IntN(2) == 0 {
			r.Geometry = "slices=16"
		}
		for range random.IntN(3) {
			r.Changes = append(r.Changes, words[1+random.IntN(len(words)-1)])
		}
		for range random.IntN(40) {
			c := sim.Choice{Kind: sim.Kind(random.IntN(3)), N: uint16(2 + random.IntN(4)), Where: uint16(random.Uint32())}
			if random.IntN(4) == 0 {
				c.Taken = uint16(random.IntN(int(c.N)))
			}
			r.Choices = append(r.Choices, c)
		}
		text := r.String()
		require.NotContains(t, text, " ")
		got, err := ParseReplay(text + "\n")
		require.NoError(t, err, text)
		require.Equal(t, Vector(r.Choices), Vector(got.Choices))
		got.Choices, r.Choices = got.Choices[:0:0], append([]sim.Choice(nil), r.Choices...)
		back := *got
		back.Choices, back.checks, back.sum, back.total = r.Choices, nil, 0, 0
		require.Equal(t, r, back)

		got, err = ParseReplay(text)
		require.NoError(t, err)
		require.Nil(t, got.Verify(r.Choices))
		if len(r.Choices) > 0 {
			other := append([]sim.Choice(nil), r.Choices...)
			other[random.IntN(len(other))].Where ^= 1
			require.NotNil(t, got.Verify(other))
			require.NotNil(t, got.Verify(r.Choices[1:]))
		}
	}
}

// TestBadChoiceStrings: each error says what is wrong.
func TestBadChoiceStrings(t *testing.T) {
	good := "x1/collect-push/m/cM1/w5/d0:1:ff4d/n4:4d53c7fc"
	_, err := ParseReplay(good)
	require.NoError(t, err)
	for text, want := range map[string]string{
		"":                                     "begins with x1/",
		strings.Replace(good, "x1", "x2", 1):   "another version",
		good[:20]:                              "was it cut?",
		strings.Replace(good, "/m/", "/q/", 1): "begins with m",
		strings.Replace(good, "/m/", "/m~fast/", 1):        "neither sc nor spurious",
		strings.Replace(good, "w5", "wz", 1):               "parts left out",
		strings.Replace(good, "0:1:ff4d", "4:1:ff4d", 1):   "below 4",
		strings.Replace(good, "0:1:ff4d", "0:0:ff4d", 1):   "position:taken:check",
		strings.Replace(good, "0:1:ff4d", "0-1", 1):        "position:taken:check",
		strings.Replace(good, "n4:4d53c7fc", "n4", 1):      "a number of choices and a hash",
		strings.Replace(good, "n4:4d53c7fc", "n4:xyzw", 1): "a number of choices and a hash",
		strings.Replace(good, "collect-push", "%zz", 1):    "scenario",
	} {
		_, err := ParseReplay(text)
		require.ErrorContains(t, err, want, text)
	}
}

// TestVariant: changes by name and by site, and what is wrong with those that are none.
func TestVariant(t *testing.T) {
	sc := &Scenario{Name: "s", Sites: []SiteInfo{{Name: "a", Op: "load"}, {Name: "b", Op: "cas weak",
		Order: Pair{sim.Release, sim.Relaxed}}},
		Changes: []Change{{Name: "M", Orders: map[string]Pair{"a": {Success: sim.SeqCst}}, Flag: true}}}
	v, err := sc.Variant("M", "b=acq_rel/acquire")
	require.NoError(t, err)
	require.Equal(t, []Pair{{Success: sim.SeqCst}, {sim.AcqRel, sim.Acquire}}, v.Orders)
	require.True(t, v.Has("M"))
	require.Equal(t, "acq_rel/acquire", v.Orders[1].String())
	for change, want := range map[string]string{"N": "it has M", "c=acquire": "no site", "a=strong": "no memory order",
		"a=acquire/strong": "no memory order"} {
		_, err := sc.Variant(change)
		require.ErrorContains(t, err, want)
	}
}

// TestStronger: what may be tried in place of an order.
func TestStronger(t *testing.T) {
	cas, load := &SiteInfo{Name: "s", Op: "cas weak"}, &SiteInfo{Name: "s", Op: "load"}
	require.Equal(t, []sim.Order{sim.AcqRel, sim.SeqCst}, stronger(cas, sim.Release))
	require.Equal(t, []sim.Order{sim.AcqRel, sim.SeqCst}, stronger(cas, sim.Acquire))
	require.Equal(t, []sim.Order{sim.Acquire, sim.Release, sim.AcqRel, sim.SeqCst}, stronger(cas, sim.Relaxed))
	require.Equal(t, []sim.Order{sim.Acquire, sim.SeqCst}, stronger(load, sim.Relaxed))
	require.Empty(t, stronger(load, sim.SeqCst))
	require.Empty(t, stronger(&SiteInfo{Op: "lock"}, sim.AcqRel))
	require.Equal(t, "s=acq_rel/acquire", at(cas, sim.AcqRel))
	require.Equal(t, "s=release", at(cas, sim.Release))
}
