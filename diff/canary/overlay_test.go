package canary

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/reduce"
)

// Variables of a binary built with the overlay: the fault that is awake, the oracle meant for it and the
// profile it is hunted in, empty for the first; or
// that the faults of the state are wanted.
const (
	plantedVar = "MIDIFF_PLANTED"
	meantVar   = "MIDIFF_MEANT"
	profileVar = "MIDIFF_PROFILE"
	pokedVar   = "MIDIFF_POKED"
	firedVar   = "MIDIFF_FIRED" // of fault short-by-one: the file that it tells
)

// plantedSource is added to goalloc by the overlay.
const plantedSource = `package goalloc

import "os"

var awake = os.Getenv("` + plantedVar + `")

func planted(name string) bool { return awake == name }
`

// plantedSourceC is the same for cref, and a chance in a hundred that no run can foresee, and a file that
// tells of what happened even if the process is killed in the next moment.
const plantedSourceC = `#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool planted(const char *name) {
  const char *awake = getenv("` + plantedVar + `");
  return awake != NULL && strcmp(awake, name) == 0;
}

bool chance(int percent) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (t.tv_nsec / 100 * 2654435761u >> 8) % 100 < (unsigned)percent;
}

void fired(const char *name) {
  if (getenv("` + reduce.JournalVar + `") != NULL) return;  // a candidate of a reduction
  char line[100];
  const char *file = getenv("` + firedVar + `");
  int fd = file == NULL ? -1 : open(file, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (fd < 0 || write(fd, line, snprintf(line, sizeof line, "%s\n", name)) < 0) abort();
  close(fd);
}
`

// sourceFault is a fault of testdata/faults.txt.
type sourceFault struct {
	name, why, file string
	profile         string // empty for the first
	scenario        string // for threads that run at once, else empty
	both            string // the same, for a fault that is hunted in lockstep, too
	oracle          diff.Oracle
	before, after   string
}

// readFaults parses testdata/faults.txt, or another file of faults.
func readFaults(t *testing.T, file string) (faults []sourceFault) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, line := range strings.Split(string(text), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		if word == "fault" {
			faults = append(faults, sourceFault{name: rest})
			continue
		}
		if len(faults) == 0 {
			continue
		}
		f := &faults[len(faults)-1]
		switch word {
		case "#":
		case "oracle":
			o, ok := diff.OracleByID(rest)
			require.True(t, ok, "fault %s: no oracle %s", f.name, rest)
			f.oracle = o
		case "why":
			f.why = rest
		case "profile":
			f.profile = rest
		case "threads":
			f.scenario = rest
		case "both":
			f.both = rest
		case "file":
			f.file = rest
		case "-":
			f.before += rest + "\n"
		case "+":
			f.after += rest + "\n"
		default:
			require.Empty(t, word, "%s: line %q", file, line)
		}
	}
	return faults
}

// overlay writes the source files with all faults in them, asleep, and returns the overlay's file.
func overlay(t *testing.T, root, dir string, faults []sourceFault) string {
	replace := map[string]string{}
	write := func(name, text string) {
		to := filepath.Join(dir, strings.ReplaceAll(name, "/", "-"))
		require.NoError(t, os.WriteFile(to, []byte(text), 0o644))
		replace[filepath.Join(root, name)] = to
	}
	texts := map[string]string{}
	for _, f := range faults {
		text, ok := texts[f.file]
		if !ok {
			b, err := os.ReadFile(filepath.Join(root, f.file))
			require.NoError(t, err)
			text = string(b)
		}
		require.Equal(t, 1, strings.Count(text, f.before),
			"fault %s: its lines must stand exactly once in %s", f.name, f.file)
		texts[f.file] = strings.Replace(text, f.before, f.after, 1)
	}
	for name, text := range texts {
		write(name, text)
	}
	write("goalloc/planted.go", plantedSource)
	write("cref/planted.c", plantedSourceC)
	added, err := filepath.Glob("testdata/pokes/*/*.go")
	require.NoError(t, err)
	for _, from := range added {
		at, err := filepath.Abs(from)
		require.NoError(t, err)
		replace[filepath.Join(root, strings.TrimPrefix(from, "testdata/pokes"))] = at
	}
	j, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, j, 0o644))
	return file
}

// binary is the folder of the binary with the faults in it, once it was built.
var binary string

// plantedBinary gives this package's tests, built once over a goalloc with the faults in it.
func plantedBinary(t *testing.T) string {
	if binary != "" {
		return filepath.Join(binary, "planted.test")
	}
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir, err := os.MkdirTemp("", "midiff-canary-")
	require.NoError(t, err)
	binary = dir
	bin := filepath.Join(dir, "planted.test")
	cmd := exec.Command("go", "test", "-c", "-o", bin, "-overlay", overlay(t, root, dir, readFaults(t, "testdata/faults.txt")), ".")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return bin
}
