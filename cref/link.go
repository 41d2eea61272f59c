// How the C files are compiled: every #cgo line of the package. See doc.go for an overview.

package cref

// A release build, deaf to the environment. The symbols stay inside the executable: it may load
// another version of the library at run time, which must find its own.
//
// mid_run reads operations and writes results where Go has them, keeps no pointer and calls nothing
// of Go.

/*
#cgo CFLAGS: -O2 -DNDEBUG -DMI_NO_GETENV -I${SRCDIR}/mimalloc/include -fvisibility=hidden
#cgo noescape mid_run
#cgo nocallback mid_run
#cgo nocallback mid_reset
#cgo nocallback mid_begin
#cgo noescape mid_begin
#cgo noescape mid_covered
#cgo nocallback mid_covered
#cgo nocallback mid_bench_malloc
#cgo nocallback mid_bench_free
#cgo nocallback mid_bench_empty
#include "shim.h"
*/
import "C"
