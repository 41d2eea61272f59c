// Package goalloc is a segment allocator: a reimplementation in Go of the algorithm of mimalloc 2,
// made to be run beside the C library and compared with it, block by block and call by call. It is a
// working allocator by itself: memory comes from the OS, free lists lie in the free blocks, and
// threads may free each other's blocks.
//
// # What memory looks like
//
//	segment, 32 MiB at a multiple of 32 MiB, owned by one thread
//	+--------+--------+-----------------+--------+---------------- - - -
//	| header | page A |     page B      | page C |   free span
//	+--------+--------+-----------------+--------+---------------- - - -
//	  slice 0  slice 1  slices 2..9       slice 10 slices 11..511, 64 KiB each
//
// The header holds one record per slice. The record of a span's first slice describes the span: a
// page, whose blocks all have one size, or free space. A block above 16 MiB gets a huge segment with
// one page. From any block, its address without the low 25 bits is the header, and the next 9 bits
// are the slice: that is how Free finds the page.
//
// A thread has heaps (at first one, the backing heap). A heap has a queue of pages per size class, a
// queue of full pages, and a table that points from each small size to the page that serves it.
//
// # An allocation, from the fastest path to the slowest
//
//  1. alloc.go: up to 1 KiB, the table gives a page; pop a block off its free list. Done.
//  2. alloc.go, mallocGeneric: a new thread gets its heap (thread.go). The blocks that other threads
//     freed are taken back (free.go), after the program's callback had its turn (deferred.go). Sizes map
//     to classes in bin.go.
//  3. find.go: the first page of the class's queue that has free blocks after its lists are
//     collected, or that can thread more of its memory into blocks (page.go). Full pages leave the
//     queue (queue.go).
//  4. find.go: no page: retired pages are counted down, and a fresh page is made.
//  5. span.go: the page is cut from the smallest free span of the thread's segments that will do;
//     the rest goes back. commit.go makes sure that the memory is committed.
//  6. abandon.go: no span: look through a few segments that ended threads left (abandoned.go) for a
//     span or for a page of the class with room, and take the segment over.
//  7. segment.go: none: a fresh segment, from the cache of freed ones (cache.go), else from an arena
//     (arena.go), else from the OS (os.go, internal/osmem).
//  8. segment.go: a block above 128 KiB gets a page of its own, above 16 MiB a segment of its own.
//
// Aligned requests (aligned.go) allocate more and return an address inside the block; realloc.go says
// when a block stays in place.
//
// # A free, back up
//
//  1. free.go: by the owner: push on the page's local list, which becomes the free list when that is
//     empty. A page that was full returns to its queue.
//  2. page.go: the page is empty: the only one of its class is kept for some ticks (retired), others
//     are freed.
//  3. span.go: the page's slices merge with free neighbours; commit.go notes the memory for a later
//     return to the OS.
//  4. segment.go: the segment is empty: into the cache, or to its arena or the OS.
//  5. free.go: by another thread: the first such block of a page goes to the owner's heap, which
//     frees it at its next generic allocation; further ones go to the page's own list, which the
//     owner collects. This state machine is in the two low bits of page.threadFree.
//
// When a thread ends (thread.go), its pages with blocks in use are abandoned, and a segment with
// nothing else in it goes on the abandoned list. collect.go brings everything up to date on demand;
// heap.go makes, deletes and destroys heaps, and visit.go tells what is in one. segmentmap.go knows
// which addresses are the process's; posix.go has the calls by the names of other standards.
//
// An arena is an area that the program reserved or brought along, cut into blocks of 32 MiB; bitmaps tell
// which are in use, may not read zero, and are committed (bitmap.go, bitmaprun.go). A heap can be bound to
// an arena, and an arena be for its bound heaps alone: each segment carries where its memory is from
// (memID), and whoever looks for a span, a cached or an abandoned segment asks whether that suits.
//
// # Threads
//
// A Thread is passed where the reference looks into thread-local storage. Only these words are
// touched by more than one thread: segment.threadID, segment.abandonedNext, page.threadFree,
// page.heap, heap.delayed, an arena's start and bitmaps, and what Process shares. Each access to them goes through internal/atom,
// with the reference's memory order and a site number; its comment says what it pairs with. All else
// belongs to the owner of the segment, or to whoever popped it from the abandoned list.
//
// # Versions
//
// Builds of the reference with other macros are profiles, too: harden.go and links.go have what hardened
// ones do beside the usual, padding.go what debug builds do, huge.go those that abandon huge pages.
//
// profile.go and policy.go hold what differs between versions: limits, defaults, and policies. What one version
// alone does is in files named _20.go and _23.go, and in find.go, cache.go and abandoned.go for 2.0; no other file
// names it, and `make check` sees to that. `go test -v -run LinesByVersion ./scripts/tidy` counts the lines of each.
// quirk.go lists the reference's defects that are reproduced, so that the
// two can be compared beyond them; each can be switched off, which is the fix.
//
// # State
//
// state.go tells what all these records say, as a stream of words that the reference's can be told in,
// too: the rig compares the two after any operation. statehash.go makes a hash of them, statswalk.go does so for the
// statistics (stats.go), and statememo.go keeps both from reading again what did not change.
//
// # Invariants
//
// What must hold at rest is said beside each record, as equations with IDs. check.go has them in one table
// and Process.Check gives those that do not hold; the rig asks it, too.
//
// # Memory
//
// Process.Close gives back all that a process has, live blocks included. In builds with the race detector
// the memory is Go's own (internal/osmem), since the detector sees no other: `make race`.
//
// # Names
//
// Each function names its counterpart in the reference. The reference's words and ours:
//
//	mi_heap_t      heap       mi_tld_t              Thread
//	mi_page_t      page       mi_segment_t          segment
//	mi_slice_t     page       mi_span_queue_t       pageQueue
//	xthread_free   threadFree thread_delayed_free   delayed
//	xblock_size    blockSize  decommit_mask         decommitMask
package goalloc
