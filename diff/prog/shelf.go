// The numbering of live handles in the byte coding. See doc.go for an overview.

package prog

import "math/bits"

// shelf keeps live handles of one sort at small numbers, which stay while the handle lives: an
// operation that a mutator takes out leaves the numbers of all others as they were.
type shelf struct {
	handles []Handle // by place; meaningful where live
	live    []uint64 // a bit per place
	count   int      // live places
}

const (
	digitLiteral = digits - 1 // null or backing
	digitFar     = digits - 2 // three digits follow
	directPlaces = digits - 2 // places that one digit names
	literalPlace = -1         // null or backing, which are on no shelf
	// missing is the last place that there is a number of: no shelf is so long.
	missingPlace = directPlaces + digits*digits*digits - 1
)

func (s *shelf) reset() {
	if s.live == nil {
		s.live = make([]uint64, (directPlaces+63)/64)
		s.handles = make([]Handle, len(s.live)*64)
	}
	clear(s.live)
	s.count = 0
}

func (s *shelf) isLive(place int) bool { return s.live[place/64]>>(place%64)&1 != 0 }

func (s *shelf) put(place int, h Handle) {
	if place == len(s.handles) {
		s.handles = append(s.handles, make([]Handle, 64)...)
		s.live = append(s.live, 0)
	}
	s.handles[place] = h
	s.live[place/64] |= 1 << (place % 64)
	s.count++
}

func (s *shelf) drop(place int) {
	s.live[place/64] &^= 1 << (place % 64)
	s.count--
}

// nextLive gives the first live place from place on, going round; there must be one.
func (s *shelf) nextLive(place int) int {
	return s.next(place, 0)
}

// nextFree gives the first free place from place on, going round; one past the end if all are taken.
func (s *shelf) nextFree(place int) int {
	if s.count == len(s.handles) {
		return len(s.handles)
	}
	return s.next(place, ^uint64(0))
}

// next finds the first place from place on whose bit, xored with flip, is set.
func (s *shelf) next(place int, flip uint64) int {
	place %= len(s.handles)
	word := place / 64
	if m := (s.live[word] ^ flip) >> (place % 64); m != 0 {
		return place + bits.TrailingZeros64(m)
	}
	for {
		word++
		if word == len(s.live) {
			word = 0
		}
		if m := s.live[word] ^ flip; m != 0 {
			return word*64 + bits.TrailingZeros64(m)
		}
	}
}

// place takes the number of a place.
func (r *reader) place() int {
	switch d := r.digit(); d {
	case digitLiteral:
		return literalPlace
	case digitFar:
		return directPlaces + int(r.many(3))
	default:
		return int(d)
	}
}

// appendPlace writes the number of a place.
func appendPlace(b []byte, place int) []byte {
	switch {
	case place == literalPlace:
		return append(b, digitLiteral)
	case place < directPlaces:
		return append(b, byte(place))
	}
	return appendMany(append(b, digitFar), uint64(place-directPlaces), 3)
}
