// Reading digits of the byte coding. See doc.go for an overview.

package prog

import fuzz "github.com/AdaLogics/go-fuzz-headers"

// reader takes bytes from a go-fuzz-headers consumer and looks one ahead. Only GetByte is used: the
// wider getters allocate and fail half-way at the end of the input.
type reader struct {
	from  *fuzz.ConsumeFuzzer
	ahead byte
	ok    bool // ahead is there; false once the input is exhausted
}

func newReader(data []byte) reader {
	r := reader{from: fuzz.NewConsumer(data)}
	r.advance()
	return r
}

func (r *reader) advance() {
	b, err := r.from.GetByte()
	r.ahead, r.ok = b, err == nil
}

// lead skips surplus digits and takes the byte that opens the next operation, less firstLead.
func (r *reader) lead() (int, bool) {
	for r.ok {
		b := r.ahead
		r.advance()
		if b >= firstLead {
			return int(b - firstLead), true
		}
	}
	return 0, false
}

// digit takes the next digit, 0 if the operation has no more.
func (r *reader) digit() uint64 {
	if !r.ok || r.ahead >= firstLead {
		return 0
	}
	b := r.ahead
	r.advance()
	return uint64(b)
}

// many takes n digits, the lowest first.
func (r *reader) many(n int) uint64 {
	var value uint64
	unit := uint64(1)
	for range n {
		value += r.digit() * unit
		unit *= digits
	}
	return value
}

// number takes a number of kind.
func (r *reader) number(kind Operand) uint64 {
	s := &scales[kind]
	d := r.digit()
	switch d {
	case escapeShort:
		return r.many(2)
	case escapeMid:
		return r.many(4)
	case escapeLong:
		return r.many(9)
	}
	if d >= uint64(len(s.edges)) {
		d = (d - uint64(len(s.edges))) % uint64(s.common)
	}
	n := s.edges[d]
	if !s.near {
		return n
	}
	delta := r.digit()
	if delta >= deltaSplit {
		delta -= digits
	}
	return n + delta
}

// appendMany writes n digits of value, the lowest first.
func appendMany(b []byte, value uint64, n int) []byte {
	for range n {
		b = append(b, byte(value%digits))
		value /= digits
	}
	return b
}

// appendNumberCode writes a number of kind so that number reads it back.
func appendNumberCode(b []byte, kind Operand, value uint64) []byte {
	s := &scales[kind]
	best, bestDelta, bestDistance := -1, uint64(0), uint64(deltaSplit)
	for i, edge := range s.edges {
		delta := value - edge
		distance := min(delta, -delta)
		if distance < bestDistance && (distance == 0 || s.near) {
			best, bestDelta, bestDistance = i, delta, distance
		}
	}
	switch {
	case best >= 0 && s.near:
		if bestDelta > deltaSplit {
			bestDelta += digits
		}
		return append(b, byte(best), byte(bestDelta))
	case best >= 0:
		return append(b, byte(best))
	case value < digits*digits:
		return appendMany(append(b, escapeShort), value, 2)
	case value < digits*digits*digits*digits:
		return appendMany(append(b, escapeMid), value, 4)
	}
	return appendMany(append(b, escapeLong), value, 9)
}
