// The policies of pages, requests, frees, heaps and collections. Those of memory are in profile.go. See doc.go
// for an overview.

package goalloc

import "golang.org/x/sys/unix"

// pagePolicy decides where blocks start in a page and which page of a queue serves a request.
type pagePolicy interface {
	// startOffset is the distance from the first byte of a page, at an address, to its first block; all in
	// bytes.
	startOffset(at Addr, bytes, blockSize uintptr) uintptr
	// find gives a page of the bin with a free block, nil when memory ran out.
	find(t *Thread, h *heap, bin uintptr) *page
	// taken is told that a generic allocation took a block of the page.
	taken(t *Thread, p *page)
	// largeBlock is the size of the block in a large or huge page that was made for size bytes.
	largeBlock(t *Thread, s *segment, p *page, size uintptr) uintptr
	// startsZero tells whether it is remembered of a segment's memory that it reads zero, if it does.
	startsZero(zero bool) bool
}

// requestPolicy decides what aligned and unusual requests get.
type requestPolicy interface {
	aligned(t *Thread, h *heap, size, align uintptr) Addr
	alignedAt(t *Thread, h *heap, size, align, offset uintptr, zero bool) Addr
	// refused reports a request that cannot be met whatever there is.
	refused(t *Thread)
	// plainRealloc tells whether a reallocation to an alignment is taken for one without.
	plainRealloc(align, offset uintptr) bool
	// emptied is told of the block that a reallocation to 0 bytes gives.
	emptied(b Addr)
	// goodLarge is the good size of a request that is too large for shared pages.
	goodLarge(p *Profile, size uintptr) uintptr
	reallocarray(t *Thread, p Addr, count, size uintptr) (Addr, unix.Errno)
	reallocarr(t *Thread, p *Addr, count, size uintptr) unix.Errno
	realpath(t *Thread, h *heap, path string) Addr
}

// freePolicy decides how blocks are found that are freed.
type freePolicy interface {
	// blockOf is the start of the block that p lies in; local says that the page is the thread's.
	blockOf(t *Thread, s *segment, pg *page, p Addr, local bool) Addr
}

// heapPolicy decides which heaps are alike.
type heapPolicy interface {
	// boundDestroyed tells whether Destroy frees the pages of a heap that was made for an arena.
	boundDestroyed() bool
	// absorbs tells whether the pages of a heap may go to another one when it is deleted.
	absorbs(to, from *heap) bool
	// kept is told that Destroy acts as Delete.
	kept(t *Thread)
	// takes tells whether the thread may take over a segment for h.
	takes(t *Thread, h *heap, s *segment) bool
	// target is the heap for a page of a segment that the thread takes over for h.
	target(t *Thread, h *heap, p *page) *heap
	// mainEnds is told that the main thread has given up its heaps.
	mainEnds(t *Thread)
}

// collectPolicy decides how far a collection goes.
type collectPolicy interface {
	// bins is how many bins it looks at, from the first.
	bins(level collectLevel) uintptr
	// swept is told that a page's lists are up to date, before the page is freed if it is empty.
	swept(t *Thread, p *page, level collectLevel)
	// done goes on where the heap's pages and the abandoned segments are done.
	done(t *Thread, h *heap, level collectLevel)
}

// statPolicy decides what is counted of what versions count differently.
type statPolicy interface {
	// merge adds a thread's number to a total.
	merge(to *sharedStat, from *stat)
	// mapped is told that the OS was asked for memory, reset that it was told of contents that are not needed.
	mapped(t *Thread)
	reset(t *Thread)
	// pageCleared is told of a page that is about to be no page any more.
	pageCleared(t *Thread, p *page)
	// largeMade is told of a page for one block, nil where there was no memory.
	largeMade(t *Thread, p *page)
	// refused tells whether bytes count as committed though the OS refused to commit them.
	refused(t *Thread) bool
	// segmentFreed is told of a segment that is about to be given up.
	segmentFreed(t *Thread, s *segment)
}
