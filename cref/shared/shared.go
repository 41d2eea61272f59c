// Opening a library. See doc.go for an overview.

package shared

/*
#cgo CFLAGS: -O2 -D_GNU_SOURCE -I${SRCDIR}/.. -fvisibility=hidden
#cgo LDFLAGS: -ldl -pthread
#include <stdlib.h>
#include "shared.h"
*/
import "C"

import (
	"fmt"
	"path/filepath"
	"sync"
	"unsafe"

	"midiff/cref"
	"midiff/cref/pthreads"
)

func init() {
	cref.OpenShared = open
	pthreads.Open = openAtOnce
}

var (
	one    sync.Mutex
	opened *cref.Shared      // the one of the process
	atOnce *pthreads.Library // or this one
	path   string            // its path, without links
)

// open implements cref.OpenShared.
func open(file string) (*cref.Shared, error) {
	one.Lock()
	defer one.Unlock()
	real, err := filepathOf(file)
	if err != nil {
		return nil, err
	}
	if opened != nil && path == real {
		return opened, nil
	}
	name := C.CString(real)
	defer C.free(unsafe.Pointer(name))
	if problem := C.mid_shared_open(name); problem != nil {
		return nil, fmt.Errorf("%s: cannot be opened: %s", file, C.GoString(problem))
	}
	ref, err := cref.Load(unsafe.Pointer(C.mid_shared_library()))
	if err != nil {
		return nil, err
	}
	path = real
	var debug, secure C.int
	C.mid_shared_levels(&debug, &secure)
	opened = &cref.Shared{Debug: int(debug), Secure: int(secure), Ref: ref, Version: int(C.mid_shared_version()), Has: has, Told: stats, Commit: commit}
	return opened, nil
}

// openAtOnce implements pthreads.Open.
func openAtOnce(file string) (*pthreads.Library, error) {
	one.Lock()
	defer one.Unlock()
	real, err := filepathOf(file)
	if err != nil {
		return nil, err
	}
	if atOnce != nil && path == real {
		return atOnce, nil
	}
	name := C.CString(real)
	defer C.free(unsafe.Pointer(name))
	if problem := C.mid_at_once_open(name); problem != nil {
		return nil, fmt.Errorf("%s: cannot be opened: %s", file, C.GoString(problem))
	}
	path = real
	atOnce = &pthreads.Library{Table: unsafe.Pointer(C.mid_at_once_table()), Version: int(C.mid_shared_version()), Has: has}
	return atOnce, nil
}

// filepathOf gives the whole path of a file, without links.
func filepathOf(file string) (string, error) {
	real, err := filepath.EvalSymlinks(file)
	if err != nil {
		return "", err
	}
	return filepath.Abs(real)
}

// stats gives the library's statistics.
func stats() string { return C.GoString(C.mid_shared_stats()) }

// commit gives what mi_process_info tells of committed bytes.
func commit() (current, peak uint64, ok bool) {
	var c, p C.uint64_t
	ok = bool(C.mid_shared_commit(&c, &p))
	return uint64(c), uint64(p), ok
}

// has tells whether the library has the function of a name.
func has(name string) bool {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return bool(C.mid_shared_has(c))
}
