//go:build ccover

package covered

/*
#cgo CFLAGS: -O2 -DNDEBUG -DMI_NO_GETENV -I${SRCDIR}/.. -I${SRCDIR}/../mimalloc/include -fvisibility=hidden
#cgo CFLAGS: -fsanitize-coverage=trace-pc -fno-reorder-functions -fno-reorder-blocks-and-partition -fno-optimize-sibling-calls
#cgo clines CFLAGS: -O0 -g
typedef struct mid_library mid_library;
extern const mid_library mid_library_covered;
*/
import "C"

import (
	"unsafe"

	"midiff/cref"
)

func init() { cref.Register(unsafe.Pointer(&C.mid_library_covered)) }
