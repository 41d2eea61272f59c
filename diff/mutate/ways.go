// The ways to mutate, and their choice. See doc.go for an overview.

package mutate

import (
	"math/rand/v2"

	"midiff/diff/prog"
)

// Way is a kind of mutation.
type Way uint8

// The ways to mutate, as doc.go says.
const (
	Splice Way = iota
	Interleave
	Squash
	Duplicate
	Rethread
	Resize
	Recall
	Reset
	Insert
	Extend
	NumWays = iota
)

// ways has a row per way: how often it is chosen, whether it needs another program, and what it does.
var ways = [NumWays]struct {
	name   string
	weight int
	pair   bool
	do     func(*edit)
}{
	Splice:     {"splice", 4, true, splice},
	Interleave: {"interleave", 2, true, interleave},
	Squash:     {"squash", 3, false, squash},
	Duplicate:  {"duplicate", 3, false, duplicate},
	Rethread:   {"rethread", 3, false, rethread},
	Resize:     {"resize", 5, false, resize},
	Recall:     {"recall", 2, false, recall},
	Reset:      {"reset", 1, false, nil}, // the header is changed before the weaving
	Insert:     {"insert", 4, false, insert},
	Extend:     {"extend", 4, false, extend},
}

// String gives the word for a way.
func (w Way) String() string { return ways[w].name }

// mostWays is how many mutations follow each other at most.
const mostWays = 4

// mostTries is how often a mutation that changed nothing is tried again in another way.
const mostTries = 16

// Mutator mutates programs. It is not for concurrent use.
type Mutator struct{ cfg prog.GenConfig }

// New gives a mutator whose programs have at most cfg.Ops operations and cfg.Threads threads, and nothing that
// cfg turns off. cfg.Profile does not matter: a program keeps its own.
func New(cfg prog.GenConfig) *Mutator { return &Mutator{cfg} }

// Mutate gives a program that p was changed into, in one way or some after each other. other is one to take
// parts from; nil stands for p itself.
func (m *Mutator) Mutate(p, other *prog.Program, seed uint64) *prog.Program {
	r := source(seed)
	q := p
	for n := 0; n < mostWays && (n == 0 || r.IntN(3) == 0); n++ {
		q = m.changed(q, other, r, func() Way { return draw(r, other != nil) })
	}
	if q.Same(p) { // the second change took the first one back
		q = m.changed(p, other, r, func() Way { return Insert })
	}
	return q
}

// Cross gives a program with parts of both.
func (m *Mutator) Cross(p, q *prog.Program, seed uint64) *prog.Program {
	r := source(seed)
	return m.changed(p, q, r, func() Way { return Way(r.IntN(2)) + Splice })
}

// Lengthen gives a program that goes on from p with drawn operations, to the most that programs may have.
func (m *Mutator) Lengthen(p *prog.Program, seed uint64) *prog.Program {
	w, names := prog.NewWeaver(source(seed).Uint64(), m.cfg, p), prog.NamesOf(p)
	for _, o := range p.Ops {
		w.Take(o, names)
	}
	for w.Draw() {
	}
	return w.Program()
}

// Apply mutates in one way. The result may be p again, where the way finds nothing to change.
func (m *Mutator) Apply(way Way, p, other *prog.Program, seed uint64) *prog.Program {
	if other == nil {
		other = p
	}
	return m.apply(way, p, other, source(seed))
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// draw chooses a way by weight.
func draw(r *rand.Rand, pair bool) Way {
	for {
		sum := 0
		for i := range ways {
			sum += ways[i].weight
		}
		n := r.IntN(sum)
		for i := range ways {
			if n -= ways[i].weight; n < 0 {
				if ways[i].pair && !pair {
					break
				}
				return Way(i)
			}
		}
	}
}

// changed applies ways until one changes something.
func (m *Mutator) changed(p, other *prog.Program, r *rand.Rand, way func() Way) *prog.Program {
	if other == nil {
		other = p
	}
	for range mostTries {
		if q := m.apply(way(), p, other, r); !q.Same(p) {
			return q
		}
	}
	return m.apply(Insert, p, other, r)
}

func (m *Mutator) apply(way Way, p, other *prog.Program, r *rand.Rand) *prog.Program {
	e := &edit{Rand: r, cfg: &m.cfg, p: p, other: other}
	header := *p
	switch way {
	case Reset:
		e.resetHeader(&header)
	case Rethread:
		e.rethreadHeader(&header)
	}
	e.w = prog.NewWeaver(r.Uint64(), m.cfg, &header, other)
	e.names = prog.NamesOf(p)
	if do := ways[way].do; do != nil {
		do(e)
	} else {
		e.copy(0, len(p.Ops))
	}
	return e.w.Program()
}
