// The systematic engine. See doc.go for an overview.

package search

import (
	"time"

	"midiff/diff/explore/sim"
)

// Shard is one of several processes that share the work: each takes every Count-th first deviation.
// The zero value does all of it.
type Shard struct{ Index, Count int }

func (s Shard) mine(i int) bool { return s.Count <= 1 || i%s.Count == s.Index }

// Limits end a search. The zero value of each is no limit.
type Limits struct {
	Bound      int // the largest number of deviations; negative: all executions there are, in one sweep
	Executions uint64
	Until      time.Time
	Failures   int // stop after so many different failures
	Shard      Shard
}

// Found is a failure with the choices that lead to it.
type Found struct {
	Failure *sim.Failure
	Choices []sim.Choice
}

// Systematic is what a systematic search came to.
type Systematic struct {
	Bound      int  // all executions with at most so many deviations were run; -1 for not even those with none
	Complete   bool // there are no others, whatever the bound
	Executions uint64
	Distinct   int // executions that differ in an observation, at least
	Outcomes   *Outcomes
	Failures   []Found
	Fault      *sim.Fault // of the rig: nothing else counts then
}

// deviator is a systematic search at work.
type deviator struct {
	r       *Runner
	limits  Limits
	found   Systematic
	graphs  map[uint64]struct{}
	buffers [][]sim.Choice // by depth
	vector  []uint16
	first   int // counts first deviations, for sharding
	visited bool
	stopped bool
}

// Deviate runs all executions with 0 deviations, then those with 1, and so on. visit, if not nil, sees
// each result and may end the search by returning false.
func Deviate(r *Runner, limits Limits, visit func(*sim.Result) bool) Systematic {
	d := &deviator{r: r, limits: limits, graphs: map[uint64]struct{}{}}
	d.found.Bound, d.found.Outcomes = -1, NewOutcomes(r.Scenario)
	if limits.Bound < 0 {
		d.level(0, nil, -1, visit)
		d.found.Complete = !d.stopped
	}
	for bound := 0; bound <= limits.Bound; bound++ {
		d.visited, d.first = false, 0
		d.level(0, nil, bound, visit)
		if d.stopped || d.found.Fault != nil {
			break
		}
		d.found.Bound = bound
		if !d.visited && bound > 0 {
			d.found.Complete = true
			break
		}
	}
	d.found.Distinct = len(d.graphs)
	return d.found
}

// level runs the vector, which has expect as its choices, and all that have left more deviations after it. Only
// those with none left count, the others have in an earlier round. A negative left is any number, and all count.
func (d *deviator) level(depth int, expect []sim.Choice, left int, visit func(*sim.Result) bool) {
	res := d.r.Run(sim.Plan{Vector: d.vector, Expect: expect})
	if res.Fault != nil {
		d.found.Fault, d.stopped = res.Fault, true
		return
	}
	if left <= 0 && (depth > 0 || d.limits.Shard.mine(0)) {
		d.note(&res, visit)
	}
	if left == 0 {
		return
	}
	if depth == len(d.buffers) {
		d.buffers = append(d.buffers, nil)
	}
	d.buffers[depth] = append(d.buffers[depth][:0], res.Choices...)
	choices, from := d.buffers[depth], len(d.vector)
	for p := from; p < len(choices) && !d.stopped; p++ {
		for k := uint16(1); k < choices[p].N && !d.stopped; k++ {
			if depth == 0 {
				if d.first++; !d.limits.Shard.mine(d.first) {
					continue
				}
			}
			d.vector = append(d.vector, k)
			d.level(depth+1, choices[:p+1], left-1, visit)
			d.vector = d.vector[:p]
		}
		d.vector = append(d.vector, 0)
	}
	d.vector = d.vector[:from]
}

func (d *deviator) note(res *sim.Result, visit func(*sim.Result) bool) {
	d.visited = true
	f := &d.found
	f.Executions++
	addGraph(d.graphs, res.Graph)
	f.Outcomes.Add(res)
	if res.Failure != nil {
		f.Failures = addFailure(f.Failures, res)
	}
	l := &d.limits
	d.stopped = visit != nil && !visit(res) ||
		l.Executions > 0 && f.Executions >= l.Executions ||
		l.Failures > 0 && len(f.Failures) >= l.Failures ||
		f.Executions%1024 == 0 && !l.Until.IsZero() && time.Now().After(l.Until)
}

// maxGraphs bounds the memory of long searches: beyond it new executions are not counted as distinct.
const maxGraphs = 1 << 22

func addGraph(graphs map[uint64]struct{}, graph uint64) {
	if len(graphs) < maxGraphs {
		graphs[graph] = struct{}{}
	}
}

// addFailure adds a failure unless the same one is there.
func addFailure(found []Found, res *sim.Result) []Found {
	for _, f := range found {
		if f.Failure.Same(res.Failure) {
			return found
		}
	}
	return append(found, Found{res.Failure, append([]sim.Choice(nil), res.Choices...)})
}
