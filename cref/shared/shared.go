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
)

func init() { cref.OpenShared = open }

var (
	one    sync.Mutex
	opened *cref.Shared // the one of the process
	path   string       // its path, without links
)

// open implements cref.OpenShared.
func open(file string) (*cref.Shared, error) {
	one.Lock()
	defer one.Unlock()
	real, err := filepath.EvalSymlinks(file)
	if err == nil {
		real, err = filepath.Abs(real)
	}
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
	opened = &cref.Shared{Ref: ref, Version: int(C.mid_shared_version()), Has: has, Told: stats, Commit: commit}
	return opened, nil
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
