// Sets of address ranges. See osmem.go for an overview.

package osmem

import "midiff/goalloc/internal/raw"

// ranges are address ranges without overlap, in no order.
type ranges []addrRange

// addrRange is [from, to).
type addrRange struct{ from, to raw.Addr }

// add puts [a, a+size) in, of which nothing may be in yet.
func (r *ranges) add(a raw.Addr, size uintptr) {
	*r = append(*r, addrRange{a, a + raw.Addr(size)})
}

// remove takes out what of [a, a+size) is in.
func (r *ranges) remove(a raw.Addr, size uintptr) {
	var left ranges
	end := a + raw.Addr(size)
	for _, h := range *r {
		if h.to <= a || end <= h.from {
			left = append(left, h)
			continue
		}
		if h.from < a {
			left = append(left, addrRange{h.from, a})
		}
		if end < h.to {
			left = append(left, addrRange{end, h.to})
		}
	}
	*r = left
}
