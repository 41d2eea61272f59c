//go:build explore

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"midiff/corpus"
	"midiff/diff/explore/change"
	"midiff/diff/explore/run"
	"midiff/diff/explore/search"
	"midiff/diff/prog"
)

// perProgram is how many executions a random program gets: those that show something new are varied.
const perProgram = 24

// processor is the processor time that the process has used, in seconds. Rates are by it, for they should not
// depend on what else the machine does.
func processor() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// drawn is what came of random programs, as -json prints it.
type drawn struct {
	Programs, Operations uint64
	Executions           uint64
	Seconds              float64 // of processor time
	Seed                 uint64
	File                 string    `json:",omitempty"` // the program that failed
	Findings             []finding `json:",omitempty"`
}

// draw is -programs: random programs over the whole allocator, until one fails that is not known. The fixes of
// what is known are on.
func (o *options) draw(m *run.Machines) int {
	start, out := processor(), drawn{Seed: o.seed}
	limits := o.limits()
	for n := uint64(0); ; n++ {
		if o.count > 0 && out.Programs >= uint64(o.count) || !limits.Until.IsZero() && time.Now().After(limits.Until) {
			break
		}
		p := prog.Generate(o.seed+n, prog.GenConfig{Ops: o.ops, Threads: o.threads, MaxSize: 9000, MaxAlign: 64,
			MaxLive: 64 << 10, MaxBulk: 12, Heaps: true, Aligned: true, Exits: true})
		failed, err := o.drawOne(m, p, n, &out)
		if err != nil {
			return rig(err)
		}
		if failed {
			break
		}
	}
	out.Seconds = processor() - start
	if o.asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
			return rig(err)
		}
	} else {
		fmt.Printf("%d programs of %d operations by %d threads: %.0f per second, %d executions, %.0f per second; %s\n", out.Programs,
			o.ops, o.threads, float64(out.Programs)/out.Seconds, out.Executions, float64(out.Executions)/out.Seconds,
			map[bool]string{true: "no new finding", false: "a finding: see above"}[len(out.Findings) == 0])
	}
	if len(out.Findings) > 0 {
		return exitFound
	}
	return exitClean
}

// drawOne explores one program and reports its first failure.
func (o *options) drawOne(m *run.Machines, p *prog.Program, n uint64, out *drawn) (failed bool, err error) {
	name := filepath.Join("failures", fmt.Sprintf("explore-%d%s", o.seed+n, corpus.Extension))
	s, err := run.FromProgram(name, p)
	if err != nil {
		return false, err
	}
	sc, err := m.Search(s)
	if err != nil {
		return false, err
	}
	v, err := sc.Variant(append(change.Names(change.Fix), o.changes()...)...)
	if err != nil {
		return false, err
	}
	if o.runner == nil {
		o.runner = search.NewRunner(sc, v, o.memory())
	}
	r := o.runner
	r.Scenario = sc
	r.Change(v)
	limits := search.Limits{Executions: perProgram, Failures: 1}
	res := search.Random(r, o.seed+n, limits)
	if res.Fault != nil {
		return false, fmt.Errorf("program %d: %w", o.seed+n, res.Fault)
	}
	out.Programs++
	out.Operations += uint64(len(p.Ops))
	out.Executions += res.Executions
	if len(res.Failures) == 0 {
		return false, nil
	}
	out.File = name
	text := "# drawn at random: midiff explore -programs -seed " + fmt.Sprint(o.seed+n) + "\n" + p.Text()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return true, err
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		return true, err
	}
	if o.brief {
		out.Findings = append(out.Findings, o.brieflyOf(r, res.Failures[0]))
		return true, nil
	}
	o.random = true // no change of orders is looked for
	f, report, err := o.report(r, res.Failures[0], 0)
	out.Findings = append(out.Findings, f)
	if !o.asJSON {
		fmt.Println(report)
	}
	return true, err
}
