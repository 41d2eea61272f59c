// Tests of recorded traces. See doc.go for an overview.

package diff

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

// recordedVersion is what corpus/golden has traces of.
const recordedVersion = "2.3.1"

// libraryVar names a library of that version, for the tests that need one.
const libraryVar = "MIDIFF_SO"

// recording is what was recorded of a build of that version, in a folder of corpus/golden.
type recording struct {
	folder, profile string
	library         string // the variable that names such a build
	least           int    // how many traces there are, at least
}

var recordings = []recording{
	{recordedVersion, prog.Later[0], libraryVar, 300},
	{recordedVersion + "-abandon", prog.Later[1], libraryVar + "_ABANDON", 50},
}

// eachRecording runs a test for every recording.
func eachRecording(t *testing.T, f func(t *testing.T, x *recording)) {
	for i := range recordings {
		t.Run(recordings[i].folder, func(t *testing.T) { f(t, &recordings[i]) })
	}
}

func goldenTraces(t *testing.T) (all []*Trace, files []corpus.File) { return recordings[0].traces(t) }

func (x *recording) traces(t *testing.T) (all []*Trace, files []corpus.File) {
	files = corpus.Golden(x.folder)
	for _, f := range files {
		trace, err := ParseTrace(f.Path(), f.Text)
		require.NoError(t, err)
		all = append(all, trace)
	}
	return all, files
}

// TestTracesAreCanonical: each is a valid program with a result for every step, and is written as it was read.
func TestTracesAreCanonical(t *testing.T) {
	eachRecording(t, func(t *testing.T, x *recording) {
		all, files := x.traces(t)
		require.Greater(t, len(all), x.least)
		size := 0
		for i, trace := range all {
			require.Equal(t, "mimalloc "+recordedVersion, trace.Source)
			require.Equal(t, x.profile, trace.Program.Profile)
			require.Len(t, trace.Results, len(trace.Program.Lower().Steps), files[i].Path())
			require.Equal(t, string(files[i].Text), trace.Text(), files[i].Path())
			size += len(files[i].Text)
		}
		require.Less(t, size, 3<<20, "bytes of all traces")
	})
}

// reachFile is the table of what the traces reach.
const reachFile = "../corpus/golden/" + recordedVersion + ".reach.txt"

// TestTracesReach: over all traces every operation is there in each form, with every number of threads, and the
// library counted what only its rarer paths count. The table says how much of each.
func TestTracesReach(t *testing.T) {
	all, _ := goldenTraces(t)
	ops, paths, threads := map[string]int{}, map[string]int{}, map[int]int{}
	for _, trace := range all {
		threads[trace.Program.Threads]++
		for i := range trace.Program.Ops {
			ops[trace.Program.Ops[i].Name()]++
		}
		for path := range pathsOf(trace) {
			paths[path]++
		}
	}
	for k := range prog.Table {
		row := &prog.Table[k]
		if row.Group == prog.Meeting || !row.In(prog.Later[0]) {
			continue
		}
		require.NotZero(t, ops[row.Name], row.Name)
		if row.Heaped {
			require.NotZero(t, ops["heap_"+row.Name], "heap_%s", row.Name)
		}
	}
	for n := 1; n <= 4; n++ {
		require.Greater(t, threads[n], 50, "%d threads", n)
	}
	for _, name := range []string{"arena_count", "arena_purges", "commit_calls", "malloc_huge", "mmap_calls", "pages",
		"pages_abandoned", "purge_calls", "purged", "reset_calls", "segments", "segments_abandoned", "threads"} {
		require.Greater(t, paths["statistic "+name], 40, name)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d traces of mimalloc %s.\n\nProgram has: in how many traces\n", len(all), recordedVersion)
	for n := 1; n <= prog.MaxThreads; n++ {
		if threads[n] > 0 {
			fmt.Fprintf(&b, "  %-44s %6d\n", fmt.Sprintf("%d threads", n), threads[n])
		}
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		fmt.Fprintf(&b, "  %-44s %6d\n", path, paths[path])
	}
	b.WriteString("\nOperation: how often in all\n")
	for _, name := range slices.Sorted(maps.Keys(ops)) {
		fmt.Fprintf(&b, "  %-44s %6d\n", name, ops[name])
	}
	if *update {
		require.NoError(t, os.WriteFile(reachFile, []byte(b.String()), 0o644))
	}
	table, err := os.ReadFile(reachFile)
	require.NoError(t, err)
	require.Equal(t, string(table), b.String(), "if this is meant, run go test -update")
}

// pathsOf names what a trace shows to have happened.
func pathsOf(trace *Trace) map[string]bool {
	paths := map[string]bool{}
	for _, s := range trace.Stats {
		paths["statistic "+s.Name] = true
	}
	for _, o := range trace.Program.Options {
		paths["option "+o.Name] = true
	}
	for _, f := range trace.Program.Faults {
		paths["fault "+f.Call.String()] = true
	}
	steps := trace.Program.Lower().Steps
	for i := range trace.Results {
		r := &trace.Results[i]
		for path, is := range map[string]bool{
			"result null": r.Null != 0, "result error": r.Errno != 0, "result warning": r.Warnings != 0,
			"result callback": r.Deferred != 0, "result abandoned blocks seen": rules[steps[i].Kind].promise == visitsLeft && r.Value != 0,
			"result block beyond 16 MiB": rules[steps[i].Kind].promise == gives && r.Usable > 16<<20,
			"result blocks destroyed":    rules[steps[i].Kind].promise == sweepHeap && r.Value != 0,
		} {
			if is {
				paths[path] = true
			}
		}
	}
	return paths
}

// TestGoldenTraces: goalloc does on each program what the library did.
func TestGoldenTraces(t *testing.T) {
	eachRecording(t, func(t *testing.T, x *recording) {
		r, err := NewReplayer(x.profile)
		require.NoError(t, err)
		defer func() { require.NoError(t, r.Close()) }()
		all, files := x.traces(t)
		for i, trace := range all {
			v := r.Check(trace)
			if v.Class != Agree {
				t.Error(r.Tell(files[i].Path(), trace, &v))
			}
		}
	})
}

// TestAbandonTracesTell: a trace of the build that abandons huge pages is none of the other, and the replay says so.
func TestAbandonTracesTell(t *testing.T) {
	r, err := NewReplayer(recordings[0].profile)
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	all, _ := recordings[1].traces(t)
	differ := 0
	for _, trace := range all {
		plain := *trace.Program
		plain.Profile = recordings[0].profile
		other := *trace
		other.Program = &plain
		if v := r.Check(&other); v.Class == Diverge {
			differ++
		}
	}
	require.Greater(t, differ, recordings[1].least*3/4)
}

// traceOfC records what the build from source does.
func traceOfC(t *testing.T, text string) *Trace {
	c, err := NewC()
	require.NoError(t, err)
	p, err := prog.Parse("traced", []byte(text))
	require.NoError(t, err)
	code := p.Lower()
	require.NoError(t, c.Use(p.Profile))
	require.NoError(t, c.Begin(code))
	trace := &Trace{Program: p, Source: "a test", Results: make([]Result, len(code.Steps))}
	c.Run(code.Steps, trace.Results)
	c.Reset()
	again, err := ParseTrace("again", []byte(trace.Text()))
	require.NoError(t, err)
	require.Equal(t, trace.Results, again.Results)
	require.Equal(t, trace.Text(), again.Text())
	return again
}

const traced = "midiff 1\nprofile 2.0\nthreads 2\noption eager_commit=0\n\nt0 a = malloc(48)\nt0 k = bulk(300, 100)\nt1 b = posix_memalign(3, 8)\n" +
	"t1 h = heap_new()\nt0 heap_get_backing()\nt1 heap_get_default()\nt1 free(a)\nt0 heap_visit_blocks(backing, true)\nt0 bulk_free(k, 3)\n" +
	"t0 r = reserve_os_memory_ex(0, true, false, true)\nt0 x = malloc(0x7fffffffffffffff)\nt1 heap_destroy(h)\nt0 collect(true)\n"

// TestReplay: goalloc does what was recorded, and each kind of difference is found in the operation that has it.
func TestReplay(t *testing.T) {
	trace := traceOfC(t, traced)
	r, err := NewReplayer("2.0")
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	v := r.Check(trace)
	require.Equal(t, Agree, v.Class, r.Tell("traced", trace, &v))
	for name, plant := range map[string]struct {
		change    func(r *Result)
		signature string
	}{
		"place":  {func(r *Result) { r.Value += 16 }, "L1.place malloc value"},
		"usable": {func(r *Result) { r.Usable++ }, "L1.usable malloc usable"},
		"null":   {func(r *Result) { r.Null = 1 }, "L0.class malloc null"},
		"os":     {func(r *Result) { r.OSHash++ }, "L2.os malloc calls"},
		"told":   {func(r *Result) { r.Told++ }, "L0.value malloc told"},
		"errno":  {func(r *Result) { r.Errno++ }, "L0.errno malloc errno"},
	} {
		planted := *trace
		planted.Results = append([]Result(nil), trace.Results...)
		plant.change(&planted.Results[7])
		v := r.Check(&planted)
		require.Equal(t, Diverge, v.Class, name)
		require.Equal(t, plant.signature, v.Div.Signature.String(), name)
		require.Equal(t, 7, v.Div.Step, name)
	}
}

// TestBadTraces: what is no trace is refused, with the line.
func TestBadTraces(t *testing.T) {
	good := traceOfC(t, traced).Text()
	for name, c := range map[string]struct{ from, to, message string }{
		"no source":  {traceHeader, "# from ", "expected"},
		"no result":  {"# -> done\nt0 heap_visit", "\nt0 heap_visit", "bad:13:1: expected a result"},
		"no number":  {"usable 48", "usable many", "bad:7:1"},
		"no place":   {"seg0+0x10180", "seg0", "bad:7:1"},
		"too many":   {"# -> main", "# -> main, main", "more results"},
		"too few":    {"(300 by 112)", "(299 by 112)", "missing"},
		"no repeats": {"(300 by 112)", "(300 of 112)", "expected (N by DISTANCE)"},
		"no program": {"t0 a = malloc", "t0 a = maloc", "unknown operation"},
	} {
		text := strings.Replace(good, c.from, c.to, 1)
		require.NotEqual(t, good, text, "%s: %s", name, good)
		_, err := ParseTrace("bad", []byte(text))
		require.ErrorContains(t, err, c.message, name)
	}
}

// TestRecordedAgain: a library of the version gives the same bytes again. It needs one, by the variable of the recording;
// a process has one.
func TestRecordedAgain(t *testing.T) {
	opened := false
	eachRecording(t, func(t *testing.T, x *recording) {
		path := os.Getenv(x.library)
		if path == "" || opened {
			t.Skipf("no library for traces of %s here, or another is open: %s=PATH names one", x.folder, x.library)
		}
		opened = true
		r, err := NewRecorder(path)
		require.NoError(t, err)
		if r.Library().Library.Release() != recordedVersion {
			t.Skipf("%s is mimalloc %s, the traces are of %s", path, r.Library().Library.Release(), recordedVersion)
		}
		all, files := x.traces(t)
		for i := len(all) - 1; i >= 0; i-- { // another order than they were recorded in
			again, err := r.Record(all[i].Program)
			require.NoError(t, err, files[i].Path())
			require.Equal(t, string(files[i].Text), again.Text(), files[i].Path())
		}
	})
}
