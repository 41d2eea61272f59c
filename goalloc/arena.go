// Arenas: areas of OS memory that segments are cut from before the OS is asked. See doc.go for an
// overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

const (
	arenaPlaces    = 132 // what any profile has at most
	arenaBlock     = segmentSize
	arenaMinObject = arenaBlock / 2 // bytes of the smallest request that an arena serves
)

// ArenaID names an arena of a process: counted from 1 in the order in which they were added.
type ArenaID int32

// Arena ids that name no arena.
const (
	NoArena     ArenaID = 0  // any memory will do
	FailedArena ArenaID = -1 // of the reference, where there are too many arenas
)

// index is the arena's place in its set; arenaPlaces for an id that names none.
//
// Counterpart: mi_arena_id_index.
func (id ArenaID) index() int {
	if id <= 0 || id > arenaPlaces {
		return arenaPlaces
	}
	return int(id) - 1
}

// suits tells whether memory of an arena may serve a request for memory of arena want.
//
// Counterpart: mi_arena_id_is_suitable.
func (id ArenaID) suits(exclusive bool, want ArenaID) bool {
	return !exclusive && want == NoArena || id == want
}

// memID tells where a segment's memory is from: 0 is the OS, else block<<9 | exclusive<<8 | arena.
type memID uintptr

const (
	memExclusive = 1 << 8
	memShift     = 9
)

// newMemID is the id of memory that begins at a block of an arena.
//
// Counterpart: mi_arena_memid_create.
func newMemID(a *arena, block int) memID {
	m := memID(block)<<memShift | memID(a.id)
	if a.exclusive {
		m |= memExclusive
	}
	return m
}

// arena is the id of the memory's arena.
//
// Counterpart: mi_arena_memid_indices.
func (m memID) arena() ArenaID { return ArenaID(m & (memExclusive - 1)) }

// block is the arena's block that the memory begins at.
//
// Counterpart: mi_arena_memid_indices.
func (m memID) block() int { return int(m >> memShift) }

// suits tells whether the memory may serve a heap that is bound to arena want.
//
// Counterpart: _mi_arena_memid_is_suitable.
func (m memID) suits(want ArenaID) bool { return m.arena().suits(m&memExclusive != 0, want) }

// arenaSet is the arenas of a process. They are never taken out again.
//
//	[R1] all[i] is the arena with id i+1  <=>  i < count (at rest)
//	[R2] a block's bit in inUse is set  <=>  it belongs to a segment that is owned, abandoned or cached,
//	     or lies beyond the arena's end
//	[R3] inUse is a subset of dirty, but for the bits beyond the arena's end
type arenaSet struct {
	all   [arenaPlaces]atom.U64
	count atom.U64
}

// at is the i-th arena, nil if there is none.
//
// Counterpart: none, a load of mi_arenas.
func (s *arenaSet) at(i int) *arena {
	if a := s.all[i].LoadRlx(atom.ArenaLoad); a != 0 { // pairs with ArenaPublish
		return arenaAt(Addr(a))
	}
	return nil
}

// alloc takes memory for a segment from arena want, or from any that is not exclusive.
//
// Counterpart: mi_arena_allocate.
func (s *arenaSet) alloc(t *Thread, size uintptr, want ArenaID, mem *segmentMemory) bool {
	// Relaxed: an arena that is being added need not be seen. One more than there are places may be
	// counted for a moment; the reference reads past the end of its array then.
	count := min(s.count.LoadRlx(atom.ArenaCountLoad), uint64(t.prof.arena.most()))
	if count == 0 {
		return false
	}
	blocks := int((size + arenaBlock - 1) / arenaBlock)
	if i := want.index(); i < arenaPlaces {
		a := s.at(i)
		return a != nil && a.alloc(t, blocks, want, mem)
	}
	for i := range int(count) {
		a := s.at(i)
		if a == nil {
			break
		}
		if a.alloc(t, blocks, want, mem) {
			return true
		}
	}
	return false
}

// alloc takes a run of blocks. Whether they read zero is told by who had them before, whatever was said
// of the arena's memory when it was added.
//
// Counterpart: mi_arena_alloc_from.
func (a *arena) alloc(t *Thread, blocks int, want ArenaID, mem *segmentMemory) bool {
	if !a.id.suits(a.exclusive, want) {
		return false
	}
	if a.large && !mem.large && (want == NoArena || t.quirk(ArenaLarge)) {
		return false // a thread's first segments are not for large pages
	}
	bit, ok := a.inUse().findClaimRun(blocks, 1)
	if !ok {
		if a.lost.LoadRlx(atom.ArenaLostLook) > 0 { // a note for the rig, no order needed
			t.quirk(HeaderLost) // with them there might have been room
		}
		return false
	}
	clean, _ := a.dirty().claimRun(bit, blocks)
	if !a.commit(t, bit, blocks, mem) {
		a.inUse().unclaimRun(bit, blocks)
		return false
	}
	mem.at, mem.id = a.block(bit), newMemID(a, bit)
	mem.zero, mem.large, mem.pinned = clean, a.large, !a.allowDecommit
	return true
}

// commit makes a run of blocks accessible if that is wanted; mem.wantCommit becomes whether all of it
// is. False when the OS refused.
//
// Counterpart: none, a part of mi_arena_alloc_from.
func (a *arena) commit(t *Thread, bit, blocks int, mem *segmentMemory) bool {
	switch {
	case !a.allowDecommit:
		mem.wantCommit = true
	case !mem.wantCommit:
		mem.wantCommit = a.committed().runIsClaimed(bit, blocks)
	default:
		_, missing := a.committed().claimRun(bit, blocks)
		if !missing || t.osCommit(a.block(bit), uintptr(blocks)*arenaBlock) {
			break
		}
		if !t.quirk(ArenaCommit) {
			a.committed().unclaimRun(bit, blocks)
			return false
		}
		a.refused.AddRlx(atom.ArenaRefused, 1) // a note for the checks, no order needed
	}
	return true
}

// free gives memory of an arena back to it.
//
// Counterpart: _mi_arena_free.
func (s *arenaSet) free(t *Thread, at Addr, size uintptr, id memID) {
	i := id.arena().index()
	if i >= arenaPlaces || s.at(i) == nil {
		t.fail(unix.EINVAL)
		return
	}
	a := s.at(i)
	if id.block()/fieldBits >= len(a.inUse()) {
		t.fail(unix.EINVAL)
		return
	}
	blocks := int((size + arenaBlock - 1) / arenaBlock)
	if a.allowDecommit {
		t.osDecommit(at, uintptr(blocks)*arenaBlock)
		a.committed().unclaimRun(id.block(), blocks)
	}
	if !a.inUse().unclaimRun(id.block(), blocks) {
		t.fail(unix.EAGAIN)
	}
}

// isExclusive tells whether an arena is for the heaps bound to it alone.
//
// Counterpart: none, the reference does not ask.
func (s *arenaSet) isExclusive(id ArenaID) bool {
	i := id.index()
	return i < arenaPlaces && s.at(i) != nil && s.at(i).exclusive
}

// lose notes that memory with an id belongs to no segment and is not given back.
//
// Counterpart: none, the note is for the rig.
func (s *arenaSet) lose(id memID) {
	if i := id.arena().index(); i < arenaPlaces {
		s.at(i).lost.AddRlx(atom.ArenaLost, 1)
	}
}

// withhold tells whether memory with an id stays out of use because a page in it could not be made accessible.
// The OS takes back what it refuses to open, and an arena that commits what it hands out opens it then. With
// the quirk any other arena hands it out as it is.
//
// Counterpart: none, the reference does not look at the result.
func (s *arenaSet) withhold(t *Thread, id memID) bool {
	i := id.arena().index()
	if i >= arenaPlaces || s.at(i).allowDecommit {
		return false
	}
	if t.quirk(GuardKept) {
		s.at(i).refused.AddRlx(atom.ArenaWithheld, 1) // a note for the checks, no order needed
		return false
	}
	s.lose(id)
	return true
}

// ManageOSMemory makes an arena of the size bytes at start, a multiple of 32 MiB; what exceeds a
// multiple of 32 MiB is left unused. committed says that the memory is accessible, else the arena
// commits what it gives out and decommits what it gets back; large that it consists of large pages,
// which are never given back; zero that it reads zero, which it must in any case. An exclusive arena
// serves only heaps that are bound to it. False when size is less than 32 MiB, when there is no memory
// for the arena's record, or when there are too many arenas; the id is FailedArena in the last case.
//
// Counterpart: mi_manage_os_memory_ex.
func (t *Thread) ManageOSMemory(start Addr, size uintptr, committed, large, zero,
	exclusive bool) (ArenaID, bool) {
	policy := t.prof.arena
	start, size, ok := policy.fit(t, start, size)
	if !ok {
		return NoArena, false
	}
	if large && !committed {
		t.untrue(LargeAssertion)
	}
	a := arena{
		exclusive: exclusive, large: large, saidZero: zero,
		blocks: size / arenaBlock, fields: (size/arenaBlock + fieldBits - 1) / fieldBits,
	}
	policy.shape(&a, committed)
	at := policy.record(t, &a)
	if at == 0 {
		return NoArena, false
	}
	r := initArena(at, &a, start)
	if committed {
		policy.commitAll(r)
	}
	if !policy.add(t, r) {
		if !t.quirk(RecordLost) {
			policy.drop(t, &a, at)
		}
		return FailedArena, false
	}
	return r.id, true
}

// initArena writes an arena's record, and takes the bits beyond its last block.
//
// Counterpart: none, a part of mi_manage_os_memory_ex.
func initArena(at Addr, a *arena, start Addr) *arena {
	r := arenaAt(at)
	*r = *a
	r.start.StoreSC(atom.ArenaStartInit, uint64(start)) // not seen yet: ArenaPublish releases it
	if beyond := int(a.fields*fieldBits - a.blocks); beyond > 0 {
		r.inUse().claimRun(int(a.blocks), beyond)
	}
	return r
}

// ReserveOSMemory makes an arena of size bytes, rounded up to a multiple of 32 MiB, that it gets from
// the OS; see ManageOSMemory. The error is ENOMEM where the reference says so.
//
// Counterpart: mi_reserve_os_memory_ex, where large pages are not to be had.
func (t *Thread) ReserveOSMemory(size uintptr, commit, large, exclusive bool) (ArenaID, unix.Errno) {
	size = raw.AlignUp(size, arenaBlock)
	if size == 0 {
		return NoArena, unix.ENOMEM
	}
	start := t.osAllocAligned(size, segmentSize, commit, large)
	if start == 0 {
		return NoArena, unix.ENOMEM
	}
	id, ok := t.ManageOSMemory(start, size, commit, false, true, exclusive)
	if !ok {
		t.osFree(start, size, commit)
		return id, unix.ENOMEM
	}
	return id, 0
}

// ArenaArea gives the range of an arena's blocks; null for an id that names none.
//
// Counterpart: mi_arena_area.
func (p *Process) ArenaArea(id ArenaID) (start Addr, size uintptr) {
	i := id.index()
	if i >= arenaPlaces || p.arenas.at(i) == nil {
		return 0, 0
	}
	a := p.arenas.at(i)
	return a.block(0), a.blocks * arenaBlock
}
