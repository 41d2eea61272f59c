// The arena policy of 2.0. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

const (
	arenaMost20 = 64
	// refArenaBytes20 is what the reference's record of an arena takes without its bitmaps.
	refArenaBytes20 = 72
)

// committedOnUse is the arena policy of 2.0: what was not committed when the arena was made is committed with
// every use and given back after it; what was committed stays so.
type committedOnUse struct{}

// most is how many arenas there can be.
//
// Counterpart: none, a constant there.
func (committedOnUse) most() int { return arenaMost20 }

// fit takes the memory as it is, if it is enough.
//
// Counterpart: none, mi_manage_os_memory_ex asserts that it is aligned.
func (committedOnUse) fit(_ *Thread, start Addr, size uintptr) (Addr, uintptr, bool) {
	return start, size, size >= arenaBlock
}

// shape decides that by what is said of the memory.
//
// Counterpart: none, a part of mi_manage_os_memory_ex.
func (committedOnUse) shape(a *arena, committed bool) {
	a.countsDirty = true
	a.allowDecommit, a.bitmaps = !committed && !a.large, 2
	if a.allowDecommit {
		a.bitmaps = 3
	}
}

// enlarge does nothing: large pages are asked for where they are an option.
//
// Counterpart: none, a part of mi_unix_mmap.
func (committedOnUse) enlarge(*Thread, Addr, uintptr, uintptr) {}

// commitAll does nothing: an arena of committed memory has no bits for it.
//
// Counterpart: none, a part of mi_manage_os_memory_ex.
func (committedOnUse) commitAll(*arena) {}

// record asks the OS.
//
// Counterpart: none, a part of mi_manage_os_memory_ex.
func (committedOnUse) record(t *Thread, a *arena) Addr {
	bytes := refArenaBytes20 + a.bitmapBytes()
	at := t.osAlloc(bytes)
	if at != 0 {
		t.proc.os.NeedZero(at, bytes)
	}
	return at
}

// drop gives a record to the OS.
//
// Counterpart: none, mi_manage_os_memory_ex keeps it.
func (committedOnUse) drop(t *Thread, a *arena, at Addr) {
	t.osFree(at, refArenaBytes20+a.bitmapBytes(), true)
}

// add gives an arena its id and makes it seen; false when there are too many. The reference makes it
// seen first: a thread that is quick can take memory of an arena without an id.
//
// Counterpart: mi_arena_add.
func (committedOnUse) add(t *Thread, a *arena) bool {
	s := &t.proc.arenas
	i := s.count.AddAcqRel(atom.ArenaCountUp, 1) // pairs with ArenaCountDown of a failed one
	if i >= arenaMost20 {
		s.count.SubAcqRel(atom.ArenaCountDown, 1)
		return false
	}
	a.id = ArenaID(i + 1)
	s.all[i].StoreRel(atom.ArenaPublish, uint64(raw.Of(a))) // pairs with ArenaLoad
	return true
}

// An arena's record must fit where the reference's does.
var _ [refArenaBytes20 - arenaBytes]byte
