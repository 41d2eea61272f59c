// Plain accesses, as the source that the explorer is built from makes them. See doc.go for an overview.

//go:build explore

package atom

import (
	"unsafe"

	"midiff/goalloc/internal/raw"
)

// Read is p, of which all is read now.
func Read[T any](p *T, at uint32) *T {
	if current != nil {
		current.PlainRead(uintptr(unsafe.Pointer(p)), unsafe.Sizeof(*p), at)
	}
	return p
}

// Write is p, of which all is about to be written.
func Write[T any](p *T, at uint32) *T {
	if current != nil {
		current.PlainWrite(uintptr(unsafe.Pointer(p)), unsafe.Sizeof(*p), at)
	}
	return p
}

// Set writes v.
func Set[T any](p *T, v T, at uint32) { *Write(p, at) = v }

// Update is p, which is read and written.
func Update[T any](p *T, at uint32) *T { return Write(Read(p, at), at) }

// Load is raw.Load.
func Load(a raw.Addr, at uint32) raw.Addr {
	touch(a, 8, false, at)
	return raw.Load(a)
}

// Store is raw.Store.
func Store(a, v raw.Addr, at uint32) {
	touch(a, 8, true, at)
	raw.Store(a, v)
}

// Zero is raw.Zero.
func Zero(a raw.Addr, n uintptr, at uint32) {
	touch(a, n, true, at)
	raw.Zero(a, n)
}

// Copy is raw.Copy.
func Copy(dst, src raw.Addr, n uintptr, at uint32) {
	touch(src, n, false, at)
	touch(dst, n, true, at)
	raw.Copy(dst, src, n)
}

func touch(a raw.Addr, n uintptr, write bool, at uint32) {
	switch {
	case current == nil || n == 0:
	case write:
		current.PlainWrite(uintptr(a), n, at)
	default:
		current.PlainRead(uintptr(a), n, at)
	}
}
