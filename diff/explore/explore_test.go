// The explorer's binary, from outside: it is built, and asked.

package explore

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
)

var update = flag.Bool("update", false, "write the golden files anew")

var built = sync.OnceValues(func() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	return Build(root)
})

// ask runs the explorer and gives its output and exit code.
func ask(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	binary, err := built()
	require.NoError(t, err)
	var out, errs bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// looked is a scenario's result, as -json prints it.
type looked struct {
	Scenario   string
	Executions uint64
	Bound      int
	Findings   []struct{ Class, Now, Before, Text, Replay string }
}

// explore runs `explore -brief -json` with more arguments.
func explore(t *testing.T, args ...string) (all []looked) {
	t.Helper()
	out, stderr, code := ask(t, append([]string{"explore", "-brief", "-json"}, args...)...)
	require.LessOrEqual(t, code, 1, stderr)
	for line := range strings.Lines(out) {
		var one looked
		require.NoError(t, json.Unmarshal([]byte(line), &one), line)
		all = append(all, one)
	}
	require.NotEmpty(t, all)
	return all
}

// Each oracle sees a fault that was planted for it.
func TestEachOracleHasItsFault(t *testing.T) {
	for _, c := range []struct{ class, mutant, scenario, bound string }{
		{"data race", "M1", "collect-push", "2"},
		{"data race", "M10", "collect-push-delayed", "1"},
		{"use after free", "unawaited", "tagged-collect", "2"},
		{"use after decommit", "unawaited", "tagged-list", "2"},
		{"lost block", "heap-late", "delayed-reclaim", "1"},
		{"double hand-out", "double-pop", "collect-push", "0"},
		{"two owners", "record-kept", "abandon-visit", "0"},
		{"owner mismatch", "M17", "tagged-list", "1"},
		{"span in the wrong queue", "M17", "abandon-visit", "0"},
		{"deadlock", "never-done", "delayed-exit", "1"},
		{"livelock", "never-empty", "heap-delete", "0"},
	} {
		t.Run(c.class+" "+c.mutant, func(t *testing.T) {
			mended := "atomic-flags,push-acquire,readers-seq-cst,collect-awaits"
			args := []string{"-scenario", c.scenario, "-bound", c.bound, "-mutant"}
			for _, f := range explore(t, append(args, mended)...)[0].Findings {
				require.NotEqual(t, c.class, f.Class, "without the fault")
			}
			var classes []string
			for _, f := range explore(t, append(args, mended+","+c.mutant)...)[0].Findings {
				classes = append(classes, f.Class)
			}
			require.Contains(t, classes, c.class)
		})
	}
}

// The full matrix is for `make explore`: this is a part of it, all executions with at most two deviations.
func TestMatrixSample(t *testing.T) {
	out, stderr, code := ask(t, "explore", "-matrix", "-bound", "2", "-scenario", "collect-push,delayed-reclaim,heap-delete,segment-free",
		"-mutant", "M1,M2,M3,M4,M6,M7,M9,M10,M17,heap-late,owner-relaxed,collect-acquire,unlink-relaxed,delayed-take-acquire")
	require.Zero(t, code, out+stderr)
	golden(t, "matrix.golden", out)
}

// Findings on the reference's own orders, and what is left of them without staleness and with the fixes.
func TestFindings(t *testing.T) {
	var b strings.Builder
	for _, args := range [][]string{
		{}, {"-sc"}, {"-mutant", "atomic-flags,push-acquire,append-swaps,readers-seq-cst,collect-awaits"},
	} {
		fmt.Fprintf(&b, "explore %s\n", strings.Join(args, " "))
		for _, s := range explore(t, append(args, "-bound", "2", "-scenario", "heap-delete,delayed-reclaim,page-full,tagged-collect")...) {
			fmt.Fprintf(&b, "  %s: %d executions with at most %d deviations\n", s.Scenario, s.Executions, s.Bound)
			for _, f := range s.Findings {
				what, _, _ := strings.Cut(f.Text, "]")
				fmt.Fprintf(&b, "    %s: %s\n", f.Class, strings.Trim(what+" "+f.Now+" / "+f.Before, " /"))
			}
		}
	}
	golden(t, "findings.golden", b.String())
}

var line = regexp.MustCompile(` at \w+\.go:\d+`)

// golden compares a text, without the lines of the source in it.
func golden(t *testing.T, name, text string) {
	t.Helper()
	text = line.ReplaceAllString(text, "")
	name = filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "go test -update writes the file")
}

func TestReplays(t *testing.T) {
	found := explore(t, "-scenario", "heap-delete", "-bound", "1")[0].Findings
	require.NotEmpty(t, found)
	text := found[0].Replay

	out, stderr, code := ask(t, "replay", text)
	require.Equal(t, 1, code, stderr)
	require.Contains(t, out, found[0].Text)
	require.Contains(t, out, "stale: 1 newer")

	out, stderr, code = ask(t, "replay", text, "-mutant", "append-swaps")
	require.Zero(t, code, out+stderr)

	_, stderr, code = ask(t, "replay", strings.Replace(text, "heap-delete", "heap-destroy", 1))
	require.Equal(t, 3, code, "another program")
	require.Contains(t, stderr, "not the recorded execution")

	for what, wrong := range map[string]string{
		"begins with x1": "y1/" + text, "unknown scenario": strings.Replace(text, "heap-delete", "nothing", 1),
		"of scenario heap-delete g2": strings.Replace(text, "/mg1/", "/mg2/", 1),
	} {
		_, stderr, code = ask(t, "replay", wrong)
		require.Equal(t, 2, code, wrong)
		require.Contains(t, stderr, what)
	}
}

func TestComparisons(t *testing.T) {
	out, _, code := ask(t, "explore", "-compare", "base", "append-swaps", "-scenario", "heap-delete")
	require.Equal(t, 1, code)
	require.Contains(t, out, "V1 fails and V2 passes")
	out, _, code = ask(t, "explore", "-compare", "base", "ThreadFreeTake=acquire", "-scenario", "collect-push", "-bound", "2")
	require.Zero(t, code, out)
	require.Contains(t, out, "cannot alter any outcome")
}

func TestAllScenariosRun(t *testing.T) {
	all := explore(t, "-bound", "1", "-mutant", "", "-json")
	require.Greater(t, len(all), len(corpus.Programs("explore")), "programs and kernels")
}

// Random programs find planted faults, with two processes as with one, and nothing without.
func TestRandomPrograms(t *testing.T) {
	out, stderr, code := ask(t, "explore", "-programs", "-count", "40", "-jobs", "2")
	require.Zero(t, code, out+stderr)
	require.Equal(t, 2, strings.Count(out, "no new finding"))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll("failures")) })
	for _, mutant := range []string{"M1", "M10", "M17"} {
		out, stderr, code := ask(t, "explore", "-programs", "-count", "200", "-ops", "40", "-threads", "4", "-mutant", mutant)
		require.Equal(t, 1, code, mutant+out+stderr)
		text := out[strings.Index(out, "replay ")+len("replay "):]
		text, _, _ = strings.Cut(text, "\n")
		out, stderr, code = ask(t, "replay", text)
		require.Equal(t, 1, code, mutant+" "+text+out+stderr)
	}
}

func TestJobs(t *testing.T) {
	args := []string{"-bound", "1", "-scenario", "page-full,heap-delete,collect-push"}
	one, two := explore(t, args...), explore(t, append(args, "-jobs", "2")...)
	for i := range two {
		two[i].Findings, one[i].Findings = nil, nil
	}
	require.ElementsMatch(t, one, two)
}

func TestLists(t *testing.T) {
	out, _, code := ask(t, "explore", "-sites")
	require.Zero(t, code)
	require.Regexp(t, `ThreadFreePush +cas +release +Thread.freeRemote +_mi_free_block_mt, free.go:\d+ here +ThreadFreeTake`, out)
	out, _, code = ask(t, "explore", "-scenarios")
	require.Zero(t, code)
	for _, name := range []string{"heap-delete", "kernel/", "M17", "append-swaps"} {
		require.Contains(t, out, name)
	}
}

func TestMistakes(t *testing.T) {
	for says, args := range map[string][]string{
		"expected SITE=ORDER":         {"explore", "-order", "ThreadFreePush"},
		"no memory order":             {"explore", "-order", "ThreadFreePush=strong", "-scenario", "heap-delete"},
		"has no site":                 {"explore", "-order", "Nowhere=relaxed", "-scenario", "heap-delete"},
		"has no change":               {"explore", "-mutant", "M99", "-scenario", "heap-delete"},
		"unknown scenario":            {"explore", "-scenario", "nothing"},
		"-compare wants two variants": {"explore", "-compare", "base", "-scenario", "heap-delete"},
		"never end":                   {"explore", "-random"},
		"expected explore or replay":  {"other"},
	} {
		_, stderr, code := ask(t, args...)
		require.Equal(t, 2, code, args)
		require.Contains(t, stderr, says)
	}
}

// The faults of 2.3's marks and list, on the whole allocator; the full matrix is for `make explore`.
func TestMatrixOfMarks(t *testing.T) {
	out, stderr, code := ask(t, "explore", "-matrix", "-bound", "1", "-scenario", "marked-end,listed-claim",
		"-mutant", "M3-marks,M4-marks,M6-marks,M7-marks,os-unlocked,M17")
	require.Zero(t, code, out+stderr)
	golden(t, "marks.golden", out)
}

// A huge segment that nobody owns is only for who frees its block: marked abandoned, it is found at once by who looks
// through those.
func TestMatrixOfHuge(t *testing.T) {
	out, stderr, code := ask(t, "explore", "-matrix", "-bound", "0", "-scenario", "huge-end,huge-free", "-mutant", "huge-marked,double-pop")
	require.Zero(t, code, out+stderr)
	golden(t, "huge.golden", out)
}
