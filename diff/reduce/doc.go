// Package reduce makes a failing program small: a few lines that fail in the same way.
//
// # The path of a reduction
//
//  1. worker.go runs programs in a child process, so that one that crashes or hangs the allocator can be
//     reduced like any other; outcome.go says what a run came to, the child's death included: how it
//     ended, on which side and in which operation, as the child's journal tells.
//  2. reduce.go runs the program ten times, each in a process of its own. One that does not fail in the
//     same way every time, or not again in the same process, is flaky: after thirty runs its rate is
//     stated, and it is not reduced, since single runs would cut away what it needs.
//  3. cut.go goes up to three roads, each the same passes with others first, since one may end where no
//     single step leads on. First of all it drops what comes after the operation in which a process ended, and what
//     has nothing to do with the last one. The passes offer candidates to package shrink. passes.go: fewer threads; runs of operations less,
//     then single ones; a handle less with all its operations; pairs of operations. merge.go: a bulk in
//     place of many mallocs, a collect in place of what brings one about. header.go: fewer options and
//     faults. plainer.go: plainer operations. values.go: sizes, first the representatives of each class;
//     alignments; other numbers. Last, fewer switches between threads. Handles are named anew by birth.
//  4. A candidate is taken only if it is smaller in the one order of order.go, and fails with the same
//     signature: the same oracle, operation and field. That is stricter than any failure, and laxer
//     than the same report. One that would touch much more memory than the program is not run. A child in
//     which a failed run left something behind is replaced, so that it is blamed on no other candidate.
//     A candidate of a program that hangs is given up as soon as one operation has used some times the processor
//     time that all of them had used before the hang.
//  5. What is left is confirmed in three new processes.
package reduce
