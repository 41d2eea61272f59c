package search

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/explore/sim"
)

// This file holds the simulator against a second definition of the same memory model: the axioms of RC11 (with the
// release sequences of C++20), checked on every candidate execution of small random programs. A candidate is a choice
// of the store that each read sees and of a modification order for each word.

// The operations of such a program.
const (
	aLoad = iota
	aStore
	aSwap
	aFence
	aPlainRead
	aPlainWrite
	aInit
)

// event is an operation; a store's value is its number, so that outcomes say who saw what.
type event struct {
	kind, loc, thread int
	order             sim.Order
}

func (e event) reads() bool    { return e.kind == aLoad || e.kind == aSwap }
func (e event) writes() bool   { return e.kind == aStore || e.kind == aSwap || e.kind == aInit }
func (e event) plain() bool    { return e.kind == aPlainRead || e.kind == aPlainWrite }
func (e event) acquires() bool { return e.order == sim.Acquire || e.order >= sim.AcqRel }
func (e event) releases() bool { return e.order >= sim.Release }

func (e event) String() string {
	name := [...]string{"load", "store", "swap", "fence", "read", "write", "init"}[e.kind]
	return fmt.Sprintf("t%d %s %c %v", e.thread, name, "xyd"[e.loc], e.order)
}

// relation is a set of pairs of events: b is in row a.
type relation []uint32

func (r relation) add(a, b int)      { r[a] |= 1 << b }
func (r relation) has(a, b int) bool { return r[a]>>b&1 != 0 }

func (r relation) union(s relation) relation {
	u := slices.Clone(r)
	for i := range s {
		u[i] |= s[i]
	}
	return u
}

func (r relation) then(s relation) relation {
	c := make(relation, len(r))
	for a := range r {
		for m := r[a]; m != 0; m &= m - 1 {
			c[a] |= s[bits.TrailingZeros32(m)]
		}
	}
	return c
}

func (r relation) closure() relation {
	c := slices.Clone(r)
	for k := range c {
		for a := range c {
			if c.has(a, k) {
				c[a] |= c[k]
			}
		}
	}
	return c
}

func (r relation) reflexive() relation {
	c := slices.Clone(r)
	for a := range c {
		c.add(a, a)
	}
	return c
}

func (r relation) irreflexive() bool {
	for a := range r {
		if r.has(a, a) {
			return false
		}
	}
	return true
}

// axioms checks candidates of one program.
type axioms struct {
	events   []event // the first two are the first values of x and y
	sb       relation
	rf       []int // of each read, the write that it sees
	mo       [2][]int
	outcomes map[string]bool
	race     bool
}

func newAxioms(program []event) *axioms {
	ax := &axioms{events: append([]event{{kind: aInit, loc: 0, thread: -1}, {kind: aInit, loc: 1, thread: -1}}, program...),
		outcomes: map[string]bool{}}
	ax.rf = make([]int, len(ax.events))
	ax.sb = make(relation, len(ax.events))
	for a, e := range ax.events {
		for b, f := range ax.events {
			if e.kind == aInit && f.kind != aInit || a < b && e.kind != aInit && e.thread == f.thread {
				ax.sb.add(a, b)
			}
		}
	}
	return ax
}

func (ax *axioms) writesTo(loc int) []int {
	var all []int
	for i, e := range ax.events {
		if e.writes() && e.loc == loc {
			all = append(all, i)
		}
	}
	return all
}

// run visits all candidates: reads from i on are still open.
func (ax *axioms) run(i int) {
	for ; i < len(ax.events); i++ {
		if ax.events[i].reads() {
			for _, w := range ax.writesTo(ax.events[i].loc) {
				if w != i {
					ax.rf[i] = w
					ax.run(i + 1)
				}
			}
			return
		}
	}
	permute(ax.writesTo(0), 1, func(x []int) {
		permute(ax.writesTo(1), 1, func(y []int) {
			ax.mo = [2][]int{x, y}
			ax.judge()
		})
	})
}

// permute visits all orders of list from k on.
func permute(list []int, k int, visit func([]int)) {
	if k >= len(list) {
		visit(list)
		return
	}
	for i := k; i < len(list); i++ {
		list[k], list[i] = list[i], list[k]
		permute(list, k+1, visit)
		list[k], list[i] = list[i], list[k]
	}
}

func (ax *axioms) judge() {
	n := len(ax.events)
	rf, mo, rb := make(relation, n), make(relation, n), make(relation, n)
	for _, order := range ax.mo {
		for i, a := range order {
			for _, b := range order[i+1:] {
				mo.add(a, b)
			}
		}
	}
	for r, e := range ax.events {
		if e.reads() {
			w := ax.rf[r]
			rf.add(w, r)
			rb[r] |= mo[w] &^ (1 << r)
			if order := ax.mo[e.loc]; e.kind == aSwap && slices.Index(order, r) != slices.Index(order, w)+1 {
				return // atomicity
			}
		}
	}
	hb := ax.sb.union(ax.synchronises()).closure()
	eco := rf.union(mo).union(rb).closure()
	if !ax.sb.union(rf).closure().irreflexive() || !hb.irreflexive() || !hb.then(eco).irreflexive() ||
		!ax.sc(hb, eco, mo, rb).closure().irreflexive() {
		return
	}
	ax.note(hb)
}

// synchronises is the relation between a release and an acquire.
func (ax *axioms) synchronises() relation {
	sw := make(relation, len(ax.events))
	for r, e := range ax.events {
		if !e.reads() {
			continue
		}
		// The heads of the release sequences that r reads from: its write, and what that one replaces if it is a swap.
		for w := ax.rf[r]; ; w = ax.rf[w] {
			ax.pair(sw, w, r)
			if ax.events[w].kind != aSwap {
				break
			}
		}
	}
	return sw
}

// pair adds the edges from the releases at or before w to the acquires at or after r.
func (ax *axioms) pair(sw relation, w, r int) {
	for a, e := range ax.events {
		if !(a == w && e.releases() || e.kind == aFence && e.releases() && ax.sb.has(a, w)) {
			continue
		}
		for b, f := range ax.events {
			if b == r && f.acquires() || f.kind == aFence && f.acquires() && ax.sb.has(r, b) {
				sw.add(a, b)
			}
		}
	}
}

// sc is the partial order psc, which must have no cycle.
func (ax *axioms) sc(hb, eco, mo, rb relation) relation {
	n := len(ax.events)
	far, near := make(relation, n), make(relation, n) // sb to other words, hb on the same one
	before, after, fences := make(relation, n), make(relation, n), make(relation, n)
	for a, e := range ax.events {
		for b, f := range ax.events {
			access := e.kind != aFence && f.kind != aFence && e.loc == f.loc
			if ax.sb.has(a, b) && !access {
				far.add(a, b)
			}
			if hb.has(a, b) && access {
				near.add(a, b)
			}
		}
		if e.order == sim.SeqCst && !e.plain() {
			before.add(a, a)
			after.add(a, a)
			if e.kind == aFence {
				fences.add(a, a)
				before[a] |= hb[a]
				for b := range ax.events {
					if hb.has(b, a) {
						after.add(b, a)
					}
				}
			}
		}
	}
	scb := ax.sb.union(far.then(hb).then(far)).union(near).union(mo).union(rb)
	base := before.then(scb).then(after)
	between := hb.union(hb.then(eco).then(hb))
	return base.union(fences.then(between).then(fences))
}

// happens tells whether event i takes place: a plain access only if the last read before it in its thread saw a store
// of the program.
func (ax *axioms) happens(i int) bool {
	for j := i - 1; j >= 0 && ax.events[i].plain(); j-- {
		if e := ax.events[j]; e.reads() && e.thread == ax.events[i].thread {
			return ax.rf[j] > 1
		}
	}
	return true
}

// note takes in a consistent execution.
func (ax *axioms) note(hb relation) {
	var b strings.Builder
	for i, e := range ax.events {
		if e.reads() {
			fmt.Fprint(&b, value(ax.rf[i]), " ")
		}
		for j, f := range ax.events[:i] {
			if e.plain() && f.plain() && e.kind+f.kind > 2*aPlainRead && !hb.has(i, j) && !hb.has(j, i) &&
				ax.happens(i) && ax.happens(j) {
				ax.race = true
			}
		}
	}
	for _, order := range ax.mo {
		fmt.Fprint(&b, value(order[len(order)-1]), " ")
	}
	ax.outcomes[b.String()] = true
}

// value is what a write stores; a first value is 0.
func value(w int) uint64 { return uint64(max(w-1, 0)) }

// simulated is the same program in the simulator: its outcomes, and whether it races.
func simulated(t *testing.T, program []event) (map[string]bool, bool) {
	r := NewRunner(programScenario(program), Variant{}, Memory{})
	defer r.Close()
	found := Deviate(r, Limits{Bound: -1}, nil)
	require.Nil(t, found.Fault)
	outcomes, race := map[string]bool{}, false
	for k := range found.Outcomes.by {
		if k.class != 0 {
			require.Equal(t, sim.DataRace, k.class)
			race = true
			continue
		}
		text := ""
		for _, v := range k.outcome.Values[:k.outcome.N] {
			text += fmt.Sprint(v) + " "
		}
		outcomes[text] = true
	}
	return outcomes, race
}

func programScenario(program []event) *Scenario {
	words := [...]uintptr{x, y, data}
	return &Scenario{Name: "random", Make: func(*Variant) func(*sim.Sim) {
		saw := make([]uint64, len(program))
		step := func(s *sim.Sim, i int, e event) {
			a := words[e.loc]
			for j := i - 1; j >= 0 && e.plain(); j-- {
				if f := program[j]; f.reads() && f.thread == e.thread {
					if saw[j] == 0 {
						return
					}
					break
				}
			}
			switch e.kind {
			case aLoad:
				saw[i] = s.Load(a, 1, e.order)
			case aStore:
				s.Store(a, 2, e.order, value(i+2))
			case aSwap:
				saw[i] = s.Exchange(a, 3, e.order, value(i+2))
			case aFence:
				s.Fence(4, e.order)
			case aPlainRead:
				s.PlainRead(a, 8, 1)
			case aPlainWrite:
				s.PlainWrite(a, 8, 2)
			}
		}
		return func(s *sim.Sim) {
			clear(saw)
			var ids []int
			for t := 0; t < 3; t++ {
				ids = append(ids, s.Spawn(0, func() {
					for i, e := range program {
						if e.thread == t {
							step(s, i, e)
						}
					}
				}))
			}
			for _, id := range ids {
				s.Join(0, id)
			}
			for i, e := range program {
				if e.reads() {
					s.Note(saw[i])
				}
			}
			s.Note(s.Latest(x), s.Latest(y))
		}
	}}
}

// shapes are what random programs are made around: kind, word and thread of each operation. A fence is left out half the time.
var shapes = [][]event{
	{}, // nothing: all at random
	{{kind: aPlainWrite, loc: 2}, {kind: aFence}, {kind: aStore}, {kind: aLoad, thread: 1}, {kind: aFence, thread: 1},
		{kind: aPlainRead, loc: 2, thread: 1}},
	{{kind: aPlainWrite, loc: 2}, {kind: aStore}, {kind: aSwap, thread: 2}, {kind: aLoad, thread: 1},
		{kind: aPlainRead, loc: 2, thread: 1}},
	{{kind: aStore}, {kind: aFence}, {kind: aLoad, loc: 1}, {kind: aStore, loc: 1, thread: 1}, {kind: aFence, thread: 1},
		{kind: aLoad, thread: 1}},
	{{kind: aStore}, {kind: aStore, loc: 1}, {kind: aLoad, loc: 1, thread: 1}, {kind: aFence, thread: 1}, {kind: aLoad, thread: 1}},
	{{kind: aStore}, {kind: aLoad, thread: 1}, {kind: aFence, thread: 1}, {kind: aStore, loc: 1, thread: 1},
		{kind: aLoad, loc: 1, thread: 2}, {kind: aFence, thread: 2}, {kind: aLoad, thread: 2}},
}

// ordersOf are the orders that an operation may have.
var ordersOf = [...][]sim.Order{aLoad: {sim.Relaxed, sim.Acquire, sim.SeqCst}, aStore: {sim.Relaxed, sim.Release, sim.SeqCst},
	aSwap:  {sim.Relaxed, sim.Acquire, sim.Release, sim.AcqRel, sim.SeqCst},
	aFence: {sim.Acquire, sim.Release, sim.AcqRel, sim.SeqCst}}

// randomProgram is a shape with orders at random, and operations between. Where seq_cst is for fences alone, and two threads write
// one word with swaps alone, the simulator must be exact.
func randomProgram(random *rand.Rand) (program []event, exact bool) {
	exact = random.IntN(2) == 0
	strong := !exact && random.IntN(2) == 0 // seq_cst and relaxed alone, where seq_cst is hardest
	shape := shapes[random.IntN(len(shapes))]
	for _, e := range shape {
		if e.kind != aFence || random.IntN(2) == 0 {
			program = append(program, e)
		}
	}
	for range min(random.IntN(3), 7-len(program)) + random.IntN(5)*(1-min(len(shape), 1)) {
		e := event{kind: random.IntN(6), loc: random.IntN(2), thread: random.IntN(3 - min(len(shape), 1))}
		if e.plain() {
			e.loc = 2
		}
		program = slices.Insert(program, random.IntN(len(program)+1), e)
	}
	for i, e := range program {
		if e.plain() {
			continue
		}
		choice := ordersOf[e.kind]
		if exact && e.kind != aFence {
			choice = choice[:len(choice)-1]
		}
		program[i].order = choice[random.IntN(len(choice))]
		if strong && program[i].order != sim.Relaxed {
			program[i].order = sim.SeqCst
		}
	}
	for i, e := range program {
		for _, f := range program {
			if exact && e.kind == aStore && f.writes() && f.loc == e.loc && f.thread != e.thread {
				program[i].kind = aSwap
			}
		}
	}
	return program, exact
}

// TestAgainstAxioms: the simulator shows no outcome and no race that RC11 does not allow, and in programs where it
// promises to be exact, all that RC11 allows.
func TestAgainstAxioms(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	exacts, races, weak := 0, 0, 0
	for range 1000 {
		program, exact := randomProgram(random)
		ax := newAxioms(program)
		ax.run(2)
		got, race := simulated(t, program)
		text := fmt.Sprint(program)
		for o := range got {
			require.True(t, ax.outcomes[o], "%s: %s is forbidden", text, o)
		}
		if race {
			require.True(t, ax.race, "%s: no race", text)
			races++
		}
		if exact {
			require.Equal(t, ax.race, race, text)
			if !race {
				require.Equal(t, len(ax.outcomes), len(got), "%s: of %v only %v", text, ax.outcomes, got)
			}
			exacts++
		} else if !race && len(got) < len(ax.outcomes) {
			weak++
		}
	}
	require.Greater(t, exacts, 100)
	require.Greater(t, races, 20)
	t.Logf("%d exact, %d with races, %d where the simulator shows less than RC11", exacts, races, weak)
}
