package canary

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// testParallel: what fails with threads at once is kept with its folder and made smaller without being asked: a
// crash of C, which is a verdict and ends no process; a process that is killed; what fails now and then, each
// candidate as often as its rate asks for; and what fails in lockstep in the same way, which is reduced there.
func testParallel(t *testing.T, bin string) {
	for fault, want := range map[string]struct{ scenario, title, mode, lockstep string }{
		"parallel-null":   {"hand-off", "L0.crash free none", "parallel", "agree"},
		"parallel-kill":   {"hand-off", "died signal: killed", "parallel", "agree"},
		"parallel-seldom": {"hand-off", "L1.contents free contents", "parallel", "agree"},
		"zero-everywhere": {"churn", "L1.zero calloc contents", "lockstep", "diverge L1.zero calloc contents"},
	} {
		t.Run(fault, func(t *testing.T) {
			m := &plantedMidiff{bin, t.TempDir(), fault}
			_, errs, code := m.run(t, "scenarios", "-name", want.scenario, "-for", "20s") // it ends with the first failure
			require.Equal(t, 1, code, errs)
			folders, err := filepath.Glob(filepath.Join(m.folder, "failures", "parallel-*"))
			require.NoError(t, err)
			require.Len(t, folders, 1)
			folder := filepath.Join("failures", filepath.Base(folders[0]))
			r := m.reduced(t, folder)
			require.Contains(t, []string{want.title, "diverge " + want.title}, r.Outcome)
			require.Equal(t, []string{want.mode, want.lockstep}, []string{r.Mode, r.Lockstep})
			require.LessOrEqual(t, r.After, 10)
			require.Greater(t, r.Before, 100)
			require.False(t, r.Flaky)
			require.Equal(t, fault == "parallel-seldom", r.Tries > 1, r.Tries)
			t.Logf("failed in %d of %d runs, up to %d for each of %d candidates, %d operations to %d, %.1f s; lockstep: %s", r.Hits, r.Runs,
				r.Tries, r.Candidates, r.Before, r.After, r.Seconds, r.Lockstep)
			require.Contains(t, m.read(t, folder, "small.midiff"), "fails")
			require.NoFileExists(t, filepath.Join(m.folder, "failures", "journals", "parallel"))

			// The file by itself: a verdict, with exit code 1, and nothing else is kept.
			out, errs, code := m.run(t, "run", "-json", "-mode", "parallel", "-times", "100", filepath.Join(folder, "program.midiff"))
			require.Equal(t, 1, code, errs)
			var v struct{ Class, Outcome string }
			require.NoError(t, json.Unmarshal([]byte(out), &v), out)
			require.Equal(t, "diverge", v.Class)
			require.Equal(t, want.title, v.Outcome)
		})
	}
}

// testFuzzParallel: an input of FuzzParallel that ends its process has a folder when the session is over, and is
// made smaller by a recovery.
func testFuzzParallel(t *testing.T, bin string) {
	dir := t.TempDir()
	fuzz := filepath.Join(dir, "fuzz.test")
	overlaid(t, fuzz, "test", "-c", "./fuzz")
	for fault, title := range map[string]string{"parallel-null": "L0.crash-free-none", "parallel-kill": "died-signal-killed"} {
		t.Run(fault, func(t *testing.T) {
			m := &plantedMidiff{bin, t.TempDir(), fault}
			cmd := exec.Command(fuzz, "-test.run=^$", "-test.fuzz=^FuzzParallel$", "-test.fuzztime=100000x",
				"-test.fuzzminimizetime=0s", "-test.parallel=1", "-test.fuzzcachedir="+filepath.Join(dir, "cache"))
			cmd.Dir = m.folder
			cmd.Env = append(os.Environ(), plantedVar+"="+m.fault)
			out, err := cmd.CombinedOutput()
			require.Error(t, err)
			folder := filepath.Join("failures", "parallel-"+title)
			require.Contains(t, string(out), "shrink -mode parallel fuzz/"+folder+"/program.midiff", "%.3000s", out)
			for _, file := range evidence {
				if file != "history.txt" { // where blocks lie depends on who comes first
					require.NotEmpty(t, m.read(t, folder, file), file)
				}
			}
			_, errs, code := m.run(t, "recover", "failures")
			require.Equal(t, 1, code, errs)
			require.LessOrEqual(t, m.reduced(t, folder).After, 10)
		})
	}
}

// parallelReduced is what the tests read of a reduction.
type parallelReduced struct {
	Outcome, Mode, Lockstep string
	Flaky                   bool
	Hits, Runs, Tries       int
	Candidates              int
	Before                  int `json:"operations_before"`
	After                   int `json:"operations_after"`
	Seconds                 float64
}

func (m *plantedMidiff) reduced(t *testing.T, folder string) (r parallelReduced) {
	require.NoError(t, json.Unmarshal([]byte(m.read(t, folder, "reduced.json")), &r))
	return r
}
