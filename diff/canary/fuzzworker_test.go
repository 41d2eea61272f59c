package canary

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// testFuzzWorker: a fuzz worker in which the reference crashes leaves its program, which a recovery keeps and
// reduces.
func testFuzzWorker(t *testing.T, bin string) {
	dir := t.TempDir()
	fuzz := filepath.Join(dir, "fuzz.test")
	overlaid(t, fuzz, "test", "-c", "./fuzz")
	m := &plantedMidiff{bin, t.TempDir(), "abort"}

	cmd := exec.Command(fuzz, "-test.run=^$", "-test.fuzz=^FuzzLockstep$", "-test.fuzztime=100000x",
		"-test.fuzzminimizetime=0s", "-test.parallel=2", "-test.fuzzcachedir="+filepath.Join(dir, "cache"))
	cmd.Dir = m.folder
	cmd.Env = append(os.Environ(), plantedVar+"="+m.fault)
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "fuzzing process hung or terminated unexpectedly", "%.3000s", out)

	s, _ := m.summary(t, 1, "recover", "-json", "failures")
	require.Len(t, s.Failures, 1)
	g := s.Failures[0]
	require.Equal(t, "died SIGABRT: abort: C in usable_size", g.Title)
	require.LessOrEqual(t, g.Reduced.After, 10)
	require.Contains(t, m.read(t, g.Folder, "options.json"), `"found_by": "FuzzLockstep"`)
	for _, file := range evidence {
		require.NotEmpty(t, m.read(t, g.Folder, file), file)
	}
}
