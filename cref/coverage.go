// What ran of the library. See doc.go for an overview.

package cref

// #include "shim.h"
import "C"

import "unsafe"

// Coverage is what ran in a run, and what the library's state was like then.
type Coverage struct {
	Edges    []uint16 // places of the library's code, by number, ascending
	Features []uint16 // ascending; cref/covered/looks.h says what each is
	all      [1 << 14]uint16
}

// Covered takes in what ran since the run began, up to now or to the reset after it. The same run gives the same in
// every process of one program. It is empty unless the build in use can tell, see package covered.
func (r *Ref) Covered(c *Coverage) {
	r.mustUse()
	var sites C.size_t
	n := C.mid_covered((*C.uint16_t)(unsafe.Pointer(&c.all)), C.size_t(len(c.all)), &sites)
	c.Edges, c.Features = c.all[:sites], c.all[sites:n]
}

// Sites gives the addresses of the places in this process, by number; none if the build in use cannot tell.
func (r *Ref) Sites() []uintptr {
	r.mustUse()
	var n C.size_t
	kept := C.mid_sites_of(&n)
	return unsafe.Slice((*uintptr)(unsafe.Pointer(kept)), n)
}
