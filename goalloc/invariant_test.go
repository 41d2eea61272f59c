// The invariants of layout.go, abandoned.go and cache.go, checked from outside. See doc.go for an
// overview.

package goalloc

import (
	"slices"
	"strings"
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// held is what a program holds: the usable size of each block, by the address handed out. A heap's
// record is a block, too.
type held map[Addr]uintptr

// checkInvariants takes a process at rest apart and gives every equation that does not hold, as
// "[ID] what". Blocks are compared with what the program holds unless that is nil.
func checkInvariants(p *Process, threads []*Thread, h held) []string {
	return inspect(p, threads, h).problems
}

// inspect is checkInvariants that also shows what it walked over.
func inspect(p *Process, threads []*Thread, h held) *census {
	c := take(p, threads)
	c.checkHeaps()
	blocks := c.heldByPage(h)
	for _, at := range c.segments() {
		c.checkSegment(segmentAt(at))
		c.checkPages(segmentAt(at), blocks, h != nil)
	}
	c.checkThreads()
	c.checkStore()
	c.checkCache()
	c.checkShared()
	return c
}

func requireInvariants(t *testing.T, p *Process, threads []*Thread, h held) {
	t.Helper()
	if problems := checkInvariants(p, threads, h); len(problems) > 0 {
		require.FailNow(t, "invariants do not hold", strings.Join(problems, "\n"))
	}
}

// heldByPage sorts the program's blocks by page record, each by the start of its block.
func (c *census) heldByPage(h held) map[Addr][]Addr {
	known := map[Addr]bool{}
	for _, at := range c.segments() {
		known[at] = true
	}
	blocks := map[Addr][]Addr{}
	for p, usable := range h {
		s := segmentOf(p)
		if !known[raw.Of(s)] {
			c.bad("L1", "held block %s lies in no segment in use", c.name(p))
			continue
		}
		pg := s.pageOf(p)
		if pg.blockSize <= 1 {
			c.bad("L1", "held block %s lies in no page", c.name(p))
			continue
		}
		t := c.threads[0]
		start, bytes := t.pageStart(s, pg)
		b := t.unalign(s, pg, p)
		if b != p && pg.flags&hasAligned == 0 {
			c.bad("L2", "held block %s does not start a block, and its page is not flagged", c.name(p))
		}
		if got := t.UsableSize(p); got != usable {
			c.bad("L3", "held block %s had %d usable bytes and has %d", c.name(p), usable, got)
		}
		if b < start || p+Addr(usable) > start+Addr(bytes) {
			c.bad("L4", "held block %s is not inside its page", c.name(p))
		}
		if c.p.sim != nil && !c.p.Committed(p, usable) {
			c.bad("L5", "held block %s is not committed", c.name(p))
		}
		blocks[raw.Of(pg)] = append(blocks[raw.Of(pg)], b)
	}
	return blocks
}

func (c *census) checkHeaps() {
	for h, t := range c.heaps {
		if h.threadID != t.id {
			c.bad("H0", "a heap of %s says it is of %s", c.threadName(t.id), c.threadName(h.threadID))
		}
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
	if heapAt(Addr(pg.heap.LoadSC(look))) != h {
		c.bad("Q3", "page %s is in the queue of a heap that is not its owner", c.name(at))
	}
	if got := segmentOf(at).threadID.LoadSC(look); got != h.threadID {
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

// checkThreads checks what belongs to the threads themselves.
func (c *census) checkThreads() {
	owned := map[uint64]uintptr{}
	for _, at := range c.segments() {
		owned[segmentAt(at).threadID.LoadSC(look)]++
	}
	for i, t := range c.threads {
		// A segment whose header is refused is lost, and counted for good.
		if owned[t.id] != t.segments && !(owned[t.id] < t.segments && c.refused()) {
			c.bad("T1", "t%d counts %d segments and owns %d", i, t.segments, owned[t.id])
		}
		if t.heap == c.p.emptyHeap {
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

func (c *census) checkStore() {
	store := c.p.abandoned.(*abandonedStacks)
	for a, name := range c.stack {
		s := segmentAt(a)
		if id := s.threadID.LoadSC(look); id != 0 {
			c.bad("A1", "%s segment %s is of %s", name, c.name(a), c.threadName(id))
		}
		if s.used == 0 {
			c.bad("A1", "%s segment %s has no used page", name, c.name(a))
		}
	}
	if n := store.count.LoadSC(look); n != uint64(len(c.abandoned)) {
		c.bad("A2", "count %d, abandoned has %d", n, len(c.abandoned))
	}
	if n := store.visitedCount.LoadSC(look); n != uint64(len(c.visited)) {
		c.bad("A2", "visitedCount %d, visited has %d", n, len(c.visited))
	}
	if n := store.readers.LoadSC(look); n != 0 {
		c.bad("A3", "%d readers at rest", n)
	}
}

func (c *census) checkCache() {
	source := c.p.source.(*cachedSource)
	for i := range source.slots {
		slot := &source.slots[i]
		inUse := source.inUse[i/64].LoadSC(look)>>(i%64)&1 != 0
		taken := source.taken[i/64].LoadSC(look)>>(i%64)&1 != 0
		if filled := slot.at != 0; inUse != filled {
			c.bad("C1", "slot %d: inUse %v, filled %v", i, inUse, filled)
		}
		if !taken && !inUse {
			c.bad("C2", "slot %d can be taken and is not in use", i)
		}
		if taken && inUse {
			c.bad("C2", "slot %d is in use and cannot be taken, at rest", i)
		}
		if slot.expire.LoadSC(look) != 0 && slot.commit.isEmpty() {
			c.bad("C3", "slot %d expires with nothing committed", i)
		}
		if !inUse && *slot != (cacheSlot{}) {
			c.bad("C4", "slot %d is free and not zero", i)
		}
		if slot.at == 0 {
			continue
		}
		if !slot.commit.hasAll(&slot.decommit) {
			c.bad("G3", "slot %d is to decommit what is not committed", i)
		}
		if c.stack[slot.at] != "" || segmentAt(slot.at).threadID.LoadSC(look) != 0 {
			c.bad("C1", "slot %d holds a segment in use", i)
		}
		c.checkCommitted(slot.at, &slot.commit)
	}
}

// checkCommitted compares a commit mask with what the simulated OS says. A refused decommit leaves
// more committed than the mask knows, never less.
func (c *census) checkCommitted(at Addr, m *commitMask) {
	if c.p.sim == nil {
		return
	}
	for i, n := m.next(0); n > 0; i, n = m.next(i + n) {
		if !c.p.Committed(at+Addr(i*commitSize), n*commitSize) {
			c.bad("G6", "segment %s: parts %d..%d are not committed", c.name(at), i, i+n-1)
		}
	}
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
	if e.pageCount != 0 || e.delayed.LoadSC(look) != 0 || e.queues != [binCount]pageQueue{} {
		c.bad("E1", "the empty heap was written to")
	}
	seen := map[uint64]bool{0: true}
	for i := range c.p.threadData {
		a := c.p.threadData[i].LoadSC(look)
		if a != 0 && (seen[a] || c.heaps[heapAt(Addr(a))] != nil) {
			c.bad("T3", "kept thread record %d is in use or kept twice", i)
		}
		seen[a] = true
	}
}
