package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// claimInTwo makes a fault of the reference: an abandoned segment is looked at and taken out in two steps, so that two
// threads can have it.
var claimInTwo = [2]string{"!mi_atomic_cas_weak_acq_rel(&abandoned, &ts, next)",
	"(mi_atomic_store_release(&abandoned, next), false)"}

// libraryOf builds the reference's source as a library, with a change in segment.c or without one.
func libraryOf(t *testing.T, change *[2]string) string {
	t.Helper()
	source, dir := filepath.Join(root, "cref", "mimalloc"), t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "src"), os.DirFS(filepath.Join(source, "src"))))
	require.NoError(t, os.CopyFS(filepath.Join(dir, "include"), os.DirFS(filepath.Join(source, "include"))))
	if change != nil {
		name := filepath.Join(dir, "src", "segment.c")
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, 1, strings.Count(string(text), change[0]))
		require.NoError(t, os.WriteFile(name, []byte(strings.Replace(string(text), change[0], change[1], 1)), 0o644))
	}
	library := filepath.Join(dir, "libmimalloc.so")
	out, err := exec.Command("gcc", "-O1", "-w", "-DNDEBUG", "-shared", "-fPIC", "-ftls-model=initial-exec", "-I"+filepath.Join(dir, "include"),
		filepath.Join(dir, "src", "static.c"), "-o", library, "-lpthread").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return library
}

// inFolder runs the command in a folder of its own, where failures are kept.
func inFolder(t *testing.T, args ...string) (out, folder string, code int) {
	t.Helper()
	folder = t.TempDir()
	cmd := exec.Command(binary, args...)
	cmd.Dir = folder
	text, err := cmd.CombinedOutput()
	if _, ok := err.(*exec.ExitError); !ok {
		require.NoError(t, err)
	}
	return string(text), folder, cmd.ProcessState.ExitCode()
}

// TestLibraryAtOnce: a library that is opened at run time runs scenarios with its own threads, and a fault of it is
// found, which its replay shows again.
func TestLibraryAtOnce(t *testing.T) {
	library := libraryOf(t, nil)
	for _, name := range []string{"hand-off", "heap-delete"} {
		out, folder, code := inFolder(t, "scenarios", "-ref", "so:"+library, "-name", name)
		require.Zero(t, code, out)
		require.Contains(t, out, "midiff: mimalloc 2.0.9\n")
		require.Regexp(t, `(?m)^`+name+` +1  C +[1-9]\d+ +[1-9]\d* +[1-9]\d* +[1-9]`, out)
		left, err := filepath.Glob(filepath.Join(folder, "failures", "parallel-*"))
		require.NoError(t, err)
		require.Empty(t, left)
	}
	ofAnotherVersion(t, "so:"+library)

	story, _, code := inFolder(t, "scenarios", "-name", "cycles", "-text", "-rounds", "20")
	require.Zero(t, code)
	planted := "so:" + libraryOf(t, &claimInTwo)
	out, folder, code := inFolder(t, "run", "-mode", "parallel", "-times", "500", "-ref", planted, write(t, story))
	require.Equal(t, 1, code, out)
	require.Contains(t, out, "the contract is with goalloc")
	kept, err := filepath.Glob(filepath.Join(folder, "failures", "parallel-*", "commands.txt"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	text, err := os.ReadFile(kept[0])
	require.NoError(t, err)
	require.Contains(t, string(text), " -ref "+planted+" ")
}

// TestRecordedVersionAtOnce runs the scenarios of profile 2.3 on a library of that version, where there is one.
func TestRecordedVersionAtOnce(t *testing.T) {
	library := os.Getenv("MIDIFF_SO")
	if library == "" {
		t.Skip("no library of mimalloc 2.3 here: MIDIFF_SO=PATH names one")
	}
	out, _, code := inFolder(t, "scenarios", "-ref", "so:"+library)
	require.Zero(t, code, out)
	rows := regexp.MustCompile(`(?m)^(\S+) +1  C +(\d+)`).FindAllStringSubmatch(out, -1)
	require.Len(t, rows, 9, out)
	require.Regexp(t, `(?m)^reclaim +1  C +\d+ +\d+ +\d+ +[1-9]`, out)
}

// ofAnotherVersion: a library and a scenario or program of another version are bad input.
func ofAnotherVersion(t *testing.T, library string) {
	out, _, code := inFolder(t, "scenarios", "-ref", library, "-name", "reclaim")
	require.Equal(t, exitInput, code, out)
	require.Contains(t, out, "midiff: reclaim: the library is mimalloc 2.0.9, which runs scenarios of profile 2.0\n")
	file := write(t, "midiff 1\nprofile 2.3\nthreads 1\n\nt0 a = malloc(48)\n")
	out, _, code = inFolder(t, "run", "-mode", "parallel", "-ref", library, file)
	require.Equal(t, exitInput, code, out)
	require.Contains(t, out, "the library is mimalloc 2.0.9, which runs programs of profile 2.0, and the program's is 2.3")
	out, _, code = inFolder(t, "scenarios", "-ref", "so:/no/such.so")
	require.Equal(t, exitInput, code, out)
	require.Contains(t, out, "no such file")
}
