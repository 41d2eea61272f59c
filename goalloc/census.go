// Everything that can be reached in a process at rest.
// Counterpart: none, the checks' view of it all. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"slices"
	"strconv"

	"midiff/goalloc/internal/raw"
)

// place is where a page or a free span is linked.
type place struct {
	t   *Thread
	h   *heap // nil for a span
	bin uintptr
}

// census is what can be reached from a process and its threads at rest, with what was found wrong on
// the way. The threads are numbered as given; nil stands for one that has done nothing.
type census struct {
	p       *Process
	threads []*Thread
	heaps   map[*heap]*Thread
	pages   map[Addr]place // by page record
	spans   map[Addr]place // by record of the span's first slice
	delayed map[Addr]*heap // blocks on heaps' delayed lists
	// delayedOf are the same blocks by page record.
	delayedOf map[Addr][]Addr
	stack     map[Addr]string
	cached    map[Addr]int   // segment to slot
	cachedID  map[Addr]memID // and to where its memory is from
	met       []Addr         // segments of all these, in the order in which they were come by
	// abandoned and visited are the segments of the two stacks, from the top.
	abandoned, visited []Addr
	counted, readers   int64 // abandoned segments and threads that read them, by what is counted
	overlapped         bool  // threads ran at the same time
	near               bool  // only heaps are known, see CheckNear
	breaches           []Breach
}

// listLimit bounds the walk along a list that may be corrupt.
const listLimit = 1 << 17

func take(p *Process, threads []*Thread) *census {
	c := &census{
		p: p, threads: threads, heaps: map[*heap]*Thread{}, pages: map[Addr]place{},
		spans: map[Addr]place{}, delayed: map[Addr]*heap{}, stack: map[Addr]string{},
		cached: map[Addr]int{}, cachedID: map[Addr]memID{}, delayedOf: map[Addr][]Addr{},
	}
	for _, t := range threads {
		if t != nil && t.heap != p.emptyHeap {
			c.takeHeaps(t)
			c.takeSpans(t)
		}
	}
	p.abandoned.census(c)
	p.source.census(c)
	return c
}

// bad notes that an invariant does not hold.
func (c *census) bad(id, format string, args ...any) {
	c.breaches = append(c.breaches, Breach{invariantByID(id), fmt.Sprintf(format, args...)})
}

// listHeaps takes the heaps of a thread in.
func (c *census) listHeaps(t *Thread) {
	for a := t.heaps; a != 0; a = heapAt(a).next {
		h := heapAt(a)
		if c.heaps[h] != nil {
			c.bad("H0", "heap %#x is twice in the heap lists", a)
			return
		}
		c.heaps[h] = t
	}
}

func (c *census) takeHeaps(t *Thread) {
	c.listHeaps(t)
	for h, owner := range c.heaps {
		if owner != t {
			continue
		}
		for bin := range h.queues {
			c.takeQueue(t, h, uintptr(bin))
		}
		for b, n := Addr(h.delayed.AtRest()), 0; b != 0; b, n = c.p.delayedLink(h, b), n+1 {
			if n > listLimit || c.delayed[b] != nil {
				c.bad("P5", "%s is twice in the delayed lists", c.name(b))
				break
			}
			c.delayed[b] = h
			pg := raw.Of(segmentOf(b).pageOf(b))
			c.delayedOf[pg] = append(c.delayedOf[pg], b)
		}
	}
}

// takeQueue walks a page queue both ways.
func (c *census) takeQueue(t *Thread, h *heap, bin uintptr) {
	q, before := h.queues[bin], Addr(0)
	for a := q.first; a != 0; a = pageAt(a).next {
		if old, ok := c.pages[a]; ok {
			c.bad("Q1", "page %s is in bins %d and %d", c.name(a), old.bin, bin)
			return
		}
		c.pages[a] = place{t, h, bin}
		c.meet(a)
		if pageAt(a).prev != before {
			c.bad("Q1", "page %s in bin %d has a wrong prev", c.name(a), bin)
		}
		before = a
	}
	if q.last != before {
		c.bad("Q1", "bin %d has a wrong last", bin)
	}
}

func (c *census) takeSpans(t *Thread) {
	for bin, q := range t.spans {
		before := Addr(0)
		for a := q.first; a != 0; a = pageAt(a).next {
			if old, ok := c.spans[a]; ok {
				c.bad("Q1", "span %s is in queues %d and %d", c.name(a), old.bin, bin)
				break
			}
			c.spans[a] = place{t, nil, uintptr(bin)}
			c.meet(a)
			if pageAt(a).prev != before {
				c.bad("Q1", "span %s in queue %d has a wrong prev", c.name(a), bin)
			}
			before = a
		}
		if q.last != before {
			c.bad("Q1", "span queue %d has a wrong last", bin)
		}
	}
}

func (c *census) takeStack(name string, top Addr) (all []Addr) {
	for a := top; a != 0; a = Addr(segmentAt(a).abandonedNext.AtRest()) {
		if other := c.stack[a]; other != "" {
			c.bad("A1", "%s is on %s and on %s", c.name(a), other, name)
			break
		}
		c.stack[a] = name
		c.met = append(c.met, a)
		all = append(all, a)
	}
	return all
}

// meet notes the segment of a page or span.
func (c *census) meet(a Addr) { c.met = append(c.met, raw.Of(segmentOf(a))) }

// segments are the addresses of all segments that are in use or abandoned, ascending. They are sorted from an order
// that is the same every time: what the sorting goes through counts, where a fuzzer is guided by it.
func (c *census) segments() []Addr {
	all := slices.Clone(c.met)
	slices.Sort(all)
	return slices.Compact(all)
}

// name spells an address the way the pictures do: segment.slice, with the offset in the slice for
// what does not lie at its start. A page record is named by the slice that it describes.
func (c *census) name(a Addr) string {
	if a%segmentSize == 0 && c.stack[a] != "" {
		return c.ordinal(a)
	}
	s := segmentOf(a)
	at := raw.Of(s)
	if ofs := uintptr(a - at); ofs >= slicesOffset && ofs < segmentRecord {
		return fmt.Sprintf("%s.%d", c.ordinal(at), s.index(pageAt(a)))
	}
	slice, rest := uintptr(a-at)/sliceSize, uintptr(a-at)%sliceSize
	if rest == 0 {
		return fmt.Sprintf("%s.%d", c.ordinal(at), slice)
	}
	return fmt.Sprintf("%s.%d+%d", c.ordinal(at), slice, rest)
}

// ordinal numbers the segments of a simulated process by address.
func (c *census) ordinal(a Addr) string {
	if c.p.sim == nil {
		return fmt.Sprintf("%#x", uint64(a))
	}
	return strconv.Itoa(int((a - c.p.Base()) / segmentSize))
}

// threadName is t0, t1, ... by id, and nobody for 0.
func (c *census) threadName(id uint64) string {
	for i, t := range c.threads {
		if t != nil && t.id == id {
			return "t" + strconv.Itoa(i)
		}
	}
	if id == 0 {
		return "nobody"
	}
	return "stranger"
}
