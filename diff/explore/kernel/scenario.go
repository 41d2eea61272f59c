// The scenarios. See doc.go for an overview.

package kernel

import (
	"fmt"

	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
)

// step is an operation of a thread.
type step struct {
	name string
	do   func(w *world)
}

// kernel is a scenario: a state, and what threads do in it at once. The first thread is the one that made the state.
type kernel struct {
	name, text string
	new        bool // of version 2.3
	again      bool // memory that is given back can be taken again
	setup      func(w *world)
	threads    [][]step
	mended     []string // changes of orders under which the findings on the reference's own are gone
}

// The steps.
func free(b int) step { return step{fmt.Sprintf("free(block%d)", b), func(w *world) { w.free(b) }} }

func malloc(p, h int) step {
	return step{fmt.Sprintf("malloc from page%d", p), func(w *world) { w.malloc(p, h) }}
}

func exit(h int) step { return step{"exit", func(w *world) { w.exit(h) }} }

// begin is the start of a thread's heap.
func begin(h int) step { return step{fmt.Sprintf("begin heap%d", h), func(w *world) { w.initHeap(h) }} }

func collect(h int) step { return step{"collect", func(w *world) { w.collect(h) }} }

func allocPage(h int) step {
	return step{"malloc from a fresh page", func(w *world) {
		if p := w.allocPage(h); p >= 0 {
			w.malloc(p, h)
		}
	}}
}

func tryReclaim(h int, suits bool) step {
	name := "reclaim"
	if !suits {
		name = "visit in vain"
	}
	return step{name, func(w *world) { w.tryReclaim(h, suits) }}
}

func osReclaim(h int) step {
	return step{"reclaim from the OS list", func(w *world) {
		if g := w.osClaimNext(); g >= 0 {
			w.reclaim(g, h)
		}
	}}
}

func deleteHeap(h, to int) step {
	return step{fmt.Sprintf("heap_delete(heap%d)", h), func(w *world) { w.deleteHeap(h, to) }}
}

func destroyHeap(h int) step {
	return step{fmt.Sprintf("heap_destroy(heap%d)", h), func(w *world) { w.destroyHeap(h) }}
}

func freshSegment(g int) step {
	return step{fmt.Sprintf("segment_alloc(seg%d)", g), func(w *world) { w.segmentAlloc(g) }}
}

func hugeMalloc(g int) step {
	return step{fmt.Sprintf("malloc of a huge block in seg%d", g), func(w *world) { w.hugeAlloc(g) }}
}

// signal and await hand something over in a way that the program has to see to itself.
func signal(i int) step {
	return step{fmt.Sprintf("signal %d", i), func(w *world) { w.store(handOver, signalWord+uintptr(i)*8, 1) }}
}

func await(i int) step {
	return step{fmt.Sprintf("await %d", i), func(w *world) {
		for a := signalWord + uintptr(i)*8; w.load(handOverAwait, a) == 0; {
			w.s.Await(a, handOverAwait)
		}
	}}
}

// owned is a state in which thread 0 owns segment 0, with so many live blocks in the pages of heap h.
func owned(h int, flag uint64, live ...int) func(w *world) {
	return func(w *world) {
		w.owns(0)
		for p, n := range live {
			w.becomes(p, h, n, flag)
		}
	}
}

// then is a state in which thread 0 does something more.
func then(first func(w *world), more ...step) func(w *world) {
	return func(w *world) {
		first(w)
		for _, s := range more {
			s.do(w)
		}
	}
}

// twoAbandoned is a state with two abandoned segments, each with a page of one live block.
func twoAbandoned(w *world) {
	for g := 0; g < 2; g++ {
		w.owns(g)
		w.becomes(g*slotsPer, 0, 1, noDelayed)
	}
	w.exit(0)
}

// acquirePush mends a free that sees the flag USE of a page that was just reclaimed, and not yet its heap.
var acquirePush = []string{"push-acquire"}

var kernels = []kernel{
	{name: "collect-push", text: "two threads free blocks of a page, its owner allocates from it",
		setup:   owned(0, noDelayed, 3),
		threads: [][]step{{malloc(0, 0), malloc(0, 0)}, {free(0)}, {free(1)}}},
	{name: "delayed-free", text: "two threads free blocks of a full page, its owner allocates",
		setup:   owned(0, useDelayed, 3),
		threads: [][]step{{malloc(0, 0), malloc(0, 0)}, {free(0)}, {free(1)}}},
	{name: "abandon-free", text: "a thread ends while two others free its blocks, and take over the segment", new: true,
		setup:   owned(0, noDelayed, 2),
		threads: [][]step{{exit(0)}, {begin(1), free(0), allocPage(1)}, {begin(2), free(1), allocPage(2)}},
		mended:  acquirePush},
	{name: "abandon-claim", text: "a thread ends; one frees a block of it, one looks for abandoned segments", new: true,
		setup:   owned(0, noDelayed, 2),
		threads: [][]step{{exit(0)}, {begin(1), free(0), allocPage(1)}, {begin(2), tryReclaim(2, true), allocPage(2)}},
		mended:  acquirePush},
	{name: "abandon-visit", text: "a thread ends; one visits the segment in vain and marks it again, one reclaims it", new: true,
		setup:   owned(0, noDelayed, 2, 1),
		threads: [][]step{{exit(0)}, {free(3), tryReclaim(1, false), allocPage(1)}, {tryReclaim(2, true), allocPage(2)}},
		mended:  acquirePush},
	{name: "exit-free", text: "a thread ends while two others free blocks of its full page",
		setup:   owned(0, useDelayed, 3),
		threads: [][]step{{exit(0)}, {free(0)}, {free(1)}}},
	{name: "reclaim-free", text: "an abandoned segment is reclaimed while two threads free its blocks",
		setup:   then(owned(0, useDelayed, 3), exit(0)),
		threads: [][]step{{}, {begin(1), tryReclaim(1, true), malloc(0, 1)}, {free(0)}, {free(1)}},
		mended:  acquirePush},
	{name: "heap-delete", text: "a heap is deleted while two threads free blocks of its full page",
		setup:   owned(4, useDelayed, 3),
		threads: [][]step{{deleteHeap(4, 0), malloc(0, 0)}, {free(0)}, {free(1)}},
		mended:  []string{"append-swaps"}},
	{name: "heap-destroy", text: "a heap is destroyed after two threads have freed blocks of its full page",
		setup: owned(4, useDelayed, 3),
		threads: [][]step{{await(0), await(1), destroyHeap(4)},
			{free(0), signal(0)}, {free(1), signal(1)}}},
	{name: "os-list", text: "a thread with a segment of the OS ends; one frees a block of it, one reclaims from the list", new: true,
		setup: func(w *world) {
			owned(0, noDelayed, 2)(w)
			w.segments[0].os = true
		},
		threads: [][]step{{exit(0)}, {begin(1), free(0), allocPage(1)}, {begin(2), osReclaim(2), allocPage(2)}},
		mended:  acquirePush},
	{name: "late-free", text: "a page and its segment end while the last frees of other threads come in",
		setup:   owned(0, useDelayed, 3),
		threads: [][]step{{free(2), collect(0), collect(0)}, {free(0)}, {free(1)}}},
	{name: "abandon-list", text: "a thread ends; two others look for abandoned segments",
		setup:   owned(0, noDelayed, 2),
		threads: [][]step{{exit(0)}, {tryReclaim(1, true), allocPage(1)}, {tryReclaim(2, true), allocPage(2)}}},
	{name: "tagged-list", text: "two threads pop abandoned segments; one of them comes to its end",
		setup:   twoAbandoned,
		threads: [][]step{{}, {free(0), free(6), tryReclaim(1, true)}, {tryReclaim(2, true)}},
		mended:  []string{"readers-ordered"}},
	{name: "list-again", text: "a segment goes from the abandoned list and comes back while another thread pops it",
		setup:   twoAbandoned,
		threads: [][]step{{}, {tryReclaim(1, true), tryReclaim(1, true)}, {takeTwo(2, 3)}},
		mended:  []string{"readers-ordered"}},
	{name: "visited-list", text: "visitors put segments on the visited list and move it back",
		setup:   twoAbandoned,
		threads: [][]step{{}, {tryReclaim(1, false), tryReclaim(1, true)}, {tryReclaim(2, false)}}},
	{name: "revisit-push", text: "the visited list is moved back while a thread ends and another looks for abandoned segments",
		setup:   visitedOne,
		threads: [][]step{{collectAbandoned(0)}, {ownOne(1), exit(1)}, {begin(2), tryReclaim(2, true)}}},
	{name: "late-free-2.3", text: "a page and its segment end while the last frees of other threads come in", new: true,
		setup:   owned(0, useDelayed, 3),
		threads: [][]step{{free(2), collect(0), collect(0)}, {begin(1), free(0)}, {begin(2), free(1)}}},
	{name: "fresh-free", text: "a thread makes a segment, hands out a block of it and ends; another frees that", new: true, again: true,
		setup: func(*world) {},
		threads: [][]step{{begin(0), freshSegment(0), allocPage(0), signal(0), exit(0)}, {begin(1), await(0), free(0)},
			{begin(2), await(0), freshSegment(0), allocPage(2)}}},
	{name: "segment-again", text: "a segment ends, and two threads make its memory one again", new: true, again: true,
		setup: taken(owned(0, noDelayed, 1)),
		threads: [][]step{{free(0), freshSegment(0)}, {begin(1), freshSegment(0), allocPage(1), allocPage(1)},
			{begin(2), freshSegment(0), allocPage(2)}}},
	{name: "huge-free", text: "a huge block is abandoned at once; another thread frees it, and its memory is taken again", new: true, again: true,
		setup:   func(*world) {},
		threads: [][]step{{hugeMalloc(0), signal(0), freshSegment(0)}, {await(0), free(0), hugeMalloc(0)}, {await(0), hugeMalloc(0)}}},
}

// taken is a state in which segment 0's memory is from the arena, and can go back.
func taken(first func(w *world)) func(w *world) {
	return func(w *world) {
		first(w)
		w.s.Store(inuseWord, none, sim.Relaxed, 1)
	}
}

// visitedOne is a state with one abandoned segment, on the visited list.
func visitedOne(w *world) {
	owned(0, noDelayed, 1)(w)
	w.exit(0)
	w.tryReclaim(0, false)
}

// ownOne makes segment 1 the running thread's, with a live block.
func ownOne(h int) step {
	return step{"begin with a segment of its own", func(w *world) {
		w.initHeap(h)
		w.owns(1)
		w.becomes(slotsPer, h, 1, noDelayed)
	}}
}

// collectAbandoned is a forced collect's look at abandoned segments.
func collectAbandoned(h int) step {
	return step{"collect abandoned segments", func(w *world) {
		w.revisit()
		w.tryReclaim(h, false)
	}}
}

// takeTwo takes over two segments in two heaps, and leaves the first behind again.
func takeTwo(h, other int) step {
	return step{"reclaim two segments, and leave the first behind", func(w *world) {
		if w.tryReclaim(h, true) >= 0 && w.tryReclaim(other, true) >= 0 {
			w.exit(h)
		}
	}}
}

// Scenarios are all scenarios.
func Scenarios() []*search.Scenario {
	all := make([]*search.Scenario, len(kernels))
	for i := range kernels {
		all[i] = kernels[i].scenario()
	}
	return all
}

func (k *kernel) scenario() *search.Scenario {
	version := "2.0"
	if k.new {
		version = "2.3"
	}
	sc := &search.Scenario{Name: k.name, Text: k.text + " (" + version + ")", Sites: Sites(), Word: wordName, Version: version, Changes: changes,
		Mended: k.mended, Apart: true,
		Place: func(p sim.Place) string { return places[p] }, Make: k.body}
	for t, steps := range k.threads {
		for _, s := range steps {
			sc.Parts = append(sc.Parts, fmt.Sprintf("t%d %s", t, s.name))
		}
	}
	return sc
}

func (k *kernel) body(v *search.Variant) func(*sim.Sim) {
	w := &world{v: v, new: k.new, again: k.again}
	scripts := make([][]step, len(k.threads))
	part := 0
	for t, steps := range k.threads {
		for _, s := range steps {
			if v.Part(part) {
				scripts[t] = append(scripts[t], s)
			}
			part++
		}
	}
	run := make([]func(), len(scripts))
	for t := range scripts {
		run[t] = func() {
			for _, s := range scripts[t] {
				s.do(w)
			}
		}
	}
	return func(s *sim.Sim) {
		w.start(s)
		k.setup(w)
		for t := 1; t < len(run); t++ {
			if len(scripts[t]) > 0 {
				s.Spawn(atThread, run[t])
			} else {
				s.Skip()
			}
		}
		run[0]()
		for t := 1; t < len(run); t++ {
			if len(scripts[t]) > 0 {
				s.Join(atThread, t)
			}
		}
		w.atRest()
	}
}
