package canary

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// TestDeathsShrunk: a program of 1,000 operations whose end is a crash, a death or a hang of C is reduced to ten or
// fewer that end in the same way, within a minute, however busy the machine is: of a hang no more time is spent than
// it takes to be sure.
func TestDeathsShrunk(t *testing.T) {
	if os.Getenv(plantedVar)+os.Getenv(pokedVar) != "" {
		t.Skip("runs without a fault only")
	}
	bin := plantedCommand(t)
	fmt.Printf(shrunkLine, "fault", "signature", "before", "after", "candidates", "seconds", "processor time in seconds")
	for fault, want := range map[string]string{
		"null-dereference": "diverge L0.crash expand none",
		"abort":            "died SIGABRT: abort: C in usable_size",
		"endless-loop":     "hung: C in realloc",
	} {
		if fault != "endless-loop" && !*everyFault { // the sample is the one that takes longest
			continue
		}
		m := &plantedMidiff{bin, t.TempDir(), fault}
		p := prog.Generate(3, prog.GenConfig{Ops: 1000, Threads: 4, Heaps: true, Arenas: true, Aligned: true, Exits: true,
			Options: true})
		require.GreaterOrEqual(t, len(p.Ops), 1000)
		require.NoError(t, os.WriteFile(filepath.Join(m.folder, "p.midiff"), []byte(p.Text()), 0o644))
		cmd := m.command("shrink", "-json", "p.midiff", "-o", "small.midiff")
		out, err := cmd.Output()
		require.Equal(t, 1, cmd.ProcessState.ExitCode(), "%v", err)
		var r struct {
			Outcome                           string
			Hits, Runs, Confirmed, Candidates int
			Before                            int `json:"operations_before"`
			After                             int `json:"operations_after"`
			Seconds                           float64
		}
		require.NoError(t, json.Unmarshal(out, &r))
		used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		fmt.Printf(shrunkLine, fault, r.Outcome, r.Before, r.After, r.Candidates, fmt.Sprintf("%.1f", r.Seconds),
			fmt.Sprintf("%.1f", used.Seconds()))
		tell(t, "shrunk", row{"fault": fault, "outcome": r.Outcome, "operations_before": r.Before, "operations_after": r.After,
			"candidates": r.Candidates, "seconds": r.Seconds, "processor_seconds": used.Seconds()})
		require.Equal(t, want, r.Outcome)
		require.LessOrEqual(t, r.After, mostOps)
		require.Equal(t, []int{r.Runs, 3}, []int{r.Hits, r.Confirmed})
		require.LessOrEqual(t, used, mostTime/2)
	}
}
