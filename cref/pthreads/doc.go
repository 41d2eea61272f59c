// Package pthreads is the reference on the real system: C mimalloc 2.0.9, compiled from the same unchanged
// source as in package cref, with its own thread-local variables and atomics, on memory of Linux and on
// threads that run at once and end for good. A library that was opened at run time (package shared) may stand in its
// place: the interpreter calls through a table.
//
//	library.c   the library, and what is asked of it beyond its API; library.h is all that the others see
//	run.c       the interpreter: a pthread for each thread of a program, all inside one call from Go. A call
//	            for each operation would order the threads in between and hide what they do to each other
//	ops.c       the operations
//	stops.c     crashes: they end the run, not the process
//	contents.h  what is written into blocks, and looked at before they go
//	main.c      a program of its own, which runs an image of a job (image.go): for the sanitizers
//	types.go    what goes across, pthreads.go the call
//
// Threads wait for each other only where the program that they run says so (prog.Strands): a counter per
// thread, stored with release and read with acquire. Everything else that they share is the library's.
//
// A run begins with the statics as they were when the library was loaded and with a new first thread, and
// ends when every thread is gone. A run in which nothing moves any more, or a thread crashes, is given up; its
// threads stay, so that the process is of no use for further runs.
package pthreads
