// The invariants of segments and spans.
// Counterpart: none, one by one: mi_segment_is_valid checks the same where a segment changes. See doc.go
// for an overview.

package goalloc

import (
	"midiff/goalloc/internal/raw"
)

// checkSegment walks the spans of a segment.
func (c *census) checkSegment(s *segment) {
	at, owner := raw.Of(s), s.threadID.AtRest()
	if abandoned := c.stack[at] != ""; !c.near && abandoned != (owner == 0) {
		c.bad("G5", "segment %s is of %s, on a stack: %v", c.ordinal(at), c.threadName(owner), abandoned)
	}
	if i, _ := c.p.mapIndex(at); i < mapWords && !c.p.mapped(at) && !s.unmapped {
		c.bad("M1", "segment %s is not in the map", c.name(at))
	}
	if s.allowDecommit && !s.commitMask.hasAll(&s.decommitMask) {
		c.bad("G3", "segment %s is to decommit what is not committed", c.ordinal(at))
	}
	if !s.huge && !c.near {
		c.checkCommitted(at, s.memID, c.p.unguarded(&s.commitMask))
	}
	used, alone, i := uintptr(0), uintptr(0), uintptr(0)
	for i < s.sliceEntries {
		r := s.slice(i)
		if r.sliceCount == 0 || r.sliceOffset != 0 {
			c.bad("S1", "%s.%d: count %d, offset %d, where a span should start", c.ordinal(at), i,
				r.sliceCount, r.sliceOffset)
			return
		}
		if r.blockSize == 0 {
			c.checkFreeSpan(s, i, owner)
		} else {
			c.checkUsedSpan(s, i)
			used++
			if i > 0 && r.heap.AtRest() == 0 {
				alone++
			}
		}
		i += uintptr(r.sliceCount)
	}
	if i != s.sliceEntries && !(s.huge && i == s.segmentSlices-c.p.profile.guardSlices()) {
		c.bad("G4", "segment %s: spans end at %d of %d", c.ordinal(at), i, s.sliceEntries)
	}
	if s.abandoned != alone || owner == 0 && alone != s.used {
		c.bad("G1", "segment %s of %s: %d of %d pages abandoned, %d have no heap", c.ordinal(at),
			c.threadName(owner), s.abandoned, s.used, alone)
	}
	if used-1 != s.used {
		c.bad("G2", "segment %s: %d used spans, used %d", c.ordinal(at), used-1, s.used)
	}
}

// unguarded is a mask without the parts that have guard pages in them.
func (p *Process) unguarded(m *commitMask) *commitMask {
	if !p.profile.guardPages {
		return m
	}
	first, last, rest := rangeMask(0, 1), rangeMask(slicesPerSegment-1, 1), *m
	rest.remove(&first)
	rest.remove(&last)
	return &rest
}

func (c *census) checkFreeSpan(s *segment, i uintptr, owner uint64) {
	r := s.slice(i)
	at, count := raw.Of(r), uintptr(r.sliceCount)
	if last := s.slice(i + count - 1); count > 1 &&
		(uintptr(last.sliceOffset) != (count-1)*pageSize || last.blockSize != 0) {
		c.bad("S3", "free span %s: its last record has offset %d and size %d", c.name(at),
			last.sliceOffset, last.blockSize)
	}
	if next := i + count; next < s.sliceEntries && s.slice(next).blockSize == 0 && owner != 0 {
		c.bad("S6", "free spans %s and %s are not merged", c.name(at), c.name(raw.Of(s.slice(next))))
	}
	where, queued := c.spans[at]
	switch {
	case c.near:
	case queued != (owner != 0 && !s.huge):
		c.bad("S5", "free span %s of %s: queued %v", c.name(at), c.threadName(owner), queued)
	case queued && (where.t.id != owner || where.bin != spanBin(count)):
		c.bad("S5", "free span %s of %d slices is in queue %d of %s", c.name(at), count, where.bin,
			c.threadName(where.t.id))
	}
}

func (c *census) checkUsedSpan(s *segment, i uintptr) {
	r := s.slice(i)
	count := uintptr(r.sliceCount)
	at := raw.Of(r)
	inner := func(j uintptr) {
		if b := s.slice(j); b.sliceCount != 0 || uintptr(b.sliceOffset) != (j-i)*pageSize || b.blockSize != 1 {
			c.bad("S2", "record %d of used span %s: count %d, offset %d, size %d", j-i, c.name(at),
				b.sliceCount, b.sliceOffset, b.blockSize)
		}
	}
	for j := i + 1; j < min(i+count, i+1+maxSliceOfs, s.sliceEntries); j++ {
		inner(j)
	}
	if last := min(i+count-1, s.sliceEntries); last > i {
		inner(last)
	}
	if _, queued := c.spans[at]; queued {
		c.bad("S4", "used span %s is in a span queue", c.name(at))
	}
	if m := rangeMask(i, min(count, slicesPerSegment-i)); !s.huge && !s.commitMask.hasAll(&m) {
		c.bad("G6", "used span %s is not committed", c.name(at))
	} else if !s.huge && s.allowDecommit && s.decommitMask.hasAny(&m) {
		c.bad("G6", "used span %s is to be decommitted", c.name(at))
	}
}
