// The invariants of segments, spans and pages. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/raw"
)

// checkSegment walks the spans of a segment.
func (c *census) checkSegment(s *segment) {
	at, owner := raw.Of(s), s.threadID.LoadSC(look)
	if abandoned := c.stack[at] != ""; abandoned != (owner == 0) {
		c.bad("G5", "segment %s is of %s, on a stack: %v", c.name(at), c.threadName(owner), abandoned)
	}
	if want := map[bool]uintptr{true: s.used, false: 0}[owner == 0]; s.abandoned != want {
		c.bad("G1", "segment %s of %s: %d of %d pages abandoned", c.name(at), c.threadName(owner),
			s.abandoned, s.used)
	}
	if !s.commitMask.hasAll(&s.decommitMask) {
		c.bad("G3", "segment %s is to decommit what is not committed", c.name(at))
	}
	if !s.huge {
		c.checkCommitted(at, &s.commitMask)
	}
	used, i := uintptr(0), uintptr(0)
	for i < s.sliceEntries {
		r := s.slice(i)
		if r.sliceCount == 0 || r.sliceOffset != 0 {
			c.bad("S1", "%s.%d: count %d, offset %d, where a span should start", c.ordinal(at), i,
				r.sliceCount, r.sliceOffset)
			return
		}
		if r.blockSize == 0 {
			c.checkFreeSpan(s, i, owner)
		} else {
			c.checkUsedSpan(s, i)
			used++
		}
		i += uintptr(r.sliceCount)
	}
	if i != s.sliceEntries && !(s.huge && i == s.segmentSlices) {
		c.bad("G4", "segment %s: spans end at %d of %d", c.name(at), i, s.sliceEntries)
	}
	if used-1 != s.used {
		c.bad("G2", "segment %s: %d used spans, used %d", c.name(at), used-1, s.used)
	}
}

func (c *census) checkFreeSpan(s *segment, i uintptr, owner uint64) {
	r := s.slice(i)
	at, count := raw.Of(r), uintptr(r.sliceCount)
	if last := s.slice(i + count - 1); count > 1 &&
		(uintptr(last.sliceOffset) != (count-1)*pageSize || last.blockSize != 0) {
		c.bad("S3", "free span %s: its last record has offset %d and size %d", c.name(at),
			last.sliceOffset, last.blockSize)
	}
	if next := i + count; next < s.sliceEntries && s.slice(next).blockSize == 0 && owner != 0 {
		c.bad("S6", "free spans %s and %s are not merged", c.name(at), c.name(raw.Of(s.slice(next))))
	}
	where, queued := c.spans[at]
	switch {
	case queued != (owner != 0 && !s.huge):
		c.bad("S5", "free span %s of %s: queued %v", c.name(at), c.threadName(owner), queued)
	case queued && (where.t.id != owner || where.bin != spanBin(count)):
		c.bad("S5", "free span %s of %d slices is in queue %d of %s", c.name(at), count, where.bin,
			c.threadName(where.t.id))
	}
}

func (c *census) checkUsedSpan(s *segment, i uintptr) {
	r := s.slice(i)
	count := uintptr(r.sliceCount)
	at := raw.Of(r)
	inner := func(j uintptr) {
		if b := s.slice(j); b.sliceCount != 0 || uintptr(b.sliceOffset) != (j-i)*pageSize || b.blockSize != 1 {
			c.bad("S2", "record %d of used span %s: count %d, offset %d, size %d", j-i, c.name(at),
				b.sliceCount, b.sliceOffset, b.blockSize)
		}
	}
	for j := i + 1; j < min(i+count, i+1+maxSliceOfs, s.sliceEntries); j++ {
		inner(j)
	}
	if last := min(i+count-1, s.sliceEntries); last > i {
		inner(last)
	}
	if _, queued := c.spans[at]; queued {
		c.bad("S4", "used span %s is in a span queue", c.name(at))
	}
	if m := rangeMask(i, min(count, slicesPerSegment-i)); !s.huge && !s.commitMask.hasAll(&m) {
		c.bad("G6", "used span %s is not committed", c.name(at))
	} else if !s.huge && s.decommitMask.hasAny(&m) {
		c.bad("G6", "used span %s is to be decommitted", c.name(at))
	}
}

// checkPages checks the pages of a segment and their blocks.
func (c *census) checkPages(s *segment, blocks map[Addr][]Addr, compare bool) {
	for i := headerSlices; i < s.sliceEntries; {
		r := s.slice(i)
		if r.sliceCount == 0 {
			return
		}
		if r.blockSize > 0 {
			c.checkPage(s, r, blocks[raw.Of(r)], compare)
		}
		i += uintptr(r.sliceCount)
	}
}

func (c *census) checkPage(s *segment, pg *page, blocks []Addr, compare bool) {
	at := raw.Of(pg)
	if pg.capacity > pg.reserved || pg.reserved == 0 {
		c.bad("P3", "page %s: capacity %d, reserved %d", c.name(at), pg.capacity, pg.reserved)
	}
	if want := c.threads[0].bin(uintptr(pg.blockSize)); uintptr(pg.bin) != want {
		c.bad("P7", "page %s of bin %d says bin %d", c.name(at), want, pg.bin)
	}
	where, queued := c.pages[at]
	if pg.flags&inFull != 0 && !queued {
		c.bad("P4", "page %s says it is full, and is in no queue", c.name(at))
	}
	abandoned := pg.heap.LoadSC(look) == 0
	if queued == abandoned || abandoned != (s.threadID.LoadSC(look) == 0) {
		c.bad("P6", "page %s: queued %v, abandoned %v", c.name(at), queued, abandoned)
	}
	b := c.blocksOf(s, pg)
	free, local, thread := b.count[onFree], b.count[onLocal], b.count[onThread]
	delayed := b.count[onDelayed]
	if int(pg.used)+free+local != int(pg.capacity) {
		c.bad("P2", "page %s: used %d + free %d + local %d != capacity %d", c.name(at), pg.used, free,
			local, pg.capacity)
	}
	if compare {
		b.add(inHand, blocks)
		if int(pg.used)-thread-delayed != len(blocks) {
			c.bad("P1", "page %s: used %d - thread %d - delayed %d != held %d", c.name(at), pg.used,
				thread, delayed, len(blocks))
		}
	}
	c.checkFlag(pg, abandoned, delayed)
	for _, d := range c.delayedOf[at] {
		if c.delayed[d] != where.h {
			c.bad("P5", "page %s has a block on another heap's delayed list", c.name(at))
		}
	}
}

// checkFlag checks the state of the delayed frees of a page at rest.
func (c *census) checkFlag(pg *page, abandoned bool, delayed int) {
	at := raw.Of(pg)
	switch flag := pg.threadFree.LoadSC(look) & freeFlagMask; {
	case flag == freeDelaying:
		c.bad("P5", "page %s is being freed into, at rest", c.name(at))
	case flag == freeDelayNone && delayed == 0:
		c.bad("P5", "page %s waits for a delayed block that is not there", c.name(at))
	case (flag == freeNeverDelayed) != abandoned:
		c.bad("P5", "page %s: flag %d, abandoned %v", c.name(at), flag, abandoned)
	case flag == freeUseDelayed && delayed > 0:
		c.bad("P5", "page %s has %d delayed blocks and would add more", c.name(at), delayed)
	}
}

// list says where a block of a page is.
type list uint8

const (
	nowhere list = iota
	onFree
	onLocal
	onThread
	onDelayed
	inHand
	numLists
)

func (l list) String() string {
	return [...]string{"no list", "free", "localFree", "threadFree", "delayed", "the program"}[l]
}

// pageBlocks sorts the blocks of one page by the list that they are on.
type pageBlocks struct {
	c     *census
	at    Addr // of the page's record
	start Addr
	size  uintptr
	on    []list // by block, for those threaded so far
	count [numLists]int
}

func (c *census) blocksOf(s *segment, pg *page) *pageBlocks {
	t := c.threads[0]
	start, _ := t.pageStart(s, pg)
	b := &pageBlocks{
		c: c, at: raw.Of(pg), start: start, size: t.blockSizeOf(s, pg), on: make([]list, pg.capacity),
	}
	b.addChain(onFree, pg.free)
	b.addChain(onLocal, pg.localFree)
	b.addChain(onThread, Addr(pg.threadFree.LoadSC(look)&^freeFlagMask))
	b.add(onDelayed, c.delayedOf[b.at])
	return b
}

// addChain notes the blocks of a chain, as far as they are blocks.
func (b *pageBlocks) addChain(l list, head Addr) {
	for a := head; a != 0 && b.note(l, a); a = raw.Load(a) {
	}
}

func (b *pageBlocks) add(l list, blocks []Addr) {
	for _, a := range blocks {
		b.note(l, a)
	}
}

// note says that a block is on a list; false when it cannot be. Each block of a page is in one place.
func (b *pageBlocks) note(l list, a Addr) bool {
	i := uintptr(a-b.start) / b.size
	if a < b.start || uintptr(a-b.start)%b.size != 0 || i >= uintptr(len(b.on)) {
		b.c.bad("B1", "%v of page %s: %s is no block", l, b.c.name(b.at), b.c.name(a))
		return false
	}
	if b.on[i] != nowhere {
		b.c.bad("B2", "block %d of page %s is on %v and on %v", i, b.c.name(b.at), b.on[i], l)
		return false
	}
	b.on[i] = l
	b.count[l]++
	return true
}
