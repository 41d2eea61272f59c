// The library's state and constants. See doc.go for an overview.

package cref

// #include "shim.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Static is a writable static of the library.
type Static struct {
	Name string
	Size int
}

// Statics lists the writable statics that a reset puts back. Statics inside functions are not in it
// until the library first writes them.
func (r *Ref) Statics() []Static {
	r.mustUse()
	var all []Static
	for i := C.uint(0); ; i++ {
		name := C.mid_static_name(i)
		if name == nil {
			return all
		}
		all = append(all, Static{C.GoString(name), int(C.mid_static_size(i))})
	}
}

// Fingerprint hashes every writable static in full, and the state of the simulated OS and of the
// virtual threads. It is equal before the first run and after every Reset. It contains addresses of
// statics, so that other processes agree only if they run the same executable at the same address,
// which Go's default build mode sees to.
func (r *Ref) Fingerprint() uint64 {
	r.mustUse()
	return uint64(C.mid_fingerprint())
}

// Differing names the statics that differ from the pristine state.
func (r *Ref) Differing() []string {
	r.mustUse()
	var names []string
	for i := C.uint(0); ; i++ {
		name := C.mid_static_name(i)
		if name == nil {
			return names
		}
		if C.mid_static_differs(i) {
			names = append(names, C.GoString(name))
		}
	}
}

// State lists the canonical state of the run, in the order in which its hash takes it in.
func (r *Ref) State() []StateEntry {
	n := C.mid_state_dump(nil, 0)
	all := make([]StateEntry, n)
	C.mid_state_dump((*C.mid_entry)(unsafe.Pointer(unsafe.SliceData(all))), n)
	return all
}

// Stats lists the statistics of the run, in the order in which their hash takes them in: Field is an index
// into StatNames, A is 0 for the totals and else 1 + the thread's number, Pos an index into StatParts.
func (r *Ref) Stats() []StateEntry {
	n := C.mid_stats_dump(nil, 0)
	all := make([]StateEntry, n)
	C.mid_stats_dump((*C.mid_entry)(unsafe.Pointer(unsafe.SliceData(all))), n)
	return all
}

// StatNames names the statistics.
func StatNames() []string {
	var names []string
	for i := C.uint(0); C.mid_stat_name(i) != nil; i++ {
		names = append(names, C.GoString(C.mid_stat_name(i)))
	}
	for bin := range C.MID_STAT_BINS {
		names = append(names, fmt.Sprintf("normal_bin_%d", bin))
	}
	return names
}

// StatParts names what a statistic consists of: the first four of one that goes up and down, the others
// of one that only goes up.
var StatParts = [...]string{"allocated", "freed", "peak", "current", "total", "count"}

// StateFields names the fields of the canonical state.
func StateFields() []string {
	var names []string
	for i := C.uint(0); C.mid_field_name(i) != nil; i++ {
		names = append(names, C.GoString(C.mid_field_name(i)))
	}
	return names
}

// Constants gives sizes and limits of the library as compiled, by name. Those that come in rows
// have a number in the name: bin_size_1, span_bin_slices_1; option_NAME is an option's default.
func (r *Ref) Constants() map[string]uint64 {
	r.mustUse()
	m := table(func(i C.uint) *C.mid_constant { return C.mid_constants(i) })
	for i := C.uint(0); C.mid_bin_size(i) != 0; i++ {
		m[fmt.Sprintf("bin_size_%d", i)] = uint64(C.mid_bin_size(i))
	}
	for i := C.uint(0); C.mid_span_bin_slices(i) != 0; i++ {
		m[fmt.Sprintf("span_bin_slices_%d", i)] = uint64(C.mid_span_bin_slices(i))
	}
	for i := C.uint(0); C.mid_option_name(i) != nil; i++ {
		name := C.GoString(C.mid_option_name(i))
		if _, ours := pinned[name]; !ours {
			m["option_"+name] = uint64(C.mid_option_default(i))
		}
	}
	return m
}

// layout gives sizes and offsets of the C structs that types.go mirrors.
func layout() map[string]uint64 {
	return table(func(i C.uint) *C.mid_constant { return C.mid_layout(i) })
}

func table(row func(C.uint) *C.mid_constant) map[string]uint64 {
	m := map[string]uint64{}
	for i := C.uint(0); ; i++ {
		c := row(i)
		if c == nil {
			return m
		}
		m[C.GoString(c.name)] = uint64(c.value)
	}
}

// Source gives the version of the library and the checksum of its source.
func Source() (version, sha string) {
	return C.GoString(C.mid_source_version()), C.GoString(C.mid_source_sha())
}

// Compiler gives the version of the C compiler that built it.
func Compiler() string { return C.GoString(C.mid_compiler()) }
