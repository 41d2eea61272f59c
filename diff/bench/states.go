// What it costs to compare the states of both sides after every operation. See doc.go for an overview.

package bench

import (
	"fmt"

	"midiff/diff"
	"midiff/diff/prog"
)

const (
	stateOps  = 50
	stateGoal = 2 // times what a run without costs
)

// compareStates has the states compared after every operation.
func (r *rig) compareStates() {
	for _, code := range r.codes {
		for i := range code.Steps {
			code.Steps[i].Flags |= diff.FlagState
		}
		code.Steps[len(code.Steps)-1].Flags |= diff.FlagWhole
	}
}

// all makes a work of one program a work of all, which differ by far in what they take.
func (r *rig) all(one work) work { return func(n int) { one(n * len(r.codes)) } }

// states compares runs in which the canonical states are compared after every operation with runs in
// which they never are: of programs like the others here, and of those that soaks draw.
func states(c, g diff.Subject) []Row {
	return []Row{
		stateRow(c, g, plainPrograms, "one thread, sizes to 16 KiB"),
		stateRow(c, g, wholePrograms, "four threads, all kinds"),
	}
}

var (
	plainPrograms = prog.GenConfig{Ops: stateOps, Threads: 1, MaxSize: 16 << 10, MaxBulk: 1}
	wholePrograms = prog.GenConfig{Ops: stateOps, Threads: 4, Heaps: true, Arenas: true, Aligned: true, Exits: true,
		Options: true}
)

func stateRow(c, g diff.Subject, cfg prog.GenConfig, what string) Row {
	with, without := newRig(c, g, cfg), newRig(c, g, cfg)
	with.compareStates()
	ns := inTurns(with.all(with.both), without.all(without.both), with.all(with.alone(c)),
		without.all(without.alone(c)), with.all(with.alone(g)), without.all(without.alone(g)))
	for i := range ns {
		ns[i] /= float64(len(with.codes))
	}
	line := func(what string, v float64) string {
		return fmt.Sprintf("%-34s %7.0f ns per operation", what, with.perStep(v))
	}
	return Row{
		What:     fmt.Sprintf("state compared after each of %d operations, %s", stateOps, what),
		Measured: fmt.Sprintf("%.2f us per program", ns[0]/1e3),
		Than:     fmt.Sprintf("never compared: %.2f us", ns[1]/1e3),
		Ratio:    ns[0] / ns[1],
		Goal:     fmt.Sprintf("<= %d", stateGoal), Met: ns[0] <= stateGoal*ns[1],
		Detail: []string{
			line("a run without", ns[1]),
			line("the walk of C's state", ns[2]-ns[3]),
			line("the walk of goalloc's state", ns[4]-ns[5]),
			"a walk compares some 6 KB of tables and records with what they were and reads again what changed: more than",
			"the first-level cache keeps beside what the operations use, which then wait for it as well",
			"a profile: go test ./diff/bench -run '^$' -bench State -cpuprofile cpu.out && go tool pprof -top cpu.out",
		},
	}
}
