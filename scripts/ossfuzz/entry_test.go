// What an engine calls gets to the archive.
package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEntry(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "engine")
	entry := "../../fuzz/libfuzzer/entry/entry.c"
	out, err := exec.Command("gcc", "-Wall", "-Wextra", "-Werror", "-DSA_RESTORER=0x04000000", "-DTARGET=FuzzThreads",
		"-DPROGRAMS", "-o", bin, "testdata/engine.c", entry).CombinedOutput()
	require.NoError(t, err, "%s", out)
	out, err = exec.Command(bin).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, "all is called\n", string(out))

	out, err = exec.Command("gcc", "-fsyntax-only", entry).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "compile this with -DTARGET=FuzzThreads")
}
