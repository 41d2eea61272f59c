package diff

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/cref/pthreads"
	"midiff/diff/prog"
)

func parallel(t *testing.T) *Parallel {
	x, err := NewParallel()
	require.NoError(t, err)
	return x
}

func parsed(t *testing.T, text string) *prog.Program {
	p, err := prog.Parse("test", []byte(text))
	require.NoError(t, err)
	return p
}

// TestScenarios runs every scenario on both sides, and shows that each side came to what the scenario is about.
func TestScenarios(t *testing.T) {
	all, err := corpus.Scenarios()
	require.NoError(t, err)
	x := parallel(t)
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			text, err := s.Text(corpus.Params{})
			require.NoError(t, err)
			v := x.Check(parsed(t, string(text)))
			require.Equal(t, Agree, v.Class, "%s %+v", v.Reason, v.Div)
			require.Empty(t, v.Known)
			require.Equal(t, prog.IsLater(s.Profile), x.Last().C.Absent)
			for _, side := range x.sides() {
				if side.side.Absent {
					continue
				}
				t.Logf("%-8s %s", side.name, side.side.Reached.String())
				for _, what := range s.Reaches {
					require.NotZero(t, side.side.Reached.ByName(what), "%s came to no %s", side.name, what)
				}
			}
		})
	}
}

func TestParallelRandom(t *testing.T) {
	for _, profile := range prog.AtOnce {
		t.Run(profile, func(t *testing.T) { atRandom(t, profile) })
	}
}

func atRandom(t *testing.T, profile string) {
	x := parallel(t)
	ran := 0
	for seed := range uint64(12) {
		p := prog.Generate(seed, prog.GenConfig{Profile: profile, Ops: 300, Threads: 2 + int(seed%3), MaxSize: 1 << 20, MaxLive: 8 << 20,
			MaxBulk: 200, Heaps: seed%2 == 0, Exits: seed%3 > 0, Barriers: true, Parallel: true, Aligned: seed%4 == 0})
		v := x.Check(p)
		require.NotEqual(t, Unknown, v.Class, v.Reason)
		require.Nil(t, v.Div, "seed %d: %+v", seed, v.Div)
		if v.Class == Agree {
			ran++
		}
	}
	require.Greater(t, ran, 8)
}

// TestReclaimOnFree: in reclaim only a free reclaims, of segments in arenas and of those of the OS.
func TestReclaimOnFree(t *testing.T) {
	s, err := corpus.ScenarioByName("reclaim")
	require.NoError(t, err)
	x := parallel(t)
	for seed, option := range map[uint64]string{0: "disallow_arena_alloc=0", 4: "disallow_arena_alloc=1"} {
		text, err := s.Text(corpus.Params{Seed: seed})
		require.NoError(t, err)
		require.Contains(t, string(text), option)
		v := x.Check(parsed(t, string(text)))
		require.Equal(t, Agree, v.Class, "%s %+v", v.Reason, v.Div)
		require.NotZero(t, x.Last().Go.Reached.OnFree)
		require.Equal(t, x.Last().Go.Reached.Reclaimed, x.Last().Go.Reached.OnFree)
	}
}

// TestParallelTogether: all threads of a program are at a barrier before any goes on, and a thread's end is over
// before its number stands for another.
func TestParallelTogether(t *testing.T) {
	x := parallel(t)
	v := x.Check(parsed(t, `midiff 1
threads 3
t0 a = malloc(100)
t1 b = malloc(100)
t2 c = malloc(100)
barrier
t2 free(a)
t0 free(b)
t1 exit()
t1 d = malloc(100)
barrier
t1 free(c)
`))
	require.Equal(t, Agree, v.Class, "%s %+v", v.Reason, v.Div)
	for _, side := range x.sides() {
		r := side.side.Results
		require.Less(t, max(r[0].From, r[1].From, r[2].From), min(r[4].Until, r[5].Until), side.name)
		require.Less(t, r[7].From, r[9].Until, side.name)
		require.Equal(t, Reached{Operations: 8, Exits: 1, RemoteFrees: 3}, Reached{Operations: side.side.Reached.Operations,
			Exits: side.side.Reached.Exits, RemoteFrees: side.side.Reached.RemoteFrees})
	}
}

// TestParallelEdges: requests that no system can serve, empty programs and blocks, and what is not for parallel
// runs.
func TestParallelEdges(t *testing.T) {
	tests := []struct {
		name, text string
		want       Class
	}{
		{"nothing", "midiff 1\nthreads 2\n", Agree},
		{"null", "midiff 1\nthreads 2\nt0 free(null)\nt1 a = realloc(null, 10)\nt0 b = malloc(0)\nt1 b = realloc(b, 0)\n", Agree},
		{"too large", "midiff 1\nthreads 2\nt0 a = malloc(0x7fffffffffffffff)\nt1 b = calloc(0x100000000, 0x100000000)\n" +
			"t0 c = malloc(8G)\nt1 free(a)\nt0 free(b)\n", Agree},
		{"calls with codes", "midiff 1\nthreads 2\nt0 a = posix_memalign(3, 8)\nt1 b = posix_memalign(64, 0)\n" +
			"t1 c = posix_memalign(64, 100)\nt0 c = reallocarr(c, 10, 100)\nt1 c = reallocarray(c, 0x100000000, 0x100000000)\n", Agree},
		{"a heap of a thread that ends", "midiff 1\nthreads 2\nt1 h = heap_new()\nt1 a = heap_malloc(h, 100)\nt1 exit()\nt0 free(a)\n", Agree},
		{"the first thread ends", "midiff 1\nthreads 2\nt0 h = heap_new()\nt0 a = heap_malloc(h, 100)\nt0 exit()\nt0 b = malloc(10)\nt1 free(a)\n", Agree},
		{"an arena", "midiff 1\nt0 reserve_os_memory(64M, true, false)\n", Invalid},
		{"a later version", "midiff 1\nprofile 2.3\nthreads 2\nt0 a = umalloc(100)\nt1 a = urealloc(a, 300)\nt1 collect_reduce(0)\nt0 ufree(a)\n", Agree},
		{"a sub-process", "midiff 1\nprofile 2.3\nt0 s = subproc_new()\n", Invalid},
		{"another build", "midiff 1\nprofile 2.0-secure\nt0 a = malloc(1)\n", Invalid},
		{"a fault", "midiff 1\nfault mmap 1 enomem\nt0 a = malloc(1)\n", Invalid},
	}
	x := parallel(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := x.Check(parsed(t, test.text))
			require.Equal(t, test.want, v.Class, "%s %+v", v.Reason, v.Div)
			if test.name == "an arena" {
				var b strings.Builder
				require.NoError(t, x.WriteReport(&b, "f", 1, &v))
				require.Contains(t, b.String(), "midiff: f:2:1: cannot be run in parallel: reserve_os_memory by t0: ")
			}
		})
	}
}

// TestOverlapInTime: two blocks may have the same place one after the other, not at once.
func TestOverlapInTime(t *testing.T) {
	p := parsed(t, "midiff 1\nthreads 2\nt0 a = malloc(8)\nt1 b = malloc(8)\nt0 free(a)\nt1 free(b)\n")
	code := p.Lower()
	at := func(a, from, b, bFrom, until int64) *ParallelSide {
		return &ParallelSide{Results: []pthreads.Result{
			{Value: uint64(a), Usable: 8, From: from, Ran: 1}, {Value: uint64(b), Usable: 8, From: bFrom, Ran: 1},
			{Until: until, Ran: 1}, {Until: 100, Ran: 1}}}
	}
	tests := []struct {
		name string
		side *ParallelSide
		want bool
	}{
		{"apart", at(1000, 1, 1008, 2, 9), false},
		{"one after the other", at(1000, 1, 1000, 9, 9), false},
		{"at once", at(1000, 1, 1000, 8, 9), true},
		{"partly at once", at(1000, 1, 1007, 2, 9), true},
		{"the later one first in the text", at(1000, 5, 1001, 4, 9), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, found := overlap(code, test.side)
			require.Equal(t, test.want, found)
		})
	}
}

func TestLeftovers(t *testing.T) {
	require.Empty(t, leftovers(&pthreads.Ending{}, false))
	reserved, kept := 2, &pthreads.Ending{}
	kept.Current[reserved] = 3 * threadRecord
	require.Empty(t, leftovers(kept, false))
	tests := map[string]func(e *pthreads.Ending){
		"32 bytes are mapped":           func(e *pthreads.Ending) { e.Mapped = 32 },
		"-1 abandoned segments":         func(e *pthreads.Ending) { e.VisitedLeft = ^uint64(0) },
		"there are abandoned segments":  func(e *pthreads.Ending) { e.Lists = 2 },
		"1 readers":                     func(e *pthreads.Ending) { e.Readers = 1 },
		"1 errors were reported":        func(e *pthreads.Ending) { e.Complaints = 1 },
		"segments.current is 1":         func(e *pthreads.Ending) { e.Current[0] = 1 },
		"reserved.current is 33554432":  func(e *pthreads.Ending) { e.Current[reserved] = 32 << 20 },
		"committed.current is -1":       func(e *pthreads.Ending) { e.Current[3] = -1 },
		"segments_abandoned.current is": func(e *pthreads.Ending) { e.Current[6] = 1 },
		"pages_abandoned.current is -4": func(e *pthreads.Ending) { e.Current[7] = -4 },
	}
	for want, change := range tests {
		t.Run(want, func(t *testing.T) {
			e := &pthreads.Ending{}
			change(e)
			require.Len(t, leftovers(e, false), 1)
			require.Contains(t, leftovers(e, false)[0], want)
		})
	}
	drift := &pthreads.Ending{}
	drift.Current[3] = -1
	require.Empty(t, leftovers(drift, true), "huge-committed")
}

// TestParallelStops: a side that stands still or stops is a verdict, and names the first operation that is not
// done.
func TestParallelStops(t *testing.T) {
	p := parsed(t, "midiff 1\nthreads 2\nt0 a = malloc(8)\nt1 b = malloc(8)\nt0 c = calloc(1, 8)\n")
	code := p.Lower()
	some := func() ParallelSide {
		return ParallelSide{Results: []pthreads.Result{{Ran: 1}, {Ran: 1}, {}}, quirks: make([]uint64, 3)}
	}
	run := &ParallelRun{Program: p, Code: code, C: some(), Go: some()}
	run.C.hung = true
	x := parallel(t)
	x.runs = *run
	v := x.judge(&x.runs)
	require.Equal(t, Signature{Hang, "calloc", FieldNone}, v.Div.Signature)
	require.Equal(t, BlameC, v.Div.Blame)
	x.runs.C.hung, x.runs.Go.crashed = false, 2
	v = x.judge(&x.runs)
	require.Equal(t, Signature{Crash, "malloc", FieldNone}, v.Div.Signature)
	require.Equal(t, BlameGo, v.Div.Blame)
}

// TestParallelHang: threads of goalloc that wait for ever are noticed, by a wait that no program could have.
func TestParallelHang(t *testing.T) {
	x := parallel(t)
	x.Patience = 50 * time.Millisecond
	run := &ParallelRun{Program: parsed(t, "midiff 1\nthreads 2\nt0 a = malloc(8)\nt1 b = malloc(8)\n")}
	run.Code = run.Program.Lower()
	s, err := prog.Untwine(run.Code)
	require.NoError(t, err)
	s.Waits = append(s.Waits, prog.Wait{Thread: 1, Stitches: 7})
	s.Threads[0][0].FirstWait, s.Threads[0][0].Waits = uint32(len(s.Waits)-1), 1
	run.Strands = s
	require.NoError(t, x.runGo(run))
	require.True(t, run.Go.hung)
}

// TestLeftoversLater: what may not be left where arenas stay mapped.
func TestLeftoversLater(t *testing.T) {
	reserved := []Stat{{"reserved", 5 << 30, 2 << 30, 1 << 30}, {"pages", 0, 0, -9}, {"committed", 3, 3, 2}, {"segments_abandoned", 4, 2, 0}}
	require.Empty(t, leftoversLater(&pthreads.Ending{Mapped: 1 << 30}, reserved))
	tests := map[string]func(e *pthreads.Ending) []Stat{
		"1 bytes are mapped, and reserved.current is 0": func(e *pthreads.Ending) []Stat { e.Mapped = 1; return nil },
		"-1 abandoned segments":                         func(e *pthreads.Ending) []Stat { e.AbandonedLeft = ^uint64(0); return nil },
		"there are abandoned segments":                  func(e *pthreads.Ending) []Stat { e.Lists = 1; return nil },
		"2 locks":                                       func(e *pthreads.Ending) []Stat { e.Readers = 2; return nil },
		"1 errors were reported":                        func(e *pthreads.Ending) []Stat { e.Complaints = 1; return nil },
		"segments.current is 1":                         func(*pthreads.Ending) []Stat { return []Stat{{"segments", 1, 1, 1}} },
		"segments_abandoned.current is 2":               func(*pthreads.Ending) []Stat { return []Stat{{"segments_abandoned", 2, 2, 2}} },
		"pages_abandoned.current is -1":                 func(*pthreads.Ending) []Stat { return []Stat{{"pages_abandoned", 0, 0, -1}} },
	}
	for want, change := range tests {
		t.Run(want, func(t *testing.T) {
			e := &pthreads.Ending{}
			lines := leftoversLater(e, change(e))
			require.Len(t, lines, 1)
			require.Contains(t, lines[0], want)
		})
	}
}
