// A bitmap whose bits threads claim. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/atom"
)

// bitmap holds one bit per slot of the segment cache. Setting a bit claims what it stands for.
type bitmap [cacheFields]atom.U64

// fill sets all words, while no other thread sees the bitmap.
//
// Counterpart: none, static initialisers there.
func (b *bitmap) fill(v uint64) {
	for i := range b {
		b[i].Reset(v)
	}
}

// lowest finds the lowest set bit, while no other thread sees the bitmap.
//
// Counterpart: none, the reference's statics are never reset.
func (b *bitmap) lowest() (bit int, ok bool) {
	for i := range b {
		if w := b[i].LoadRlx(atom.BitmapScan); w != 0 {
			return i*64 + bits.TrailingZeros64(w), true
		}
	}
	return 0, false
}

// findClaim sets the lowest clear bit.
//
// Counterpart: _mi_bitmap_try_find_from_claim.
func (b *bitmap) findClaim() (bit int, ok bool) {
	for i := range b {
		w := b[i].LoadRlx(atom.BitmapFindLoad)
		for w != ^uint64(0) {
			n := bits.TrailingZeros64(^w)
			// Acquires what the last holder left behind the bit. Pairs with BitmapUnclaim.
			if b[i].CasAcqRel(atom.BitmapFindClaim, &w, w|1<<n) {
				return i*64 + n, true
			}
		}
	}
	return 0, false
}

// claim sets a bit; false when it was set.
//
// Counterpart: _mi_bitmap_claim.
func (b *bitmap) claim(bit int) bool {
	mask := uint64(1) << (bit % 64)
	return b[bit/64].OrAcqRel(atom.BitmapClaim, mask)&mask == 0 // pairs with BitmapUnclaim
}

// unclaim clears a bit and releases what lies behind it to the next claimer.
//
// Counterpart: _mi_bitmap_unclaim.
func (b *bitmap) unclaim(bit int) {
	b[bit/64].AndAcqRel(atom.BitmapUnclaim, ^(uint64(1) << (bit % 64))) // pairs with BitmapFindClaim
}
