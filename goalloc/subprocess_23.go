// Sub-processes of 2.3: threads that share nothing but the arenas with the others. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// Subprocess names a sub-process of a process; 0 is the one that every thread begins in.
type Subprocess Addr

// subprocess is the record of a sub-process: which segments its ended threads left.
//
//	[A4] abandoned = segments of the sub-process that are marked in arenas or listed (at rest)
//	[A5] listed = length of the list from first, whose links lead forth and back to last (at rest)
type subprocess struct {
	abandoned   atom.U64 // abandoned segments
	listed      atom.U64 // those of the OS, which are in the list
	lock        atom.U64 // 1: a thread uses the list
	visitLock   atom.U64 // 1: a thread goes through the list
	first, last Addr     // the list, oldest first
}

// subprocessBytes is what a record takes, refSubprocessBytes what the reference's does.
const (
	subprocessBytes    = 48
	refSubprocessBytes = 136
)

// subprocessAt views a record.
//
// Counterpart: _mi_subproc_from_id.
func subprocessAt(a Addr) *subprocess { return raw.At[subprocess](a) }

// NewSubprocess makes a sub-process; 0 when there is no memory for its record.
//
// Counterpart: mi_subproc_new.
func (t *Thread) NewSubprocess() Subprocess {
	at, _ := t.source23().metaAlloc(t, refSubprocessBytes)
	return Subprocess(at)
}

// Delete gives up a sub-process, unless its threads left segments outside of arenas. Nothing of it may be used
// after that.
//
// Counterpart: mi_subproc_delete.
func (id Subprocess) Delete(t *Thread) {
	if id == 0 {
		return
	}
	sp := subprocessAt(Addr(id))
	sp.lockList()
	empty := sp.first == 0
	sp.unlockList()
	if empty {
		t.source23().metaFree(t, Addr(id), refSubprocessBytes)
	}
}

// Join puts the thread, which must not have allocated yet, into a sub-process. A thread that is in one already
// stays there.
//
// Counterpart: mi_subproc_add_current_thread.
func (id Subprocess) Join(t *Thread) {
	t.Init()
	if main := t.proc.abandoned.subprocess(); t.subproc == main && id != 0 {
		t.subproc = Addr(id)
	}
}

// lockList waits for the list.
//
// Counterpart: mi_lock_acquire.
func (sp *subprocess) lockList() {
	for {
		free := uint64(0)
		if sp.lock.LoadRlx(atom.ListLockPeek) == 0 && sp.lock.CasStrongAcqRel(atom.ListLock, &free, 1) {
			return // pairs with ListUnlock
		}
		atom.Yield(atom.ListLockPeek)
	}
}

// tryLockList takes the list if nobody has it.
//
// Counterpart: mi_lock_try_acquire.
func (sp *subprocess) tryLockList() bool {
	free := uint64(0)
	return sp.lock.CasStrongAcqRel(atom.ListTryLock, &free, 1) // pairs with ListUnlock
}

// unlockList gives the list back.
//
// Counterpart: mi_lock_release.
func (sp *subprocess) unlockList() { sp.lock.StoreRel(atom.ListUnlock, 0) } // pairs with ListLock

// lockVisits waits until the thread alone goes through the list; with wait false it gives up instead.
//
// Counterpart: mi_lock_acquire, mi_lock_try_acquire.
func (sp *subprocess) lockVisits(wait bool) bool {
	for {
		free := uint64(0)
		if sp.visitLock.LoadRlx(atom.VisitLockPeek) == 0 && sp.visitLock.CasStrongAcqRel(atom.VisitLock, &free, 1) {
			return true // pairs with VisitUnlock
		}
		if !wait {
			return false
		}
		atom.Yield(atom.VisitLockPeek)
	}
}

// unlockVisits lets others go through the list.
//
// Counterpart: mi_lock_release.
func (sp *subprocess) unlockVisits() { sp.visitLock.StoreRel(atom.VisitUnlock, 0) } // pairs with VisitLock

// enlist puts an abandoned segment of the OS at the end of the list.
//
// Counterpart: mi_arena_segment_os_mark_abandoned.
func (sp *subprocess) enlist(s *segment) {
	sp.lockList()
	at := raw.Of(s)
	if sp.last != 0 {
		segmentAt(sp.last).osNext = at
	} else {
		sp.first = at
	}
	s.osPrev, s.osNext, sp.last = sp.last, 0, at
	sp.listed.AddRlx(atom.ListedUp, 1)
	sp.abandoned.AddRlx(atom.AbandonedListedUp, 1)
	sp.unlockList()
}

// delist takes a segment out of the list, which the thread has locked; false when it is not in.
//
// Counterpart: mi_arena_segment_os_clear_abandoned.
func (sp *subprocess) delist(s *segment) bool {
	at := raw.Of(s)
	if s.osNext == 0 && s.osPrev == 0 && sp.first != at {
		return false
	}
	if s.osPrev != 0 {
		segmentAt(s.osPrev).osNext = s.osNext
	} else {
		sp.first = s.osNext
	}
	if s.osNext != 0 {
		segmentAt(s.osNext).osPrev = s.osPrev
	} else {
		sp.last = s.osPrev
	}
	s.osNext, s.osPrev = 0, 0
	sp.abandoned.SubRlx(atom.AbandonedListedDown, 1)
	sp.listed.SubRlx(atom.ListedDown, 1)
	return true
}
