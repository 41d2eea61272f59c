// The map of segments of 2.3. See doc.go for an overview.

package goalloc

import (
	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

const (
	// refMapPartBytes is what the reference's record of a part takes: the bits, and where its memory is from.
	refMapPartBytes = mapPartBytes + 24
)

// mapPart is a part of the map.
type mapPart [mapPartBytes / wordSize]atom.U64

// mapOfParts is the region policy of 2.3: the map has parts, which come from the OS when they are needed, and only
// segments of the OS are in it. Arenas know their own.
type mapOfParts struct{}

// part gives the part, the word and the bit of a segment; with make the part is made if it is not there. Nil for
// an address that has no part.
//
// Counterpart: mi_segment_map_index_of.
func (mapOfParts) part(t *Thread, at Addr, make bool) (p *mapPart, word uintptr, bit uint) {
	n := uintptr(at - t.proc.bias)
	if n >= partsReach {
		return nil, 0, 0
	}
	w := &t.proc.mapParts[n/mapPartSpan]
	a := w.LoadRlx(atom.MapPartLoad) // pairs with MapPartMake
	if a == 0 {
		if !make {
			return nil, 0, 0
		}
		fresh := t.osAlloc(refMapPartBytes)
		if fresh == 0 {
			return nil, 0, 0
		}
		t.proc.os.NeedZero(fresh, refMapPartBytes)
		if w.CasStrongRel(atom.MapPartMake, &a, uint64(fresh)) { // pairs with MapPartLoad
			a = uint64(fresh)
		} else {
			t.osFree(fresh, refMapPartBytes, true)
		}
	}
	n = n % mapPartSpan >> segmentShift
	return raw.At[mapPart](Addr(a)), n / 64, uint(n % 64)
}

// add sets the bit of a segment of the OS. With the quirk there is none where the part cannot be made.
//
// Counterpart: _mi_segment_map_allocated_at.
func (m mapOfParts) add(t *Thread, s *segment) bool {
	if s.memID != 0 {
		return true
	}
	p, i, bit := m.part(t, raw.Of(s), true)
	if p == nil {
		if uintptr(raw.Of(s)-t.proc.bias) >= partsReach {
			return true
		}
		s.unmapped = t.quirk(MapLost)
		return s.unmapped
	}
	w := p[i].LoadRlx(atom.MapPartAddLoad)
	for !p[i].CasRel(atom.MapPartAdd, &w, w|1<<bit) { // pairs with MapPartLook
	}
	return true
}

// remove clears the bit of a segment of the OS.
//
// Counterpart: _mi_segment_map_freed_at.
func (m mapOfParts) remove(t *Thread, s *segment) {
	if s.memID != 0 {
		return
	}
	p, i, bit := m.part(t, raw.Of(s), false)
	if p == nil {
		return
	}
	w := p[i].LoadRlx(atom.MapPartRemoveLoad)
	for !p[i].CasRel(atom.MapPartRemove, &w, w&^(1<<bit)) { // pairs with MapPartLook
	}
}

// holds tells whether an address lies in an arena, in use or not, or in the first 32 MiB of a segment of the OS.
//
// Counterpart: mi_is_valid_pointer.
func (m mapOfParts) holds(t *Thread, a Addr) bool {
	if m.inArena(t, a) {
		return true
	}
	if a == 0 {
		return false
	}
	at := (a - 1) &^ segmentMask
	return m.begins(t, at) || m.reaches(t, at, a) && !t.quirk(RegionWord)
}

// begins tells whether a segment of the OS begins at an address.
//
// Counterpart: _mi_segment_of.
func (m mapOfParts) begins(t *Thread, at Addr) bool {
	p, i, bit := m.part(t, at, false)
	return p != nil && p[i].LoadRlx(atom.MapPartLook)>>bit&1 != 0 // pairs with MapPartAdd
}

// reaches tells whether the next segment of the OS below at, if there is one, has a.
//
// Counterpart: none, the reference does not look there.
func (m mapOfParts) reaches(t *Thread, at, a Addr) bool {
	for n := uintptr(at - t.proc.bias); n >= segmentSize && n < partsReach; n -= segmentSize {
		at -= segmentSize
		if p, _, _ := m.part(t, at, false); p == nil && n%mapPartSpan == 0 {
			return false // no segment of the OS is as large as what a part stands for
		}
		if m.begins(t, at) {
			s := segmentAt(at)
			return at+Addr(s.segmentSlices*sliceSize) > a
		}
	}
	return false
}

// inArena tells whether an address lies in an arena.
//
// Counterpart: _mi_arena_contains.
func (mapOfParts) inArena(t *Thread, a Addr) bool {
	for i := range int(t.proc.arenas.count.LoadRlx(atom.ArenaCountContains)) {
		r := t.proc.arenas.all[i].LoadRlx(atom.ArenaContains) // pairs with ArenaPublish23
		if r == 0 {
			continue
		}
		if area := arenaAt(Addr(r)); a >= area.block(0) && a < area.block(int(area.blocks)) {
			return true
		}
	}
	return false
}

// mapped tells whether a segment's block is in use, or its bit is set.
//
// Counterpart: none, for checks.
func (mapOfParts) mapped(p *Process, at Addr) bool {
	for i := range p.arenas.count.AtRest() {
		a := arenaAt(Addr(p.arenas.all[i].AtRest()))
		if block := (at - Addr(a.start.AtRest())) / arenaBlock; block < Addr(a.blocks) {
			return a.inUse()[block/fieldBits].AtRest()>>(block%fieldBits)&1 != 0
		}
	}
	n := uintptr(at - p.bias)
	if n >= partsReach || p.mapParts[n/mapPartSpan].AtRest() == 0 {
		return false
	}
	part := raw.At[mapPart](Addr(p.mapParts[n/mapPartSpan].AtRest()))
	n = n % mapPartSpan >> segmentShift
	return part[n/64].AtRest()>>(n%64)&1 != 0
}
