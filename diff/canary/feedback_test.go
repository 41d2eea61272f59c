package canary

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"midiff/fuzz"
	"midiff/scripts/fuzz/instrument"
)

var (
	measure = flag.String("feedback", "", "measure what C's coverage is good for: `edges`, minutes or faults; or the memory of a worker")
	runs    = flag.Int("runs", 300_000, "executions of each fuzz run for edges")
	minutes = flag.Duration("for", 10*time.Minute, "how long each fuzz run for minutes takes")
	limit   = flag.Int("limit", 60_000, "executions in which a fault is found or not")
	guides  = flag.String("guides", "with,without", "what guides the fuzzer: with C's coverage, without, or of it edges or features alone")
	chosen  = flag.String("hunt", "", "the faults to hunt, a regular expression; all if empty")
	start   = flag.String("start", "", "what of the corpus to start from, as smoke/op-malloc or smoke/; all if empty")
)

// hunted is the target of the measurements that are not about faults: what it reaches, others do not.
const hunted = "FuzzThreads"

// fuzzer is a program with the fuzz targets, built as `make fuzz` builds them, and the target that it runs.
type fuzzer struct{ bin, target string }

func newFuzzer(t *testing.T, more ...string) fuzzer {
	f := fuzzer{filepath.Join(t.TempDir(), "fuzz.test"), hunted}
	cmd := exec.Command("go", instrument.Build(hunted, f.bin, "midiff/fuzz", more...)...)
	cmd.Env = instrument.Env()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return f
}

// session is what one fuzz run from the corpus came to, with one worker and a seed.
type session struct {
	kept   string         // the folder of the inputs that were kept
	first  map[int]moment // for each place of C that an execution reached, when the first did
	failed int            // the execution that failed; 0: none
	runs   int            // executions, of those that Go's fuzzer counts
	used   time.Duration  // processor time of the fuzzer and its worker
}

// moment is when an execution ended.
type moment struct {
	run   int
	after time.Duration // from the worker's start
}

// run fuzzes for a budget as Go's fuzzer takes it: 10m, or 1000x.
func (f fuzzer) run(t *testing.T, budget string, seed int, guide, fault string) (s session) {
	dir := t.TempDir()
	log := filepath.Join(dir, "reached")
	kept := filepath.Join(dir, "kept")
	cmd := exec.Command(f.bin, instrument.Run(f.target, budget, kept, "-test.parallel=1")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), fuzz.ReachedVar+"="+log, plantedVar+"="+fault,
		fuzz.SeedsVar+"="+*start,
		"GODEBUG=fuzzseed="+strconv.Itoa(seed), "MIDIFF_CCOVER="+ccover[guide])
	out, err := cmd.CombinedOutput()
	s.kept, s.first = filepath.Join(kept, f.target), map[int]moment{}
	s.used = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	for _, n := range counted.FindAllSubmatch(out, -1) {
		s.runs, _ = strconv.Atoi(string(n[1]))
	}
	text, readErr := os.ReadFile(log)
	require.NoError(t, readErr, "%s", out)
	for line := range bytes.Lines(text) {
		var run, ms int
		var what string
		_, err := fmt.Sscan(string(line), &run, &ms, &what)
		require.NoError(t, err, "%s", line)
		if what == "failed" {
			s.failed = run
			continue
		}
		place, err := strconv.Atoi(what)
		require.NoError(t, err, "%s", line)
		if s.first[place].run == 0 {
			s.first[place] = moment{run, time.Duration(ms) * time.Millisecond}
		}
	}
	if fault == "" && !instrument.EndedLate(out) {
		require.NoError(t, err, "%s", out)
	}
	return s
}

// by is how many places were reached in the first n executions, within is how many in a time.
func (s session) by(n int) int { return s.when(func(m moment) bool { return m.run <= n }) }

func (s session) within(d time.Duration) int {
	return s.when(func(m moment) bool { return m.after <= d })
}

func (s session) when(in func(moment) bool) (places int) {
	for _, first := range s.first {
		if in(first) {
			places++
		}
	}
	return places
}

// counted is what Go's fuzzer says of the executions so far.
var counted = regexp.MustCompile(`execs: (\d+)`)

// reach runs what a session kept, and what it started from.
func (f fuzzer) reach(t *testing.T, kept string) fuzz.Reach {
	r := f.replay(t, kept, *start, "")
	require.Zero(t, r.Fail)
	return r
}

// replay runs the inputs of a folder, and of the corpus those that seeds names, with a fault awake.
func (f fuzzer) replay(t *testing.T, kept, seeds, fault string) (r fuzz.Reach) {
	cmd := exec.Command(f.bin, "-test.run=^TestReach$")
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), fuzz.ReachVar+"="+f.target+":"+kept, fuzz.SeedsVar+"="+seeds,
		plantedVar+"="+fault)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for line := range bytes.Lines(out) {
		if text, ok := bytes.CutPrefix(line, []byte(fuzz.ReachPrefix)); ok {
			require.NoError(t, json.Unmarshal(text, &r))
			return r
		}
	}
	require.Fail(t, "no result", "%s", out)
	return r
}

// TestFeedback measures: places of C and counters of goalloc that are reached, in so many executions or so many
// minutes, or how soon planted faults are found, from the corpus or a part of it, with what C covers as a guide and without.
func TestFeedback(t *testing.T) {
	switch *measure {
	case "edges":
		edgesTable(t)
	case "minutes":
		minutesTable(t)
	case "faults":
		faultsTable(t)
	case "memory":
		memoryTable(t)
	default:
		t.Skip("runs with -args -feedback edges, minutes, faults or memory only")
	}
}

func from() string { return cmp.Or(*start, "the corpus") }

// ccover is what a guide is called where a target is told of it.
var ccover = map[string]string{"with": "1", "without": "0", "edges": "edges", "features": "features"}

func guidesOf(t *testing.T) []string {
	all := strings.Split(*guides, ",")
	for _, guide := range all {
		require.NotEmpty(t, ccover[guide], "-guides: %q is none", guide)
	}
	return all
}

func edgesTable(t *testing.T) {
	f := newFuzzer(t)
	steps := []int{*runs / 100, *runs / 10, *runs / 3, *runs}
	fmt.Printf("%s from %s, one worker, %d executions a run; places of C by execution\n", hunted, from(), *runs)
	start := f.reach(t, t.TempDir())
	fmt.Printf("the start alone: %d of %d places of C, %d features, %d of %d counters of goalloc\n",
		start.C, start.CAll, start.Features, start.Go, start.GoAll)
	fmt.Printf("%-8s %4s", "C guides", "seed")
	for _, n := range steps {
		fmt.Printf(" %8d", n)
	}
	fmt.Printf("  %8s %8s %8s %8s\n", "kept: C", "features", "goalloc", "inputs")
	for seed := 1; seed <= 3; seed++ {
		for _, guide := range guidesOf(t) {
			s := f.run(t, strconv.Itoa(*runs)+"x", seed, guide, "")
			fmt.Printf("%-8s %4d", guide, seed)
			for _, n := range steps {
				fmt.Printf(" %8d", s.by(n))
			}
			r := f.reach(t, s.kept)
			fmt.Printf("  %8d %8d %8d %8d\n", r.C, r.Features, r.Go, r.Inputs-start.Inputs)
		}
	}
}

// minutesTable is edgesTable by time: what a person has of a fuzzer that runs as long with a guide as without.
func minutesTable(t *testing.T) {
	f := newFuzzer(t)
	fmt.Printf("%s from %s, one worker, %v a run; places of C by time\n", hunted, from(), *minutes)
	start := f.reach(t, t.TempDir())
	fmt.Printf("the start alone: %d of %d places of C, %d features, %d of %d counters of goalloc\n",
		start.C, start.CAll, start.Features, start.Go, start.GoAll)
	fmt.Printf("%-8s %4s", "C guides", "seed")
	steps := []time.Duration{*minutes / 20, *minutes / 5, *minutes / 2, *minutes}
	for _, d := range steps {
		fmt.Printf(" %8v", d)
	}
	fmt.Printf("  %8s %8s %8s %8s  %10s %8s\n", "kept: C", "features", "goalloc", "inputs", "executions", "CPU s")
	for seed := 1; seed <= 3; seed++ {
		for _, guide := range guidesOf(t) {
			s := f.run(t, minutes.String(), seed, guide, "")
			fmt.Printf("%-8s %4d", guide, seed)
			for _, d := range steps {
				fmt.Printf(" %8d", s.within(d))
			}
			r := f.reach(t, s.kept)
			fmt.Printf("  %8d %8d %8d %8d  %10d %8.0f\n", r.C, r.Features, r.Go, r.Inputs-start.Inputs, s.runs, s.used.Seconds())
		}
	}
}
