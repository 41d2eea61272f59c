// Commitment of a segment's memory, and its delayed return to the OS. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"
)

// commitRange gives the parts to commit or decommit for [p, p+size): rounded outward to the minimal
// commit for committing, inward to whole parts (conservative) for decommitting, and never the header
// unless the header itself is meant. A full of 0 means there is nothing to do.
//
// Counterpart: mi_segment_commit_mask.
func (t *Thread) commitRange(s *segment, p Addr, size uintptr, conservative bool) (
	start Addr, full uintptr, m commitMask) {
	header, total := s.infoSlices*sliceSize, s.segmentSlices*sliceSize
	base := raw.Of(s)
	if size == 0 || size > segmentSize || s.huge || p >= base+Addr(total) {
		return 0, 0, m
	}
	from := uintptr(p - base)
	var lo, hi uintptr
	if conservative {
		lo, hi = raw.AlignUp(from, commitSize), raw.AlignDown(from+size, commitSize)
	} else {
		lo = raw.AlignDown(from, t.prof.minimalCommit)
		hi = raw.AlignUp(from+size, t.prof.minimalCommit)
	}
	if from >= header && lo < header {
		lo = header
	}
	hi = min(hi, total)
	if hi <= lo {
		return 0, 0, m
	}
	return base + Addr(lo), hi - lo, rangeMask(lo/commitSize, (hi-lo)/commitSize)
}

// commitParts makes sure that [p, p+size) is committed; false when the OS refused.
//
// Counterpart: mi_segment_commitx, with commit.
func (t *Thread) commitParts(s *segment, p Addr, size uintptr) bool {
	start, full, m := t.commitRange(s, p, size, false)
	if full == 0 {
		return true
	}
	if !s.commitMask.hasAll(&m) {
		both := s.commitMask.and(&m) // is counted already
		t.proc.count(statCommitted, -int64(both.bytes(segmentSize)))
		if !t.osCommit(start, full) {
			if n := int64(both.bytes(segmentSize)); n > 0 && !t.quirk(RefusedCommit) {
				t.proc.count(statCommitted, n)
			}
			return false
		}
		s.commitMask.add(&m)
	}
	// The range is in use again: what was about to be decommitted around it waits longer.
	if s.decommitMask.hasAny(&m) {
		s.decommitExpire = t.now() + t.proc.option(optDecommitDelay)
	}
	s.decommitMask.remove(&m)
	return true
}

// decommitParts gives the whole parts inside [p, p+size) back to the OS.
//
// Counterpart: mi_segment_commitx, without commit.
func (t *Thread) decommitParts(s *segment, p Addr, size uintptr) {
	start, full, m := t.commitRange(s, p, size, true)
	if full == 0 {
		return
	}
	if s.commitMask.hasAny(&m) {
		both := s.commitMask.and(&m) // only this counts
		t.proc.count(statCommitted, int64(full-both.bytes(segmentSize)))
		if s.allowDecommit {
			t.osDecommit(start, full)
		}
		s.commitMask.remove(&m)
	}
	s.decommitMask.remove(&m)
}

// ensureCommitted is commitParts with a quick way out for the usual case.
//
// Counterpart: mi_segment_ensure_committed.
func (t *Thread) ensureCommitted(s *segment, p Addr, size uintptr) bool {
	t.checkMask(s)
	if s.commitMask.isFull() && s.decommitMask.isEmpty() {
		return true
	}
	if s.huge {
		t.untrue(StaleMask) // only normal segments have such a mask, mi_segment_commit_mask asserts
	}
	return t.commitParts(s, p, size)
}

// delayedDecommit is the purge policy of 2.0: freed ranges are collected in the segment's
// decommitMask and given back together when a delay has passed without new ones.
type delayedDecommit struct{}

// freed notes a free range, or gives it back at once when the delay is 0.
//
// Counterpart: mi_segment_perhaps_decommit.
func (delayedDecommit) freed(t *Thread, s *segment, p Addr, size uintptr) {
	if !s.allowDecommit {
		return
	}
	if delay := t.proc.option(optDecommitDelay); delay != 0 {
		t.giveBackLater(s, p, size, delay)
		return
	}
	t.decommitParts(s, p, size)
}

// giveBackLater notes memory of a segment that is to be given back when delay ms have passed, and gives back what is
// overdue.
//
// Counterpart: mi_segment_perhaps_decommit, in 2.3 mi_segment_schedule_purge.
func (t *Thread) giveBackLater(s *segment, p Addr, size uintptr, delay int64) {
	_, full, m := t.commitRange(s, p, size, true)
	if full == 0 {
		return
	}
	due := s.commitMask.and(&m)
	s.decommitMask.add(&due)
	now, extend := t.now(), t.proc.option(optDecommitExtendDelay)
	switch {
	case s.decommitExpire == 0:
		s.decommitExpire = now + delay
	case s.decommitExpire > now:
		s.decommitExpire += extend
	case s.decommitExpire+extend <= now:
		t.prof.purge.run(t, s, true)
	default:
		s.decommitExpire = now + extend
	}
}

// abandoned gives back what is noted of a segment that is being abandoned, if an option says so, else what
// is due.
//
// Counterpart: none, a part of mi_segment_abandon.
func (d delayedDecommit) abandoned(t *Thread, s *segment) {
	d.run(t, s, t.proc.enabled(optAbandonedPageDecommit))
}

// pageFreed leaves what is due to the next page that is made.
//
// Counterpart: none, the reference does nothing there.
func (delayedDecommit) pageFreed(*Thread, *segment) {}

// allowed tells whether memory of the segment is ever given back.
//
// Counterpart: none, a part of mi_segment_alloc.
func (delayedDecommit) allowed(t *Thread, s *segment) bool {
	return t.proc.enabled(optAllowDecommit) && !s.memPinned && !s.memLarge
}

// drop makes the pages inaccessible as far as the allocator knows.
//
// Counterpart: none, a part of mi_os_commitx.
func (delayedDecommit) drop(t *Thread, a Addr, size uintptr) osmem.Errno {
	return t.proc.os.Decommit(a, size)
}

// huge gives back a part of a huge segment.
//
// Counterpart: none, a call of _mi_os_decommit.
func (delayedDecommit) huge(t *Thread, a Addr, size uintptr) { t.osDecommitHuge(a, size) }

// run gives back what is due.
//
// Counterpart: mi_segment_delayed_decommit.
func (d delayedDecommit) run(t *Thread, s *segment, force bool) {
	if !s.allowDecommit || s.decommitMask.isEmpty() {
		return
	}
	if now := t.now(); !force && now < s.decommitExpire {
		return
	}
	m := s.decommitMask
	s.decommitExpire = 0
	s.decommitMask = commitMask{}
	for i, n := m.next(0); n > 0; i, n = m.next(i + n) {
		t.decommitParts(s, raw.Of(s)+Addr(i*commitSize), n*commitSize)
	}
}
