package canary

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff"
	"midiff/diff/prog"
)

// What it may take to catch a fault of threads that run at once.
const (
	mostRuns    = 3000
	mostHunting = 60 * time.Second
)

// scenarioVar names the scenario for TestPlantedThreads.
const scenarioVar = "MIDIFF_SCENARIO"

// huntThreads tells a scenario again and again, with another seed each time, until a run fails.
func huntThreads(t *testing.T, name string) (got catch) {
	s, err := corpus.ScenarioByName(name)
	require.NoError(t, err)
	x, err := diff.NewParallel()
	require.NoError(t, err)
	x.Patience = 5 * time.Second
	for got.Programs < mostRuns {
		got.Programs++
		text, err := s.Text(corpus.Params{Rounds: 4, Seed: uint64(got.Programs)})
		require.NoError(t, err)
		p, err := prog.Parse(name, text)
		require.NoError(t, err)
		v := x.Check(p)
		got.Steps += v.Steps
		if v.Class == diff.Unknown {
			got.Oracle = "unknown: " + v.Reason
			return got
		}
		if v.Div != nil {
			if v.Div.Blame != diff.BlameGo {
				var report bytes.Buffer
				require.NoError(t, x.WriteReport(&report, name, got.Programs, &v))
				require.Fail(t, "not goalloc's fault", "%s\n%s", &report, text)
			}
			got.Oracle, got.Op = v.Div.Oracle.String(), v.Div.Signature.Op
			return got
		}
	}
	return got
}

// TestPlantedThreads hunts the fault that is awake, in a binary that TestCanary builds.
func TestPlantedThreads(t *testing.T) {
	if os.Getenv(scenarioVar) == "" {
		t.Skip("runs inside TestCanary only")
	}
	out, err := json.Marshal(huntThreads(t, os.Getenv(scenarioVar)))
	require.NoError(t, err)
	fmt.Printf("caught %s\n", out)
}

// threadsTable plants each fault of threads that run at once, and expects a run to fail, on goalloc's side. A
// process that dies is a catch, too: the fault has led to memory that is not goalloc's. It notes who spoke.
func threadsTable(t *testing.T, bin string, faults []sourceFault, spoke map[string]bool) {
	const line = "%-22s %-12s %-14s %-14s %6v %10v %8v  %s\n"
	fmt.Printf("\n"+line, "fault of threads", "scenario", "caught by", "in", "runs", "operations", "seconds", "what is wrong")
	for _, f := range faults {
		scenario := cmp.Or(f.scenario, f.both)
		if scenario == "" {
			continue
		}
		begun := time.Now()
		cmd := exec.Command(bin, "-test.run", "^TestPlantedThreads$", "-test.timeout", (2 * mostHunting).String())
		cmd.Env = append(os.Environ(), plantedVar+"="+f.name, scenarioVar+"="+scenario)
		out, err := cmd.CombinedOutput()
		got := catch{}
		switch text := string(out); {
		case err == nil:
			_, text, _ = strings.Cut(text, "caught ")
			text, _, _ = strings.Cut(text, "\n")
			require.NoError(t, json.Unmarshal([]byte(text), &got), "fault %s: %s", f.name, out)
		case strings.Contains(text, "fatal error: ") || strings.Contains(text, "SIG"):
			got = catch{Oracle: "process died", Op: "-"}
		default:
			require.NoError(t, err, "fault %s: %s", f.name, out)
		}
		fmt.Printf(line, f.name, scenario, got.Oracle, got.Op, got.Programs, got.Steps,
			fmt.Sprintf("%.1f", time.Since(begun).Seconds()), f.why)
		tell(t, "threads", row{"fault": f.name, "why": f.why, "scenario": scenario, "oracle": got.Oracle, "operation": got.Op,
			"runs": got.Programs, "operations": got.Steps, "seconds": time.Since(begun).Seconds()})
		require.NotEmpty(t, got.Oracle, "%s is not caught", f.name)
		spoke[got.Oracle] = true
	}
}
