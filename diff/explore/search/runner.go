// Running a variant of a scenario. See doc.go for an overview.

package search

import "midiff/diff/explore/sim"

// Memory is how much weakness the memory has.
type Memory struct {
	Newest   bool // sequentially consistent: loads see the newest store
	Spurious int  // failures without reason of weak compare-and-swaps, per execution
	MaxSteps int  // 0 for the simulator's own
}

// Runner runs one variant of a scenario, again and again. Close it after use.
type Runner struct {
	Scenario *Scenario
	Variant  Variant
	Memory   Memory
	Sim      *sim.Sim
	body     func(*sim.Sim)
}

// NewRunner makes a runner, with a simulator of its own.
func NewRunner(sc *Scenario, v Variant, m Memory) *Runner {
	s := sim.New()
	s.Newest, s.Spurious = m.Newest, m.Spurious
	if m.MaxSteps > 0 {
		s.MaxSteps = m.MaxSteps
	}
	r := &Runner{Scenario: sc, Memory: m, Sim: s}
	r.Change(v)
	return r
}

// Change makes the runner run another variant of its scenario.
func (r *Runner) Change(v Variant) {
	r.Variant = v
	r.body = r.Scenario.Make(&r.Variant)
}

// Close frees the simulator.
func (r *Runner) Close() { r.Sim.Close() }

// Run runs once.
func (r *Runner) Run(p sim.Plan) sim.Result { return r.Sim.Execute(p, r.body) }

// Deviations counts the choices that are not the quiet one.
func Deviations(choices []sim.Choice) int {
	n := 0
	for _, c := range choices {
		if c.Taken != 0 {
			n++
		}
	}
	return n
}

// Vector is what was taken in the choices, up to the last that is not the quiet one.
func Vector(choices []sim.Choice) []uint16 {
	n := len(choices)
	for n > 0 && choices[n-1].Taken == 0 {
		n--
	}
	v := make([]uint16, n)
	for i := range v {
		v[i] = choices[i].Taken
	}
	return v
}
