// Entries for benchmarks: the library without stamps and checks. See doc.go for an overview.

package cref

// #include "shim.h"
import "C"

import "unsafe"

// BenchPairs allocates and frees n times in one crossing, with the sizes in turn. Reset
// afterwards, as after BenchMalloc.
func (r *Ref) BenchPairs(n int, sizes []uint64) {
	C.mid_bench_pairs(C.size_t(n), (*C.uint64_t)(unsafe.SliceData(sizes)), C.size_t(len(sizes)))
}

// BenchMalloc is one malloc in one crossing. The address is absolute.
func (r *Ref) BenchMalloc(size uint64) uintptr {
	return uintptr(C.mid_bench_malloc(C.size_t(size)))
}

// BenchFree is one free in one crossing. p is from BenchMalloc.
func (r *Ref) BenchFree(p uintptr) { C.mid_bench_free(unsafe.Add(nil, p)) }

// BenchEmpty is a crossing that does nothing.
func (r *Ref) BenchEmpty() { C.mid_bench_empty() }
