// The protection state of every page of the simulated memory. See osmem.go for the states.

package osmem

// pageStates keeps two bits per 4 KiB page of the simulated address space:
//
//	mapped committed  state
//	  0       0       none
//	  1       0       reserved
//	  1       1       committed
type pageStates struct {
	mapped, commit bitset
}

type bitset []uint64

func (p *pageStates) init() {
	p.mapped = make(bitset, SimSize/PageSize/64)
	p.commit = make(bitset, SimSize/PageSize/64)
}

func (p *pageStates) set(at, size uintptr, mapped, commit bool) {
	p.mapped.fill(at/PageSize, size/PageSize, mapped)
	p.commit.fill(at/PageSize, size/PageSize, commit)
}

// committed tells whether every page that [at, at+size) touches is committed.
func (p *pageStates) committed(at, size uintptr) bool {
	if size == 0 {
		return true
	}
	for i := at / PageSize; i <= (at+size-1)/PageSize; i++ {
		if p.commit[i/64]>>(i%64)&1 == 0 {
			return false
		}
	}
	return true
}

// reset clears the states below the two areas' ends.
func (p *pageStates) reset(main, small uintptr) {
	for _, b := range []bitset{p.mapped, p.commit} {
		clear(b[:(main/PageSize+63)/64])
		clear(b[mainEnd/PageSize/64 : (small/PageSize+63)/64])
	}
}

// Range is memory that is mapped, in bytes from the base.
type Range struct{ Addr, Size uint64 }

// ranges adds the mapped ranges of [from, to) to all.
func (p *pageStates) ranges(all []Range, from, to uintptr) []Range {
	inside := false
	for i := from / PageSize; i < (to+PageSize-1)/PageSize; i++ {
		if i%64 == 0 && !inside && p.mapped[i/64] == 0 {
			i += 63
			continue
		}
		is := p.mapped[i/64]>>(i%64)&1 != 0
		if is && !inside {
			all = append(all, Range{Addr: uint64(i * PageSize)})
		}
		if inside = is; is {
			all[len(all)-1].Size += PageSize
		}
	}
	return all
}

// fill sets or clears count bits from the bit first on, a word at a time.
func (b bitset) fill(first, count uintptr, v bool) {
	for count > 0 {
		i, ofs := first/64, first%64
		n := min(64-ofs, count)
		mask := ^uint64(0) >> (64 - n) << ofs
		if v {
			b[i] |= mask
		} else {
			b[i] &^= mask
		}
		first += n
		count -= n
	}
}
