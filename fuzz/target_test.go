package fuzz

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// Every target runs every seed whole, as the fuzzer does, without its mutations.
func TestSeeds(t *testing.T) {
	inputs, err := seeds()
	require.NoError(t, err)
	require.NotEmpty(t, inputs)
	for name, c := range map[string]prog.DecodeConfig{
		"lockstep": lockstepPrograms, "threads": threadPrograms, "heaps": heapPrograms,
		"aligned": alignedPrograms,
	} {
		t.Run(name, func(t *testing.T) {
			target, err := newTarget(c)
			require.NoError(t, err)
			target.session.CheckAll = true
			for i, data := range inputs {
				require.NoError(t, target.check(data), "seed %d", i)
			}
		})
	}
}

func TestText(t *testing.T) {
	for name, text := range map[string]string{
		"empty":       "",
		"not text":    "\x00\xff\x01",
		"no program":  "midiff 2\n",
		"a program":   "midiff 1\nprofile 2.0\nthreads 1\n\nt0 a = malloc(48)\nt0 free(a)\n",
		"double free": "midiff 1\nprofile 2.0\nthreads 1\n\nt0 a = malloc(48)\nt0 free(a)\nt0 free(a)\n",
	} {
		t.Run(name, func(t *testing.T) { require.NoError(t, checkText([]byte(text))) })
	}
}

// No failure may be left by the tests: they are about inputs on which the sides agree.
func TestMain(m *testing.M) {
	code := m.Run()
	if left, _ := filepath.Glob(failures + "/*"); code == 0 && len(left) > 0 {
		os.Stderr.WriteString("fuzz: saved failures: " + strings.Join(left, " ") + "\n")
	}
	os.Exit(code)
}
