// The layer between the allocator and the OS: alignment, rounding, warnings. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// hintMax is the largest request that is placed by a hint, in bytes.
const hintMax = 1 << 30

// Values of Process.resetAdvice.
const (
	adviceLazy  = 0 // contents may be dropped later
	adviceEager = 1 // the system does not know lazy
)

// now is the clock, in ms.
//
// Counterpart: _mi_clock_now.
func (t *Thread) now() int64 { return t.proc.os.Now() }

// osMap gets memory from the OS, near an aligned address when align asks for one; 0 on failure. With large,
// large pages will do.
//
// Counterpart: mi_unix_mmap.
func (t *Thread) osMap(size, align uintptr, commit, large bool) Addr {
	a := t.osMapAny(size, align, commit)
	if a != 0 && commit && large {
		t.prof.arena.enlarge(t, a, size, align)
	}
	return a
}

// osMapAny is osMap without large pages.
//
// Counterpart: unix_mmap_prim_aligned.
func (t *Thread) osMapAny(size, align uintptr, commit bool) Addr {
	t.prof.counts.mapped(t)
	if align > 1 && align <= segmentSize && raw.AlignUp(size, segmentSize) <= hintMax {
		t.hint()
		if a, e := t.proc.os.Map(true, size, commit); e == 0 {
			return t.mapped(a, size, commit)
		}
	}
	a, e := t.proc.os.Map(false, size, commit)
	if e != 0 {
		t.warn()
		return 0
	}
	return t.mapped(a, size, commit)
}

// mapped counts memory that was mapped.
//
// Counterpart: none, a part of mi_os_mem_alloc.
func (t *Thread) mapped(a Addr, size uintptr, commit bool) Addr {
	t.proc.count(statReserved, int64(size))
	if commit {
		t.proc.count(statCommitted, int64(size))
	}
	return a
}

// osUnmap gives memory back. committed tells that all of it counts as committed. It no longer counts
// afterwards, even if the OS did not take it.
//
// Counterpart: mi_os_mem_free.
func (t *Thread) osUnmap(a Addr, size uintptr, committed bool) {
	if a == 0 || size == 0 {
		return
	}
	if t.proc.os.Unmap(a, size) != 0 {
		t.warn()
	}
	if committed {
		t.proc.count(statCommitted, -int64(size))
	}
	t.proc.count(statReserved, -int64(size))
}

// osAlloc gets committed memory of no particular alignment.
//
// Counterpart: _mi_os_alloc.
func (t *Thread) osAlloc(size uintptr) Addr { return t.osMap(osGoodSize(size), 1, true, false) }

// osFree gives memory from osAlloc or osAllocAligned back; size is the one asked for. committed tells
// that all of it counts as committed.
//
// Counterpart: _mi_os_free_ex.
func (t *Thread) osFree(a Addr, size uintptr, committed bool) {
	t.osUnmap(a, osGoodSize(size), committed)
}

// osAllocAligned gets memory aligned to align, a power of two of at least a page. When the OS
// answers with another alignment, more is mapped and the ends are given back.
//
// Counterpart: mi_os_mem_alloc_aligned.
func (t *Thread) osAllocAligned(size, align uintptr, commit, large bool) Addr {
	size = osGoodSize(size)
	a := t.osMap(size, align, commit, large)
	if a == 0 || uintptr(a)%align == 0 {
		return a
	}
	t.osUnmap(a, size, commit)
	t.warn()
	if size >= sizeMax-align {
		return 0
	}
	if a = t.osMap(size+align, 1, commit, false); a == 0 {
		return 0
	}
	aligned := raw.AlignUp(a, align)
	before := uintptr(aligned - a)
	t.osUnmap(a, before, commit)
	t.osUnmap(aligned+Addr(size), align-before, commit)
	return aligned
}

// osAllocAlignedOffset gets memory whose byte at offset is aligned to align.
//
// Counterpart: _mi_os_alloc_aligned_offset.
func (t *Thread) osAllocAlignedOffset(size, align, offset uintptr, commit, large bool) Addr {
	if offset == 0 {
		return t.osAllocAligned(size, align, commit, large)
	}
	extra := raw.AlignUp(offset, align) - offset
	start := t.osAllocAligned(size+extra, align, commit, large)
	if start == 0 {
		return 0
	}
	if commit && extra > osPageSize {
		t.osDecommit(start, extra)
	}
	return start + Addr(extra)
}

// osFreeAlignedOffset gives memory from osAllocAlignedOffset back; what is committed of it counts no
// longer.
//
// Counterpart: _mi_os_free_aligned.
func (t *Thread) osFreeAlignedOffset(a Addr, size, align, offset uintptr) {
	extra := raw.AlignUp(offset, align) - offset
	t.osFree(a-Addr(extra), size+extra, false)
}

// osCommit makes every page that [a, a+size) touches accessible; false when the OS refused.
//
// Counterpart: _mi_os_commit.
func (t *Thread) osCommit(a Addr, size uintptr) bool { return t.osCommitPart(a, size, size) }

// osCommitPart is osCommit where only a part counts, since the rest does already.
//
// Counterpart: _mi_os_commit_ex.
func (t *Thread) osCommitPart(a Addr, size, counted uintptr) bool {
	start := raw.AlignDown(a, osPageSize)
	end := raw.AlignUp(a+Addr(size), osPageSize)
	if end == start {
		return true
	}
	t.proc.tally(tallyCommitCalls, 1)
	e := t.proc.os.Protect(start, uintptr(end-start), true)
	if e == 0 || t.prof.counts.refused(t) {
		t.proc.count(statCommitted, int64(counted))
	}
	if e != 0 {
		t.warnProtect(unix.Errno(e))
		t.untrue(RefusedAssertion)
	}
	return e == 0
}

// osDecommit gives back the pages that lie inside [a, a+size), and counts all of it.
//
// Counterpart: _mi_os_decommit.
func (t *Thread) osDecommit(a Addr, size uintptr) {
	if t.decommit(a, size) {
		t.proc.count(statCommitted, -int64(size))
	}
}

// osDecommitHuge is osDecommit for a part of a huge segment, which counts as committed until it ends.
// With the quirk it counts down here and there.
//
// Counterpart: _mi_os_decommit.
func (t *Thread) osDecommitHuge(a Addr, size uintptr) {
	if t.decommit(a, size) && t.quirk(HugeCommitted) {
		t.proc.count(statCommitted, -int64(size))
	}
}

// decommit gives back the pages that lie inside [a, a+size); false when there are none.
//
// Counterpart: mi_os_commitx, without commit.
func (t *Thread) decommit(a Addr, size uintptr) bool {
	start, n := pagesInside(a, size)
	if n == 0 {
		return false
	}
	if t.prof.protectsFree {
		if e := t.proc.os.Protect(start, n, false); e != 0 {
			t.warnProtect(unix.Errno(e))
			t.untrue(RefusedAssertion)
		}
	} else if t.prof.purge.drop(t, start, n) != 0 {
		t.warn()
	}
	return true
}

// osReset tells the OS that the contents of the pages inside [a, a+size) are not needed. A system
// that does not know the lazy way is asked the eager way from then on.
//
// Counterpart: _mi_os_reset.
func (t *Thread) osReset(a Addr, size uintptr) {
	start, n := pagesInside(a, size)
	if n == 0 {
		return
	}
	t.proc.count(statReset, int64(n))
	t.prof.counts.reset(t)
	if t.prof.asserts {
		paintStale(start, n, 0) // such a build clears all of it
	}
	// Relaxed: two threads that both learn it write the same value. Pairs with ResetAdviceSet.
	lazy := t.proc.resetAdvice.LoadRlx(atom.ResetAdviceLoad) == adviceLazy
	e := osmem.Errno(unix.EAGAIN)
	for e == unix.EAGAIN {
		e = t.proc.os.Reset(start, n, lazy)
	}
	if e == unix.EINVAL && lazy {
		t.proc.resetAdvice.StoreRel(atom.ResetAdviceSet, adviceEager)
		e = t.proc.os.Reset(start, n, false)
	}
	if e != 0 {
		t.warn()
	}
}

// pagesInside gives the whole OS pages of a range.
//
// Counterpart: mi_os_page_align_area_conservative.
func pagesInside(a Addr, size uintptr) (start Addr, n uintptr) {
	if size == 0 || a == 0 {
		return 0, 0
	}
	start = raw.AlignUp(a, osPageSize)
	if end := raw.AlignDown(a+Addr(size), osPageSize); end > start {
		n = uintptr(end - start)
	}
	return start, n
}
