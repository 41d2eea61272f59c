package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEmit(t *testing.T) {
	const file = "corpus/known/natural-align.midiff"
	out, errs, code := midiff(t, "emit", file)
	require.Equal(t, 0, code, errs)
	golden, err := os.ReadFile(filepath.Join(root, "diff/emit/testdata/natural-align.c.golden"))
	require.NoError(t, err)
	require.Equal(t, string(golden), out)

	out, errs, code = midiff(t, "emit", "-lang", "go", file)
	require.Equal(t, 0, code, errs)
	require.Contains(t, out, "\nfunc TestEmittedNaturalAlign(t *testing.T) {\n")

	out, errs, code = midiff(t, "emit", "-without", "record-lost", "corpus/known/record-lost.midiff")
	require.Equal(t, 0, code, errs)
	require.Contains(t, out, "CHECK(calls_of(MUNMAP) == 2);  // actual: 1\n")
}

func TestEmitRefuses(t *testing.T) {
	good := write(t, header+"t0 a = malloc(8)\n")
	const later = "corpus/known/2.3/heapless-page.midiff"
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no file":       {nil, "emit takes one file"},
		"language":      {[]string{good, "-lang", "rust"}, `unknown language "rust": expected c or go`},
		"quirk":         {[]string{good, "-without", "q"}, `unknown quirk "q"`},
		"no library":    {[]string{good, "-ref", "so:/no/such.so"}, "/no/such.so: no such file"},
		"no source":     {[]string{later}, "there is no source of mimalloc 2.3 here: name a library with -ref so:PATH"},
		"later in Go":   {[]string{later, "-lang", "go"}, "a Go test is for the profiles 2.0, "},
		"wrong program": {[]string{write(t, "midiff 2\n")}, ":1:8: "},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := midiff(t, append([]string{"emit"}, c.args...)...)
			require.Equal(t, 2, code)
			require.Empty(t, out)
			require.Contains(t, errs, c.want)
		})
	}
}
