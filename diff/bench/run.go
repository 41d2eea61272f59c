// All measurements in one run. See doc.go for an overview.

package bench

import (
	"fmt"
	"os"
	"slices"

	"midiff/cref"
	"midiff/diff"
	"midiff/diff/prog"
)

// Run measures everything. It takes about two minutes, and needs the go command and the source tree for
// the fuzzing rates.
func Run() ([]Row, error) {
	ref, err := cref.Open()
	if err != nil {
		return nil, err
	}
	c, err := diff.NewC()
	if err != nil {
		return nil, err
	}
	g, err := diff.NewGo()
	if err != nil {
		return nil, err
	}
	defer g.Close()
	scratch, err := os.MkdirTemp("", "midiff-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	fuzz, cost, err := fuzzRates(scratch)
	if err != nil {
		return nil, err
	}
	resident, err := residents(scratch)
	if err != nil {
		return nil, err
	}
	fuzz[0].Detail = append(fuzz[0].Detail, execution(c, g, cost)...)
	p, err := pairs(ref)
	if err != nil {
		return nil, err
	}
	atOnce, err := threads(atWork, tellRounds)
	if err != nil {
		return nil, err
	}
	return slices.Concat(fuzz, resident, lockstep(c, g), states(c, g), p, resets(c, g), atOnce), nil
}

// execution says what a fuzz execution of 50 operations goes into; cost is that of one beyond an empty
// one, in nanoseconds. The parts are measured on the seeds, without counters.
func execution(c, g diff.Subject, cost float64) []string {
	r := newRig(c, g, prog.GenConfig{Ops: 50, Threads: 1, MaxSize: 16 << 10, MaxBulk: 1})
	var inputs [][]byte
	for seed := uint64(1); seed <= sampleCount; seed++ {
		inputs = append(inputs, prog.Generate(seed, prog.GenConfig{Ops: 50, Threads: 1,
			MaxSize: 16 << 10, MaxBulk: 1}).Encode())
	}
	d := prog.NewDecoder(prog.DecodeConfig{MaxOps: 50, MaxThreads: 1, MaxSize: 16 << 10,
		MaxTouched: 16 << 20, MaxBulk: 1})
	var code prog.Code
	decode := func(n int) {
		for i := 0; i < n; i++ {
			d.Decode(inputs[i%len(inputs)]).LowerInto(&code)
		}
	}
	ns := inTurns(r.both, r.alone(c), r.alone(g), decode)
	line := func(what string, v float64) string { return fmt.Sprintf("%-38s %6.1f us", what, v/1e3) }
	return []string{
		line("decoding and lowering", ns[3]),
		line("C side with stamps and reset", ns[1]),
		line("Go side with stamps and reset", ns[2]),
		line("comparing, contract, overlap", ns[0]-ns[1]-ns[2]),
		line("counters in goalloc, mutated inputs", cost-ns[0]-ns[3]),
	}
}
