// The records that lie in off-heap memory, and their invariants. See doc.go for an overview.

package goalloc

import (
	"unsafe"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/raw"
)

// Addr is an address of memory that the allocator manages; 0 is the null address.
type Addr = raw.Addr

// page is the record of one slice of a segment. A used page and a free span are described by the
// record of their first slice. It is 80 bytes, so that a segment's records fill less than one slice.
//
// Invariants of a used page (n(x) is the length of list x):
//
//	[P1] used - n(threadFree) - n(the page's blocks in heap.delayed) = blocks the program holds
//	[P2] used + n(free) + n(localFree) = capacity
//	[P3] capacity <= reserved
//	[P4] inFull set  <=>  the page is in its heap's full queue
//	[P5] threadFree's flag is freeDelayNone only while a block of the page is, or is about to be,
//	     in its heap's delayed list (so that a page freed only by others is not forgotten); it is
//	     freeNeverDelayed  <=>  the page is abandoned, and at rest it is not freeDelaying
//	[P6] heap = 0  <=>  the page is in no queue; its segment is abandoned  =>  heap = 0. In a segment in use
//	     a page is without a heap where a heap was given up that no other may stand in for
//	[P7] bin = bin of blockSize
//	[B1] every block of a list is one of the page's first capacity blocks
//	[B2] every block is on one list at most, and on none while the program holds it
//
// Invariants of a span of count slices at index i:
//
//	[S1] record i has sliceCount = count, sliceOffset = 0
//	[S2] used: records i+1 .. i+min(count-1, 255) and the last have sliceOffset = 80 times their
//	     distance to i, sliceCount = 0, blockSize = 1
//	[S3] free: the last record has sliceOffset = 80(count-1), blockSize = 0; those between are
//	     undefined
//	[S4] blockSize = 0  <=>  the span is free
//	[S5] free and the segment is owned and not huge  <=>  the span is in its thread's queue for count
//	[S6] no two free spans of an owned segment touch
type page struct {
	sliceCount  uint32 // slices of this span; 0 in the records that are not first
	sliceOffset uint32 // bytes back to the first record
	isReset     bool   // the contents were given to the OS by a reset
	zeroInit    bool   // the page's memory was known to read zero when the page was made
	tag         uint8  // of the heap that has the page, or had it when it was freed
	_           [1]byte

	// From here the record is cleared when a page is freed.
	capacity     uint16 // blocks that have been threaded into a free list at some time
	reserved     uint16 // blocks that fit
	flags        pageFlags
	retireExpire uint8  // ticks until an empty page is freed; 0 when it is not retired
	bin          uint8  // size class of blockSize
	freeIsZero   bool   // the blocks on free read zero, but for their links
	free         Addr   // blocks ready for allocation
	used         uint32 // blocks handed out, including those on threadFree
	blockSize    uint32 // bytes; saturates at hugeBlockMark; 0 for a free span, 1 in between
	localFree    Addr   // blocks freed by the owner since free was last refilled
	threadFree   atom.U64
	heap         atom.U64 // address of the owning heap, 0 when abandoned
	next, prev   Addr     // neighbours in the heap's page queue or in the span queue
}

// pageFlags are tested together on the fast path of free: zero means that the block's address is the
// address given and that the page stays in its queue.
type pageFlags uint8

const (
	inFull     pageFlags = 1 << iota // the page is in the full queue
	hasAligned                       // some block was handed out at an address past its start
	careful                          // no fast path: the build checks what it frees
)

// Flags in the two low bits of page.threadFree; the rest is the address of the list's head.
const (
	freeUseDelayed   = 0 // the next remote free goes to the heap's delayed list
	freeDelaying     = 1 // another thread is pushing on the heap's delayed list right now
	freeDelayNone    = 2 // a block is on the delayed list already; push on the page's own list
	freeNeverDelayed = 3 // the owner is going away; push on the page's own list
	freeFlagMask     = 3
)

// segment is the header of a 32 MiB segment (or of a huge one), at its first byte.
//
//	[G1] abandoned = pages with heap = 0; that is used if the segment is abandoned (at rest; in between, at
//	     most used)
//	[G2] used = number of used spans, not counting the header's
//	[G3] decommitMask is a subset of commitMask, if allowDecommit; else it means nothing, see StaleMask
//	[G4] the spans cover [0, sliceEntries) without gaps; the first holds the header
//	[G5] threadID = 0  <=>  the segment is abandoned (or is being freed), and then on a stack; else
//	     it is the id of its pages' heaps
//	[G6] what commitMask says is committed, is; used spans are in it and not in decommitMask
type segment struct {
	memID          memID   // where the memory is from
	memPinned      bool    // the memory is never given back in parts
	memLarge       bool    // the memory consists of large pages
	memAlignment   uintptr // of the OS memory, bytes
	memAlignOffset uintptr // bytes from the segment to the address that is so aligned; 0 mostly
	allowDecommit  bool
	decommitExpire int64 // virtual or real ms; 0 when nothing is scheduled
	decommitMask   commitMask
	commitMask     commitMask
	abandonedNext  atom.U64
	allowPurge     bool // where that may be another question than allowDecommit
	subproc        Addr // sub-process of the thread that made it; 0 where there are none
	unmapped       bool // it is in no map, a note for the checks: see MapLost

	// From here the record is cleared for reused memory.
	wasReclaimed    bool    // its thread is not the one that made it
	dontFree        bool    // its pages are being abandoned: it must not go away meanwhile
	osNext, osPrev  Addr    // neighbours in the list of abandoned segments of the OS
	abandoned       uintptr // pages whose heap is gone
	abandonedVisits uintptr // times a reclaimer looked at the segment
	used            uintptr // pages in use
	segmentSlices   uintptr // slices, including the header; more than 512 for a huge one
	infoSlices      uintptr // slices that the header takes
	huge            bool
	freeIsZero      bool    // the free spans are known to read zero: no page was freed yet
	sliceEntries    uintptr // records in use, at most 512
	threadID        atom.U64
	// slices has one record more than slices: a block aligned to 32 MiB or more lies exactly there.
	slices [slicesPerSegment + 1]page
}

// heap is a first-class heap, in a block of its thread's backing heap or in the thread's own data.
//
//	[H0] a heap is once in its thread's list, and has its thread's id
//	[H1] direct[k] = first page of the queue for the smallest bin that holds 8k bytes, else the
//	     shared empty page
//	[H2] pageCount = pages in all queues
//	[H3] an empty page in a queue is retired (retireExpire > 0). When it retired it was alone in its
//	     queue, with its bin in [retiredMin, retiredMax]; a page put before it since hides it until
//	     its next use or a collect
type heap struct {
	direct     [smallMax/8 + 1]Addr
	queues     [binCount]pageQueue
	delayed    atom.U64 // blocks that other threads freed, to be freed by the owner
	threadID   uint64
	pageCount  uintptr
	retiredMin uintptr
	retiredMax uintptr
	next       Addr    // next heap of the thread
	arena      ArenaID // what it allocates from; NoArena for any memory that is not exclusive
	noReclaim  bool    // made to be destroyed: Destroy frees its pages wholesale
	tag        uint8   // pages that are taken over go to a heap with the tag that they have
	slowCalls  uint64  // generic allocations since the last housekeeping, see everyHundred
	unswept    uint64  // generic allocations, in such hundreds, since the last collect that they caused
	reclaimed  bool    // it took an abandoned page, whose blocks others may hold
	leftHuge   bool    // a huge page was made for it that it does not own
	gaveUp     bool    // its thread gave up a page of it that was in use
	// Of hardened builds.
	random chacha
	keys   linkKeys // of the delayed list
}

// arena is the record of an arena, in memory of its own. Its bitmaps follow it: inUse, dirty and those that its
// policy adds; each has fields fields.
type arena struct {
	id            ArenaID
	exclusive     bool     // for heaps that are bound to it alone
	large         bool     // of large pages
	saidZero      bool     // its maker said that it reads zero; nobody asks
	allowDecommit bool     // its memory is given back in parts
	bitmaps       uint8    // how many there are
	inArea        bool     // the record is in the area for those
	countsDirty   bool     // it is known which blocks do not read zero
	start         atom.U64 // address of block 0
	blocks        uintptr
	fields        uintptr  // of each bitmap
	lost          atom.U64 // segments' worth of blocks in use that belong to none, see HeaderLost, RefusedPage and GuardKept
	refused       atom.U64 // segments' worth of blocks handed out uncommitted, see ArenaCommit and GuardKept
	purgeExpire   atom.U64 // ms; when blocks that are to be purged are due, 0 for none
	visitLock     atom.U64 // 1: a thread visits its abandoned segments
}

// pageQueue is a doubly linked list of the pages of one size class.
//
//	[Q1] the links lead forth and back from first to last; a page is in one queue
//	[Q2] a page is in the queue of its bin, or in the full queue
//	[Q3] a page in a heap's queue has that heap
type pageQueue struct {
	first, last Addr
}

// Offsets within the records.
const (
	pageSize        = unsafe.Sizeof(page{})
	pageClearFrom   = unsafe.Offsetof(page{}.capacity)
	slicesOffset    = unsafe.Offsetof(segment{}.slices)
	segClearFrom    = unsafe.Offsetof(segment{}.wasReclaimed)
	segStaleFrom    = unsafe.Offsetof(segment{}.decommitExpire)
	segStaleTo      = unsafe.Offsetof(segment{}.commitMask)
	segmentRecord   = unsafe.Sizeof(segment{})
	heapRecordBytes = unsafe.Sizeof(heap{})
	// A heap's direct table and its queues lie side by side, at its start.
	heapQueuesOffset = unsafe.Offsetof(heap{}.queues)
	arenaBytes       = unsafe.Sizeof(arena{})
)

// The records must fit where the reference's do: the sizes asked of the OS and of the backing heap
// are the reference's, so that placement is the same.
var (
	_ [80 - pageSize]byte
	_ [pageSize - 80]byte
	_ [refHeapBytes - heapRecordBytes]byte
)

// pageAt views a page record.
//
// Counterpart: none, a cast there.
func pageAt(a Addr) *page { return raw.At[page](a) }

// heapAt views a heap record.
//
// Counterpart: none, a cast there.
func heapAt(a Addr) *heap { return raw.At[heap](a) }

// segmentAt views a segment header.
//
// Counterpart: none, a cast there.
func segmentAt(a Addr) *segment { return raw.At[segment](a) }

// arenaAt views an arena's record.
//
// Counterpart: none, a cast there.
func arenaAt(a Addr) *arena { return raw.At[arena](a) }

// bitmap is the i-th bitmap behind the record.
//
// Counterpart: none, pointers in mi_arena_t.
func (a *arena) bitmap(i uintptr) bitmap {
	at := raw.Of(a) + Addr(arenaBytes+i*a.fields*wordSize)
	return unsafe.Slice(raw.At[atom.U64](at), a.fields)
}

// inUse has the bits of the blocks that are taken.
//
// Counterpart: none, a field of mi_arena_t.
func (a *arena) inUse() bitmap { return a.bitmap(0) }

// dirty has the bits of the blocks that may not read zero.
//
// Counterpart: none, a field of mi_arena_t.
func (a *arena) dirty() bitmap { return a.bitmap(1) }

// committed has the bits of the blocks that are accessible, if allowDecommit.
//
// Counterpart: none, a field of mi_arena_t.
func (a *arena) committed() bitmap { return a.bitmap(2) }

// bytes is what the bitmaps take.
//
// Counterpart: none, a part of mi_manage_os_memory_ex.
func (a *arena) bitmapBytes() uintptr { return uintptr(a.bitmaps) * a.fields * wordSize }

// block is the address of a block. Sequentially consistent, as the reference's plain read is; pairs with
// ArenaStartInit.
//
// Counterpart: none, an expression in mi_arena_alloc_from.
func (a *arena) block(i int) Addr {
	return Addr(a.start.LoadSC(atom.ArenaStartLoad)) + Addr(i)*arenaBlock
}

// segmentOf finds the segment of a block or of a page record. The byte before p decides, since a
// block of large alignment starts exactly one segment after its header.
//
// Counterpart: _mi_ptr_segment.
func segmentOf(p Addr) *segment {
	return segmentAt((p - 1) &^ segmentMask)
}

// slice is the record of slice i.
//
// Counterpart: none, an array access there.
func (s *segment) slice(i uintptr) *page {
	return pageAt(raw.Of(s) + Addr(slicesOffset+i*pageSize))
}

// pageOf finds the page that holds p.
//
// Counterpart: _mi_segment_page_of.
func (s *segment) pageOf(p Addr) *page {
	r := s.slice(uintptr(p-raw.Of(s)) >> sliceShift)
	return pageAt(raw.Of(r) - Addr(r.sliceOffset))
}

// index is the slice number of a record of s.
//
// Counterpart: mi_slice_index.
func (s *segment) index(r *page) uintptr {
	return (uintptr(raw.Of(r)-raw.Of(s)) - slicesOffset) / pageSize
}

// clear empties a page's record, except for what the segment keeps in it.
//
// Counterpart: mi_segment_page_clear.
func (p *page) clear() {
	raw.Zero(raw.Of(p)+Addr(pageClearFrom), pageSize-pageClearFrom)
}

// Bytes views n bytes of a block.
//
// Counterpart: none, a cast there.
func Bytes(a Addr, n uintptr) []byte { return raw.Bytes(a, n) }

// Words views n whole words of a block whose address is a multiple of 8.
//
// Counterpart: none, a cast there.
func Words(a Addr, n uintptr) []uint64 { return raw.Words(a, n) }
