// The segment source of 2.0: a cache of segments in front of the OS. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

const (
	cacheFields  = 16
	cacheSlots   = 64 * cacheFields
	purgeProbes  = 16 // slots that a push looks at
	purgeMaximum = 4  // expired slots that a push goes on after
)

// cachedSource keeps freed normal segments, with what is committed of them, in slots.
//
//	[C1] a slot's bit in inUse is set  <=>  the slot is filled or being changed
//	[C2] a slot's bit in taken is clear  =>  its bit in inUse is set, and anyone may take it
//	[C3] expire = 0, or something of the segment is committed
//	[C4] a slot that is not in use is all zero
type cachedSource struct {
	inUse bitmap // set: filled
	taken bitmap // clear: can be popped
	slots [cacheSlots]cacheSlot
}

type cacheSlot struct {
	at               Addr
	commit, decommit commitMask
	expire           atom.U64 // ms; 0 for never
}

// reset empties the store, while no other thread sees it.
//
// Counterpart: none, statics there.
func (c *cachedSource) reset() {
	for i, ok := c.inUse.lowest(); ok; i, ok = c.inUse.lowest() {
		c.slots[i] = cacheSlot{}
		c.inUse.unclaim(i)
	}
	c.taken.fill(^uint64(0))
}

// alloc takes a segment from the cache, else memory from the OS.
//
// Counterpart: _mi_arena_alloc_aligned, without arenas.
func (c *cachedSource) alloc(t *Thread, size, align, offset uintptr, mem *segmentMemory) bool {
	if offset == 0 && size == segmentSize && c.pop(mem) {
		return true
	}
	if t.proc.enabled(optLimitOSAlloc) {
		return false
	}
	mem.zero = true
	mem.at = t.osAllocAlignedOffset(size, align, offset, mem.wantCommit)
	if mem.wantCommit {
		mem.commit = fullMask
	}
	return mem.at != 0
}

// pop takes the segment in the lowest available slot.
//
// Counterpart: mi_segment_cache_pop_ex.
func (c *cachedSource) pop(mem *segmentMemory) bool {
	i, ok := c.taken.findClaim()
	if !ok {
		return false
	}
	slot := &c.slots[i]
	mem.at, mem.commit, mem.decommit, mem.zero = slot.at, slot.commit, slot.decommit, false
	slot.at, slot.commit, slot.decommit = 0, commitMask{}, commitMask{}
	slot.expire.StoreRel(atom.CacheExpirePop, 0) // pairs with CacheExpireProbe
	c.inUse.unclaim(i)
	return true
}

// free puts a normal segment into the cache, or gives the memory to the OS.
//
// Counterpart: mi_segment_os_free.
func (c *cachedSource) free(t *Thread, s *segment) {
	size := s.segmentSlices * sliceSize
	if size == segmentSize && s.memAlignOffset == 0 && !s.huge && c.push(t, s) {
		return
	}
	t.proc.count(statCommitted, -int64(s.commitMask.bytes(size)))
	t.proc.abandoned.awaitReaders()
	t.osFreeAlignedOffset(raw.Of(s), size, s.memAlignment, s.memAlignOffset)
}

// push puts a segment into the lowest free slot; false when all are filled.
//
// Counterpart: _mi_segment_cache_push.
func (c *cachedSource) push(t *Thread, s *segment) bool {
	c.purge(t, false)
	i, ok := c.inUse.findClaim()
	if !ok {
		return false
	}
	slot := &c.slots[i]
	slot.at, slot.commit, slot.decommit = raw.Of(s), s.commitMask, s.decommitMask
	slot.expire.StoreRlx(atom.CacheExpireInit, 0)
	c.schedule(t, slot)
	c.taken.unclaim(i)
	return true
}

// schedule decides when what is committed of a slot's segment goes back to the OS.
//
// Counterpart: none, a part of _mi_segment_cache_push.
func (c *cachedSource) schedule(t *Thread, slot *cacheSlot) {
	if slot.commit.isEmpty() || !t.proc.enabled(optAllowDecommit) {
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
	if !c.taken.claim(i) {
		return
	}
	slot := &c.slots[i]
	expire := int64(slot.expire.LoadAcq(atom.CacheExpireCheck)) // pairs with CacheExpireSet
	if expire != 0 && now >= expire {
		slot.expire.StoreRlx(atom.CacheExpireClear, 0)
		t.proc.abandoned.awaitReaders()
		slot.drop(t)
	}
	c.taken.unclaim(i)
}

// collect drops what has expired, or with force gives all cached segments to the OS.
//
// Counterpart: _mi_segment_cache_collect.
func (c *cachedSource) collect(t *Thread, force bool) {
	if !force {
		c.purge(t, true)
		return
	}
	for mem := (segmentMemory{}); c.pop(&mem); {
		t.proc.count(statCommitted, -int64(mem.commit.bytes(segmentSize)))
		t.osFreeAlignedOffset(mem.at, segmentSize, segmentSize, 0)
	}
}

// shuffle spreads a number over 64 bits.
//
// Counterpart: _mi_random_shuffle.
func shuffle(x uint64) uint64 {
	if x == 0 {
		x = 17
	}
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
