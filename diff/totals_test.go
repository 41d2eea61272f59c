// Tests of statistics as libraries tell them. See doc.go for an overview.

package diff

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// printed is what mimalloc 2.0.9 prints, in part.
const printed = `heap stats:    peak      total      freed    current       unit      count
  reserved:   96.0 MiB   33.0 KiB   33.0 KiB   64.0 MiB
 committed:    4.0 KiB    1.5 GiB   -1.0 MiB       -12              ok
  segments:          3         12          9          3           not all freed!
-abandoned:          1                    -1         -1              ok
     pages:   -1.0 Ki          0          0          0              ok
-abandoned:          2          2          2          0              ok
   commits:         17
numa nodes:       1
   process: user: 0.001 s, system: 0.002 s, faults: 0, rss: 9.0 MiB
`

func TestPrintedStats(t *testing.T) {
	const mi = 1 << 20
	require.Equal(t, []Stat{
		{Name: "reserved", Peak: 960 * (mi / 10), Total: 330 * (1024 / 10), Current: 640 * (mi / 10)},
		{Name: "committed", Peak: 40 * (1024 / 10), Total: 15 * (1 << 30 / 10), Current: -12},
		{Name: "segments", Peak: 3, Total: 12, Current: 3},
		{Name: "segments_abandoned", Peak: 1, Total: 1, Current: -1},
		{Name: "pages", Peak: -10 * (1024 / 10)},
		{Name: "pages_abandoned", Peak: 2, Total: 2},
		{Name: "commit_calls", Total: 17},
	}, printedStats(printed))
}

// TestShown: a number is as far off as its print, and no further.
func TestShown(t *testing.T) {
	for n, want := range map[int64]int64{0: 0, 1: 1, -1: -1, 1023: 1023, 1024: 1020, 1 << 20: 10 * 104857,
		3<<20 + 1<<19: 35 * 104857, -(1 << 30): -10 * 107374182} {
		require.Equal(t, want, shown(n), n)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10000 {
		n := rng.Int64() >> rng.IntN(63)
		off := n - shown(n)
		require.LessOrEqual(t, max(off, -off), max(n, -n)/10, n)
		require.Equal(t, shown(n), -shown(-n))
	}
}

func TestStatsInJSON(t *testing.T) {
	all, err := statsOf(`{"stat_version": 4, "process": {"elapsed_msecs": 3}, "mmap_calls": 2, "reset": 0,
		"committed": {"total": 3, "peak": 2, "current": -1}, "page_bins": [{"total": 0, "peak": 0, "current": 0, "block_size": 8},
		{"total": 1, "peak": 1, "current": 0, "block_size": 16}]}`)
	require.NoError(t, err)
	require.Equal(t, []Stat{{"committed", 3, 2, -1}, {Name: "mmap_calls", Total: 2}, {"page_bins[1]", 1, 1, 0}}, all)
	_, err = statsOf(`{"committed": `)
	require.ErrorContains(t, err, "the library's statistics")
}

// TestRecordedStatsAreCompared: whatever number of a trace is another one, goalloc's differs.
func TestRecordedStatsAreCompared(t *testing.T) {
	var trace *Trace
	all, files := goldenTraces(t)
	for i := range files {
		if files[i].Name == "random-035" {
			trace = all[i]
		}
	}
	r, err := NewReplayer(trace.Program.Profile)
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	check := func(change func(all []Stat) []Stat) Verdict {
		planted := *trace
		planted.Stats = change(append([]Stat(nil), trace.Stats...))
		return r.Check(&planted)
	}
	require.Equal(t, Agree, check(func(all []Stat) []Stat { return all }).Class)
	require.Greater(t, len(trace.Stats), 8)
	for i, s := range trace.Stats {
		for _, change := range []func(all []Stat) []Stat{
			func(all []Stat) []Stat { all[i].Total++; return all },
			func(all []Stat) []Stat { all[i].Peak++; return all },
			func(all []Stat) []Stat { all[i].Current--; return all },
			func(all []Stat) []Stat { return append(all[:i], all[i+1:]...) },
		} {
			v := check(change)
			require.Equal(t, Diverge, v.Class, s.Name)
			require.Equal(t, "L2.stats free stats", v.Div.Signature.String())
			require.Contains(t, strings.Join(r.Recording().State, "\n"), "process "+s.Name+".")
		}
	}
	require.Equal(t, Diverge, check(func(all []Stat) []Stat { return append(all, Stat{Name: "arena_rollback_count", Total: 1}) }).Class)
}

// TestLibrarysStatsAreCompared: a library that does not count what it reserves differs from goalloc in the operation that
// reserves first.
func TestLibrarysStatsAreCompared(t *testing.T) {
	path := anyLibrary(t)
	s := sharedSession(t, path)
	p, err := prog.Parse("counted", []byte("midiff 1\nprofile "+s.shared.Profiles()[0]+"\nthreads 2\n\nt0 clock(1)\nt1 clock(1)\nt1 a = malloc(40M)\n"+
		"t0 b = malloc(48)\nt0 free(a)\nt1 exit()\nt0 collect(true)\n"))
	require.NoError(t, err)
	require.Equal(t, Agree, s.Check(p).Class)
	looked := s.Looks()[Stats]
	require.NotZero(t, looked)
	told := s.shared.Library.Told
	defer func() { s.shared.Library.Told = told }()
	s.shared.Library.Told = func() string { return strings.Replace(told(), "reserved", "deserved", 1) }
	v := s.Check(p)
	require.Equal(t, Diverge, v.Class)
	require.Equal(t, "L2.stats malloc stats", v.Div.Signature.String())
	require.Equal(t, 2, v.Div.Op)
	require.Contains(t, strings.Join(s.Recording().State, "\n"), "process reserved.total: C 0, goalloc ")
}
