// Package emit writes a program as a source file that needs no rig: as C, for anyone who has libmimalloc
// and a compiler, or as a Go test of goalloc.
//
// Gather (case.go) runs the program and keeps what an emitter needs: what C and goalloc gave, what was
// found, and what the contract asks of every step. That comes from a run on goalloc alone with the known
// bugs of the reference switched off (diff.Fixed), so that it goes on behind a finding.
//
// # C
//
// c.go puts the file together, c_op.go writes operations (c_alloc.go, c_heap.go, c_arena.go by kind), and
// c_thread.go the threads: each one is a function, real threads exit, and a turn-taking helper pins the
// order. What the file checks stands in parts/, as C with marks: a line that ends with //@name is for
// files that need that part, and so are the lines from "//@ name" to "//@ end" (c_parts.go).
//
// Faults, the clock and counts of OS calls need no rig either: the file defines mmap and its kin itself,
// and syscall, by which random numbers are asked for, and the linker prefers them. The n-th call of a run becomes the n-th of the operation that it hit, so
// that a library which maps memory before main makes no difference.
//
// # Go
//
// golang.go writes a test that expects of goalloc, in its simulated memory, what C gave: place, usable
// size, value, operation by operation. Where the contract is with goalloc, it expects what goalloc gave.
package emit
