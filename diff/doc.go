// Package diff runs one program on two allocators, C mimalloc (package cref) and goalloc, in lockstep,
// and stops at the first thing on which they, or either of them and the contract, disagree.
//
// # A run
//
//  1. A program (package prog) is lowered to steps: plain calls on numbered slots.
//  2. engine.go has each side run a batch of steps. A side is a Subject (subject.go); subject_c.go and
//     subject_go.go are the real ones. The interpreters (interp.go and interp_heap.go here, in C over
//     there) make the calls, fill every block with words that depend on its step (stamp.go), and look
//     at them whenever the block is touched and at the end of the run. Each step gives a Result.
//  3. engine.go compares the results one by one: null or not, address, usable size, error code,
//     messages, contents, OS calls. The first difference ends the run (difference.go).
//  4. Where the sides agree, the contract model judges what they agree on (judge.go) and takes it in
//     (update.go). The model (model.go) knows what is live, whose it is (owner.go), where it lies
//     (region.go) and which memory the OS has given (osmemory.go); visit.go holds what a heap tells of
//     itself against that; deferred.go knows the callback for deferred frees. What is promised is one table
//     in contract.go.
//  5. A result that breaks the contract on both sides is a bug of the reference. If it is one that
//     known.go has from the corpus, and the quirk of goalloc that reproduces it took effect in this very
//     step, it is counted and the run goes on.
//  6. Some runs end with a teardown: everything is freed and collected, and teardown.go judges what is
//     left on each side: mapped memory, statistics, the thread counter.
//  7. A run that diverged is repeated (locate.go): one that does not diverge again is Unknown, and where
//     contents are wrong, all blocks are looked at after every step, to name the one that did it.
//     Where the canonical states of the allocators differ (state.go), they are compared after every
//     step, and what differs is named.
//  7. A careful run also checks goalloc's own invariants (goalloc.Invariants): what its
//     records must say whatever the other side does, back links and inner records included, which the
//     canonical state leaves out.
//
// What a run came to is a Verdict (verdict.go). Two divergences are the same if their signatures are:
// which oracle spoke (oracle.go), of which operation, about which field.
//
// # Who is wrong
//
// The sides differ: the contract is asked about each alone, and Blame says with whom it is. If it is
// with both, as for two places that are equally good, the port is not faithful. The sides agree and the
// contract does not: the reference is wrong, and so is its faithful port.
//
// # What it costs
//
// A run makes no garbage and touches no map: slots index flat arrays. In the loop of engine.go a step
// costs some tens of nanoseconds, less than either allocator; most of the time goes into contents.
//
// # Threads that run at once
//
// parallel.go runs programs in parallel, on the real system: in C (package pthreads) and then in goalloc
// (parallel_go.go; the operations are in parallel_ops.go, contents in parallel_stamp.go). parallel_judge.go
// judges what does not depend on who comes first, parallel_rest.go what is left at last, and
// parallel_report.go says what there is to know. parallel_keep.go and parallel_save.go lose none that fails.
// parallel_library.go has a library that is opened at run time in C's place, parallel_later.go what later versions have.
//
// # Libraries and traces
//
// subject_shared.go is a library that is opened at run time in C's place (package cref/shared); where goalloc does not
// follow its version, a mirror of its results takes goalloc's place, and the contract judges it alone. trace.go writes
// what a library did on a program as text, trace_parse.go reads it, and record.go makes traces and runs goalloc
// against them. interp_later.go and later.go have the operations that only later versions have.
//
// # Around it
//
// session.go keeps both sides ready for one program after the other. keep.go runs programs for soaks and
// fuzz targets so that none that fails is lost: each is in a journal (package journal) while it runs, where
// watch.go also keeps how far it is; save.go makes a folder of one that fails, with what evidence.go lists,
// and report.go says what there is to know about it. soak.go runs random programs, sweep.go lets OS calls
// fail; what runs them for hours, in processes that may die, is package soak. A Session is not for concurrent
// use: the C side's state is that of the process.
package diff
