// The reference and its runs. See doc.go for an overview.

package cref

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"unsafe"
)

// Base is where the simulated memory lies. Addresses in results are relative to it.
const Base = C.MID_BASE

// Ref is a build of the library, loaded and ready for runs. One is in use at a time: a call on another
// ends the run and puts that one in its place.
type Ref struct {
	library *C.mid_library
	options map[string]C.uint
}

// builds are the builds of the library by profile, inUse the one whose state is the process's.
var (
	builds = map[string]*Ref{}
	inUse  *Ref
)

func init() { Register(unsafe.Pointer(&C.mid_library_release)) }

// Register makes a build known: its mid_library, which another package of C files defines. To be
// called while packages are initialised.
func Register(library unsafe.Pointer) {
	l := (*C.mid_library)(library)
	builds[C.GoString(C.mid_library_profile(l))] = &Ref{library: l}
}

// Open loads the release build, of profile 2.0.
func Open() (*Ref, error) { return OpenProfile("2.0") }

// OpenProfile loads the build of a profile. There is one of each in a process: every call gives the
// same. A profile other than 2.0 is an error unless the program imports package flavours.
func OpenProfile(profile string) (*Ref, error) {
	r, ok := builds[profile]
	if !ok {
		return nil, fmt.Errorf("profile %s: no build of the C library for it in this program", profile)
	}
	if err := r.use(); err != nil {
		return nil, err
	}
	if r.options == nil {
		r.readOptions()
	}
	return r, nil
}

// readOptions asks the build in use for its options.
func (r *Ref) readOptions() {
	r.options = map[string]C.uint{}
	for i := C.uint(0); C.mid_option_name(i) != nil; i++ {
		r.options[C.GoString(C.mid_option_name(i))] = i
	}
}

// HasOption tells whether the build has an option of a name.
func (r *Ref) HasOption(name string) bool {
	_, ok := r.options[name]
	return ok
}

// use makes the build the one in use.
func (r *Ref) use() error {
	if inUse == r {
		return nil
	}
	if e := C.mid_use(r.library); e != 0 {
		return fmt.Errorf("cannot reserve 64 GiB of addresses at %#x for the C allocator: %w "+
			"(an address-space limit, see ulimit -v, or another library sits there)",
			uint64(Base), syscall.Errno(e))
	}
	inUse = r
	return nil
}

// mustUse is use for a build that is loaded, which cannot fail.
func (r *Ref) mustUse() {
	if err := r.use(); err != nil {
		panic("cref: " + err.Error())
	}
}

var codes = sync.OnceValue(func() map[string]uint8 {
	m := map[string]uint8{}
	for i := C.uint(0); ; i++ {
		name := C.mid_op_name(i)
		if name == nil {
			return m
		}
		m[C.GoString(name)] = uint8(i)
	}
})

// Code gives the number of an operation, by its name in the C API without mi_ and heap_ (but
// heap_new, heap_delete, heap_destroy, heap_set_default and heap_collect).
func Code(name string) (uint8, bool) {
	c, ok := codes()[name]
	return c, ok
}

// StepOptions names the options that an operation may speak of, by the number that it gives as its A.
func StepOptions() (names []string) {
	for i := C.uint(0); ; i++ {
		name := C.mid_step_option_name(i)
		if name == nil {
			return names
		}
		names = append(names, C.GoString(name))
	}
}

// pinned are the options a run must not set, and why.
var pinned = map[string]string{
	"show_errors":           "messages are part of the results",
	"max_errors":            "messages are part of the results",
	"max_warnings":          "messages are part of the results",
	"verbose":               "messages are part of the results",
	"use_numa_nodes":        "the simulated machine has one node",
	"large_os_pages":        "the simulated OS has no large pages",
	"reserve_huge_os_pages": "the simulated OS has no large pages",
}

// Begin makes ready for a run. It starts from the pristine state, resetting first if need be.
// An error says what of the setup is not possible.
func (r *Ref) Begin(s *Setup) error {
	if s.Threads < 1 || s.Threads > C.MID_MAX_THREADS {
		return fmt.Errorf("%d threads: want 1 to %d", s.Threads, C.MID_MAX_THREADS)
	}
	if len(s.Faults) > C.MID_MAX_FAULTS {
		return fmt.Errorf("%d faults: at most %d are possible", len(s.Faults), C.MID_MAX_FAULTS)
	}
	if err := r.check(s); err != nil {
		return err
	}
	r.mustUse()
	setup := C.mid_setup{threads: C.uint32_t(s.Threads), blocks: C.uint32_t(s.Blocks),
		heaps: C.uint32_t(s.Heaps), arenas: C.uint32_t(s.Arenas),
		subprocs: C.uint32_t(s.Subprocs)}
	if s.Careful {
		setup.careful = 1
	}
	faults := (*C.mid_fault)(unsafe.Pointer(unsafe.SliceData(s.Faults)))
	if e := C.mid_begin(&setup, faults, C.size_t(len(s.Faults))); e != 0 {
		return fmt.Errorf("%d block, %d heap and %d arena slots: %w", s.Blocks, s.Heaps, s.Arenas,
			syscall.Errno(e))
	}
	for _, o := range s.Options {
		C.mid_option_put(r.options[o.Name], C.int64_t(o.Value))
	}
	return nil
}

// check refuses what the library or the shim cannot do.
func (r *Ref) check(s *Setup) error {
	pageReset := false
	for _, o := range s.Options {
		if _, ok := r.options[o.Name]; !ok {
			return fmt.Errorf("option %s: this build of mimalloc has none of that name", o.Name)
		}
		if why, ok := pinned[o.Name]; ok {
			return fmt.Errorf("option %s: cannot be set, %s", o.Name, why)
		}
		pageReset = pageReset || o.Name == "page_reset" && o.Value != 0
	}
	for _, f := range s.Faults {
		if f.Call > FaultClock || f.N == 0 || f.Errno == 0 || f.Errno > 255 {
			return fmt.Errorf("fault %+v: want a kind of call, a number from 1 and an error", f)
		}
		if pageReset && f.Call == FaultMadvise && f.Sticky && f.Errno == uint16(syscall.EAGAIN) {
			return errors.New("fault madvise sticky eagain with option page_reset: the library " +
				"retries for ever; make it not sticky or take another error")
		}
	}
	return nil
}

// Run makes the calls in order and fills out, which must be as long as ops. It may be called
// several times between Begin and Reset. An operand that does not exist is a mistake of the
// caller: it panics, since going on would change memory that is not the program's.
func (r *Ref) Run(ops []Op, out []Result) {
	if len(ops) == 0 {
		return
	}
	_ = out[len(ops)-1]
	r.mustUse()
	n := C.mid_run((*C.mid_op)(unsafe.Pointer(unsafe.SliceData(ops))), C.size_t(len(ops)),
		(*C.mid_result)(unsafe.Pointer(unsafe.SliceData(out))))
	if int(n) != len(ops) {
		panic(fmt.Sprintf("cref: step %d has an operand that does not exist: %+v", n, ops[n]))
	}
}

// Watch has the ID of the step that is about to run kept in the first four bytes of at, in the machine's
// byte order, until the next call; nil for nowhere. C keeps the address: at must lie outside of Go's heap,
// and stay.
func Watch(at []byte) {
	if at == nil {
		C.mid_watch(nil)
		return
	}
	_ = at[3]
	C.mid_watch((*C.uint32_t)(unsafe.Pointer(unsafe.SliceData(at))))
}

// Reset returns to the pristine state.
func (r *Ref) Reset() {
	r.mustUse()
	C.mid_reset()
}

// Calls gives the OS calls of the run so far, at most the first 32,768.
func (r *Ref) Calls() []OSCall {
	var n C.size_t
	kept := C.mid_calls(&n)
	return append([]OSCall(nil), unsafe.Slice((*OSCall)(unsafe.Pointer(kept)), n)...)
}

// Visits gives what the steps of the last Run visited. It is valid until the next Run.
func (r *Ref) Visits() []Visit {
	var n C.size_t
	kept := C.mid_visits(&n)
	return unsafe.Slice((*Visit)(unsafe.Pointer(kept)), n)
}

// Callbacks gives the calls of the deferred-free callback in the steps of the last Run. It is valid until the next
// Run.
func (r *Ref) Callbacks() []Callback {
	var n C.size_t
	kept := C.mid_callbacks(&n)
	return unsafe.Slice((*Callback)(unsafe.Pointer(kept)), n)
}

// Message gives what the library has to say of the run: the first assertion that failed or what stopped it,
// and the latest messages, at most about 2 KiB of text.
func (r *Ref) Message() string { return C.GoString(C.mid_stop_text()) + C.GoString(C.mid_message()) }

// Mapped lists what is mapped, in order, at most the first 1,000 ranges.
func (r *Ref) Mapped() []Range {
	all := make([]Range, 1000)
	n := C.mid_mapped((*C.mid_range)(unsafe.Pointer(unsafe.SliceData(all))), C.size_t(len(all)))
	return all[:min(int(n), len(all))]
}

// Committed tells whether every page of [addr, addr+size) is committed in the simulated memory.
func (r *Ref) Committed(addr, size uint64) bool {
	return bool(C.mid_committed(C.uint64_t(addr), C.uint64_t(size)))
}
