// Arenas of 2.3: reserved when memory is needed. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"io"
	"math/bits"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

const (
	arenaMost23 = 132
	// refArenaBytes23 is what the reference's record of an arena takes without its bitmaps, but for a word of the
	// first.
	refArenaBytes23 = 192
	largePageBytes  = 2 << 20
	// crossFrom is how many blocks a request has at least that may cross the fields of a bitmap.
	crossFrom = 3
)

// reservedSource is the segment source of 2.3: memory is of an arena if possible, and arenas are reserved as
// needed. Blocks that come back are given to the OS after a delay (arenapurge_23.go).
//
//	[R4] the block where an abandoned segment is marked is in use
//	[R5] a block that is to be purged is not in use (at rest)
type reservedSource struct {
	area   Addr     // for records
	top    atom.U64 // bytes of it that are given out
	expire atom.U64 // ms; when some arena may have blocks that are due, 0 for none
	guard  atom.U64 // 1: a thread gives what is due back
}

// source23 is the thread's source, in profiles that have this one.
//
// Counterpart: none, statics there.
func (t *Thread) source23() *reservedSource { return t.proc.source.(*reservedSource) }

// reset empties the area, while no other thread sees it.
//
// Counterpart: none, statics there.
func (r *reservedSource) reset(p *Process) { *r = reservedSource{area: p.parts + subprocessBytes} }

// counted is the most that it ever had.
//
// Counterpart: none, a part of mi_segment_alloc.
func (r *reservedSource) counted(t *Thread) uintptr { return t.segmentsPeak }

// find is the arena in a place, nil if there is none.
//
// Counterpart: mi_arena_from_index.
func (s *arenaSet) find(i int) *arena {
	if i >= arenaPlaces {
		return nil
	}
	if a := s.all[i].LoadAcq(atom.ArenaFind); a != 0 { // pairs with ArenaPublish23
		return arenaAt(Addr(a))
	}
	return nil
}

// alloc takes memory of an arena, of a new one if need be, or of the OS.
//
// Counterpart: _mi_arena_alloc_aligned.
func (r *reservedSource) alloc(t *Thread, size, align, offset uintptr, want ArenaID, mem *segmentMemory) bool {
	if !t.proc.enabled(optDisallowArenaAlloc) && size >= arenaMinObject && align <= segmentSize && offset == 0 {
		if r.allocInArena(t, size, want, mem) {
			return true
		}
		if want == NoArena {
			if id, ok := r.reserve(t, size, mem.large); ok && r.allocIn(t, t.proc.arenas.find(id.index()), size, want, mem) {
				return true
			}
		}
	}
	if t.proc.enabled(optLimitOSAlloc) || want != NoArena {
		return false
	}
	mem.at = t.osAllocAlignedOffset(size, align, offset, mem.wantCommit, mem.large)
	mem.zero, mem.id, mem.pinned, mem.large = true, 0, false, false
	if mem.wantCommit {
		mem.commit = fullMask
	}
	return mem.at != 0
}

// allocInArena takes memory of arena want, or of the first that has some.
//
// Counterpart: mi_arena_try_alloc.
func (r *reservedSource) allocInArena(t *Thread, size uintptr, want ArenaID, mem *segmentMemory) bool {
	count := int(t.proc.arenas.count.LoadRlx(atom.ArenaCountTry)) // an arena that is being added need not be seen
	if want != NoArena {
		return want.index() < count && r.allocIn(t, t.proc.arenas.find(want.index()), size, want, mem)
	}
	for i := range count {
		if r.allocIn(t, t.proc.arenas.find(i), size, want, mem) {
			return true
		}
	}
	return false
}

// allocIn takes a run of blocks of an arena.
//
// Counterpart: mi_arena_try_alloc_at_id.
func (r *reservedSource) allocIn(t *Thread, a *arena, size uintptr, want ArenaID, mem *segmentMemory) bool {
	if a == nil || !a.id.suits(a.exclusive, want) || a.large && !mem.large && (want == NoArena || t.quirk(ArenaLarge)) {
		return false
	}
	blocks := int((size + arenaBlock - 1) / arenaBlock)
	bit, ok := a.inUse().findClaimRun(blocks, crossFrom-1)
	if !ok {
		return false
	}
	mem.at, mem.id = a.block(bit), newMemID(a, bit)
	mem.large, mem.pinned = a.large, a.large
	if a.allowDecommit {
		a.toPurge().unclaimRun(bit, blocks) // those that purge now do not have the blocks in use
	}
	mem.zero = a.countsDirty && a.dirty().setRun(bit, blocks) == 0
	was, ok := a.commitRun(t, bit, blocks, mem.wantCommit)
	if ok {
		mem.commit = fullMask
	} else if mem.huge && !t.quirk(HugeRefused) {
		r.releaseBlocks(t, a, bit, blocks, uintptr(blocks)*arenaBlock, uintptr(was)*arenaBlock)
		return false
	}
	return true
}

// commitRun tells whether a run of blocks is committed, after committing it if that is wanted, and how many of them
// were. What is committed of a run that is not wanted whole is forgotten: it will be committed when it is used.
//
// Counterpart: none, a part of mi_arena_try_alloc_at.
func (a *arena) commitRun(t *Thread, bit, blocks int, wanted bool) (was int, ok bool) {
	switch {
	case !a.allowDecommit:
		return blocks, true
	case wanted:
		was = a.committed().setRun(bit, blocks)
		return was, was == blocks || t.osCommitPart(a.block(bit), uintptr(blocks)*arenaBlock, uintptr(blocks-was)*arenaBlock)
	}
	was = a.committed().inRun(bit, blocks)
	if was > 0 && was < blocks {
		t.proc.count(statCommitted, -int64(uintptr(was)*arenaBlock))
		a.committed().unclaimRun(bit, blocks)
	}
	return was, was == blocks
}

// reserve makes an arena for a request of size bytes. Arenas get larger with their number.
//
// Counterpart: mi_arena_reserve.
func (r *reservedSource) reserve(t *Thread, size uintptr, large bool) (ArenaID, bool) {
	count := t.proc.arenas.count.LoadAcq(atom.ArenaCountReserve) // pairs with ArenaCountClaim
	bytes := t.proc.arenaReserve()
	if count > arenaMost23-4 || bytes == 0 {
		return NoArena, false
	}
	bytes = raw.AlignUp(bytes, arenaBlock)
	if count >= 8 && count <= 128 {
		if over, more := bits.Mul64(uint64(bytes), 1<<min(count/8, 16)); over == 0 {
			bytes = uintptr(more)
		}
	}
	if bytes < size {
		return NoArena, false
	}
	eager := t.proc.option(optArenaEagerCommit)
	commit := eager == 1 || eager == 2 // for 2 the system must overcommit, which Linux does
	id, e := t.ReserveOSMemory(bytes, commit, large, false)
	return id, e == 0
}

// arenaReserve is the option of that name, in bytes: it is given in KiB.
//
// Counterpart: mi_option_get_size.
func (p *Process) arenaReserve() uintptr {
	over, bytes := bits.Mul64(uint64(max(p.option(optArenaReserve), 0)), 1<<10)
	if over != 0 {
		return sizeMax
	}
	return uintptr(bytes)
}

// free gives the memory of a segment back.
//
// Counterpart: none, a part of mi_segment_os_free.
func (r *reservedSource) free(t *Thread, s *segment) {
	size := s.segmentSlices * sliceSize
	r.release(t, raw.Of(s), size, s.commitMask.bytes(size), s.memAlignment, s.memAlignOffset, s.memID)
}

// giveBack is free of memory whose header could not be committed, or that could not be entered in the map.
//
// Counterpart: none, a call of _mi_arena_free in mi_segment_os_alloc.
func (r *reservedSource) giveBack(t *Thread, size, align, offset uintptr, mem *segmentMemory) {
	r.release(t, mem.at, size, mem.commit.bytes(size), align, offset, mem.id)
}

// release gives memory to the OS, or to its arena, of which committed bytes count as committed.
//
// Counterpart: _mi_arena_free.
func (r *reservedSource) release(t *Thread, at Addr, size, committed, align, offset uintptr, id memID) {
	if id == 0 {
		t.proc.count(statCommitted, int64(size-committed))
		extra := raw.AlignUp(offset, align) - offset
		all := osGoodSize(size + extra)
		t.osUnmap(at-Addr(extra), all, false)
		t.proc.count(statCommitted, -int64(all-extra))
	} else if a := t.proc.arenas.find(id.arena().index()); a == nil || id.block()/fieldBits >= len(a.inUse()) {
		t.fail(unix.EINVAL)
		return
	} else if !r.releaseBlocks(t, a, id.block(), int((size+arenaBlock-1)/arenaBlock), size, committed) {
		t.fail(unix.EAGAIN)
		return
	}
	r.purge(t, false, false)
}

// releaseBlocks gives blocks back; false when they were free.
//
// Counterpart: none, a part of _mi_arena_free.
func (r *reservedSource) releaseBlocks(t *Thread, a *arena, bit, blocks int, size, committed uintptr) bool {
	if a.allowDecommit {
		if committed != size {
			a.committed().unclaimRun(bit, blocks) // all of it is committed when it is used again
			t.proc.count(statCommitted, -int64(committed))
		}
		r.schedule(t, a, bit, blocks)
	}
	return a.inUse().unclaimRun(bit, blocks)
}

// reservedArenas is the arena policy of 2.3: all memory but large pages is given back when it is free for a
// while, and need not be committed again.
type reservedArenas struct{}

// most is how many arenas there can be.
//
// Counterpart: none, a constant there.
func (reservedArenas) most() int { return arenaMost23 }

// fit leaves out what lies before a multiple of 32 MiB, and warns when what is left is not enough.
//
// Counterpart: none, a part of mi_manage_os_memory_ex2.
func (reservedArenas) fit(t *Thread, start Addr, size uintptr) (Addr, uintptr, bool) {
	at := raw.AlignUp(start, segmentSize)
	before := uintptr(at - start)
	if size < before+arenaBlock {
		t.warn()
		return 0, 0, false
	}
	return at, size - before, true
}

// shape gives the arena its bitmaps.
//
// Counterpart: none, a part of mi_manage_os_memory_ex2.
func (reservedArenas) shape(a *arena, _ bool) {
	a.countsDirty = a.saidZero
	a.allowDecommit, a.bitmaps = !a.large, 3
	if a.allowDecommit {
		a.bitmaps = 5
	}
}

// commitAll sets all bits for committed blocks.
//
// Counterpart: none, a part of mi_manage_os_memory_ex2.
func (reservedArenas) commitAll(a *arena) {
	if a.allowDecommit {
		a.committed().fill(^uint64(0))
	}
}

// enlarge asks for large pages where they fit.
//
// Counterpart: none, a part of unix_mmap.
func (reservedArenas) enlarge(t *Thread, at Addr, size, align uintptr) {
	if (size|align)%largePageBytes == 0 && t.proc.enabled(optAllowTHP) {
		t.proc.os.Enlarge(at, size) // or not
	}
}

// record gets memory of the area for records.
//
// Counterpart: none, a part of mi_manage_os_memory_ex2.
func (reservedArenas) record(t *Thread, a *arena) (at Addr) {
	at, a.inArea = t.source23().metaAlloc(t, refArenaBytes23+a.bitmapBytes())
	return at
}

// drop gives a record back.
//
// Counterpart: none, mi_manage_os_memory_ex2 keeps it.
func (reservedArenas) drop(t *Thread, a *arena, at Addr) {
	t.source23().metaFree(t, at, refArenaBytes23+a.bitmapBytes())
}

// add claims a place first, and makes the arena seen when it has its id.
//
// Counterpart: mi_arena_add.
func (reservedArenas) add(t *Thread, a *arena) bool {
	s := &t.proc.arenas
	for i := s.count.LoadRlx(atom.ArenaCountClaimLoad); i < arenaMost23; {
		if s.count.CasStrongAcqRel(atom.ArenaCountClaim, &i, i+1) { // pairs with ArenaCountReserve
			t.proc.tally(tallyArenaCount, 1)
			a.id = ArenaID(i + 1)
			s.all[i].StoreRel(atom.ArenaPublish23, uint64(raw.Of(a))) // pairs with ArenaFind
			return true
		}
	}
	return false
}

// toPurge has the bits of the blocks that are to be given back, if allowDecommit.
//
// Counterpart: none, a field of mi_arena_t.
func (a *arena) toPurge() bitmap { return a.bitmap(3) }

// abandoned has the bits of the blocks where abandoned segments begin.
//
// Counterpart: none, a field of mi_arena_t.
func (a *arena) abandoned() bitmap { return a.bitmap(uintptr(a.bitmaps) - 1) }

// census does nothing: what arenas hold is told by the segments.
//
// Counterpart: none, the rig's view.
func (r *reservedSource) census(*census) {}

// print writes the words.
//
// Counterpart: none, the rig's view.
func (r *reservedSource) print(w io.Writer) { fmt.Fprint(w, r.top, r.expire, r.guard) }

// words names them.
//
// Counterpart: none, the rig's view.
func (r *reservedSource) words() map[string]*atom.U64 {
	return map[string]*atom.U64{"meta top": &r.top, "purge expire": &r.expire, "purge guard": &r.guard}
}

// check looks at the guard, and at each arena's marks.
//
// Counterpart: none, the rig's view.
func (r *reservedSource) check(c *census) {
	if r.guard.AtRest() != 0 {
		c.bad("A3", "arenas are being purged, at rest")
	}
	for i := range c.p.arenas.count.AtRest() {
		a := arenaAt(Addr(c.p.arenas.all[i].AtRest()))
		for f := range a.inUse() {
			inUse, marked := a.inUse()[f].AtRest(), a.abandoned()[f].AtRest()
			if marked&^inUse != 0 {
				c.bad("R4", "arena %d, field %d: %#x is marked, %#x in use", a.id, f, marked, inUse)
			}
			if a.allowDecommit && a.toPurge()[f].AtRest()&inUse != 0 {
				c.bad("R5", "arena %d, field %d: %#x is to be purged, %#x in use", a.id, f, a.toPurge()[f].AtRest(), inUse)
			}
		}
	}
}
