package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRefProblem(t *testing.T) {
	require.Empty(t, refProblem(""))
	require.Empty(t, refProblem("so:/x"))
	require.Equal(t, "-ref so:: expected so:PATH", refProblem("so:"))
	require.Equal(t, "-ref /x: expected so:PATH", refProblem("/x"))
}

// TestRefOfTheWrongVersion: a library and a program for another version are bad input.
func TestRefOfTheWrongVersion(t *testing.T) {
	all, err := filepath.Glob("/usr/lib/*/libmimalloc.so.2.0")
	require.NoError(t, err)
	if len(all) == 0 {
		t.Skip("no libmimalloc.so.2.0 here: install Debian's libmimalloc2.0 for this test")
	}
	file := write(t, "midiff 1\nprofile 2.3\nthreads 1\n\nt0 a = malloc(48)\n")
	out, _, code := midiff(t, "run", "-ref", "so:"+all[0], file)
	require.Equal(t, exitInput, code, out)
	require.Contains(t, out, "the library is mimalloc 2.0.9, the program is for profile 2.3")
	_, errs, code := midiff(t, "run", "-ref", "so:/no/such.so", file)
	require.Equal(t, exitInput, code, errs)
	require.Contains(t, errs, "no such file")
}
