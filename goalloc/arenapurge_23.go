// Free blocks of arenas go back to the OS, in 2.3. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/atom"
)

// purgeArenas is how many arenas are purged in one go, unless all are to be.
const purgeArenas = 2

// purgeDelay is how long, in ms, free blocks stay with an arena; negative for ever.
//
// Counterpart: mi_arena_purge_delay.
func (r *reservedSource) purgeDelay(t *Thread) int64 {
	return t.proc.option(optDecommitDelay) * t.proc.option(optArenaPurgeMult)
}

// schedule notes that blocks, which the thread still has, are to be given back, or gives them back if there is no
// delay.
//
// Counterpart: mi_arena_schedule_purge.
func (r *reservedSource) schedule(t *Thread, a *arena, bit, blocks int) {
	delay := r.purgeDelay(t)
	switch {
	case delay < 0:
		return
	case delay == 0:
		a.purge(t, bit, blocks)
		return
	}
	expire, never := uint64(t.now()+delay), uint64(0)
	if a.purgeExpire.CasStrongAcqRel(atom.PurgeExpireSet, &never, expire) { // pairs with PurgeExpireTake
		r.expire.CasStrongAcqRel(atom.PurgeAnySet, &never, expire) // pairs with PurgeAnyLoad
	}
	a.toPurge().setRun(bit, blocks)
}

// purge gives blocks back that the thread has.
//
// Counterpart: mi_arena_purge.
func (a *arena) purge(t *Thread, bit, blocks int) {
	size := uintptr(blocks) * arenaBlock
	was := a.committed().inRun(bit, blocks)
	// What is not committed as a whole must not be reset.
	again := t.osPurge(a.block(bit), size, was == blocks, uintptr(was)*arenaBlock)
	a.toPurge().unclaimRun(bit, blocks)
	if again {
		a.committed().unclaimRun(bit, blocks)
	}
}

// osPurge gives memory back, of which counted bytes count as committed, and tells whether it must be committed
// to be used again. With reset it may be reset instead.
//
// Counterpart: _mi_os_purge_ex.
func (t *Thread) osPurge(a Addr, size uintptr, reset bool, counted uintptr) (again bool) {
	if t.proc.option(optDecommitDelay) < 0 {
		return false
	}
	t.proc.tally(tallyPurgeCalls, 1)
	t.proc.tally(tallyPurged, int64(size))
	if t.proc.enabled(optPurgeDecommits) {
		t.proc.count(statCommitted, -int64(counted))
		t.decommit(a, size)
		return t.prof.protectsFree
	}
	if reset {
		t.osReset(a, size)
	}
	return false
}

// collect gives back what is due, or with force all free blocks.
//
// Counterpart: _mi_arenas_collect.
func (r *reservedSource) collect(t *Thread, force bool) { r.purge(t, force, force) }

// purge goes through the arenas that may have blocks to give back; one thread at a time does, and others pass.
//
// Counterpart: mi_arenas_try_purge.
func (r *reservedSource) purge(t *Thread, force, all bool) {
	delay := r.purgeDelay(t)
	if delay <= 0 {
		return
	}
	now := t.now()
	expire := int64(r.expire.LoadAcq(atom.PurgeAnyLoad)) // pairs with PurgeAnySet
	if !force && (expire == 0 || expire > now) {
		return
	}
	count := int(t.proc.arenas.count.LoadAcq(atom.ArenaCountPurge)) // pairs with ArenaCountClaim
	free := uint64(0)
	if count == 0 || !r.guard.CasStrongAcqRel(atom.PurgeGuard, &free, 1) { // pairs with PurgeGuardEnd
		return
	}
	r.expire.StoreRel(atom.PurgeAnyNext, uint64(now+r.purgeDelay(t))) // pairs with PurgeAnyLoad
	most := purgeArenas
	if all {
		most = count
	}
	if !r.purgeSome(t, now, force, count, most) {
		r.expire.StoreRel(atom.PurgeAnyClear, 0) // pairs with PurgeAnyLoad
	}
	r.guard.StoreRel(atom.PurgeGuardEnd, 0) // pairs with PurgeGuard
}

// purgeSome purges up to most of the arenas, and tells whether there may be more to do.
//
// Counterpart: none, a part of mi_arenas_try_purge.
func (r *reservedSource) purgeSome(t *Thread, now int64, force bool, count, most int) (more bool) {
	for i := range count {
		a := t.proc.arenas.find(i)
		if a == nil {
			continue
		}
		purged, due := r.purgeArena(t, a, now, force)
		more = more || purged || due
		if purged {
			if most <= 1 {
				return true
			}
			most--
		}
	}
	return more
}

// purgeArena gives back what is to be of an arena. purged tells that there was something, later that it is not
// due yet.
//
// Counterpart: mi_arena_try_purge.
func (r *reservedSource) purgeArena(t *Thread, a *arena, now int64, force bool) (purged, later bool) {
	if !a.allowDecommit {
		return false, false
	}
	expire := a.purgeExpire.LoadRlx(atom.PurgeExpireLoad)
	if !force && (expire == 0 || int64(expire) > now) {
		return false, expire != 0
	}
	a.purgeExpire.CasStrongAcqRel(atom.PurgeExpireTake, &expire, 0) // unless it was set anew
	t.proc.tally(tallyArenaPurges, 1)
	whole := true
	for i := range a.toPurge() {
		some, all := a.purgeField(t, i)
		purged = purged || some
		whole = whole && all
	}
	if !whole { // the rest another time
		never := uint64(0)
		a.purgeExpire.CasStrongAcqRel(atom.PurgeExpireAgain, &never, uint64(t.now()+r.purgeDelay(t)))
	}
	return purged, false
}

// purgeField gives back what is to be of a field's blocks, run by run. While it does, a run is in use.
//
// Counterpart: none, a part of mi_arena_try_purge.
func (a *arena) purgeField(t *Thread, i int) (some, all bool) {
	b := a.toPurge()
	all = true
	w := b[i].LoadRlx(atom.PurgeScan) // a hint: it is read again
	for bit := 0; bit < fieldBits && w != 0; {
		n := bits.TrailingZeros64(^(w >> bit))
		n = min(n, fieldBits-bit)
		for n > 0 && !a.inUse().tryClaim(i, fieldMask(bit, n)) {
			n--
		}
		if n > 0 {
			w = b[i].LoadAcq(atom.PurgeLook) // pairs with RunClaim
			all = a.purgeRange(t, i, bit, n, w) && all
			some = true
			a.inUse().unclaimRun(i*fieldBits+bit, n)
		}
		bit += n + 1
	}
	return some, all
}

// purgeRange gives back those of count blocks from a bit of a field on that are set in w. True when that is all
// of them in one run.
//
// Counterpart: mi_arena_purge_range.
func (a *arena) purgeRange(t *Thread, i, from, count int, w uint64) (all bool) {
	for bit := from; bit < from+count; {
		n := min(bits.TrailingZeros64(^(w >> bit)), from+count-bit)
		if n > 0 {
			a.purge(t, i*fieldBits+bit, n)
			all = all || n == count
		}
		bit += n + 1
	}
	return all
}

// tryClaim sets bits of a field if all of them are clear.
//
// Counterpart: _mi_bitmap_try_claim.
func (b bitmap) tryClaim(i int, mask uint64) bool {
	w := b[i].LoadRlx(atom.BitmapTryLoad)
	for w&mask == 0 {
		if b[i].CasStrongAcqRel(atom.BitmapTryClaim, &w, w|mask) { // pairs with RunUnclaim
			return true
		}
	}
	return false
}
