// Package shrink makes a failing input smaller while it goes on failing in the same way. It knows
// nothing of what the input is.
//
// # What it promises
//
//  1. The result is an input that Test said yes to, or the start.
//  2. Every accepted candidate is smaller than the one before it in one total order, Task.Less: a run
//     ends, and never goes in circles.
//  3. No candidate is tested twice: what tests said is remembered by Task.Key, also from one run to the next
//     if they share Task.Tested.
//  4. At the end, unless it was stopped, no pass finds anything that is smaller and still fails. The
//     passes are repeated until then.
//  5. Whenever it is stopped, by the context or by Task.MaxTests, the best so far is kept.
//
// # What it costs
//
// Chunks deletes from a sequence of n items. Where the failure needs k certain items, whatever else is
// there, it makes at most ChunksBound(n, k) tests, which is about 2k log2(n/k); the test of this
// package holds it to that. A failure that needs different items depending on what else is there
// costs more, but never more than one test per candidate.
//
// # Where things are
//
// task.go is the loop over the passes; chunks.go deletes from sequences; number.go lowers a number.
package shrink
