// Libraries that are opened at run time. See doc.go for an overview.

package cref

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// Shared is a libmimalloc.so that was opened at run time.
type Shared struct {
	*Ref
	Version int // as mi_version gives it: 209 is 2.0.9, 20301 is 2.3.1
	Debug   int // the level of debugging of its build, and of security; 0 where it does not tell
	Secure  int
	Has     func(name string) bool // whether it has a function, named without mi_
	// Told gives the statistics of the process at the end of a run, those of its threads in them: as JSON, or as the
	// text that the library prints for people; "" if it tells none.
	Told func() string
	// Commit gives the committed bytes, now and at most, as mi_process_info tells them; false without that function.
	Commit func() (current, peak uint64, ok bool)
}

// OpenShared opens the library at a path, and gives the same one for every call with it: a process can have one.
// Package shared sets it.
var OpenShared = func(string) (*Shared, error) {
	return nil, errors.New("this program cannot open libraries at run time")
}

// Load makes a build ready for runs that is not found by its profile.
func Load(library unsafe.Pointer) (*Ref, error) {
	r := &Ref{library: (*C.mid_library)(library)}
	if err := r.use(); err != nil {
		return nil, err
	}
	r.readOptions()
	return r, nil
}

// Release gives the version as people write it.
func (s *Shared) Release() string { return Release(s.Version) }

// Release gives a version, as mi_version does, as people write it.
func Release(version int) string {
	major, minor, patch := version/100, version/10%10, version%10
	if version >= 10000 {
		major, minor, patch = version/10000, version/100%100, version%100
	}
	return fmt.Sprintf("%d.%d.%d", major, minor, patch)
}
