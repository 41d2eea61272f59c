// Package kernel has the allocator's concurrent protocols as small programs over the simulator: what
// threads do to the words that they share, with the reference's orders, and with oracles. A kernel has few
// enough operations that all its executions with a few deviations can be run.
//
//   - sites.go: every atomic access of the kernels, its order in the reference and where it stands there.
//   - world.go: the memory of a kernel (segments of two pages and a span, blocks, heaps) and the ghosts:
//     who owns what, which blocks are live, which spans are queued where.
//   - lists.go: the thread-free and delayed lists of blocks; heap.go: what owners do with pages; span.go: pages
//     and spans within a segment; tagged.go and marks.go: abandoned segments in 2.0 (a tagged list) and in
//     2.3 (a bitmap per arena, a locked list for the rest); reclaim.go: taking them over; fresh.go: segments that come
//     and go.
//   - scenario.go and its neighbours: the scenarios; change.go: the changes that must be caught and those
//     that must be let pass. Package search runs every change in every scenario.
//   - review.go: the fixes that a review weighed, and why each access of thread_id can do with the order that it needs.
//   - findings.md: what was found in the reference's own orders.
//
// # How they are made
//
// Plain values live in Go; each access to them is announced to the simulator with the address that it has in C.
// A racy read would see some value or other, but the execution ends at the race. What a scan over many
// pages or slots does is done for the two or three that there are. A loop that gives up after four tries
// gives up after one. Each function names its counterpart, and each site where it stands in the source.
package kernel
