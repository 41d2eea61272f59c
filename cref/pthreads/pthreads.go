// Runs. See doc.go for an overview.

package pthreads

/*
#cgo CFLAGS: -O2 -DNDEBUG -DMI_NO_GETENV -I${SRCDIR}/.. -I${SRCDIR}/../mimalloc/include -fvisibility=hidden
#cgo CFLAGS: -ftls-model=initial-exec
#cgo LDFLAGS: -pthread
#cgo nocallback mid_pthreads_run
#include "pthreads.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"unsafe"
)

// ErrHung is the error of a run in which nothing moved any more for as long as Job.Patience says.
var ErrHung = errors.New("nothing moves any more")

// ErrStopped is the error of a run in which a thread crashed. Ending says where and by which signal.
var ErrStopped = errors.New("a thread crashed")

// ErrSpoilt is the error of runs after one that hung or crashed: its threads are still there.
var ErrSpoilt = errors.New("an earlier parallel run of this process hangs or crashed: start another process")

var codes = sync.OnceValue(func() map[string]uint8 {
	m := map[string]uint8{}
	for i := C.uint(0); ; i++ {
		name := C.mid_pthreads_name(i)
		if name == nil {
			return m
		}
		m[C.GoString(name)] = uint8(i)
	}
})

// Code gives the number of an operation by its plain name; false if parallel runs have none of that name.
func Code(name string) (uint8, bool) {
	c, ok := codes()[name]
	return c, ok
}

// Told gives what the library of the last run told of its statistics, as text, when all threads had ended, or at rest;
// "" if Ending has them.
func Told(atRest bool) string {
	one.Lock()
	defer one.Unlock()
	return C.GoString(C.mid_pthreads_told(C.bool(atRest)))
}

var one sync.Mutex // the library's statics are the process's

// Run runs a job. It may be called from several goroutines, which then take turns.
func Run(j *Job) ([]Result, *Ending, error) {
	one.Lock()
	defer one.Unlock()
	head, stitches, settings := j.parts()
	C.mid_pthreads_guard()
	out, end := make([]Result, j.Results+1), new(Ending)
	library := unsafe.Pointer(nil)
	if j.Library != nil {
		library = j.Library.Table
	}
	err := C.mid_pthreads_run(library, &head,
		(*C.mid_stitch)(unsafe.Pointer(unsafe.SliceData(stitches))),
		(*C.mid_wait)(unsafe.Pointer(unsafe.SliceData(j.Waits))),
		(*C.uint32_t)(unsafe.Pointer(unsafe.SliceData(j.Drops))),
		unsafe.SliceData(settings),
		(*C.mid_stitched)(unsafe.Pointer(unsafe.SliceData(out))),
		(*C.mid_ending)(unsafe.Pointer(end)))
	switch {
	case err == C.MID_HUNG:
		return out[:j.Results], end, ErrHung
	case err == C.MID_STOPPED:
		return out[:j.Results], end, ErrStopped
	case err == C.MID_SPOILT:
		return nil, nil, ErrSpoilt
	case err != 0:
		return nil, nil, fmt.Errorf("cannot run threads: %w", syscall.Errno(err))
	}
	return out[:j.Results], end, nil
}

// parts gives the job as C takes it.
func (j *Job) parts() (head C.mid_job, stitches []Stitch, settings []C.mid_setting) {
	head = C.mid_job{threads: C.uint32_t(len(j.Threads)), waits: C.uint32_t(len(j.Waits)),
		drops: C.uint32_t(len(j.Drops)), results: C.uint32_t(j.Results),
		settings: C.uint32_t(len(j.Settings)), blocks: C.uint32_t(j.Blocks), heaps: C.uint32_t(j.Heaps),
		patience_ms: C.uint32_t(j.Patience)}
	if j.Bare {
		head.bare = 1
	}
	for t, all := range j.Threads {
		head.stitches[t] = C.uint32_t(len(all))
		stitches = append(stitches, all...)
	}
	for _, s := range j.Settings {
		c := C.mid_setting{value: C.int64_t(s.Value)}
		for i := 0; i < min(len(s.Name), len(c.name)-1); i++ {
			c.name[i] = C.char(s.Name[i])
		}
		if s.Set {
			c.set = 1
		}
		settings = append(settings, c)
	}
	return head, stitches, settings
}
