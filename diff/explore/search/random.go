// The random engine. See doc.go for an overview.

package search

import (
	"math/rand/v2"
	"time"

	"midiff/diff/explore/sim"
)

// staleness are the chances that a load passes over the newest store, one of which is drawn per run.
var staleness = [...]float64{0.05, 0.3, 1}

// chooser makes the choices of one random run: threads by priority with few change points (PCT), loads by the
// run's staleness.
type chooser struct {
	random   *rand.Rand
	priority [sim.MaxThreads]float64
	changeAt [3]int // steps at which the running thread falls behind all others
	changes  int
	step     int
	lowest   float64
	stale    float64
}

// start draws the parameters of a run that is expected to have so many scheduling points.
func (c *chooser) start(points int) {
	for t := range c.priority {
		c.priority[t] = 1 + c.random.Float64()
	}
	c.changes = c.random.IntN(3) // d is one more
	for i := 0; i < c.changes; i++ {
		c.changeAt[i] = c.random.IntN(max(points, 1))
	}
	c.step, c.lowest = 0, 0
	c.stale = staleness[c.random.IntN(len(staleness))]
}

// Choose makes a choice.
func (c *chooser) Choose(p *sim.Point) int {
	switch p.Kind {
	case sim.Schedule:
		return c.schedule(p)
	case sim.ReadFrom, sim.Swap:
		if c.random.Float64() >= c.stale {
			return 0
		}
	}
	return c.random.IntN(p.N)
}

func (c *chooser) schedule(p *sim.Point) int {
	for _, at := range c.changeAt[:c.changes] {
		if at == c.step {
			c.lowest--
			c.priority[p.Thread] = c.lowest
		}
	}
	c.step++
	best := 0
	for k, t := range p.Threads {
		if c.priority[t] > c.priority[p.Threads[best]] {
			best = k
		}
	}
	return best
}

// RandomSearch is what a random search came to.
type RandomSearch struct {
	Executions uint64
	Distinct   int // executions that differ in an observation, at least
	Pairs      int // of a store and a load that saw it
	Outcomes   *Outcomes
	Failures   []Found
	Fault      *sim.Fault
}

// kept is a vector of choices that showed a new pair.
type kept struct{ vector []uint16 }

const maxKept = 512

// Random runs executions at random: half of them by priorities, half by changing a vector of choices that showed a
// new pair of a store and a load. The seed decides everything; shards take different ones.
func Random(r *Runner, seed uint64, limits Limits) RandomSearch {
	random := rand.New(rand.NewPCG(seed, uint64(limits.Shard.Index)))
	c := &chooser{random: random}
	found := RandomSearch{Outcomes: NewOutcomes(r.Scenario)}
	pairs := &Pairs{}
	r.Sim.Coverage = pairs
	defer func() { r.Sim.Coverage = nil }()
	graphs := map[uint64]struct{}{}
	var corpus []kept
	points := 32
	for limits.Executions == 0 || found.Executions < limits.Executions {
		plan := sim.Plan{Chooser: c}
		c.start(points)
		if len(corpus) > 0 && random.IntN(2) == 0 {
			plan.Vector = mutate(random, corpus)
		}
		before := pairs.Count()
		res := r.Run(plan)
		if res.Fault != nil {
			found.Fault = res.Fault
			break
		}
		found.Executions++
		points = max(points, len(res.Choices))
		addGraph(graphs, res.Graph)
		found.Outcomes.Add(&res)
		if pairs.Count() > before {
			corpus = keep(random, corpus, Vector(res.Choices))
		}
		if res.Failure != nil {
			found.Failures = addFailure(found.Failures, &res)
			if limits.Failures > 0 && len(found.Failures) >= limits.Failures {
				break
			}
		}
		if found.Executions%256 == 0 && !limits.Until.IsZero() && time.Now().After(limits.Until) {
			break
		}
	}
	found.Distinct, found.Pairs = len(graphs), pairs.Count()
	return found
}

func keep(random *rand.Rand, corpus []kept, v []uint16) []kept {
	if len(corpus) < maxKept {
		return append(corpus, kept{v})
	}
	corpus[random.IntN(maxKept)] = kept{v}
	return corpus
}

// mutate changes one choice of a kept vector, or goes on from a prefix of it, perhaps with the rest of another.
func mutate(random *rand.Rand, corpus []kept) []uint16 {
	v := append([]uint16(nil), corpus[random.IntN(len(corpus))].vector...)
	if len(v) == 0 {
		return nil
	}
	at := random.IntN(len(v))
	switch random.IntN(3) {
	case 0:
		v[at] = uint16(random.IntN(4))
		return v
	case 1:
		return v[:at]
	}
	other := corpus[random.IntN(len(corpus))].vector
	if at < len(other) {
		v = append(v[:at], other[at:]...)
	}
	return v
}
