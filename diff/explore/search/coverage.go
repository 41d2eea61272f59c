// Reads-from coverage. See doc.go for an overview.

package search

import "midiff/diff/explore/sim"

// Pairs is a set of pairs of a store's site and a load's, as bits of hashes of 16 bits.
type Pairs struct {
	bits  [1 << 16 / 64]uint64
	count int
}

// Pair takes in that a load saw a store.
func (p *Pairs) Pair(store, load sim.Site, first, same bool) {
	h := uint32(store)*0x9E3779B1 ^ uint32(load)*0x85EBCA77
	if first {
		h ^= 0xC2B2AE3D
	}
	if same {
		h ^= 0x27D4EB2F
	}
	h ^= h >> 15
	h *= 0x2C1B3C6D
	at := h >> 16
	if bit := uint64(1) << (at & 63); p.bits[at>>6]&bit == 0 {
		p.bits[at>>6] |= bit
		p.count++
	}
}

// Count is how many different pairs there are, but for those whose hashes are equal.
func (p *Pairs) Count() int { return p.count }
