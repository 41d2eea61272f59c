// Sets of 64 KiB parts of a segment. See doc.go for an overview.

package goalloc

import "math/bits"

// commitSize is what one bit of a commitMask stands for, in bytes.
const commitSize = sliceSize

// commitMask has one bit per 64 KiB of a normal segment. A huge segment's mask is full or empty.
type commitMask [(slicesPerSegment + 63) / 64]uint64

var fullMask = rangeMask(0, slicesPerSegment)

// rangeMask is the set of count parts from the part first on.
//
// Counterpart: mi_commit_mask_create.
func rangeMask(first, count uintptr) (m commitMask) {
	for count > 0 {
		n := min(64-first%64, count)
		m[first/64] = ^uint64(0) >> (64 - n) << (first % 64)
		first += n
		count -= n
	}
	return m
}

// isEmpty tells that no part is in the set.
//
// Counterpart: mi_commit_mask_is_empty.
func (m *commitMask) isEmpty() bool { return *m == commitMask{} }

// isFull tells that all parts are in the set.
//
// Counterpart: mi_commit_mask_is_full.
func (m *commitMask) isFull() bool { return *m == fullMask }

// hasAll tells whether all of o is in m.
//
// Counterpart: mi_commit_mask_all_set.
func (m *commitMask) hasAll(o *commitMask) bool {
	for i := range m {
		if o[i]&^m[i] != 0 {
			return false
		}
	}
	return true
}

// hasAny tells whether m and o meet.
//
// Counterpart: mi_commit_mask_any_set.
func (m *commitMask) hasAny(o *commitMask) bool {
	for i := range m {
		if o[i]&m[i] != 0 {
			return true
		}
	}
	return false
}

// add makes m the union of m and o.
//
// Counterpart: mi_commit_mask_set.
func (m *commitMask) add(o *commitMask) {
	for i := range m {
		m[i] |= o[i]
	}
}

// remove takes o from m.
//
// Counterpart: mi_commit_mask_clear.
func (m *commitMask) remove(o *commitMask) {
	for i := range m {
		m[i] &^= o[i]
	}
}

// and is the intersection.
//
// Counterpart: mi_commit_mask_create_intersect.
func (m *commitMask) and(o *commitMask) (r commitMask) {
	for i := range m {
		r[i] = m[i] & o[i]
	}
	return r
}

// next finds the first run of parts at or after the part from; count is 0 when there is none.
//
// Counterpart: _mi_commit_mask_next_run.
func (m *commitMask) next(from uintptr) (first, count uintptr) {
	for first = from; first < slicesPerSegment; {
		w := m[first/64] >> (first % 64)
		if w != 0 {
			first += uintptr(bits.TrailingZeros64(w))
			return first, m.run(first)
		}
		first = (first/64 + 1) * 64
	}
	return slicesPerSegment, 0
}

// run counts the parts of m from the part first on.
//
// Counterpart: none, a part of _mi_commit_mask_next_run.
func (m *commitMask) run(first uintptr) (count uintptr) {
	for i := first; i < slicesPerSegment; {
		ones := uintptr(bits.TrailingZeros64(^(m[i/64] >> (i % 64))))
		count += ones
		i += ones
		if i%64 != 0 || ones == 0 {
			break
		}
	}
	return count
}

// bytes is the size of the parts in m, of a segment of total bytes.
//
// Counterpart: _mi_commit_mask_committed_size.
func (m *commitMask) bytes(total uintptr) uintptr {
	n := 0
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return total / slicesPerSegment * uintptr(n)
}
