// Package reduce makes a failing program small: a few lines that fail in the same way.
//
// # The path of a reduction
//
//  1. worker.go runs programs in a child process, so that one that crashes or hangs the allocator can be
//     reduced like any other; outcome.go says what a run came to, the child's death included.
//  2. reduce.go runs the program up to ten times, each in a process of its own. One that does not fail
//     in the same way every time is flaky: its rate is stated, and it is not reduced, since single runs
//     would cut away what it needs.
//  3. The passes (passes.go, values.go) offer candidates to package shrink: fewer threads; a handle less
//     with all its operations; runs of operations, then single ones; fewer faults and options; plainer
//     operations; smaller numbers, first the representatives of each size class; fewer switches between
//     threads.
//  4. A candidate is taken only if it is smaller in the one order of order.go, and fails with the same
//     signature: the same oracle, operation and field. That is stricter than any failure, and laxer
//     than the same report.
//  5. What is left is confirmed in three new processes.
package reduce
