package canary

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	_ "midiff/cref/flavours"
	"midiff/diff"
	"midiff/diff/prog"
)

// maxPrograms is how many programs a fault may take to be caught.
const maxPrograms = 2000

// generated is what the random programs are like.
var generated = prog.GenConfig{Ops: 1000, Threads: 4, MaxSize: 1 << 20, MaxLive: 32 << 20, MaxBulk: 300,
	Heaps: true, Arenas: true, Exits: true}

// catch is how a fault was caught.
type catch struct {
	Oracle   string // ID of the oracle that spoke last: the one meant, if it spoke at all
	Op       string // the operation it spoke of
	Programs int    // programs run until then
	Steps    int    // operations run until then
	First    string // ID of the oracle that spoke first, and after how many programs

	Signature string
	Program   string // its text
}

// hunt runs random programs until the oracle that is meant for the fault is the first to speak in one.
func hunt(c, g diff.Subject, meant, profile string) (got catch) {
	w := &watcher{diff.NewEngine(c, g, nil), meant}
	cfg := generated
	if meant == diff.Stats.String() { // some count with an option only, or of huge blocks
		cfg.Options, cfg.MaxSize = true, 24<<20
	}
	if profile != "" { // a fault of a build of its own, which may be about huge or aligned blocks
		cfg.Profile, cfg.MaxSize, cfg.Aligned = profile, 40<<20, true
	}
	for got.Programs < maxPrograms {
		got.Programs++
		p := prog.Generate(uint64(got.Programs), cfg)
		v := w.Check(p)
		got.Steps += v.Steps
		if v.Class == diff.Unknown {
			got.Oracle = "unknown: " + v.Reason
			return got
		}
		if v.Div == nil {
			continue
		}
		got.Oracle, got.Op = v.Div.Oracle.String(), v.Div.Signature.Op
		if got.First == "" {
			got.First = fmt.Sprintf("%s (%d)", got.Oracle, got.Programs)
		}
		if got.Oracle == meant {
			got.Signature, got.Program = v.Div.Signature.String(), p.Text()
			return got
		}
	}
	return got
}

// huntTraces runs goalloc on recorded traces until the oracle that is meant for the fault speaks: later versions have no
// source here to run beside it.
func huntTraces(t *testing.T, meant, profile string) (got catch) {
	r, err := diff.NewReplayer(profile)
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	for _, f := range corpus.Golden(recorded) {
		trace, err := diff.ParseTrace(f.Path(), f.Text)
		require.NoError(t, err)
		v := r.Check(trace)
		got.Programs++
		got.Steps += v.Steps
		if v.Div == nil {
			continue
		}
		got.Oracle, got.Op, got.Signature = v.Div.Oracle.String(), v.Div.Signature.Op, v.Div.Signature.String()
		if got.First == "" {
			got.First = fmt.Sprintf("%s (%d)", got.Oracle, got.Programs)
		}
		if got.Oracle == meant {
			break
		}
	}
	return got
}

// recorded is the version that there are traces of.
const recorded = "2.3.1"

// watcher runs programs with what the oracle looks at that is meant for a fault.
type watcher struct {
	*diff.Engine
	meant string
}

// Check runs a program, and looks whether both sides are pristine after it.
func (w *watcher) Check(p *prog.Program) diff.Verdict {
	if w.TornDown = w.meant == diff.Teardown.String(); w.TornDown {
		p = p.TornDown()
	}
	code := p.Lower()
	for i := range code.Steps {
		switch w.meant {
		case diff.State.String(), diff.Stats.String():
			code.Steps[i].Flags |= diff.FlagState
		case diff.Invariant.String():
			code.Steps[i].Flags |= diff.FlagNear
			if i%16 == 15 {
				code.Steps[i].Flags |= diff.FlagInvariants
			}
		}
	}
	v := w.Run(code)
	if v.Class != diff.Agree && w.meant != diff.Pristine.String() {
		return v
	}
	// What a run that diverged otherwise leaves behind must not be blamed on the next program.
	if left := w.CheckPristine(); left.Class != diff.Agree {
		left.Steps = v.Steps
		return left
	}
	return v
}

func subjects(t *testing.T) (c, g diff.Subject) {
	cs, err := diff.NewC()
	require.NoError(t, err)
	gs, err := diff.NewGo()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, gs.Close()) })
	return cs, gs
}

// TestPlanted hunts the fault that is awake, in a binary that TestCanary builds.
func TestPlanted(t *testing.T) {
	if os.Getenv(plantedVar) == "" {
		t.Skip("runs inside TestCanary only")
	}
	meant, profile := os.Getenv(meantVar), os.Getenv(profileVar)
	var got catch
	if prog.IsLater(profile) {
		got = huntTraces(t, meant, profile)
	} else {
		c, g := subjects(t)
		got = hunt(c, g, meant, profile)
	}
	out, err := json.Marshal(got)
	require.NoError(t, err)
	fmt.Printf("caught %s\n", out)
}

// TestCanary plants each fault and expects the oracle that is meant for it to speak.
func TestCanary(t *testing.T) {
	if os.Getenv(plantedVar)+os.Getenv(pokedVar) != "" {
		t.Skip("runs without a fault only")
	}
	meant := map[string]bool{}
	const line = "%-22s %-15s %-18s %8v %10v  %-20s %s\n"
	fmt.Printf(line, "fault", "caught by", "in", "programs", "operations", "first to speak", "what is wrong")
	report := func(name, why string, want diff.Oracle, got catch) {
		meant[want.String()] = true
		fmt.Printf(line, name, got.Oracle, got.Op, got.Programs, got.Steps, got.First, why)
		tell(t, "faults", row{"fault": name, "why": why, "oracle": got.Oracle, "operation": got.Op, "programs": got.Programs,
			"operations": got.Steps, "first": got.First})
		require.Equal(t, want.String(), got.Oracle, "%s is not caught by its oracle", name)
	}
	faults := readFaults(t, "testdata/faults.txt")
	bin := plantedBinary(t)
	for _, f := range faults {
		if f.scenario != "" {
			continue
		}
		report(f.name, f.why, f.oracle, huntPlanted(t, bin, f))
	}
	trueC, trueGo := subjects(t)
	for i := range liars {
		l := &liars[i]
		c, g := l.tell(trueC, trueGo)
		report(l.name, l.why, l.oracle, hunt(c, g, l.oracle.String(), ""))
	}
	threadsTable(t, bin, faults, meant)
	for o := diff.NoOracle + 1; int(o) < len(diff.Oracles); o++ {
		require.True(t, meant[o.String()], "no fault is meant for oracle %s", o)
	}
	stateTable(t, bin)
}

// huntPlanted runs TestPlanted with one fault awake.
func huntPlanted(t *testing.T, bin string, f sourceFault) (got catch) {
	cmd := exec.Command(bin, "-test.run", "^TestPlanted$")
	cmd.Env = append(os.Environ(), plantedVar+"="+f.name, meantVar+"="+f.oracle.String(),
		profileVar+"="+f.profile)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "fault %s: %s", f.name, out)
	for _, line := range strings.Split(string(out), "\n") {
		if text, ok := strings.CutPrefix(line, "caught "); ok {
			require.NoError(t, json.Unmarshal([]byte(text), &got))
			return got
		}
	}
	require.Fail(t, "no result", "fault %s: %s", f.name, out)
	return got
}
