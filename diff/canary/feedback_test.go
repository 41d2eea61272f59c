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
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/fuzz"
	"midiff/scripts/fuzz/instrument"
)

var (
	measure = flag.String("feedback", "", "measure what C's coverage is good for: `edges` or faults")
	runs    = flag.Int("runs", 300_000, "executions of each fuzz run for edges")
	limit   = flag.Int("limit", 20_000, "executions in which a fault is found or not")
	start   = flag.String("start", "", "the program of the corpus to start from, as smoke/op-malloc; all if empty")
)

// hunted is the target of all measurements: what it reaches, others do not.
const hunted = "FuzzThreads"

// fuzzer is a program with the fuzz targets, built as `make fuzz` builds them.
type fuzzer struct{ bin string }

func newFuzzer(t *testing.T, more ...string) fuzzer {
	f := fuzzer{filepath.Join(t.TempDir(), "fuzz.test")}
	cmd := exec.Command("go", instrument.Build(hunted, f.bin, "midiff/fuzz", more...)...)
	cmd.Env = instrument.Env()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return f
}

// session is what one fuzz run from the corpus came to, with one worker and a seed.
type session struct {
	kept   string      // the folder of the inputs that were kept
	first  map[int]int // for each place of C that an execution reached, the number of the first
	failed int         // the execution that failed; 0: none
}

func (f fuzzer) run(t *testing.T, runs, seed int, fed bool, fault string) (s session) {
	dir := t.TempDir()
	log := filepath.Join(dir, "reached")
	kept := filepath.Join(dir, "kept")
	cmd := exec.Command(f.bin, instrument.Run(hunted, strconv.Itoa(runs)+"x", kept, "-test.parallel=1")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), fuzz.ReachedVar+"="+log, plantedVar+"="+fault,
		fuzz.SeedsVar+"="+*start,
		"GODEBUG=fuzzseed="+strconv.Itoa(seed), "MIDIFF_CCOVER="+map[bool]string{true: "1", false: "0"}[fed])
	out, err := cmd.CombinedOutput()
	s.kept, s.first = filepath.Join(kept, hunted), map[int]int{}
	text, readErr := os.ReadFile(log)
	require.NoError(t, readErr, "%s", out)
	for line := range bytes.Lines(text) {
		var run int
		var what string
		_, err := fmt.Sscan(string(line), &run, &what)
		require.NoError(t, err, "%s", line)
		if what == "failed" {
			s.failed = run
			continue
		}
		place, err := strconv.Atoi(what)
		require.NoError(t, err, "%s", line)
		if s.first[place] == 0 {
			s.first[place] = run
		}
	}
	if fault == "" && !instrument.EndedLate(out) {
		require.NoError(t, err, "%s", out)
	}
	return s
}

// by is how many places were reached in the first n executions.
func (s session) by(n int) (places int) {
	for _, run := range s.first {
		if run <= n {
			places++
		}
	}
	return places
}

// reach runs what a session kept, and the corpus.
func (f fuzzer) reach(t *testing.T, kept string) (r fuzz.Reach) {
	cmd := exec.Command(f.bin, "-test.run=^TestReach$")
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), fuzz.ReachVar+"="+hunted+":"+kept, fuzz.SeedsVar+"="+*start)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for line := range bytes.Lines(out) {
		if text, ok := bytes.CutPrefix(line, []byte(fuzz.ReachPrefix)); ok {
			require.NoError(t, json.Unmarshal(text, &r))
			require.Zero(t, r.Fail)
			return r
		}
	}
	require.Fail(t, "no result", "%s", out)
	return r
}

// TestFeedback measures: places of C and counters of goalloc that are reached, or how soon planted faults are found,
// from the corpus alone, with what C covers as a guide and without.
func TestFeedback(t *testing.T) {
	switch *measure {
	case "edges":
		edgesTable(t)
	case "faults":
		faultsTable(t)
	default:
		t.Skip("runs with -args -feedback edges or faults only")
	}
}

func from() string { return cmp.Or(*start, "the corpus") }

func guide(fed bool) string { return map[bool]string{true: "with", false: "without"}[fed] }

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
		for _, fed := range []bool{true, false} {
			s := f.run(t, *runs, seed, fed, "")
			fmt.Printf("%-8s %4d", guide(fed), seed)
			for _, n := range steps {
				fmt.Printf(" %8d", s.by(n))
			}
			r := f.reach(t, s.kept)
			fmt.Printf("  %8d %8d %8d %8d\n", r.C, r.Features, r.Go, r.Inputs-start.Inputs)
		}
	}
}

// hunts is how often each fault is hunted, from other seeds.
const hunts = 5

func faultsTable(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	faults := readFaults(t, "testdata/faults.txt")
	f := newFuzzer(t, "-overlay", overlay(t, root, t.TempDir(), faults))
	fmt.Printf("%s from %s, one worker, at most %d executions; the execution that found the fault, median of %d\n",
		hunted, from(), *limit, hunts)
	seeds := f.reach(t, t.TempDir()).Inputs
	fmt.Printf("%-24s %10s %10s\n", "fault", "with", "without")
	atOnce, never := 0, 0
	for i := range faults {
		name := faults[i].name
		if faults[i].profile != "" || faults[i].scenario != "" {
			continue
		}
		with, found := f.hunt(t, name, true)
		if with[0] > 0 && with[0] <= seeds {
			atOnce++
			continue
		}
		without, foundToo := f.hunt(t, name, false)
		if found+foundToo == 0 {
			never++
			continue
		}
		fmt.Printf("%-24s %10s %10s  found in %d and %d of %d\n", name, median(with), median(without), found, foundToo, hunts)
	}
	fmt.Printf("%d faults are found by the start itself, %d by none of these runs\n", atOnce, never)
}

// hunt gives the executions that found a fault, ascending; more than the limit where none did. What the start finds
// is not hunted again.
func (f fuzzer) hunt(t *testing.T, fault string, fed bool) (all []int, found int) {
	for seed := 1; seed <= hunts; seed++ {
		at := f.run(t, *limit, seed, fed, fault).failed
		if at > 0 {
			found++
		} else {
			at = *limit + 1
		}
		all = append(all, at)
	}
	slices.Sort(all)
	return all, found
}

func median(all []int) string {
	if at := all[len(all)/2]; at <= *limit {
		return strconv.Itoa(at)
	}
	return "> " + strconv.Itoa(*limit)
}
