// The segment source of 2.0: a cache of segments in front of arenas and the OS. See doc.go for an
// overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

const (
	cacheSlots   = 64*cacheFields - cacheUnused
	purgeMaximum = 4 // expired slots that a push goes on after
)

// cachedSource keeps freed normal segments, with what is committed of them, in slots.
//
//	[C1] a slot's bit in inUse is set  <=>  the slot is filled or being changed
//	[C2] a slot's bit in taken or takenLarge is clear  =>  its bit in inUse is set, and anyone may take it
//	[C3] expire = 0, or something of the segment is committed
//	[C4] a slot that is not in use is all zero
type cachedSource struct {
	inUse      [cacheFields]atom.U64 // set: filled
	taken      [cacheFields]atom.U64 // clear: can be popped
	takenLarge [cacheFields]atom.U64 // the same for segments of large pages
	slots      [cacheSlots]cacheSlot
}

type cacheSlot struct {
	at               Addr
	id               memID
	pinned           bool
	commit, decommit commitMask
	expire           atom.U64 // ms; 0 for never
}

// reset empties the store, while no other thread sees it.
//
// Counterpart: none, statics there.
func (c *cachedSource) reset(*Process) {
	inUse := bitmap(c.inUse[:])
	for i, ok := inUse.lowest(); ok && i < cacheSlots; i, ok = inUse.lowest() {
		c.slots[i] = cacheSlot{}
		inUse.unclaim(i)
	}
	if cacheUnused > 0 { // slots that are not there count as filled
		inUse[cacheFields-1:].fill(fieldMask(fieldBits-cacheUnused, cacheUnused))
	}
	bitmap(c.taken[:]).fill(^uint64(0))
	bitmap(c.takenLarge[:]).fill(^uint64(0))
}

// alloc takes a segment from the cache, else memory from an arena or, if any will do, from the OS.
//
// Counterpart: _mi_arena_alloc_aligned.
func (c *cachedSource) alloc(t *Thread, size, align, offset uintptr, want ArenaID, mem *segmentMemory) bool {
	if offset == 0 && size == segmentSize &&
		c.pop(func(i int) bool { return c.slots[i].id.suits(want) }, mem) {
		return true
	}
	switch {
	case size >= arenaMinObject && align <= segmentSize && offset == 0 &&
		t.proc.arenas.alloc(t, size, want, mem):
	case want != NoArena || t.proc.enabled(optLimitOSAlloc):
		return false
	default:
		mem.zero, mem.id, mem.pinned, mem.large = true, 0, false, false
		mem.at = t.osAllocAlignedOffset(size, align, offset, mem.wantCommit, false)
	}
	if mem.wantCommit {
		mem.commit = fullMask
	}
	return mem.at != 0
}

// pop takes the segment in the lowest available slot that suits: one of large pages first, where those
// will do. nil suits all.
//
// Counterpart: mi_segment_cache_pop_ex.
func (c *cachedSource) pop(suits func(slot int) bool, mem *segmentMemory) bool {
	i, ok := 0, false
	if mem.large {
		i, ok = bitmap(c.takenLarge[:]).findClaim(suits)
	}
	if !ok {
		if i, ok = bitmap(c.taken[:]).findClaim(suits); !ok {
			return false
		}
		mem.large = false
	}
	slot := &c.slots[i]
	mem.at, mem.id, mem.pinned, mem.zero = slot.at, slot.id, slot.pinned, false
	mem.commit, mem.decommit = slot.commit, slot.decommit
	slot.at, slot.id, slot.pinned, slot.commit, slot.decommit = 0, 0, false, commitMask{}, commitMask{}
	slot.expire.StoreRel(atom.CacheExpirePop, 0) // pairs with CacheExpireProbe
	bitmap(c.inUse[:]).unclaim(i)
	return true
}

// free puts a normal segment into the cache, or gives the memory to its arena or the OS.
//
// Counterpart: mi_segment_os_free.
func (c *cachedSource) free(t *Thread, s *segment) {
	size := s.segmentSlices * sliceSize
	if size == segmentSize && s.memAlignOffset == 0 && !s.huge && c.push(t, s) {
		return
	}
	if !s.memPinned {
		t.proc.count(statCommitted, -int64(t.committedBytes(s, size)))
	}
	t.proc.abandoned.awaitReaders()
	c.release(t, raw.Of(s), size, s.memAlignment, s.memAlignOffset, s.memID)
}

// release gives memory to the arena or the OS that it is from.
//
// Counterpart: _mi_arena_free.
func (c *cachedSource) release(t *Thread, at Addr, size, align, offset uintptr, id memID) {
	if id == 0 {
		t.osFreeAlignedOffset(at, size, align, offset)
		return
	}
	t.proc.arenas.free(t, at, size, id)
}

// giveBack is release of memory that alloc gave.
//
// Counterpart: none, such memory is lost there.
func (c *cachedSource) giveBack(t *Thread, size, align, offset uintptr, mem *segmentMemory) {
	t.proc.count(statCommitted, -int64(mem.commit.bytes(size)))
	c.release(t, mem.at, size, align, offset, mem.id)
}

// committedBytes is how many bytes of a segment count as committed.
//
// Counterpart: none, a part of mi_segment_os_free.
func (t *Thread) committedBytes(s *segment, size uintptr) uintptr {
	n := s.commitMask.bytes(size)
	if s.huge {
		extra := raw.AlignUp(s.memAlignOffset, s.memAlignment) - s.memAlignOffset
		real := osGoodSize(size + extra)
		if extra > osPageSize {
			real -= extra
		}
		if real != n && !t.quirk(HugeCommitted) {
			return real
		}
	}
	return n
}

// push puts a segment into the lowest free slot; false when all are filled.
//
// Counterpart: _mi_segment_cache_push.
func (c *cachedSource) push(t *Thread, s *segment) bool {
	c.purge(t, false)
	i, ok := bitmap(c.inUse[:]).findClaim(nil)
	if !ok {
		return false
	}
	slot := &c.slots[i]
	slot.at, slot.id, slot.pinned = raw.Of(s), s.memID, s.memPinned
	slot.commit, slot.decommit = s.commitMask, s.decommitMask
	slot.expire.StoreRlx(atom.CacheExpireInit, 0)
	if s.memLarge {
		bitmap(c.takenLarge[:]).unclaim(i)
		return true
	}
	c.schedule(t, slot)
	bitmap(c.taken[:]).unclaim(i)
	return true
}

// schedule decides when what is committed of a slot's segment goes back to the OS.
//
// Counterpart: none, a part of _mi_segment_cache_push.
func (c *cachedSource) schedule(t *Thread, slot *cacheSlot) {
	if slot.commit.isEmpty() || slot.pinned || !t.proc.enabled(optAllowDecommit) {
		return
	}
	delay := t.proc.option(optSegmentDecommitDelay)
	if delay == 0 {
		t.proc.abandoned.awaitReaders()
		slot.drop(t)
		return
	}
	// Released with the slot's contents for a purger. Pairs with CacheExpireCheck.
	slot.expire.StoreRel(atom.CacheExpireSet, uint64(t.now()+delay))
}

// drop gives everything committed of a slot's segment back to the OS.
//
// Counterpart: mi_commit_mask_decommit.
func (slot *cacheSlot) drop(t *Thread) {
	m := &slot.commit
	for i, n := m.next(0); n > 0; i, n = m.next(i + n) {
		t.osDecommit(slot.at+Addr(i*commitSize), n*commitSize)
	}
	slot.commit, slot.decommit = commitMask{}, commitMask{}
}

// purge drops slots that have expired: all of them, or a few from a place that varies with the clock.
//
// Counterpart: mi_segment_cache_purge.
func (c *cachedSource) purge(t *Thread, all bool) {
	if !t.proc.enabled(optAllowDecommit) {
		return
	}
	now := t.now()
	i, visits := 0, cacheSlots
	if !all {
		i, visits = int(shuffle(uint64(now))%cacheSlots), purgeProbes
	}
	for purged := 0; visits > 0; visits, i = visits-1, i+1 {
		if i >= cacheSlots {
			i = 0
		}
		// Relaxed: a first look; purgeSlot looks again when it holds the slot.
		expire := int64(c.slots[i].expire.LoadRlx(atom.CacheExpireProbe))
		if expire == 0 || now < expire {
			continue
		}
		purged++
		c.purgeSlot(t, i, now)
		if !all && purged > purgeMaximum {
			break
		}
	}
}

// purgeSlot drops a slot if it is there to be taken and has expired.
//
// Counterpart: none, the body of mi_segment_cache_purge.
func (c *cachedSource) purgeSlot(t *Thread, i int, now int64) {
	taken := bitmap(c.taken[:])
	if !taken.claim(i) {
		return
	}
	slot := &c.slots[i]
	expire := int64(slot.expire.LoadAcq(atom.CacheExpireCheck)) // pairs with CacheExpireSet
	if expire != 0 && now >= expire {
		slot.expire.StoreRlx(atom.CacheExpireClear, 0)
		t.proc.abandoned.awaitReaders()
		slot.drop(t)
	}
	taken.unclaim(i)
}

// counted are those that it owns now.
//
// Counterpart: none, a part of mi_segment_alloc.
func (c *cachedSource) counted(t *Thread) uintptr { return t.segments }

// collect drops what has expired, or with force gives all cached segments back.
//
// Counterpart: _mi_segment_cache_collect.
func (c *cachedSource) collect(t *Thread, force bool) {
	if !force {
		c.purge(t, true)
		return
	}
	for mem := (segmentMemory{large: true}); c.pop(nil, &mem); mem.large = true {
		if !mem.pinned {
			t.proc.count(statCommitted, -int64(mem.commit.bytes(segmentSize)))
		}
		c.release(t, mem.at, segmentSize, segmentSize, 0, mem.id)
	}
}
