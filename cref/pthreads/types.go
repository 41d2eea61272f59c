// What goes across to C and comes back. See doc.go for an overview.

package pthreads

// #include "pthreads.h"
import "C"

import (
	"errors"
	"unsafe"

	"midiff/cref"
)

// Stitch is a step of one thread: prog.Stitch with its step.
type Stitch struct {
	// Op has a Code from this package's Code; its ID is the stamp of the block it makes.
	Op                  cref.Op
	FirstWait, Waits    uint32
	FirstDrop, NumDrops uint32
	Result              uint32 // which result is this one's, cref.NoSlot for none
	How                 uint32 // Barrier, Ends or 0
}

// MostMapped is what the system gives at a time, in bytes. A larger request gets null.
const MostMapped = C.MID_MOST_MAPPED

// Values of Stitch.How.
const (
	Barrier = C.MID_BARRIER // it is seen to be done before its waits are over
	Ends    = C.MID_ENDS    // the pthread ends behind it, and another goes on
)

// Wait is for a thread to have done that many of its stitches.
type Wait struct{ Thread, Stitches uint32 }

// Setting is an option of the library. The place in Job.Settings is the number by which operations name it.
type Setting struct {
	Name  string
	Value int64
	Set   bool // else it keeps its default
}

// Job is a program for threads that run at once.
type Job struct {
	Threads       [][]Stitch
	Waits         []Wait
	Drops         []uint32 // block slots that a heap_destroy ends
	Settings      []Setting
	Results       int
	Blocks, Heaps int      // slots
	Patience      uint32   // ms without any progress until the run counts as hung
	Bare          bool     // nothing is stamped or checked, for benchmarks
	Library       *Library // nil for the build from source
}

// Result is what a step gave. Addresses are absolute, times in nanoseconds of a monotonic clock.
type Result struct {
	Value   uint64 // address of the block or heap, or the number asked for
	Usable  uint64 // usable size of the resulting block
	Bad     uint64 // 0, or 1 + offset of the first wrong byte
	BadSlot uint32
	BadWhat uint8 // as cref.Result's
	Null    uint8 // 1: a block or heap was due and is null
	Ran     uint8
	Remote  uint8 // 1: a block of another thread was freed
	Until   int64 // of a step that ends a block: before the call
	From    int64 // of a step that gives a block: after the call
}

// Ending is what was there when all threads had ended, and what was left when everything was freed.
type Ending struct {
	Abandoned, Reclaimed       int64  // segments, before the first thread tidied up
	Bad                        uint64 // as in Result, of the look at all blocks at the end
	BadSlot                    uint32
	Live                       uint32 // blocks at the end
	AbandonedLeft, VisitedLeft uint64 // counts of the abandoned store
	Readers                    uint64
	Lists                      uint64 // 1: there are abandoned segments, 2: visited ones
	Mapped                     uint64 // bytes that the library did not give back
	Complaints                 uint64 // error messages, but for memory that was refused
	Current                    [16]int64
	At                         [C.MID_MAX_THREADS]uint32 // of a run that hangs: how far each thread came
	Nanoseconds                int64                     // from the threads' start to their end
	StoppedBy                  uint32                    // of a run that a signal ended: its number
	StoppedAt                  uint32                    // the same: 1 + the result of the step, 0 if it was in none
}

// Library is a libmimalloc.so that was opened at run time, for threads that run at once.
type Library struct {
	// Table is a mid_threaded in C.
	Table   unsafe.Pointer
	Version int                    // as mi_version gives it
	Has     func(name string) bool // whether it has a function, named without mi_
}

// Open opens the library at a path, and gives the same one for every call with it: a process can have one, and then
// none for threads that take turns. Package shared sets it.
var Open = func(string) (*Library, error) {
	return nil, errors.New("this program cannot open libraries at run time")
}

// The mirrors are exact: each line compiles only if both sides are equal.
var (
	_ [C.sizeof_mid_stitch]byte                        = [unsafe.Sizeof(Stitch{})]byte{}
	_ [unsafe.Offsetof(C.mid_stitch{}.first_drop)]byte = [unsafe.Offsetof(Stitch{}.FirstDrop)]byte{}
	_ [unsafe.Offsetof(C.mid_stitch{}.how)]byte        = [unsafe.Offsetof(Stitch{}.How)]byte{}
	_ [C.sizeof_mid_wait]byte                          = [unsafe.Sizeof(Wait{})]byte{}
	_ [C.sizeof_mid_stitched]byte                      = [unsafe.Sizeof(Result{})]byte{}
	_ [unsafe.Offsetof(C.mid_stitched{}.bad_slot)]byte = [unsafe.Offsetof(Result{}.BadSlot)]byte{}
	_ [unsafe.Offsetof(C.mid_stitched{}.remote)]byte   = [unsafe.Offsetof(Result{}.Remote)]byte{}
	_ [unsafe.Offsetof(C.mid_stitched{}.from)]byte     = [unsafe.Offsetof(Result{}.From)]byte{}
	_ [C.sizeof_mid_ending]byte                        = [unsafe.Sizeof(Ending{})]byte{}
	_ [unsafe.Offsetof(C.mid_ending{}.lists)]byte      = [unsafe.Offsetof(Ending{}.Lists)]byte{}
	_ [unsafe.Offsetof(C.mid_ending{}.current)]byte    = [unsafe.Offsetof(Ending{}.Current)]byte{}
	_ [unsafe.Offsetof(C.mid_ending{}.at)]byte         = [unsafe.Offsetof(Ending{}.At)]byte{}
	_ [unsafe.Offsetof(C.mid_ending{}.stopped_by)]byte = [unsafe.Offsetof(Ending{}.StoppedBy)]byte{}
)
