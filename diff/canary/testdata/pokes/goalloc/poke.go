// Faults of the state: each changes one field of a process between two operations, as an error in any
// code that keeps the field would. Counterpart: none, the overlay of package canary adds this file to
// goalloc in its own test binary. See doc.go for an overview.

package goalloc

import (
	"maps"
	"slices"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// poke is a fault in one field of the state, or in one of those that are packed into its word.
type poke struct {
	field StateField
	why   string
	// find looks for something to change and gives the change, nil if there is nothing yet.
	find func(x *poked) (change func())
	// with are fields whose words come and go with the one that is changed, since the walk gets to
	// them through it.
	with []StateField
}

// Poked is a fault that has been done: the field meant, those whose words changed, and those that may.
type Poked struct {
	Changed, May []StateField
}

// Pokes lists the faults: field and reason.
func Pokes() (fields []StateField, whys []string) {
	for _, f := range pokes {
		fields, whys = append(fields, f.field), append(whys, f.why)
	}
	return fields, whys
}

// Poke does fault n, if there is something to change.
func Poke(p *Process, threads []*Thread, n int) (Poked, bool) {
	x := &poked{p: p, threads: threads}
	change := pokes[n].find(x)
	if change == nil {
		return Poked{}, false
	}
	before := words(p, threads)
	change()
	after := words(p, threads)
	changed := map[StateField]bool{}
	for _, m := range []map[StateEntry]bool{before, after} {
		for e := range m {
			if before[e] != after[e] {
				changed[e.Field] = true
			}
		}
	}
	return Poked{
		Changed: slices.Sorted(maps.Keys(changed)), May: append(pokes[n].with, pokes[n].field),
	}, true
}

func words(p *Process, threads []*Thread) map[StateEntry]bool {
	m := map[StateEntry]bool{}
	for _, e := range p.State(threads) {
		m[e] = true
	}
	return m
}

// ---- finding something to change ----

// poked is a process between two operations.
type poked struct {
	p       *Process
	threads []*Thread
}

// thread finds a thread with a heap.
func (x *poked) thread(is func(t *Thread) bool) *Thread {
	for _, t := range x.threads {
		if t != nil && t.heap != x.p.emptyHeap && is(t) {
			return t
		}
	}
	return nil
}

func (x *poked) heap(is func(h *heap) bool) (found *heap) {
	x.thread(func(t *Thread) bool {
		for a := t.heaps; a != 0 && found == nil; a = heapAt(a).next {
			if is(heapAt(a)) {
				found = heapAt(a)
			}
		}
		return found != nil
	})
	return found
}

// queue finds a queue of at least two pages.
func (x *poked) queue() (found *pageQueue) {
	x.heap(func(h *heap) bool {
		found = longer(h.queues[:])
		return found != nil
	})
	return found
}

// spans finds a queue of at least two spans.
func (x *poked) spans() (found *pageQueue) {
	x.thread(func(t *Thread) bool {
		found = longer(t.spans[:])
		return found != nil
	})
	return found
}

func longer(queues []pageQueue) *pageQueue {
	for i := range queues {
		if queues[i].first != queues[i].last {
			return &queues[i]
		}
	}
	return nil
}

// segment finds a segment that the walk of the state goes through.
func (x *poked) segment(is func(s *segment) bool) *segment {
	w := stateWalk{keep: true, p: x.p, base: x.p.Base(), threads: x.threads, stores: tellers(x.p)}
	w.all()
	for i := range stateSlots {
		if w.seen[i/64]>>(i%64)&1 != 0 {
			if s := segmentAt(x.p.Base() + Addr(i*segmentSize)); is(s) {
				return s
			}
		}
	}
	return nil
}

// span finds a page or a free span.
func (x *poked) span(is func(s *segment, i uintptr, r *page) bool) (found *page) {
	x.segment(func(s *segment) bool {
		for i := s.infoSlices; i < s.sliceEntries && found == nil; i += uintptr(s.slice(i).sliceCount) {
			if is(s, i, s.slice(i)) {
				found = s.slice(i)
			}
		}
		return found != nil
	})
	return found
}

func (x *poked) page(is func(p *page) bool) *page {
	return x.span(func(_ *segment, _ uintptr, r *page) bool { return r.blockSize != 0 && is(r) })
}

// slot finds a filled slot of the cache.
func (x *poked) slot(is func(s *cacheSlot) bool) *cacheSlot {
	slots := &x.p.source.(*cachedSource).slots
	for i := range slots {
		if slots[i].at != 0 && is(&slots[i]) {
			return &slots[i]
		}
	}
	return nil
}

func (x *poked) stacks() *abandonedStacks { return x.p.abandoned.(*abandonedStacks) }

func anything[T any](*T) bool { return true }

// on gives a change of what was found.
func on[T any](found *T, change func(*T)) func() {
	if found == nil {
		return nil
	}
	return func() { change(found) }
}

// ---- changes ----

// pageOn, segmentOn, heapOn, threadOn, slotOn and arenaOn change the first one of their kind.
func pageOn(change func(p *page)) func(x *poked) func() {
	return func(x *poked) func() { return on(x.page(anything), change) }
}

func segmentOn(change func(s *segment)) func(x *poked) func() {
	return func(x *poked) func() { return on(x.segment(anything), change) }
}

func heapOn(change func(h *heap)) func(x *poked) func() {
	return func(x *poked) func() { return on(x.heap(anything), change) }
}

func threadOn(change func(t *Thread)) func(x *poked) func() {
	return func(x *poked) func() { return on(x.thread(anything), change) }
}

func slotOn(change func(s *cacheSlot)) func(x *poked) func() {
	return func(x *poked) func() { return on(x.slot(anything), change) }
}

func arenaOn(change func(a *arena)) func(x *poked) func() {
	return func(x *poked) func() { return on(x.p.arenas.at(0), change) }
}

// flipBlock changes the bit of the first block.
func flipBlock(b bitmap) { b[0].Reset(b[0].AtRest() ^ 1) }

// countOn changes a word that threads share.
func countOn(word func(x *poked) *atom.U64) func(x *poked) func() {
	return func(x *poked) func() { return on(word(x), func(w *atom.U64) { w.Reset(w.AtRest() + 1) }) }
}

// swapFirst exchanges the first two of a queue, but for the end of it.
func swapFirst(q *pageQueue) {
	a := q.first
	b := pageAt(a).next
	pageAt(a).next, pageAt(b).next, q.first = pageAt(b).next, a, b
}

func firstIsLast(q *pageQueue) { q.last = q.first }

// swapTop exchanges the two segments on top of a stack.
func swapTop(word func(s *abandonedStacks) *atom.U64) func(x *poked) func() {
	return func(x *poked) func() {
		w := word(x.stacks())
		a := untagged(w.AtRest())
		if a == 0 || segmentAt(a).abandonedNext.AtRest() == 0 {
			return nil
		}
		return func() {
			b := Addr(segmentAt(a).abandonedNext.AtRest())
			segmentAt(a).abandonedNext.Reset(segmentAt(b).abandonedNext.AtRest())
			segmentAt(b).abandonedNext.Reset(uint64(a))
			w.Reset(w.AtRest()&tagMask | uint64(b))
		}
	}
}

// flip changes one bit of a mask.
func flip(m *commitMask) { m[len(m)-1] ^= 1 << 63 }

func dropFirst(list *Addr) { *list = raw.Load(*list) }
