// The map of segments: which addresses belong to the process. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"
)

const (
	mapShift   = segmentShift + 6     // of what one word stands for
	mapWords   = mapReach >> mapShift // what lies beyond is not in the map
	simMapSize = osmem.SimSize >> mapShift

	// Of a map in parts: the bytes of bits in one, the addresses that it covers, and how many there are.
	mapPartBytes = 8064
	mapPartSpan  = mapPartBytes * 8 << segmentShift
	mapPartsMost = partsReach/mapPartSpan + 1
)

// segmentMap has a bit per 32 MiB of address space, set where a segment begins.
//
//	[M1] a segment in use has its bit set, one in the cache has not
//	[M2] words[mapWords] = 0: it stands for all addresses that the map does not cover
type segmentMap struct {
	words [mapWords + 1]atom.U64
}

// mapIndex gives the word and the bit of a segment. A simulated process's addresses stand for those of
// its twin in C.
//
// Counterpart: mi_segment_map_index_of.
func (p *Process) mapIndex(at Addr) (word uintptr, bit uint) {
	n := uintptr(at-p.bias) >> segmentShift
	if n >= mapWords*64 {
		return mapWords, 0
	}
	return n / 64, uint(n % 64)
}

// mapAdd enters a segment.
//
// Counterpart: _mi_segment_map_allocated_at.
func (p *Process) mapAdd(s *segment) {
	i, bit := p.mapIndex(raw.Of(s))
	if i == mapWords {
		return
	}
	words := &p.segments.words
	w := words[i].LoadRlx(atom.SegmentMapAddLoad)
	for !words[i].CasRel(atom.SegmentMapAdd, &w, w|1<<bit) { // pairs with SegmentMapLook
	}
}

// mapRemove takes a segment out.
//
// Counterpart: _mi_segment_map_freed_at.
func (p *Process) mapRemove(s *segment) {
	i, bit := p.mapIndex(raw.Of(s))
	if i == mapWords {
		return
	}
	words := &p.segments.words
	w := words[i].LoadRlx(atom.SegmentMapRemoveLoad)
	for !words[i].CasRel(atom.SegmentMapRemove, &w, w&^(1<<bit)) { // pairs with SegmentMapLook
	}
}

// mapBelow gives the last word before i that has a bit set; no bits if there is none. Relaxed: who asks
// about an address holds a block there, or asks about nothing.
//
// Counterpart: none, a part of _mi_segment_of.
func (p *Process) mapBelow(i uintptr) (word uintptr, set uint64) {
	for i > 0 && set == 0 {
		i--
		set = p.segments.words[i].LoadRlx(atom.SegmentMapSearch) // pairs with SegmentMapAdd
	}
	return i, set
}

// segmentWith gives the segment that an address lies in, nil if none is there. Of a huge segment all but
// the first 32 MiB have no bit of their own: the next segment below must then be it. With the quirk it
// is looked for in one word of the map only.
//
// Counterpart: _mi_segment_of.
func (t *Thread) segmentWith(a Addr) *segment {
	if a == 0 {
		return nil
	}
	at := (a - 1) &^ segmentMask
	i, bit := t.proc.mapIndex(at)
	w := t.proc.segments.words[i].LoadRlx(atom.SegmentMapLook) // pairs with SegmentMapAdd
	if w>>bit&1 != 0 {
		return segmentAt(at)
	}
	below, found := w&(1<<bit-1), i
	if below == 0 && i < mapWords {
		found, below = t.proc.mapBelow(i)
	}
	if below == 0 {
		return nil
	}
	top := found*64 + uintptr(bits.Len64(below)-1)
	s := segmentAt(Addr(top<<segmentShift) + t.proc.bias)
	if raw.Of(s)+Addr(s.segmentSlices*sliceSize) <= a || found != i && t.quirk(RegionWord) {
		return nil
	}
	return s
}

// IsInHeapRegion tells whether an address, any address, lies in memory that the process allocates from.
//
// Counterpart: mi_is_in_heap_region.
func (t *Thread) IsInHeapRegion(a Addr) bool { return t.prof.region.holds(t, a) }

// Cfree is Free for blocks of the process; of other addresses nothing happens.
//
// Counterpart: mi_cfree.
func (t *Thread) Cfree(a Addr) {
	if t.IsInHeapRegion(a) {
		t.Free(a)
	}
}

// mapped tells whether a segment has its bit set, at rest.
//
// Counterpart: none, for checks.
func (p *Process) mapped(at Addr) bool { return p.profile.region.mapped(p, at) }

// wholeMap is the region policy of 2.0: one map of all addresses, for all segments.
type wholeMap struct{}

// add sets the segment's bit.
//
// Counterpart: _mi_segment_map_allocated_at.
func (wholeMap) add(t *Thread, s *segment) bool {
	t.proc.mapAdd(s)
	return true
}

// remove clears the segment's bit.
//
// Counterpart: _mi_segment_map_freed_at.
func (wholeMap) remove(t *Thread, s *segment) { t.proc.mapRemove(s) }

// holds looks for the segment.
//
// Counterpart: mi_is_valid_pointer.
func (wholeMap) holds(t *Thread, a Addr) bool { return t.segmentWith(a) != nil }

// mapped looks at the bit.
//
// Counterpart: none, for checks.
func (wholeMap) mapped(p *Process, at Addr) bool {
	i, bit := p.mapIndex(at)
	return p.segments.words[i].AtRest()>>bit&1 != 0
}

// mapUsed is the part of the map that the process can have changed.
//
// Counterpart: none, the rig's view.
func (p *Process) mapUsed() []atom.U64 {
	if p.sim != nil {
		first := (p.sim.Base() - p.bias) >> mapShift
		return p.segments.words[first : first+simMapSize]
	}
	return p.segments.words[:]
}
