// Folding of what bytes ask for into the bounds of a DecodeConfig. See doc.go for an overview.

package prog

import "math/bits"

// request is the part of an operation that decides how much memory it asks for.
type request struct {
	size, count, align *uint64 // in the operation; count and align may be nil
	bulk               bool    // count blocks of size bytes, not one of count*size
	whole              bool    // zeroed or copied, so that every byte is touched
}

// requestOf finds the request in an operation; false if it makes no block, or one of a size of its own.
func requestOf(o *Op, row *Row) (request, bool) {
	r := request{bulk: row.Result == BulkResult, whole: row.Zeroes || o.Src != NoHandle}
	if row.Result != BlockResult && row.Result != BulkResult {
		return r, false
	}
	num := 0
	for _, kind := range row.Operands {
		if kind < Size {
			continue
		}
		switch n := &o.Num[num]; kind {
		case Size, SmallSize, Length:
			r.size = n
		case Count, BulkCount:
			r.count = n
		case Align:
			r.align = n
		}
		num++
	}
	return r, r.size != nil
}

// makesArena reports whether the row asks for an arena.
func makesArena(row *Row) bool { return len(row.Operands) > 0 && row.Operands[0] == ArenaSize }

// boundArena folds the size of an arena into what is left for them. A size that the simulated OS does
// not have costs nothing.
func (d *Decoder) boundArena(o *Op) {
	size := &o.Num[0]
	if *size > d.arenas && *size < impossible {
		*size %= d.arenas + 1
	}
	if d.cfg.MaxArena != largestUint && *size < impossible {
		d.arenas -= min((*size+segmentSize-1)/segmentSize*segmentSize, d.arenas)
	}
}

// bound folds the numbers of an operation into the bounds, and accounts for what it touches.
func (d *Decoder) bound(o *Op, row *Row) {
	if makesArena(row) {
		d.boundArena(o)
	}
	r, ok := requestOf(o, row)
	if !ok {
		return
	}
	small := uint64(sliceSize)
	if d.cfg.MaxSize > 0 {
		small = min(small, d.cfg.MaxSize)
		r.fold(d.cfg.MaxSize, impossible)
	}
	if times := r.refusals(); times > 0 && !d.slow.allowsRefusals(times) {
		r.fold(small, largestUint)
	}
	if r.align != nil && d.cfg.MaxAlign > 0 && *r.align > d.cfg.MaxAlign {
		*r.align %= d.cfg.MaxAlign + 1
	}
	if r.bulk {
		if room := d.cfg.MaxBulk - d.bulked; *r.count > room {
			*r.count = 1 + *r.count%room
		}
	}
	if d.cfg.MaxTouched > 0 {
		left := d.cfg.MaxTouched - d.touched
		if r.touches() > left {
			r.fold(small, impossible)
			r.foldBulk(sliceSize)
			if r.align != nil && *r.align > smallMax {
				*r.align %= smallMax + 1
			}
		}
		d.touched += min(r.touches(), left)
	}
	if r.bulk {
		d.bulked += *r.count
	}
}

// fold brings the request down to most bytes, unless it is for exempt bytes or more.
func (r *request) fold(most, exempt uint64) {
	if *r.size > most && *r.size < exempt {
		*r.size %= most + 1
	}
	if r.count == nil || r.bulk || *r.size == 0 || *r.size >= exempt {
		return
	}
	high, product := bits.Mul64(*r.size, *r.count)
	if high == 0 && product > most && product < exempt {
		*r.count %= most / *r.size + 1
	}
}

// foldBulk brings the blocks of a bulk down to most bytes in all, though not below one block.
func (r *request) foldBulk(most uint64) {
	if r.bulk && *r.size > 0 && *r.size < impossible && *r.count > most / *r.size {
		*r.count = max(1, *r.count%(most / *r.size + 1))
	}
}

// refusals counts the allocations of the request that no allocator can satisfy. A count*size that
// overflows is none: it fails before it is an allocation.
func (r *request) refusals() uint64 {
	switch {
	case r.count == nil && *r.size >= impossible:
		return 1
	case r.count == nil:
		return 0
	case r.bulk && *r.size >= impossible:
		return *r.count
	case r.bulk:
		return 0
	}
	if high, product := bits.Mul64(*r.size, *r.count); high == 0 && product >= impossible {
		return 1
	}
	return 0
}

// Touches estimates the bytes of memory that the program's operations make resident, one after the other:
// what it costs to run, roughly.
func (p *Program) Touches() uint64 {
	total := uint64(0)
	for i := range p.Ops {
		o := p.Ops[i]
		if r, ok := requestOf(&o, &Table[o.Kind]); ok {
			total += min(r.touches(), ^uint64(0)-total)
		}
	}
	return total
}

// touches estimates the bytes of memory that the request makes resident. Of large blocks only a part
// is looked at, unless they are zeroed or copied.
func (r *request) touches() uint64 {
	if r.size == nil {
		return 0
	}
	each, times := *r.size, uint64(1)
	switch {
	case r.bulk:
		times = *r.count
	case r.count != nil:
		high, product := bits.Mul64(*r.size, *r.count)
		if high != 0 {
			return 0
		}
		each = product
	}
	if each >= impossible {
		return 0
	}
	if r.align != nil && *r.align <= alignMax {
		each += *r.align
	}
	if each > sampledAbove && !r.whole {
		each /= 16
	}
	return each * times
}
