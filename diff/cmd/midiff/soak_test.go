package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/evolve"
	"midiff/diff/soak"
)

// soaked is what a test reads of a soak's state.
type soaked struct {
	Finished bool         `json:"finished"`
	Drawn    []int        `json:"drawn"`
	Summary  soak.Summary `json:"summary"`
}

func readSoaked(t *testing.T, dir string) (s soaked) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, failures, soak.StateFile))
	if os.IsNotExist(err) {
		return s
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &s), "never half written")
	return s
}

// in runs the command in a folder of its own.
func in(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	err := cmd.Run()
	if _, ok := err.(*exec.ExitError); !ok {
		require.NoError(t, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func sum(all []int) (n int) {
	for _, one := range all {
		n += one
	}
	return n
}

// TestResume: a soak that is killed with kill -9 in the middle goes on where it was: all programs that it was to draw are
// drawn, its figures are those of both processes, and what it kept stays.
func TestResume(t *testing.T) {
	const programs = 1500 // some seconds: a soak tells how far it is every two
	dir := t.TempDir()
	cmd := exec.Command(binary, "soak", "-programs", strconv.Itoa(programs), "-ops", "80", "-jobs", "2", "-corpus", "kept")
	cmd.Dir = dir
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return sum(readSoaked(t, dir).Drawn) > 0 }, time.Minute, 10*time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	before := readSoaked(t, dir)
	require.False(t, before.Finished)
	require.Less(t, sum(before.Drawn), programs, "it was killed in the middle")
	kept, err := evolve.Names(filepath.Join(dir, "kept"))
	require.NoError(t, err)
	require.NotEmpty(t, kept)

	_, errs, code := in(t, dir, "soak", "-resume", "-ops", "3")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "-resume goes on with what was begun")
	out, errs, code := in(t, dir, "soak", "-resume")
	require.Equal(t, exitAgree, code, out+errs)
	require.Contains(t, out, "gone on with once\n")
	after := readSoaked(t, dir)
	require.True(t, after.Finished)
	require.Equal(t, programs, sum(after.Drawn))
	require.Equal(t, 1, after.Summary.Resumed)
	require.Greater(t, after.Summary.Programs, before.Summary.Programs)
	require.Greater(t, after.Summary.Operations, before.Summary.Operations)
	require.Greater(t, after.Summary.Elapsed, before.Summary.Elapsed)
	require.Equal(t, before.Summary.Corpus.Folder, after.Summary.Corpus.Folder)
	require.GreaterOrEqual(t, after.Summary.Corpus.Features, before.Summary.Corpus.Features)
	all, err := evolve.Names(filepath.Join(dir, "kept"))
	require.NoError(t, err)
	require.Subset(t, all, kept)
	require.Len(t, all, after.Summary.Corpus.Programs)
	_, errs, code = in(t, dir, "soak", "-resume")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "that soak is over")
}

// TestSoakFlags: what makes no sense together is said.
func TestSoakFlags(t *testing.T) {
	for want, args := range map[string][]string{
		"-mutated 101: expected 0 to 100": {"-programs", "1", "-mutated", "101"},
		"it takes no -corpus":             {"-faults", "-corpus", "x"},
		"nothing to go on with":           {"-resume"},
	} {
		_, errs, code := in(t, t.TempDir(), append([]string{"soak"}, args...)...)
		require.Equal(t, exitInput, code)
		require.Contains(t, errs, want)
	}
}

// TestStatusLine: what the line says of a soak that failed in three ways, and of one that was gone on with.
func TestStatusLine(t *testing.T) {
	s := &soak.Summary{Tally: &diff.Tally{Programs: 1500, Operations: 30000}, Elapsed: 30 * time.Second, Restarts: 2,
		Corpus: &soak.Corpus{Programs: 12, Counts: evolve.Counts{Features: 3000, Edges: 40, States: 9}},
		Groups: []*soak.Group{{Title: "L3.state-free", Count: 1}, {Title: "L1.usable", Count: 7}, {Title: "hung", Count: 2}}}
	st := &status{forTime: time.Minute, began: &mark{10 * time.Second, 500}}
	require.Equal(t, "1500 programs, 50/s, 30000 operations, corpus 12, 3000 features, 40 places of the reference's code "+
		"and 9 features of its state, 10 failures (7 L1.usable; 2 hung; 1 more kinds), 2 restarts, 30s left", st.line(s))
	s.Groups, s.Corpus, s.Restarts = nil, nil, 0
	st = &status{programs: 2000, began: &mark{10 * time.Second, 500}}
	require.Equal(t, "1500 programs, 50/s, 30000 operations, no failure, 10s left", st.line(s))
}
