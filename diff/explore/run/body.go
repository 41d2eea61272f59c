//go:build explore

package run

import (
	"runtime/debug"
	"slices"

	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// runner executes one scenario, over and over.
type runner struct {
	*Machine
	s *Scenario

	threads [prog.MaxThreads]*goalloc.Thread
	blocks  []block // by slot
	heaps   []heapSlot
	arenas  []goalloc.ArenaID
	events  []sim.Flag // by step
	waits   [prog.MaxThreads][]int
	passed  int // barriers
	all     []*goalloc.Thread
	held    goalloc.Held
	words   [2]goalloc.Addr   // of ends
	seen    map[uint64]uint64 // the states in which executions ended, by the hashes of those
	judged  *search.Variant   // that they were executions of
}

// block is what a slot holds.
type block struct {
	addr   goalloc.Addr // 0: dead or null
	usable uintptr
	heap   goalloc.Addr // whose block it was when it was made, 0 for a thread's default heap
}

type heapSlot struct {
	heap   goalloc.Heap
	thread uint8
	live   bool
}

func newRunner(m *Machine, s *Scenario) *runner {
	r := &runner{Machine: m, s: s, held: goalloc.Held{}, seen: map[uint64]uint64{}}
	r.blocks = make([]block, s.code.Blocks)
	r.heaps = make([]heapSlot, s.code.Heaps)
	r.arenas = make([]goalloc.ArenaID, s.code.Arenas)
	r.events = make([]sim.Flag, len(s.code.Steps))
	return r
}

// execute is one execution of a variant.
func (r *runner) execute(s *sim.Sim, v *search.Variant) {
	r.sim, s.Peek = s, goalloc.Peek
	r.clockJumps, r.refuses = r.s.clockJumps, r.s.refuses
	r.use(v)
	if r.judged != v {
		r.judged = v
		clear(r.seen)
	}
	goalloc.SetMemory(nil)
	r.reset()
	goalloc.SetMemory(r.Machine)
	for _, c := range r.first() {
		s.Join(placeJoin, c)
	}
	goalloc.SetMemory(nil)
	r.atEnd()
}

// reset brings process and slots to their first state.
func (r *runner) reset() {
	if err := r.proc.Reset(); err != nil {
		panic(err)
	}
	clear(r.blocks)
	clear(r.heaps)
	clear(r.events)
	for i := range r.waits {
		r.waits[i] = r.waits[i][:0]
	}
	r.last, r.plain, r.passed = [sim.MaxThreads]loaded{}, 0, 0
	r.threads = [prog.MaxThreads]*goalloc.Thread{r.proc.Main()}
	r.all = append(r.all[:0], r.proc.Main())
	r.proc.Without(r.s.without)
	for _, o := range r.s.code.Options {
		if err := r.proc.SetOption(o.Name, o.Value); err != nil {
			panic(err)
		}
	}
}

// first runs the program's first thread and gives those that it started.
func (r *runner) first() (children []int) {
	debug.SetPanicOnFault(true)
	start := func(threads []int) {
		for _, k := range threads {
			if r.hasParts(k) {
				children = append(children, r.sim.Spawn(placeSpawn, func() { r.thread(k) }))
			} else {
				r.sim.Skip()
				r.thread(k)
			}
		}
	}
	for _, i := range r.s.own[0] {
		start(r.s.starts[i])
		r.do(i)
	}
	start(r.s.starter)
	return children
}

// thread runs another thread of the program.
func (r *runner) thread(k int) {
	debug.SetPanicOnFault(true)
	for _, i := range r.s.own[k] {
		r.do(i)
	}
}

// do waits for what step i needs and runs it. One that is left out leaves what it waits for to the next.
func (r *runner) do(i int) {
	s := &r.s.code.Steps[i]
	waits := &r.waits[s.Thread]
	*waits = append(*waits, r.s.waits[i]...)
	if r.takesPart(i) {
		for _, w := range *waits {
			r.sim.Wait(&r.events[w])
		}
		*waits = (*waits)[:0]
		if r.s.behind[i] > r.passed { // all that is before the barrier is done, and nothing behind it has begun
			r.passed = r.s.behind[i]
			r.atRest()
		}
		if do := interp[s.Kind]; do != nil {
			do(r, r.threadOf(s), s)
		}
	}
	if r.s.waited[i] {
		r.sim.Set(&r.events[i])
	}
}

// threadOf is the thread of a step; a number that has not been used yet gets a new one.
func (r *runner) threadOf(s *prog.Step) *goalloc.Thread {
	t := r.threads[s.Thread]
	if t == nil {
		t = r.proc.NewThread()
		r.threads[s.Thread] = t
		r.all = append(r.all, t)
	}
	return t
}

// takesPart tells whether the operation of step i is not left out.
func (r *runner) takesPart(i int) bool {
	op := int(r.s.code.Steps[i].Op)
	return op >= mostParts || r.variant.Part(op)
}

// hasParts tells whether any operation of a thread is not left out.
func (r *runner) hasParts(k int) bool { return slices.ContainsFunc(r.s.own[k], r.takesPart) }
