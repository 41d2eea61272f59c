// Package raw turns addresses of off-heap memory into Go values, and is the only place that does.
//
// The allocator keeps its records and free lists in memory that the Go collector does not own. Links
// stored there are Addr, an integer, and never Go pointers: a pointer store would run the collector's
// write barrier, which reads the old contents of the word as a pointer, and the old contents of a
// freed block are the user's bytes.
package raw

import "unsafe"

// Addr is an address of off-heap memory; 0 is the null address.
type Addr uintptr

// pointer is the one place where an address becomes a pointer. In race builds the memory is Go's own, and
// the compiler's check of pointer arithmetic, which is on there, misses the pointer that it came from.
//
//go:nocheckptr
func pointer(a Addr) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(nil), a) }

// At views the record of type T that lies at a. T must hold no Go pointers, and a must be aligned
// for T and lie in mapped memory; neither can be checked here. The compiler takes the result of pointer
// arithmetic for no null pointer: where the address may be 0, compare that.
func At[T any](a Addr) *T {
	return (*T)(pointer(a))
}

// Of gives the address of an off-heap record; the inverse of At.
func Of[T any](p *T) Addr {
	return Addr(unsafe.Pointer(p))
}

// Load reads the word at a: the link of a free block. Works for any address, aligned or not.
func Load(a Addr) Addr {
	return *(*Addr)(pointer(a))
}

// Store writes the word at a.
func Store(a, v Addr) {
	*(*Addr)(pointer(a)) = v
}

// Bytes views n bytes at a.
func Bytes(a Addr, n uintptr) []byte {
	return unsafe.Slice((*byte)(pointer(a)), n)
}

// Words views n whole 8-byte words at a, which may lie at any address.
func Words(a Addr, n uintptr) []uint64 {
	return unsafe.Slice((*uint64)(pointer(a)), n)
}

// Zero clears n bytes at a.
func Zero(a Addr, n uintptr) {
	clear(Bytes(a, n))
}

// Copy copies n bytes; the ranges may overlap.
func Copy(dst, src Addr, n uintptr) {
	copy(Bytes(dst, n), Bytes(src, n))
}

// AlignUp rounds v up to a multiple of n, any n > 0, wrapping at the end of the address space as
// unsigned arithmetic does.
func AlignUp[V ~uintptr](v V, n uintptr) V {
	mask := V(n - 1)
	if n&(n-1) == 0 {
		return (v + mask) &^ mask
	}
	return (v + mask) / V(n) * V(n)
}

// AlignDown rounds v down to a multiple of n, any n > 0.
func AlignDown[V ~uintptr](v V, n uintptr) V {
	if n&(n-1) == 0 {
		return v &^ V(n-1)
	}
	return v / V(n) * V(n)
}
