// Runs of bits that may cross the fields of a bitmap: the blocks of arenas. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/atom"
)

// crossTries is how often a run across fields is tried when other threads get in the way.
const crossTries = 5

// findClaimRun sets the first run of count clear bits: in a field, else from a field's top into the
// fields above it. Runs of up to within bits are sought in fields only.
//
// Counterpart: _mi_bitmap_try_find_from_claim_across.
func (b bitmap) findClaimRun(count, within int) (bit int, ok bool) {
	for i := range b {
		if count <= fieldBits {
			if bit, ok := b.claimInField(i, count); ok {
				return bit, true
			}
		}
		if count <= within {
			continue
		}
		if bit, ok := b.claimAcross(i, count); ok {
			return bit, true
		}
	}
	return 0, false
}

// claimAcross sets a run of clear bits that begins with all clear bits at the top of field i.
//
// Counterpart: mi_bitmap_try_find_claim_field_across.
func (b bitmap) claimAcross(i, count int) (bit int, ok bool) {
	for range crossTries {
		head := bits.LeadingZeros64(b[i].LoadRlx(atom.RunPeek))
		switch {
		case head == 0:
			return 0, false
		case head >= count:
			return b.claimInField(i, count)
		case (count-head+fieldBits-1)/fieldBits >= len(b)-i:
			return 0, false // the bitmap ends before the run would
		case !b.scanRun(i, count-head):
			return 0, false
		}
		if b.takeRun(i, head, count-head) {
			return i*fieldBits + fieldBits - head, true
		}
	}
	return 0, false
}

// scanRun tells whether the rest bits after field i are clear.
//
// Counterpart: none, a part of mi_bitmap_try_find_claim_field_across.
func (b bitmap) scanRun(i, rest int) bool {
	for rest > 0 {
		i++
		n := min(rest, fieldBits)
		if b[i].LoadRlx(atom.RunScan)&fieldMask(0, n) != 0 {
			return false
		}
		rest -= n
	}
	return true
}

// takeRun sets the head bits at the top of field i and the rest bits after it. When another thread has
// set one of them meanwhile, nothing is changed.
//
// Counterpart: none, a part of mi_bitmap_try_find_claim_field_across.
func (b bitmap) takeRun(i, head, rest int) bool {
	top := fieldMask(fieldBits-head, head)
	w := b[i].LoadRlx(atom.RunHeadLoad)
	for {
		if w&top != 0 {
			return false
		}
		if b[i].CasStrongAcqRel(atom.RunHead, &w, w|top) { // pairs with RunUnclaim
			break
		}
	}
	at := i + 1
	for ; rest > fieldBits; at, rest = at+1, rest-fieldBits {
		clear := uint64(0)
		if !b[at].CasStrongAcqRel(atom.RunMiddle, &clear, ^uint64(0)) { // pairs with RunUnclaim
			b.undoRun(i, at, top)
			return false
		}
	}
	low := fieldMask(0, rest)
	w = b[at].LoadRlx(atom.RunTailLoad)
	for {
		if w&low != 0 {
			b.undoRun(i, at, top)
			return false
		}
		if b[at].CasStrongAcqRel(atom.RunTail, &w, w|low) { // pairs with RunUnclaim
			return true
		}
	}
}

// undoRun clears the fields between i and end, which are all set, and the bits top of field i.
//
// Counterpart: none, a part of mi_bitmap_try_find_claim_field_across.
func (b bitmap) undoRun(i, end int, top uint64) {
	for at := end - 1; at > i; at-- {
		b[at].StoreRel(atom.RunUndoMiddle, 0) // pairs with RunMiddle
	}
	w := b[i].LoadRlx(atom.RunUndoLoad)
	for !b[i].CasStrongAcqRel(atom.RunUndo, &w, w&^top) { // pairs with RunHead
	}
}

// nextPart cuts the first field's part off a run: its field, its mask, and what is left.
//
// Counterpart: mi_bitmap_mask_across.
func nextPart(bit, count int) (field int, mask uint64, nextBit, left int) {
	n := min(fieldBits-bit%fieldBits, count)
	return bit / fieldBits, fieldMask(bit%fieldBits, n), bit + n, count - n
}

// claimRun sets a run of bits, and tells whether all of them and whether any of them were clear.
//
// Counterpart: _mi_bitmap_claim_across.
func (b bitmap) claimRun(bit, count int) (allClear, anyClear bool) {
	was := b.setRun(bit, count)
	return was == 0, was < count
}

// setRun sets a run of bits, and counts those that were set.
//
// Counterpart: _mi_bitmap_claim_across.
func (b bitmap) setRun(bit, count int) (was int) {
	for count > 0 {
		i, mask, next, left := nextPart(bit, count)
		was += bits.OnesCount64(b[i].OrAcqRel(atom.RunClaim, mask) & mask) // pairs with RunUnclaim
		bit, count = next, left
	}
	return was
}

// unclaimRun clears a run of bits, and tells whether all of them were set.
//
// Counterpart: _mi_bitmap_unclaim_across.
func (b bitmap) unclaimRun(bit, count int) (allSet bool) {
	allSet = true
	for count > 0 {
		i, mask, next, left := nextPart(bit, count)
		was := b[i].AndAcqRel(atom.RunUnclaim, ^mask) & mask // pairs with RunHead
		allSet = allSet && was == mask
		bit, count = next, left
	}
	return allSet
}

// runIsClaimed tells whether all bits of a run are set.
//
// Counterpart: _mi_bitmap_is_claimed_across.
func (b bitmap) runIsClaimed(bit, count int) bool { return b.inRun(bit, count) == count }

// inRun counts the bits of a run that are set.
//
// Counterpart: mi_bitmap_is_claimedx_across.
func (b bitmap) inRun(bit, count int) (set int) {
	for count > 0 {
		i, mask, next, left := nextPart(bit, count)
		set += bits.OnesCount64(b[i].LoadRlx(atom.RunLook) & mask) // pairs with RunClaim
		bit, count = next, left
	}
	return set
}
