// The invariants of the blocks that a program holds.
// Counterpart: none, the reference does not know them. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/raw"

// apart tells whether a segment waits where no thread looks: in a sub-process that has none.
func (c *census) apart(s *segment) bool {
	store, ok := c.p.abandoned.(interface {
		apart(c *census, s *segment) bool
	})
	return ok && store.apart(c, s)
}

// heldByPage sorts the program's blocks by page record, each by the start of its block.
func (c *census) heldByPage(h Held) map[Addr][]Addr {
	known := map[Addr]bool{}
	for _, at := range c.segments() {
		known[at] = true
	}
	blocks := map[Addr][]Addr{}
	for p, usable := range h {
		s := segmentOf(p)
		if !known[raw.Of(s)] {
			if c.strays(s) || c.apart(s) || c.p.profile.huge.unowned() && s.huge && s.threadID.AtRest() == 0 {
				continue // nobody has a link to it but the program
			}
			c.bad("L1", "held block %s lies in no segment in use", c.name(p))
			continue
		}
		pg := s.pageOf(p)
		if pg.blockSize <= 1 {
			c.bad("L1", "held block %s lies in no page", c.name(p))
			continue
		}
		t := c.p.main
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
		if c.knowsCommitted(s.memID) && !c.p.refusedHuge(s) && !c.p.Committed(p, usable) {
			c.bad("L5", "held block %s is not committed", c.name(p))
		}
		blocks[raw.Of(pg)] = append(blocks[raw.Of(pg)], b)
	}
	return blocks
}

// refusedHuge tells whether a huge segment is uncommitted behind its header, see HugeRefused.
func (p *Process) refusedHuge(s *segment) bool {
	return p.quirks&HugeRefused != 0 && s.huge && s.memID != 0 && !s.commitMask.isFull()
}
