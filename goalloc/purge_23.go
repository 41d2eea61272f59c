// The purge policy of 2.3. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"
)

// purgesParts is the purge policy of 2.3: as that of 2.0, but what is given back stays committed where the build
// does not protect it, and it is given back whenever a page of the segment is freed.
type purgesParts struct{}

// freed notes a free range, or gives it back at once when the delay is 0.
//
// Counterpart: mi_segment_schedule_purge.
func (d purgesParts) freed(t *Thread, s *segment, p Addr, size uintptr) {
	if !s.allowPurge {
		return
	}
	if delay := t.proc.option(optDecommitDelay); delay != 0 {
		t.giveBackLater(s, p, size, delay)
		return
	}
	d.purge(t, s, p, size)
}

// run gives back what is due.
//
// Counterpart: mi_segment_try_purge.
func (d purgesParts) run(t *Thread, s *segment, force bool) {
	if !s.allowPurge || s.decommitExpire == 0 || s.decommitMask.isEmpty() {
		return
	}
	if now := t.now(); !force && now < s.decommitExpire {
		return
	}
	m := s.decommitMask
	s.decommitExpire, s.decommitMask = 0, commitMask{}
	for i, n := m.next(0); n > 0; i, n = m.next(i + n) {
		d.purge(t, s, raw.Of(s)+Addr(i*commitSize), n*commitSize)
	}
}

// purge gives the whole parts inside [p, p+size) back to the OS.
//
// Counterpart: mi_segment_purge.
func (d purgesParts) purge(t *Thread, s *segment, p Addr, size uintptr) {
	start, full, m := t.commitRange(s, p, size, true)
	if !s.allowPurge || full == 0 {
		return
	}
	if s.commitMask.hasAny(&m) && t.osPurge(start, full, true, full) {
		both := s.commitMask.and(&m) // only this counts
		t.proc.count(statCommitted, int64(full-both.bytes(segmentSize)))
		s.commitMask.remove(&m)
	}
	s.decommitMask.remove(&m)
}

// abandoned gives all back that is noted of a segment of the OS, which may not be looked at for long, and of
// others if an option says so.
//
// Counterpart: none, a part of mi_segment_abandon.
func (d purgesParts) abandoned(t *Thread, s *segment) {
	d.run(t, s, s.memID == 0 || t.proc.enabled(optAbandonedPageDecommit))
}

// pageFreed gives back what is due.
//
// Counterpart: none, a part of _mi_segment_page_free.
func (d purgesParts) pageFreed(t *Thread, s *segment) { d.run(t, s, false) }

// allowed decides by the option as it is when the segment is made.
//
// Counterpart: none, a part of mi_segment_os_alloc.
func (purgesParts) allowed(t *Thread, s *segment) bool {
	s.allowPurge = !s.memPinned && t.proc.option(optDecommitDelay) >= 0
	return !s.memPinned
}

// drop gives the contents back.
//
// Counterpart: none, _mi_prim_decommit.
func (purgesParts) drop(t *Thread, a Addr, size uintptr) osmem.Errno { return t.proc.os.Drop(a, size) }

// huge resets a part of a huge segment.
//
// Counterpart: none, a call of _mi_os_reset.
func (purgesParts) huge(t *Thread, a Addr, size uintptr) { t.osReset(a, size) }
