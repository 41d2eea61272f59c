// The invariants of arenas.
// Counterpart: none, nothing there checks them. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/raw"

func (c *census) checkArenas() {
	set := &c.p.arenas
	for i := range set.all {
		at := Addr(set.all[i].AtRest())
		switch there := uint64(i) < set.count.AtRest(); {
		case there != (at != 0):
			c.bad("R1", "%d arenas are counted, and place %d has %#x", set.count.AtRest(), i, at)
		case there && arenaAt(at).id != ArenaID(i+1):
			c.bad("R1", "the arena in place %d has the id %d", i, arenaAt(at).id)
		case there && !c.near:
			c.checkArena(arenaAt(at))
		}
	}
}

// checkArena compares an arena's bitmaps with the segments that can be reached.
func (c *census) checkArena(a *arena) {
	taken := make([]bool, a.fields*fieldBits)
	for i := int(a.blocks); i < len(taken); i++ {
		taken[i] = true
	}
	take := func(s *segment, id memID, bytes uintptr) {
		if id.arena() != a.id {
			return
		}
		if at := raw.Of(s); id.block() >= int(a.blocks) || at != a.at(id.block()) {
			c.bad("R2", "segment %s is not at block %d of arena %d", c.ordinal(at), id.block(), a.id)
			return
		}
		for i := range (bytes + arenaBlock - 1) / arenaBlock {
			taken[uintptr(id.block())+i] = true
		}
	}
	for _, at := range c.segments() {
		s := segmentAt(at)
		take(s, s.memID, s.segmentSlices*sliceSize)
	}
	for at, id := range c.cachedID {
		take(segmentAt(at), id, segmentSize)
	}
	// Then some blocks belong to nobody that is known here, see HeaderLost, RefusedPage and abandonedHuge.
	lost := a.lost.AtRest() > 0 || c.p.profile.huge.unowned()
	for i, want := range taken {
		inUse := a.inUse()[i/fieldBits].AtRest()>>(i%fieldBits)&1 != 0
		if inUse != want && !(inUse && (lost || c.p.Committed(a.at(i), segmentRecord) && c.strays(segmentAt(a.at(i))))) {
			c.bad("R2", "arena %d, block %d: in use %v, has a segment %v", a.id, i, inUse, want)
		}
		dirty := a.dirty()[i/fieldBits].AtRest()>>(i%fieldBits)&1 != 0
		if inUse && !dirty && a.countsDirty && i < int(a.blocks) {
			c.bad("R3", "arena %d, block %d is in use and not dirty", a.id, i)
		}
	}
}

// strays tells whether a segment is that of a thread that is gone and took it along, see CallbackRestarts.
func (c *census) strays(s *segment) bool { return c.threadName(s.threadID.AtRest()) == "stranger" }

// at is the address of a block, while no other thread changes anything.
//
// Counterpart: none, for the checks.
func (a *arena) at(block int) Addr { return Addr(a.start.AtRest()) + Addr(block)*arenaBlock }

// checkMapEnd checks the word of the map that stands for no addresses.
func (c *census) checkMapEnd() {
	if v := c.p.segments.words[mapWords].AtRest(); v != 0 {
		c.bad("M2", "the map's last word is %#x", v)
	}
}
