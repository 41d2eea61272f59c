// Known defects of the reference that a profile reproduces.
// Counterpart: none, the defects themselves have no name there. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"math/bits"
)

// Quirk is a set of defects of the reference.
type Quirk uint64

// The defects of 2.0.9 that this package reproduces. Each one's fix is what the code does when the
// quirk is cleared in the profile.
const (
	// NaturalAlign: MallocAligned takes a power-of-two size up to 1024 for naturally aligned, but
	// blocks are so only up to 128 bytes.
	NaturalAlign Quirk = 1 << iota
	// ZeroAlign: MallocAligned accepts alignment 0 when the size is a power of two up to 1024.
	ZeroAlign
	// ReallocOffset: ReallocAligned keeps the old address modulo the alignment.
	ReallocOffset
	// ExitCountsTwice: the thread counter drops once too often at a thread's end, and for threads
	// that never allocated.
	ExitCountsTwice
	// AbsorbedRetired: Delete leaves absorbed retired pages out of the heap's retired range.
	AbsorbedRetired
	// DestroyReclaimed: a heap made by NewHeap takes abandoned pages, and Destroy then frees blocks
	// that belong to others.
	DestroyReclaimed
	// ReallocAlign: ReallocAligned and ReallocAlignedAt accept alignments that are 0 or no power of
	// two, and up to 8 do not align.
	ReallocAlign
	// ReallocUnaligned: Realloc of a block that is not at a multiple of 8 loses the contents.
	ReallocUnaligned
	// RegionWord: IsInHeapRegion denies what is past the first segment's worth of a huge segment when no
	// segment begins below it in the same 2 GiB.
	RegionWord
	// HugeUnowned: in a build that abandons huge pages at once, a huge block is of no heap: Destroy does
	// not end it, and whoever asks is told so.
	HugeUnowned
	// ArenaCommit: memory of an arena that the OS refuses to commit is handed out all the same.
	ArenaCommit
	// ArenaMixed: pages in an exclusive arena go to a heap that is not bound to it, by Delete, by a forced Collect
	// of the main thread or, in 2.3, since it has their tag, and serve it from then on.
	ArenaMixed
	// ArenaLarge: an arena of large pages refuses the heaps bound to it while their thread's segments
	// are committed piecemeal.
	ArenaLarge
	// HeaderLost: the memory of a segment whose header cannot be committed is lost, an arena's too.
	HeaderLost
	// RecordLost: the record of an arena that is one too many is lost.
	RecordLost
	// HugeCommitted: the statistic committed takes from a huge segment that ends another amount than it
	// was given for it: without the rounding of the OS request, and with what was decommitted before.
	HugeCommitted
	// RefusedCommit: memory that the OS refused to commit counts as committed for ever. In 2.3, what was committed
	// and lies in the range that was refused counts no longer.
	RefusedCommit
	// RefusedPage: a segment made for a page that then is not in it, since memory was refused, is kept
	// empty, and is lost when its thread ends.
	RefusedPage
	// FailedStart: a thread that cannot start, for want of memory, is counted all the same.
	FailedStart
	// VisitEmpty: VisitBlocks says of a heap without areas that it did not see all.
	VisitEmpty
	// VisitStale: VisitBlocks takes for used what other threads have freed: blocks on the heap's delayed
	// list, and in the count of an area those on the page's list.
	VisitStale
	// EndedRestarts: in a build that counts frees, a thread that ends with heaps of its own starts anew
	// while it does, since giving up a heap's record is a free, and frees are counted by a thread that has
	// a heap. Unless it ends again, the new record is lost.
	EndedRestarts
	// AlignedCounted: the statistic malloc counts a block that an aligned request happens to find by what was
	// asked for, and when it is freed by its size.
	AlignedCounted
	// DestroyCounts: the statistics take from the blocks of a heap that is destroyed other amounts than were
	// given for them: with their padding, large ones also among the small ones, and those once more that other
	// threads have freed.
	DestroyCounts
	// GuardKept: in a hardened build, memory of an arena whose guard page the OS refuses to open is given back
	// to the arena and handed out with the page in it.
	GuardKept
	// FreeUnstarted: a free that has to start its thread, in a build that does so, stops the program when there
	// is no memory for that.
	FreeUnstarted
	// CoalesceAssertion: a build with internal assertions asserts that a huge segment whose page is given back
	// has one page in use, which is not so where the segment was abandoned before. Nothing comes of it.
	CoalesceAssertion
	// RefusedAssertion: such a build asserts that the OS refuses no commit and no decommit, and then tells its
	// caller that it did.
	RefusedAssertion
	// LargeAssertion: such a build asserts that a caller who says that memory is of large pages says that it is
	// committed, too, and then takes it for committed.
	LargeAssertion
	// CallbackRestarts: a thread that ends has no default heap when it calls the callback for deferred frees.
	// A callback that allocates starts the thread anew, with a record that does not know that it is in the
	// callback. Unless the thread ends again, that record and its segments are lost.
	CallbackRestarts
	// StaleMask: of a segment whose memory is never given back, the header keeps what its memory held where it
	// says what to give back. That is read, but decides nothing.
	StaleMask
	// HeaplessPage: Delete of a heap that is not for the same as the backing heap abandons its pages, and their
	// segment may have others in use and stay the thread's. When the thread frees the last block of such a page,
	// which is in no heap, or gives up the segment, the program stops.
	HeaplessPage
	// RealignZero: ReallocAlignedAt divides by an alignment of 0 where the block would stay in place at an offset.
	RealignZero
	// ReallocarrFree: Reallocarr to no elements gives the block to the C library's free, which stops at it.
	ReallocarrFree
	// MissingArena: a round through the abandoned segments for a heap that is bound to an arena which is not there
	// divides by the number of arenas, which may be 0.
	MissingArena
	// TagLost: a page whose tag no heap of the thread has goes to another heap when its segment is reclaimed, and
	// has that one's tag from then on.
	TagLost
	// GivenUp: a thread that gives up segments does so with pages of a heap that is to be destroyed: they are in no
	// heap then, and Destroy does not end their blocks.
	GivenUp
	// HugeRefused: a huge block of an arena whose memory the OS refuses to commit is handed out all the same.
	HugeRefused
	// MapLost: a segment of the OS whose part of the segment map cannot be made, for want of memory, is in no map:
	// its blocks are denied, and Cfree loses them.
	MapLost
)

// quirksAsserting are those of builds with internal assertions.
const quirksAsserting = CoalesceAssertion | RefusedAssertion | LargeAssertion

// quirksCounting are those of builds that count all.
const quirksCounting = EndedRestarts | AlignedCounted | DestroyCounts | FreeUnstarted

const quirks20 = NaturalAlign | ZeroAlign | ReallocOffset | ExitCountsTwice | AbsorbedRetired |
	DestroyReclaimed | ReallocAlign | ReallocUnaligned | RegionWord | ArenaCommit | ArenaMixed |
	ArenaLarge | HeaderLost | RecordLost | HugeCommitted | RefusedCommit | RefusedPage | FailedStart |
	VisitEmpty | VisitStale | GuardKept | CallbackRestarts | StaleMask

// quirks23 are those of 2.3.1.
const quirks23 = RefusedPage | RecordLost | AbsorbedRetired | DestroyReclaimed | ReallocAlign | RegionWord | ArenaMixed | FailedStart |
	VisitEmpty | VisitStale | CallbackRestarts | HeaplessPage | RefusedCommit |
	RealignZero | ReallocarrFree | MissingArena | TagLost | ArenaLarge | GivenUp | HugeRefused | MapLost

var quirkNames = []string{"natural-align", "zero-align", "realloc-offset", "exit-counts-twice",
	"absorbed-retired", "destroy-reclaimed", "realloc-align", "realloc-unaligned", "region-word",
	"huge-unowned",
	"arena-commit", "arena-mixed", "arena-large", "header-lost", "record-lost",
	"huge-committed", "refused-commit", "refused-page", "failed-start", "visit-empty", "visit-stale",
	"ended-restarts", "aligned-counted", "destroy-counts", "guard-kept", "free-unstarted", "coalesce-assertion",
	"refused-assertion", "large-assertion", "callback-restarts", "stale-mask", "heapless-page",
	"realign-zero", "reallocarr-free", "missing-arena", "tag-lost", "given-up", "huge-refused", "map-lost"}

// QuirkNames lists the names, in the order of the bits.
func QuirkNames() []string { return quirkNames }

// QuirkByName gives the quirk of a name; an unknown name is an error that lists the names.
func QuirkByName(name string) (Quirk, error) {
	for i, n := range quirkNames {
		if n == name {
			return 1 << i, nil
		}
	}
	return 0, fmt.Errorf("unknown quirk %q: expected one of %v", name, quirkNames)
}

// quirk tells whether q is reproduced, and notes that it mattered.
func (t *Thread) quirk(q Quirk) bool {
	if t.proc.quirks&q == 0 {
		return false
	}
	t.events.Quirks |= q
	return true
}

// stop ends the program with a panic where the reference crashes, unless the quirk is off. why says what was to be
// done there.
func (t *Thread) stop(q Quirk, why string) {
	if t.quirk(q) {
		panic("goalloc: " + why + ", where the reference stops: clear the quirk " +
			quirkNames[bits.TrailingZeros64(uint64(q))] + " in the profile")
	}
}
