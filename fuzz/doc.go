// Package fuzz has the fuzz targets. Each decodes its input into a program, runs it on C mimalloc and
// on goalloc in lockstep, and fails at the first difference that is not a known finding:
//
//	FuzzLockstep  one thread, all sizes
//	FuzzThreads   up to four threads, with exits, abandonment and reclaim
//	FuzzHeaps     first-class heaps and arenas, two threads
//	FuzzAligned   aligned calls
//	FuzzParallel  threads that run at once; what they cover does not guide the fuzzer, so it runs by name only
//	FuzzText      the parser and the printer of programs; no allocator
//
// They start from the programs of the corpus. `make fuzz` runs them in turn. Package libfuzzer has all but
// FuzzParallel for libFuzzer (unkept.go).
package fuzz
