// Package flavours holds further builds of the library: a program that imports it can run programs of
// their profiles.
//
// Each is one C file, which sets the library's macros and includes library.c of package cref: the
// same source, the same shim. setup lists the global names of the source, and each build gives them
// a prefix of its own, so that all fit into one program. They share the simulated OS, the virtual
// threads and the interpreter of package cref, one at a time.
package flavours

/*
#cgo CFLAGS: -O1 -DNDEBUG -DMI_NO_GETENV -I${SRCDIR}/.. -I${SRCDIR}/../mimalloc/include -fvisibility=hidden
#include "flavours.h"
*/
import "C"

import (
	"unsafe"

	"midiff/cref"
)

func init() {
	cref.Register(unsafe.Pointer(&C.mid_library_abandon))
	cref.Register(unsafe.Pointer(&C.mid_library_stats))
	cref.Register(unsafe.Pointer(&C.mid_library_secure))
	cref.Register(unsafe.Pointer(&C.mid_library_padded))
	cref.Register(unsafe.Pointer(&C.mid_library_checked))
}
