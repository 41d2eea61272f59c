package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// TestShrink: a finding with much around it is reduced to what shows it, and what is written replays.
func TestShrink(t *testing.T) {
	const finding = "t1 x = malloc_aligned(256, 256)\n"
	noise := strings.Repeat("t0 good_size(100)\nt1 clock(3)\n", 100)
	out := filepath.Join(t.TempDir(), "small.midiff")

	said, errs, code := midiff(t, "shrink", write(t, header+noise+finding+noise), "-o", out)
	require.Equal(t, 1, code, errs)
	require.Contains(t, said, "known natural-align L1.align malloc_aligned value\n")
	require.Contains(t, said, "reliable: failed in this way in 10 of 10 runs\n401 operations to 1, ")
	require.Contains(t, said, "confirmed in 3 of 3 new processes\nreplay: go run ./diff/cmd/midiff run -v "+out)

	text, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Contains(t, string(text), "\nmidiff 1\nprofile 2.0\nthreads 1\n\nt0 b0 = malloc_aligned(256, 256)\n")
	_, _, code = midiff(t, "run", out)
	require.Equal(t, 1, code)
}

// TestShrinkFuzzInput: what the fuzzer left is decoded as its target does.
func TestShrinkFuzzInput(t *testing.T) {
	p, err := prog.Parse("p", []byte(header+"t0 a = malloc(8)\nt1 x = malloc_aligned(512, 512)\nt0 free(a)\n"))
	require.NoError(t, err)
	folder := filepath.Join(t.TempDir(), "FuzzAligned")
	require.NoError(t, os.Mkdir(folder, 0o755))
	input := filepath.Join(folder, "0123456789abcdef")
	content := fmt.Sprintf("go test fuzz v1\n[]byte(%q)\n", p.Encode())
	require.NoError(t, os.WriteFile(input, []byte(content), 0o644))

	out := filepath.Join(t.TempDir(), "small.midiff")
	said, errs, code := midiff(t, "shrink", "-json", input, "-o", out)
	require.Equal(t, 1, code, errs)
	require.Contains(t, said, `"operations_before":3,"operations_after":1,`)
	_, _, code = midiff(t, "run", input)
	require.Equal(t, 1, code)
}

func TestShrinkRefuses(t *testing.T) {
	good := write(t, header+"t0 a = malloc(8)\nt0 free(a)\n")
	input := write(t, "go test fuzz v1\n[]byte(\"\")\n")
	broken := write(t, "go test fuzz v1\nint(3)\n")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no output":       {[]string{good}, "shrink FILE -o OUT"},
		"two files":       {[]string{good, good, "-o", "x"}, "shrink FILE -o OUT"},
		"what agrees":     {[]string{good, "-o", "x"}, "nothing to reduce: the program does not fail (10 runs: map[agree:10])"},
		"unknown target":  {[]string{input, "-o", "x"}, "not named after a target (FuzzAligned, FuzzHeaps,"},
		"another value":   {[]string{broken, "-o", "x"}, ":2:1: expected one line with a []byte"},
		"an unknown flag": {[]string{good, "-x"}, "-x"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := midiff(t, append([]string{"shrink"}, c.args...)...)
			require.Equal(t, 2, code)
			require.Empty(t, out)
			require.Contains(t, errs, c.want)
		})
	}
}
