package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/journal"
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

// TestParallelFolder: a program that fails in parallel and was in the journal as its process was killed gets a
// folder with its rate, and the commands in it do what they say, in parallel and in lockstep.
func TestParallelFolder(t *testing.T) {
	folder := t.TempDir()
	leave(t, folder, "", differs)
	_, errs, code := midiff(t, "recover", folder)
	require.Equal(t, 1, code, errs)
	require.Contains(t, errs, "fails in 10 of 10 runs; in lockstep: diverge L1.place malloc_aligned value\n")
	at := filepath.Join(folder, "parallel-diverge-L1.align-malloc_aligned-value")

	var options struct {
		Mode, Lockstep string
		Hits, Runs     int
		Number         int
	}
	text, err := os.ReadFile(filepath.Join(at, "options.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &options))
	require.Equal(t, "parallel", options.Mode)
	require.Equal(t, []int{10, 10, 7}, []int{options.Hits, options.Runs, options.Number})
	require.Equal(t, "diverge L1.place malloc_aligned value", options.Lockstep)
	for _, name := range []string{"verdict.json", "versions.json", "report.txt", diff.ProgramFile} {
		require.FileExists(t, filepath.Join(at, name))
	}

	text, err = os.ReadFile(filepath.Join(at, "commands.txt"))
	require.NoError(t, err)
	commands := regexp.MustCompile(`(?m)^re\w+: go run ./diff/cmd/midiff (.*)$`).FindAllStringSubmatch(string(text), -1)
	require.Len(t, commands, 4, "%s", text)
	for i, mode := range []string{" -mode parallel", " -mode parallel", "", ""} {
		require.Equal(t, mode != "", strings.Contains(commands[i][1], "-mode parallel"), commands[i][1])
		out, errs, code := midiff(t, strings.Fields(commands[i][1])...)
		require.Equal(t, 1, code, out+errs)
		require.Contains(t, out, "malloc_aligned")
	}
	require.FileExists(t, filepath.Join(at, diff.SmallFile))
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

	leave(t, folder, "L3.contents free contents", good)
	_, errs, code = midiff(t, "recover", folder)
	require.Equal(t, 1, code, errs)
	require.Contains(t, errs, "fails in 0 of 50 runs; in lockstep: agree\n")
	text, err := os.ReadFile(filepath.Join(folder, "parallel-L3.contents-free-contents", "commands.txt"))
	require.NoError(t, err)
	require.NotContains(t, string(text), "in lockstep")
}
