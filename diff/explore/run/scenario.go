//go:build explore

package run

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"midiff/diff/explore/sim"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// Scenario is a program ready to be explored.
type Scenario struct {
	Name    string
	Program *prog.Program
	Title   string   // the first comment
	Mended  []string // changes under which what it finds in the reference is gone

	clockJumps, refuses bool // the clock may jump, the OS may refuse memory: choices, too

	drawn   bool // at random
	without goalloc.Quirk
	code    prog.Code
	own     [prog.MaxThreads][]int // steps of each thread, in order
	waits   [][]int                // for each step, those of other threads that must be done before it
	waited  []bool                 // whether some step waits for it
	behind  []int                  // how many barriers are before it
	starts  map[int][]int          // by step of the first thread: the threads that start before it
	starter []int                  // the threads that start when the first one is through
}

// Comments that say something to the explorer.
var (
	// barrier holds every later operation back until all before it are done.
	barrier = regexp.MustCompile(`^\s*#\s*barrier\b`)
	// mended names changes, each the name of one or SITE=ORDER.
	mended = regexp.MustCompile(`^\s*#\s*mended by (.*)$`)
	// open leaves something to choice: the clock, memory.
	open = regexp.MustCompile(`^\s*#\s*open: (.*)$`)
	// drawn is on programs that were drawn at random and saved.
	drawn = regexp.MustCompile(`^\s*#\s*drawn at random`)
)

// NewScenario reads a program. Its first comment is its title; "# barrier", "# mended by CHANGE..." and
// "# open: clock memory" are for the explorer.
func NewScenario(name, text string) (*Scenario, error) {
	p, err := prog.Parse(name, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s := &Scenario{Name: name, Program: p}
	if drawn.MatchString(text) {
		return FromProgram(name, p)
	}
	var barriers []int32
	number := int32(0)
	for line := range strings.Lines(text) {
		number++
		found := mended.FindStringSubmatch(strings.TrimSpace(line))
		switch rest, isComment := strings.CutPrefix(line, "# "); {
		case barrier.MatchString(line):
			barriers = append(barriers, number)
		case found != nil:
			s.Mended = append(s.Mended, strings.Fields(found[1])...)
		case open.MatchString(line):
			s.clockJumps = strings.Contains(line, "clock")
			s.refuses = strings.Contains(line, "memory")
		case isComment && s.Title == "":
			s.Title = strings.TrimSpace(rest)
		}
	}
	return s, s.prepare(barriers)
}

// FromProgram makes a scenario of a program that was drawn at random. What cannot be explored is left out of
// it. A heap is destroyed while nothing else happens, since the program does not say whose blocks end with it, and
// blocks of others do not (the finding destroy-reclaimed is off).
func FromProgram(name string, p *prog.Program) (*Scenario, error) {
	s := &Scenario{Name: name, Title: "drawn at random", Program: p, drawn: true, without: goalloc.DestroyReclaimed}
	return s, s.prepare(nil)
}

// prepare lowers the program and finds out who waits for whom.
func (s *Scenario) prepare(barriers []int32) error {
	if s.Program.Threads > sim.MaxThreads {
		return fmt.Errorf("%s: %d threads, of at most %d", s.Name, s.Program.Threads, sim.MaxThreads)
	}
	s.Program.LowerInto(&s.code)
	steps := s.code.Steps
	s.waits = make([][]int, len(steps))
	s.waited = make([]bool, len(steps))
	s.behind = make([]int, len(steps))
	order := newOrder(len(steps))
	b, held := 0, len(steps)
	for i := range steps {
		line := s.Program.Ops[steps[i].Op].Line
		for b < len(barriers) && line > barriers[b] {
			order.barrier()
			b++
			held = min(held, i)
		}
		if err := supported(&steps[i]); err != nil && !s.drawn {
			return fmt.Errorf("%s: line %d: %w", s.Name, line, err)
		}
		alone := s.drawn && steps[i].Kind.String() == "heap_destroy"
		if alone {
			order.barrier()
		}
		s.behind[i] = b
		s.waits[i] = order.step(i, &steps[i])
		if alone {
			order.barrier()
		}
		for _, w := range s.waits[i] {
			s.waited[w] = true
		}
		s.own[steps[i].Thread] = append(s.own[steps[i].Thread], i)
	}
	s.placeStarts(held)
	return nil
}

// placeStarts has each thread start where its first operation stands in the text, or earlier: those with
// lower numbers start first, and those that wait at a barrier, which steps from held on are behind, at once.
func (s *Scenario) placeStarts(held int) {
	s.starts = map[int][]int{}
	first := len(s.code.Steps)
	var at [prog.MaxThreads]int
	for k := s.code.Threads - 1; k > 0; k-- {
		if len(s.own[k]) > 0 {
			if first = min(first, s.own[k][0]); s.own[k][0] >= held {
				first = -1
			}
		}
		at[k] = first
	}
	for k := 1; k < s.code.Threads; k++ {
		before := slices.IndexFunc(s.own[0], func(i int) bool { return i > at[k] })
		if before < 0 {
			s.starter = append(s.starter, k)
		} else {
			i := s.own[0][before]
			s.starts[i] = append(s.starts[i], k)
		}
	}
}

// order finds the steps that a step must wait for: the last ones of other threads on a slot that it uses,
// and, behind a barrier, the last ones of all other threads before it.
type order struct {
	steps  []*prog.Step
	blocks map[uint32]int // last step on a slot
	heaps  map[uint32]int
	arenas map[uint32]int
	inHeap map[uint32][]uint32 // block slots by heap slot
	last   [prog.MaxThreads]int
	held   [prog.MaxThreads]int // the last step of each thread before the last barrier
	passed [prog.MaxThreads]bool
}

func newOrder(n int) *order {
	o := &order{steps: make([]*prog.Step, 0, n), blocks: map[uint32]int{}, heaps: map[uint32]int{},
		arenas: map[uint32]int{}, inHeap: map[uint32][]uint32{}}
	for i := range o.last {
		o.last[i], o.held[i], o.passed[i] = -1, -1, true
	}
	return o
}

func (o *order) barrier() {
	o.held = o.last
	o.passed = [prog.MaxThreads]bool{}
}

// step takes the next step in and gives those that it waits for.
func (o *order) step(i int, s *prog.Step) (waits []int) {
	o.steps = append(o.steps, s)
	need := [prog.MaxThreads]int{}
	for t := range need {
		need[t] = -1
	}
	after := func(last map[uint32]int, slot uint32) {
		if slot >= prog.BackingSlot {
			return
		}
		if at, ok := last[slot]; ok {
			t := o.steps[at].Thread
			need[t] = max(need[t], at)
		}
		last[slot] = i
	}
	row := s.Kind.Row()
	ends := s.Kind.String() == "heap_destroy"
	if ends {
		for _, b := range o.inHeap[s.Heap] {
			after(o.blocks, b)
		}
	}
	after(o.blocks, s.Src)
	after(o.heaps, s.Heap)
	switch row.Result {
	case prog.HeapResult:
		after(o.heaps, s.Dst)
		delete(o.inHeap, s.Dst)
	case prog.ArenaResult:
		after(o.arenas, s.Dst)
	case prog.BlockResult:
		after(o.blocks, s.Dst)
		if s.Heap < prog.BackingSlot {
			o.inHeap[s.Heap] = append(o.inHeap[s.Heap], s.Dst)
		}
	}
	if !o.passed[s.Thread] {
		o.passed[s.Thread] = true
		for t := range need {
			need[t] = max(need[t], o.held[t])
		}
	}
	for t, at := range need {
		if at >= 0 && t != int(s.Thread) {
			waits = append(waits, at)
		}
	}
	o.last[s.Thread] = i
	return waits
}
