// Tests of the live regions against a plain list. See doc.go for an overview.

package diff

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRegions(t *testing.T) {
	cases := map[string]struct {
		first, second span
		meet          bool
	}{
		"neighbours in a word":   {span{64, 128}, span{128, 136}, false},
		"one granule shared":     {span{64, 128}, span{120, 200}, true},
		"inside":                 {span{0, 4096}, span{2048, 2056}, true},
		"around":                 {span{2048, 2056}, span{0, 4096}, true},
		"across words":           {span{8, 1024}, span{1024, 2048}, false},
		"across slices":          {span{65000, 66000}, span{66000, 67000}, false},
		"across slices, shared":  {span{65000, 66000}, span{65600, 65608}, true},
		"a whole slice":          {span{65536, 131072}, span{131064, 131080}, true},
		"beside a whole slice":   {span{65536, 131072}, span{131072, 131080}, false},
		"whole slices":           {span{60000, 400000}, span{200000, 200008}, true},
		"beside whole slices":    {span{60000, 400000}, span{400000, 400008}, false},
		"large and small":        {span{1 << 25, 1<<25 + 5<<20}, span{1<<25 + 5<<20 - 8, 1<<25 + 6<<20}, true},
		"large beside small":     {span{1 << 25, 1<<25 + 5<<20}, span{1<<25 + 5<<20, 1<<25 + 5<<20 + 8}, false},
		"small in large":         {span{1 << 25, 40 << 30}, span{30 << 30, 30<<30 + 8}, true},
		"large over small":       {span{30 << 30, 30<<30 + 8}, span{1 << 25, 40 << 30}, true},
		"large over medium":      {span{30 << 30, 30<<30 + 200000}, span{1 << 25, 30<<30 + 199999}, true},
		"large before medium":    {span{30 << 30, 30<<30 + 200000}, span{1 << 25, 30 << 30}, false},
		"large and large":        {span{1 << 25, 1 << 26}, span{1<<26 - 8, 1 << 27}, true},
		"large beside large":     {span{1 << 25, 1 << 26}, span{1 << 26, 1 << 27}, false},
		"across segments":        {span{1<<25 - 64, 1<<25 + 64}, span{1 << 25, 1<<25 + 8}, true},
		"beside across segments": {span{1<<25 - 64, 1<<25 + 64}, span{1<<25 + 64, 1<<25 + 72}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var r regions
			require.True(t, r.add(c.first.start, c.first.end-c.first.start))
			require.Equal(t, c.meet, r.any(c.second))
			added := r.add(c.second.start, c.second.end-c.second.start)
			require.Equal(t, !c.meet, added)
			if added {
				r.remove(c.second.start, c.second.end-c.second.start)
			}
			require.True(t, r.any(c.first))
			r.remove(c.first.start, c.first.end-c.first.start)
			require.True(t, r.empty())
		})
	}
}

// TestRegionsRandom adds and removes ranges of all sizes and compares with a list.
func TestRegionsRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var r regions
	var live []span
	for range 20000 {
		if len(live) > 0 && rnd.IntN(3) == 0 {
			i := rnd.IntN(len(live))
			r.remove(live[i].start, live[i].end-live[i].start)
			live[i] = live[len(live)-1]
			live = live[:len(live)-1]
			continue
		}
		size := (rnd.Uint64N(1<<rnd.IntN(24)) + 1 + 7) &^ 7
		s := span{start: rnd.Uint64N(1<<28) &^ 7}
		s.end = s.start + size
		meets := false
		for _, l := range live {
			meets = meets || l.meets(s)
		}
		require.Equal(t, meets, r.any(s), "%+v", s)
		require.Equal(t, !meets, r.add(s.start, size), "%+v", s)
		if !meets {
			live = append(live, s)
		}
	}
	for _, l := range live {
		r.remove(l.start, l.end-l.start)
	}
	require.True(t, r.empty())
}

func BenchmarkRegions(b *testing.B) {
	for name, size := range map[string]uint64{"64B": 64, "4KiB": 4096, "128KiB": 128 << 10, "2MiB": 2 << 20} {
		b.Run(name, func(b *testing.B) {
			var r regions
			for range b.N {
				r.add(1<<20, size)
				r.remove(1<<20, size)
			}
		})
	}
}
