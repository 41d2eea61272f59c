// Reset: no run depends on the runs before it. See doc.go for an overview.

package cref

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// mixes are kinds of programs that leave different traces in the state.
var mixes = []struct {
	name    string
	seeds   uint64
	max     uint64
	rare    bool
	options []OptionValue
	faults  []Fault
}{
	{name: "small", seeds: 30, max: 16 << 10},
	{name: "threads and heaps", seeds: 60, max: 64 << 10, rare: true},
	{name: "huge", seeds: 6, max: 40 << 20, rare: true},
	{name: "eager decommit", seeds: 20, max: 4 << 20, rare: true, options: []OptionValue{
		{"decommit_delay", 0}, {"segment_decommit_delay", 0}, {"abandoned_page_decommit", 1}}},
	{name: "page reset", seeds: 20, max: 1 << 20, rare: true, options: []OptionValue{{"page_reset", 1}},
		faults: []Fault{{N: 3, Call: FaultMadvise, Errno: 22}}},
	{name: "faults", seeds: 40, max: 4 << 20, rare: true, faults: []Fault{
		{N: 4, Call: FaultMmap, Sticky: true, Errno: 12}, {N: 5, Call: FaultMprotect, Errno: 12},
		{N: 2, Call: FaultMunmap, Errno: 22}, {N: 2, Call: FaultMadvise, Errno: 11}}},
}

func TestResetLeavesNothing(t *testing.T) {
	r := opened(t)
	r.Reset()
	pristine := r.Fingerprint()
	for _, m := range mixes {
		t.Run(m.name, func(t *testing.T) {
			for seed := uint64(1); seed <= m.seeds; seed++ {
				d := newDice(seed, m.max, m.rare)
				s := d.setup()
				s.Options, s.Faults = m.options, m.faults
				first := run(t, s, d.program(400)...)
				require.NotEqual(t, pristine, r.Fingerprint())
				for i, res := range first {
					require.Zero(t, res.Bad, "seed %d step %d: %+v", seed, i, res)
				}
				r.Reset()
				require.Empty(t, r.Differing(), "seed %d", seed)
				require.Equal(t, pristine, r.Fingerprint(), "seed %d", seed)

				again := newDice(seed, m.max, m.rare)
				require.Equal(t, first, run(t, s, again.program(400)...), "seed %d", seed)
				r.Reset()
			}
		})
	}
}

// The end of the memory used may lie inside the last segment: that segment is forgotten, too.
func TestResetOfAPartOfASegment(t *testing.T) {
	r := opened(t)
	r.Reset()
	pristine := r.Fingerprint()
	for _, size := range []uint64{17 << 20, 20 << 20, 40 << 20, 100 << 20} {
		run(t, Setup{Threads: 1, Blocks: 1}, gives(0, "malloc", size))
		r.Reset()
		require.Equal(t, pristine, r.Fingerprint(), "malloc(%d)", size)
	}
}

// A header that a later run relies on to be zero may have been the inside of a block.
func TestHeadersReadZero(t *testing.T) {
	r := opened(t)
	fill := gives(0, "malloc", 200<<20)
	grow := step("realloc", 0, 0, 300<<20)
	want := run(t, Setup{}, smallSegments(8)...)
	run(t, Setup{}, fill, grow, gives(1, "malloc_aligned", 5<<20, 64<<20))
	r.Reset()
	require.Equal(t, want, run(t, Setup{}, smallSegments(8)...))
}

// smallSegments takes n segments and a part of one more.
func smallSegments(n uint32) []Op {
	var ops []Op
	for i := range n {
		ops = append(ops, gives(2*i, "malloc", 15<<20), gives(2*i+1, "malloc", 15<<20))
	}
	return append(ops, gives(2*n, "malloc", 100), gives(2*n+1, "malloc", 16<<10))
}

// Runs touch ever other pages. What they left is given back now and then, wherever the last run was; in between it
// stays, since dropping it costs page faults.
func TestResidentMemoryIsGivenBack(t *testing.T) {
	r := opened(t)
	res := run(t, Setup{}, gives(0, "malloc", 20<<20))
	b := memory(res[0].Value+(15<<20), 1)
	b[0] = 1
	kept := 0
	for ; b[0] != 0; kept++ {
		require.Less(t, kept, 20_000)
		r.Reset()
	}
	require.Positive(t, kept)
}

// The library caches more segments than fit the part of its cache that is put back without looking.
func TestResetOfTheSegmentCache(t *testing.T) {
	r := opened(t)
	r.Reset()
	pristine := r.Fingerprint()
	ops := smallSegments(8)
	for i := range uint32(18) {
		ops = append(ops, takes("free", i))
	}
	ops = append(ops, plain("clock", 1000), plain("collect", 0))
	run(t, Setup{}, ops...)
	require.Contains(t, r.Differing(), "cache")
	r.Reset()
	require.Empty(t, r.Differing())
	require.Equal(t, pristine, r.Fingerprint())
}

// A static inside a function changes once madvise refuses what it was asked first; the next run
// must ask for it again.
func TestResetOfStaticsInFunctions(t *testing.T) {
	r := opened(t)
	s := Setup{Options: []OptionValue{{"page_reset", 1}},
		Faults: []Fault{{N: 1, Call: FaultMadvise, Errno: 22}}}
	ops := []Op{
		gives(0, "malloc", 1<<20), takes("free", 0),
		gives(0, "malloc", 1<<20), takes("free", 0),
	}
	kinds := func() string {
		run(t, s, ops...)
		text := ""
		for _, c := range r.Calls() {
			if c.Kind >= DecommitCall {
				text += fmt.Sprintf("%d:%d ", c.Kind, c.Errno)
			}
		}
		return text
	}
	first := kinds()
	require.Contains(t, first, "5:22 4:0", "refused, then asked in the other way")
	require.Contains(t, r.Differing(), "advice")
	r.Reset()
	require.Empty(t, r.Differing())
	require.Equal(t, first, kinds())
}

// Begin starts from the pristine state even if nobody reset.
func TestBeginResets(t *testing.T) {
	d := newDice(7, 64<<10, true)
	want := run(t, d.setup(), d.program(300)...)
	d = newDice(7, 64<<10, true)
	require.Equal(t, want, run(t, d.setup(), d.program(300)...))
	opened(t).BenchPairs(100, []uint64{64, 5000})
	d = newDice(7, 64<<10, true)
	require.Equal(t, want, run(t, d.setup(), d.program(300)...))
}
