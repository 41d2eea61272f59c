// Package replay runs what the fuzz targets start from as plain tests. It stands apart so that the fuzz
// binary stays small.
package replay

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/fuzz"
)

// Every target runs every program of the corpus, as the fuzzer does before it mutates them, and leaves
// both sides pristine.
func TestSeeds(t *testing.T) {
	inputs, err := fuzz.Seeds()
	require.NoError(t, err)
	require.Greater(t, len(inputs), 100)
	for name := range fuzz.Programs {
		t.Run(name, func(t *testing.T) {
			target, err := fuzz.NewTarget(name)
			require.NoError(t, err)
			target.Careful()
			for i, data := range inputs {
				require.NoError(t, target.Check(data), "seed %d", i)
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
		t.Run(name, func(t *testing.T) { require.NoError(t, fuzz.CheckText([]byte(text))) })
	}
}
