// Package shared is any libmimalloc.so, opened at run time, as one more build behind the interpreter of package cref:
// the same operations, the same checks, the same simulated operating system at the same addresses.
//
//	open.c     the library: its functions, found by name; what it is asked beside them
//	system.c   the system calls of the whole program. The dynamic linker has the library find these before those of
//	           the C library: a thread that is inside the library gets the simulated system, all others the real one
//	threads.c  threads of the system that take turns, since the library has its own thread-local variables and
//	           thread ids
//	image.c    its writable segments and thread-local memory, as they are once it is loaded: a reset puts them back
//	options.c  its options by name
//	random.c   the random numbers of its main heap, which depend on where it was loaded
//	atonce.c   the same library for threads that run at once, on the real system: as package pthreads wants it
//	mapped.c   what they have mapped, which the next run gives back
//	shared.go  the calls from Go
//
// What only a build from source shows, it does not: the canonical state, and statistics by thread. Memory that the
// system gives reads zero in every run, since a version may rely on it; so a reset drops what a run has touched.
//
// A process has one library, and opens it in one of both ways: it is never closed.
package shared
