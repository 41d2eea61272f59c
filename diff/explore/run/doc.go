// Package run explores programs on goalloc under a controlled scheduler and a simulated C11 weak memory.
// It is part of the explorer's own binary: all of it needs the build tag explore, and the allocator as
// package rewrite leaves it.
//
//   - scenario.go: a program and what its threads wait for.
//   - machine.go: stands between the allocator's accesses and the simulator.
//   - body.go: one execution: reset, threads, operations; interp.go has the operations.
//   - oracle.go: what must hold at the end of an execution, and of every block handed out.
//
// Threads run their operations in the order of the program, and wait for others only where a handle comes
// from one, or at a barrier. All else is for the scheduler.
package run
