// Copies of strings. See doc.go for an overview.

package goalloc

import (
	"encoding/binary"
	"os"
	"path/filepath"

	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// Each copy ends with a zero, which is the caller's to count on; null when there is no memory.

// Strdup copies a string.
//
// Counterpart: mi_heap_strdup.
func (x Heap) Strdup(s string) Addr { return x.t.strdup(x.h, s) }

// strdup copies a string into a block of a heap.
//
// Counterpart: mi_heap_strdup.
func (t *Thread) strdup(h *heap, s string) Addr {
	n := uintptr(len(s))
	a := t.malloc(h, n+1)
	if a != 0 {
		b := raw.Bytes(a, n+1)
		b[copy(b, s)] = 0
	}
	return a
}

// Strndup copies a string, at most so many bytes of it.
//
// Counterpart: mi_heap_strndup.
func (x Heap) Strndup(s string, most uintptr) Addr {
	return x.t.strdup(x.h, s[:min(uintptr(len(s)), most)])
}

// Mbsdup is Strdup on the default heap.
//
// Counterpart: mi_mbsdup.
func (t *Thread) Mbsdup(s string) Addr { return t.strdup(t.heap, s) }

// Wcsdup copies a string of characters of two bytes.
//
// Counterpart: mi_wcsdup.
func (t *Thread) Wcsdup(s []uint16) Addr {
	const wide = 2
	size := uintptr(len(s)+1) * wide
	a := t.malloc(t.heap, size)
	if a == 0 {
		return 0
	}
	b := raw.Bytes(a, size)
	for i, c := range s {
		binary.NativeEndian.PutUint16(b[i*wide:], c)
	}
	binary.NativeEndian.PutUint16(b[len(s)*wide:], 0)
	return a
}

// DupenvS copies a variable of the environment. Of one that there is not it gives null and no error; ENOMEM when
// there is no memory.
//
// Counterpart: mi_dupenv_s.
func (t *Thread) DupenvS(name string) (Addr, unix.Errno) {
	value, ok := os.LookupEnv(name)
	if !ok {
		return 0, 0
	}
	a := t.strdup(t.heap, value)
	if a == 0 {
		return 0, unix.ENOMEM
	}
	return a, 0
}

// Realpath gives the path of a file from the root, without links in it; null of a file that there is not.
//
// Counterpart: mi_heap_realpath.
func (x Heap) Realpath(path string) Addr { return x.t.prof.requests.realpath(x.t, x.h, path) }

// resolve gives the path of a file from the root, without links; "" of one that there is not.
//
// Counterpart: none, the C library's realpath.
func resolve(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return ""
	}
	return real
}
