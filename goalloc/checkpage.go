// The invariants of pages and their blocks.
// Counterpart: none, one by one: _mi_page_is_valid, mi_page_is_valid_init and mi_page_list_is_valid check
// the same where a page changes. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/raw"

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
	b := c.checkLists(s, pg)
	where, queued := c.pages[at]
	if pg.flags&inFull != 0 && !queued {
		c.bad("P4", "page %s says it is full, and is in no queue", c.name(at))
	}
	abandoned := pg.heap.AtRest() == 0
	if queued == abandoned || !abandoned && s.threadID.AtRest() == 0 {
		c.bad("P6", "page %s: queued %v, abandoned %v", c.name(at), queued, abandoned)
	}
	thread, delayed := b.count[onThread], b.count[onDelayed]
	if compare {
		b.add(inHand, blocks)
		lost := s.unmapped && int(pg.used)-thread-delayed > len(blocks) // Cfree does not know them
		if int(pg.used)-thread-delayed != len(blocks) && !lost {
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

// checkLists checks a page by itself, and sorts its blocks by list.
func (c *census) checkLists(s *segment, pg *page) *pageBlocks {
	at := raw.Of(pg)
	if pg.capacity > pg.reserved || pg.reserved == 0 {
		c.bad("P3", "page %s: capacity %d, reserved %d", c.name(at), pg.capacity, pg.reserved)
	}
	if want := c.p.main.bin(uintptr(pg.blockSize)); uintptr(pg.bin) != want {
		c.bad("P7", "page %s of bin %d says bin %d", c.name(at), want, pg.bin)
	}
	b := c.blocksOf(s, pg)
	free, local := b.count[onFree], b.count[onLocal]
	if int(pg.used)+free+local != int(pg.capacity) {
		c.bad("P2", "page %s: used %d + free %d + local %d != capacity %d", c.name(at), pg.used, free,
			local, pg.capacity)
	}
	return b
}

// checkFlag checks the state of the delayed frees of a page at rest.
func (c *census) checkFlag(pg *page, abandoned bool, delayed int) {
	at := raw.Of(pg)
	switch flag := pg.threadFree.AtRest() & freeFlagMask; {
	case flag == freeDelaying:
		c.bad("P5", "page %s is being freed into, at rest", c.name(at))
	case flag == freeDelayNone && delayed == 0:
		c.bad("P5", "page %s waits for a delayed block that is not there", c.name(at))
	case (flag == freeNeverDelayed) != abandoned:
		c.bad("P5", "page %s: flag %d, abandoned %v", c.name(at), flag, abandoned)
	case flag == freeUseDelayed && delayed > 0 && !c.overlapped:
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
	t := c.p.main
	start, _ := t.pageStart(s, pg)
	b := &pageBlocks{
		c: c, at: raw.Of(pg), start: start, size: t.blockSizeOf(s, pg), on: make([]list, pg.capacity),
	}
	b.addChain(onFree, pg, pg.free)
	b.addChain(onLocal, pg, pg.localFree)
	b.addChain(onThread, pg, Addr(pg.threadFree.AtRest()&^freeFlagMask))
	b.add(onDelayed, c.delayedOf[b.at])
	return b
}

// addChain notes the blocks of a chain, as far as they are blocks.
func (b *pageBlocks) addChain(l list, pg *page, head Addr) {
	for a := head; a != 0 && b.note(l, a); a = b.c.p.link(pg, a) {
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
