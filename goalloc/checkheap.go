// The invariants of heaps, threads and what threads share.
// Counterpart: none, one by one: mi_heap_is_valid and mi_heap_page_is_valid check the pages of a heap. See
// doc.go for an overview.

package goalloc

import (
	"slices"

	"midiff/goalloc/internal/raw"
)

func (c *census) checkHeaps() {
	for h := range c.heaps {
		count := uintptr(0)
		for bin := range h.queues {
			for a := h.queues[bin].first; a != 0; a = pageAt(a).next {
				count++
				c.checkQueued(h, uintptr(bin), pageAt(a))
			}
		}
		if count != h.pageCount {
			c.bad("H2", "%d pages in queues, pageCount %d", count, h.pageCount)
		}
	}
}

// checkRecords checks the records of heaps without their pages.
func (c *census) checkRecords() {
	for h, t := range c.heaps {
		if h.threadID != t.id {
			c.bad("H0", "a heap of %s says it is of %s", c.threadName(t.id), c.threadName(h.threadID))
		}
		c.checkDirect(h)
	}
}

// checkQueued checks a page against the queue that it is in.
func (c *census) checkQueued(h *heap, bin uintptr, pg *page) {
	at := raw.Of(pg)
	if full := pg.flags&inFull != 0; full != (bin == binFull) {
		c.bad("P4", "page %s in bin %d has inFull %v", c.name(at), bin, full)
	}
	if bin != binFull && bin != uintptr(pg.bin) {
		c.bad("Q2", "page %s of bin %d is in bin %d", c.name(at), pg.bin, bin)
	}
	if heapAt(Addr(pg.heap.AtRest())) != h {
		c.bad("Q3", "page %s is in the queue of a heap that is not its owner", c.name(at))
	}
	if got := segmentOf(at).threadID.AtRest(); got != h.threadID {
		c.bad("G5", "page %s is in a queue of %s, and its segment is of %s", c.name(at),
			c.threadName(h.threadID), c.threadName(got))
	}
	if pg.used == 0 && (bin >= binHuge || pg.retireExpire == 0) {
		c.bad("H3", "page %s is empty and not retired", c.name(at))
	}
}

func (c *census) checkDirect(h *heap) {
	for k := range h.direct {
		want := h.queues[binOf(uintptr(k)*wordSize, mediumMax20)].first
		if want == 0 {
			want = c.p.emptyPage
		}
		if h.direct[k] != want {
			c.bad("H1", "direct entry %d is not the first page of its bin", k)
		}
	}
}

// checkThreads checks what the threads count.
func (c *census) checkThreads() {
	owned := map[uint64]uintptr{}
	for _, at := range c.segments() {
		owned[segmentAt(at).threadID.AtRest()]++
	}
	for i, t := range c.threads {
		if t == nil {
			continue
		}
		// A segment whose header is refused is lost, and counted for good.
		// One of an unowned huge block is counted by whoever made it until someone frees it.
		lost := owned[t.id] < t.segments && c.refused() || c.p.profile.huge.unowned()
		if owned[t.id] != t.segments && !lost {
			c.bad("T1", "t%d counts %d segments and owns %d", i, t.segments, owned[t.id])
		}
	}
}

// checkDefaults checks which heaps the threads have.
func (c *census) checkDefaults() {
	for i, t := range c.threads {
		if t == nil || t.heap == c.p.emptyHeap {
			continue
		}
		for _, h := range []*heap{t.heap, t.backing} {
			if c.heaps[h] != t {
				c.bad("T2", "the default or the backing heap of t%d is not in its list", i)
			}
		}
		if t.backing.next != 0 {
			c.bad("T2", "the backing heap of t%d is not the last in its list", i)
		}
	}
}

// refused tells whether the OS refused a call in this run.
func (c *census) refused() bool {
	return c.p.sim != nil && slices.ContainsFunc(c.p.Calls(), func(call OSCall) bool {
		return call.Errno != 0
	})
}

// checkShared checks that nobody wrote to what all threads share.
func (c *census) checkShared() {
	for _, w := range Words(c.p.emptyPage, pageSize/wordSize) {
		if w != 0 {
			c.bad("E1", "the empty page was written to")
			break
		}
	}
	e := c.p.emptyHeap
	if e.pageCount != 0 || e.delayed.AtRest() != 0 || e.queues != [binCount]pageQueue{} {
		c.bad("E1", "the empty heap was written to")
	}
	seen := map[uint64]bool{0: true}
	for i := range c.p.threadData {
		a := c.p.threadData[i].AtRest()
		if a != 0 && (seen[a] || c.heaps[heapAt(Addr(a))] != nil) {
			c.bad("T3", "kept thread record %d is in use or kept twice", i)
		}
		seen[a] = true
	}
}
