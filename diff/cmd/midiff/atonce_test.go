package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/soak"
)

// leave leaves a program in the journal of parallel runs, as a process that is killed does, with what was found
// about it.
func leave(t *testing.T, folder, note, text string) {
	j, err := journal.Open(filepath.Join(folder, diff.ParallelJournals))
	require.NoError(t, err)
	require.NoError(t, j.Begin(diff.TextKind([]string{"natural-align"}), 7, []byte(text)))
	if note != "" {
		j.Note(note)
	}
	require.NoError(t, j.Close())
}

// differs is a program that C and goalloc disagree about when goalloc does not have C's known bug.
const differs = header + "t1 x = malloc_aligned(256, 256)\nt0 free(x)\n"

// reducedOf reads what a reduction came to.
func reducedOf(t *testing.T, folder string) (r soak.Reduced) {
	text, err := os.ReadFile(filepath.Join(folder, soak.ReducedFile))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &r))
	return r
}

// commandsOf gives the arguments of the commands in a failure's folder.
func commandsOf(t *testing.T, folder string) (all [][]string, text string) {
	b, err := os.ReadFile(filepath.Join(folder, diff.CommandsFile))
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`(?m)^re\w+: go run ./diff/cmd/midiff (.*)$`).FindAllStringSubmatch(string(b), -1) {
		all = append(all, strings.Fields(m[1]))
	}
	return all, string(b)
}

// TestParallelFolder: a program that fails in parallel and was in the journal as its process was killed gets a
// folder with its rate, and is made smaller. In lockstep it fails, too, but otherwise, which is said and not taken
// for the same. The commands in the folder do what they say.
func TestParallelFolder(t *testing.T) {
	folder := t.TempDir()
	leave(t, folder, "", differs+"t1 y = malloc(8)\nt1 free(y)\n")
	out, errs, code := midiff(t, "recover", folder)
	require.Equal(t, 1, code, errs)
	require.Contains(t, out, "failed in 8 of 8 runs in parallel; 4 operations to 1 in small.midiff; in lockstep: diverge L1.place malloc_aligned value\n")
	at := filepath.Join(folder, "parallel-L1.align-malloc_aligned-value")
	mode, without, err := diff.HowRun(at)
	require.NoError(t, err)
	require.Equal(t, []any{"parallel", []string{"natural-align"}}, []any{mode, without})
	r := reducedOf(t, at)
	require.Equal(t, soak.Reduced{Outcome: "diverge L1.align malloc_aligned value", Hits: 8, Runs: 8, Before: 4, After: 1,
		Candidates: r.Candidates, Confirmed: 3, Seconds: r.Seconds, Tries: 1, Mode: "parallel",
		Lockstep: "diverge L1.place malloc_aligned value"}, r)
	for _, name := range []string{diff.VerdictFile, "versions.json", "report.txt", diff.ProgramFile} {
		require.FileExists(t, filepath.Join(at, name))
	}

	commands, text := commandsOf(t, at)
	require.Len(t, commands, 4, text)
	require.Contains(t, text, "in lockstep it comes to something else, which is another failure or hides this one: diverge L1.place")
	for _, command := range commands {
		require.Contains(t, command, "-mode")
		if command[0] == "shrink" {
			command[len(command)-1] = filepath.Join(t.TempDir(), "small.midiff")
		}
		out, errs, code := midiff(t, command...)
		require.Equal(t, 1, code, out+errs)
		require.Contains(t, out, "L1.align")
		require.NotContains(t, errs, "kept in", "what lies in a failure's folder is kept")
	}
	_, errs, code = midiff(t, "recover", folder)
	require.Equal(t, 0, code, "looked at: %s", errs)
}

// TestParallelLeft: what is left of a process that was killed is kept if it had been found to fail, and is
// nothing to speak of if it does not fail.
func TestParallelLeft(t *testing.T) {
	folder := t.TempDir()
	const good = header + "t1 x = malloc(8)\nt0 free(x)\n"
	leave(t, folder, "", good)
	_, errs, code := midiff(t, "recover", folder)
	require.Equal(t, 0, code, errs)
	kept, err := filepath.Glob(filepath.Join(folder, "parallel-*"))
	require.NoError(t, err)
	require.Empty(t, kept)

	leave(t, folder, "L1.contents free contents", good)
	out, errs, code := midiff(t, "recover", folder)
	require.Equal(t, 3, code, errs)
	require.Contains(t, out, "did not fail again in ")
	r := reducedOf(t, filepath.Join(folder, "parallel-L1.contents-free-contents"))
	require.True(t, r.Flaky)
	require.Equal(t, "agree", r.Lockstep)
	require.Zero(t, r.Hits)
	_, text := commandsOf(t, filepath.Join(folder, "parallel-L1.contents-free-contents"))
	require.Contains(t, text, "not reduced: it did not fail again")
}

// TestRunKeeps: a file that fails in parallel leaves a folder where the command runs.
func TestRunKeeps(t *testing.T) {
	file := write(t, differs)
	here := t.TempDir()
	for range 2 { // the second time it is there
		cmd := exec.Command(binary, "run", "-mode", "parallel", "-without", "natural-align", "-times", "3", file)
		cmd.Dir = here
		out, err := cmd.CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), file+":5: L1.align")
		require.Contains(t, string(out), "kept in failures/parallel-L1.align-malloc_aligned-value\n")
	}
	left, err := filepath.Glob(filepath.Join(here, "failures", "*", "*", "*"))
	require.NoError(t, err)
	require.Empty(t, left, "journals")
}

// TestNotParallel: a program that is not for runs in parallel is a wrong input, with its line, and no crash.
func TestNotParallel(t *testing.T) {
	out, errs, code := midiff(t, "run", "-mode", "parallel", write(t, header+"t0 reserve_os_memory(64M, true, false)\n"))
	require.Equal(t, 2, code, errs)
	require.Contains(t, out, ":5:1: cannot be run in parallel: reserve_os_memory by t0: ")
	require.Equal(t, 1, strings.Count(out+errs, "\n"))
}
