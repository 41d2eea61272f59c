// A bitmap whose bits threads claim. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/atom"
)

// bitmap holds one bit per slot of the segment cache or block of an arena, in fields of 64 bits.
// Setting a bit claims what it stands for.
type bitmap []atom.U64

const fieldBits = 64

// fill sets all fields, while no other thread sees the bitmap.
//
// Counterpart: none, static initialisers there.
func (b bitmap) fill(v uint64) {
	for i := range b {
		b[i].Reset(v)
	}
}

// lowest finds the lowest set bit, while no other thread sees the bitmap.
//
// Counterpart: none, the reference's statics are never reset.
func (b bitmap) lowest() (bit int, ok bool) {
	for i := range b {
		if w := b[i].LoadRlx(atom.BitmapScan); w != 0 {
			return i*fieldBits + bits.TrailingZeros64(w), true
		}
	}
	return 0, false
}

// fieldMask has count bits set from bit ofs of a field on; they fit.
//
// Counterpart: mi_bitmap_mask_.
func fieldMask(ofs, count int) uint64 { return ^uint64(0) >> (fieldBits - count) << ofs }

// claimInField sets the lowest run of count clear bits that lies in field i.
//
// Counterpart: _mi_bitmap_try_find_claim_field.
func (b bitmap) claimInField(i, count int) (bit int, ok bool) {
	w := b[i].LoadRlx(atom.BitmapFindLoad)
	for n := bits.TrailingZeros64(^w); n+count <= fieldBits; {
		m := fieldMask(n, count)
		if met := w & m; met != 0 {
			n = bits.Len64(met) // past the last bit in the way
			continue
		}
		// Acquires what the last holder left behind the bits. Pairs with BitmapUnclaim.
		if b[i].CasAcqRel(atom.BitmapFindClaim, &w, w|m) {
			return i*fieldBits + n, true
		}
	}
	return 0, false
}

// findClaim sets the lowest clear bit. With suits, a bit that it turns down is cleared again, and the
// rest of its field is passed over.
//
// Counterpart: _mi_bitmap_try_find_from_claim_pred.
func (b bitmap) findClaim(suits func(bit int) bool) (bit int, ok bool) {
	for i := range b {
		bit, ok := b.claimInField(i, 1)
		if !ok {
			continue
		}
		if suits == nil || suits(bit) {
			return bit, true
		}
		b.unclaim(bit)
	}
	return 0, false
}

// claim sets a bit; false when it was set.
//
// Counterpart: _mi_bitmap_claim.
func (b bitmap) claim(bit int) bool {
	mask := uint64(1) << (bit % fieldBits)
	return b[bit/fieldBits].OrAcqRel(atom.BitmapClaim, mask)&mask == 0 // pairs with BitmapUnclaim
}

// unclaim clears a bit and releases what lies behind it to the next claimer.
//
// Counterpart: _mi_bitmap_unclaim.
func (b bitmap) unclaim(bit int) {
	b[bit/fieldBits].AndAcqRel(atom.BitmapUnclaim, ^(uint64(1) << (bit % fieldBits))) // pairs with BitmapFindClaim
}
