// Package sim runs small concurrent programs under a scheduler that it controls and a simulated C11
// weak memory. Everything that a real run leaves to chance (which thread goes on, which of several
// stores a load sees, whether a compare-and-swap fails) is a numbered choice, so that a run is a
// short vector of numbers which can be replayed, varied and made smaller.
//
// The package knows addresses, orders and sites as numbers. It runs nothing by itself: a body is an
// ordinary Go function that calls the methods of a Sim where C would have an atomic, a shared plain
// access, a lock or a thread.
//
// # The model
//
// Each word has the history of its stores; modification order is the order in which they were made.
// A thread knows a prefix of every other thread's events: two vector clocks, hb for what happens
// before it, coh for what it must not read behind of, which is hb and what fences of seq_cst add
// (clock.go). A load may see any store from a floor on (word.go), newest first: choice 0 is the newest. The
// floor is found from the clocks and from what threads have seen of the word; no views are carried along.
// Release sequences go through read-modify-writes (atomic.go). Plain accesses are checked by clocks, per
// byte (plain.go); whole ranges can be zeroed, given back and handed out (range.go).
//
// This is RC11 without load buffering, and with modification order equal to execution order. What it
// leaves out is left out: it never shows an outcome that RC11 forbids. To that end operations of seq_cst
// and fences of seq_cst are ordered by execution: a seq_cst load sees at least the last seq_cst store and
// what came before any seq_cst fence so far, and what follows a seq_cst fence sees at least the
// seq_cst stores before it. The tests of package search hold it against litmus
// shapes and against the axioms.
//
// # Threads
//
// Threads are coroutines; only one runs (thread.go). Before each visible operation the running one decides
// itself who is next, and gives way only when that is another (schedule.go). Choice 0 is to go on.
//
// A loop that waits for another thread says so with Await, which makes the newest store visible and takes the
// thread out of the game until somebody else stores there; that is what keeps spinning finite.
//
// # Choices
//
// choice.go: 0 is always the quiet choice; a vector that is read past its end gives 0. Each choice has a
// kind, a number of options and a hash of its place; a replay that meets others than it recorded is a fault
// of the rig, and reported as that (Fault), never as a failure of the program.
//
// # What goes wrong
//
// failure.go has the classes. The first failure ends the execution: all threads are unwound by a panic that
// thread.go recovers.
//
// A Sim is for one goroutine and one execution after the other; its memory is reused. Use several for
// several cores.
package sim
