// A version of the reference as data: limits, defaults and policies. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"io"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/osmem"
)

// mediumMax20 is the largest block of a shared page in profile 2.0. The bin tables reach that far.
const mediumMax20 = 2 * sliceSize

// Profile is what differs between versions of the reference. All code that depends on the version
// reads it here or goes through one of the policies.
type Profile struct {
	// Name is the profile's name in programs.
	Name string
	// Options are the defaults, by option number.
	Options     [numOptions]int64
	optionNames *optionNames
	// Quirks are the known defects of the version that are reproduced. Clear one to see the fix.
	Quirks Quirk

	// Largest block sizes, in bytes, of a small page (one slice), a medium page (eight slices), and
	// a large page (one block in a normal segment).
	objSmallMax, objMediumMax, objLargeMax uintptr
	mediumPage                             uintptr // bytes of a medium page
	sizeMost                               uintptr // bytes of the largest request
	alignGuarantee                         uintptr // blocks up to it lie at multiples of the powers of two in their size
	extendBytes, extendMin                 uintptr // free-list growth: bytes, and blocks at least
	minimalCommit                          uintptr // bytes committed at a time, at least
	retireSmall, retireMedium              uint8   // ticks an empty page is kept
	collectTries, collectForceTries        int     // abandoned segments looked at by a collect
	threadDataKept                         int     // records of ended threads kept for new ones
	random                                 bool    // heaps have random numbers
	hints                                  bool    // where aligned memory is asked for is drawn
	countsAll                              bool    // a free is counted, by a thread that has a heap
	encoded                                bool    // links are encoded with random keys
	checksFrees                            bool    // a block freed twice is an error
	shuffles                               bool    // free lists and the place of memory are random
	guardPages                             bool    // segments have inaccessible pages in them
	protectsFree                           bool    // memory given back is made inaccessible
	asserts                                bool    // the build's internal assertions are on
	padding                                uintptr // bytes behind each block that tell where it ends; then misuse is reported, too
	cacheSlots, cachePurges                uintptr // segments that the cache keeps, and gives up at a time
	// Sizes of the reference's records, which it asks of the OS and of the backing heap. Ours are
	// smaller; asking for theirs keeps placement the same.
	refHeapBytes, refThreadDataBytes uintptr
	partBytes                        uintptr // of Process.parts
	refPageBytes, refRandomOffset    uintptr // a page record; a heap's random numbers in its record

	pages    pagePolicy
	requests requestPolicy
	frees    freePolicy
	heaps    heapPolicy
	sweeps   collectPolicy
	counts   statPolicy
	huge     hugePolicy
	reclaim  reclaimPolicy
	owner    ownerPolicy
	purge    purgePolicy
	admin    adminPolicy
	arena    arenaPolicy
	region   regionPolicy
	// Process-wide parts are made afresh for each process.
	newSource    func() segmentSource
	newAbandoned func() abandonStore
}

// Profile20 is mimalloc 2.0.9, release build, on 64-bit Linux.
//
// Counterpart: none, the version itself.
func Profile20() *Profile {
	return &Profile{
		Name:    "2.0",
		Options: defaultOptions20,
		Quirks:  quirks20,

		optionNames: &optionNames20,

		objSmallMax:       sliceSize / 4,
		objMediumMax:      mediumMax20,
		objLargeMax:       segmentSize / 2,
		mediumPage:        8 * sliceSize,
		sizeMost:          ptrdiffMax,
		alignGuarantee:    maxAlignGuarantee,
		extendBytes:       extendBytes20,
		extendMin:         4,
		minimalCommit:     minimalCommit20,
		retireSmall:       9,
		retireMedium:      3,
		collectTries:      collectTries20,
		collectForceTries: collectForceTries20,
		threadDataKept:    threadDataKept20,

		cacheSlots:  cacheSlots,
		cachePurges: purgeMaximum,

		refHeapBytes:       refHeapBytes,
		refThreadDataBytes: refThreadDataBytes20,
		refPageBytes:       pageSize,
		refRandomOffset:    2888,

		pages:        firstFit{},
		requests:     requests20{},
		frees:        frees20{},
		heaps:        heaps20{},
		sweeps:       sweeps20{},
		counts:       counts20{},
		huge:         ownedHuge{},
		reclaim:      boundedReclaim{},
		owner:        plainOwner{},
		purge:        delayedDecommit{},
		arena:        committedOnUse{},
		region:       wholeMap{},
		admin:        everyCall{},
		newSource:    func() segmentSource { return &cachedSource{} },
		newAbandoned: func() abandonStore { return &abandonedStacks{} },
	}
}

// Profile20Abandon is mimalloc 2.0.9 built with MI_HUGE_PAGE_ABANDON: the segment of a huge block
// belongs to no thread, and whoever frees the block gives its memory back at once.
//
// Counterpart: none, a build.
func Profile20Abandon() *Profile {
	p := Profile20()
	p.Name, p.huge = "2.0-abandon", abandonedHuge{}
	p.Quirks |= HugeUnowned | FreeUnstarted | EndedRestarts
	return p
}

// Profile20Stats is mimalloc 2.0.9 built with MI_STAT=2.
//
// Counterpart: none, a build.
func Profile20Stats() *Profile {
	p := Profile20()
	p.Name, p.countsAll = "2.0-stats", true
	p.Quirks |= quirksCounting
	p.refThreadDataBytes = 6968 // statistics by size class
	return p
}

// Profile20Secure is mimalloc 2.0.9 built with MI_SECURE=4.
//
// Counterpart: none, a build.
func Profile20Secure() *Profile {
	p := Profile20()
	p.Name = "2.0-secure"
	p.extendMin = 32
	p.encoded, p.checksFrees, p.shuffles, p.guardPages, p.protectsFree = true, true, true, true, true
	p.random, p.hints = true, true // keys and hints are
	p.refPageBytes = 96            // with two keys
	return p
}

// Profile20Padded is mimalloc 2.0.9 built with MI_DEBUG=1, which implies MI_PADDING and MI_STAT=2.
//
// Counterpart: none, a build.
func Profile20Padded() *Profile {
	p := Profile20()
	p.Name = "2.0-padded"
	p.Quirks |= quirksCounting
	p.countsAll, p.random, p.encoded, p.checksFrees, p.protectsFree = true, true, true, true, true
	p.padding = paddingBytes
	p.refHeapBytes += wordSize // one entry more in the table of direct pages
	p.refRandomOffset += wordSize
	p.refThreadDataBytes = 6976 // statistics by size class, and the heap
	p.refPageBytes = 96         // with two keys
	return p
}

// Profile20Checked is mimalloc 2.0.9 built with MI_DEBUG=3: what MI_DEBUG=1 is, and its own assertions.
//
// Counterpart: none, a build.
func Profile20Checked() *Profile {
	p := Profile20Padded()
	p.Name, p.asserts = "2.0-checked", true
	p.Quirks |= quirksAsserting
	return p
}

// fastBelow is the value of Thread.fastBelow.
//
// Counterpart: none, a build.
func (p *Profile) fastBelow() uintptr {
	if p.encoded || p.countsAll {
		return 0
	}
	return smallMax + 1
}

var profiles = []func() *Profile{Profile20, Profile20Abandon, Profile20Stats, Profile20Secure, Profile20Padded,
	Profile20Checked, Profile23, Profile23Abandon}

// ProfileByName gives the profile of a name; an unknown name is an error that lists the names.
//
// Counterpart: none, a build there.
func ProfileByName(name string) (*Profile, error) {
	var names []string
	for _, profile := range profiles {
		p := profile()
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("unknown profile %q: expected one of %v", name, names)
}

// hugePolicy decides who owns the segment of a huge block.
type hugePolicy interface {
	// adopt gives the page of a new huge segment of the thread an owner.
	adopt(t *Thread, h *heap, s *segment, p *page)
	// freeRemote frees the block of a huge segment that is not the thread's; false when that is left
	// to the owner.
	freeRemote(t *Thread, s *segment, p *page, b Addr) bool
	// unowned tells whether there are huge segments without an owner.
	unowned() bool
}

// segmentSource gives and takes the memory of segments.
type segmentSource interface {
	// alloc fills in mem with memory that suits arena want; false when there is none.
	alloc(t *Thread, size, alignment, alignOffset uintptr, want ArenaID, mem *segmentMemory) bool
	free(t *Thread, s *segment)
	// giveBack returns memory that alloc gave and no segment was made of.
	giveBack(t *Thread, size, alignment, alignOffset uintptr, mem *segmentMemory)
	// collect gives kept memory back to the OS: all of it with force, else what has expired.
	collect(t *Thread, force bool)
	// counted is how many of the thread's segments count when it is asked whether they are its first.
	counted(t *Thread) uintptr
	reset(p *Process)
	inspected
}

// segmentMemory describes memory for a segment.
type segmentMemory struct {
	at               Addr
	id               memID
	wantCommit       bool // the caller wants all of it committed
	huge             bool // for one block: nobody commits it piecemeal
	zero             bool // the memory is known to read zero
	large            bool // before: large pages will do; after: it consists of them
	pinned           bool // it is not to be given back in parts
	commit, decommit commitMask
}

// abandonStore holds the segments whose threads are gone.
type abandonStore interface {
	// enter prepares a new segment for a life with the store.
	enter(s *segment)
	// push puts in a segment that was abandoned just now, pushVisited one that was popped and stays.
	push(s *segment)
	pushVisited(s *segment)
	// begin starts a round through the store for a heap, end ends it.
	begin(t *Thread, h *heap, why roundKind, r *round)
	end(r *round)
	// pop takes the round's next segment out; nil when there is none.
	pop(r *round) *segment
	// take takes out a segment that the thread came across and makes the thread its owner; false when it is
	// not in the store.
	take(t *Thread, s *segment) bool
	// awaitReaders returns when no thread reads a segment that has been popped.
	awaitReaders()
	// subprocess is the sub-process that a new thread is in; 0 where there are none.
	subprocess() Addr
	reset(p *Process)
	inspected
}

// roundKind is why a thread goes through the abandoned segments.
type roundKind uint8

const (
	roundReclaim roundKind = iota // it needs memory
	roundCollect                  // it collects
	roundForce                    // it collects with force
	roundAll                      // it takes all of them over
	roundVisit                    // it looks at those of a sub-process, for no heap
)

// inspected is what the rig looks into.
type inspected interface {
	// census puts what can be reached from here into c; check says what is wrong with it.
	census(c *census)
	check(c *census)
	// print writes all that a run can change.
	print(w io.Writer)
	// words are the shared words that are no part of a record, by name.
	words() map[string]*atom.U64
}

// reclaimPolicy decides how hard a thread in need of a segment looks among the abandoned ones.
type reclaimPolicy interface {
	tries(t *Thread) int
	collectTries(t *Thread, force bool) int
	// mayOwn tells whether the thread may own another segment.
	mayOwn(t *Thread) bool
	// makeRoom gives segments up where the thread has more than it may, before it gets another.
	makeRoom(t *Thread, h *heap)
	// passOver deals with a segment that does not suit, and tells whether that counts as a try.
	passOver(t *Thread, s *segment) bool
	// onFree tells whether the thread now owns a segment, of another or of nobody, in which it frees a block.
	onFree(t *Thread, s *segment) bool
	// target is the heap that pages go to when h needs memory.
	target(t *Thread, h *heap) *heap
	// enough says that a segment was passed over often enough to be taken whatever it offers.
	enough(visits uintptr) bool
}

// purgePolicy decides when free memory of a segment goes back to the OS.
type purgePolicy interface {
	// freed notes that [p, p+size) of the segment is free.
	freed(t *Thread, s *segment, p Addr, size uintptr)
	// run gives back what is due, or with force all that is noted.
	run(t *Thread, s *segment, force bool)
	// abandoned is run for a segment that is being abandoned, pageFreed for one that a page was freed in.
	abandoned(t *Thread, s *segment)
	pageFreed(t *Thread, s *segment)
	// allowed tells whether memory of a new segment is ever given back in parts.
	allowed(t *Thread, s *segment) bool
	// drop gives the contents of whole OS pages back.
	drop(t *Thread, a Addr, size uintptr) osmem.Errno
	// huge gives back a part of a huge segment.
	huge(t *Thread, a Addr, size uintptr)
}

// regionPolicy knows which addresses are the process's.
type regionPolicy interface {
	// add enters a segment, remove takes it out. False when there is no memory for that.
	add(t *Thread, s *segment) bool
	remove(t *Thread, s *segment)
	// holds tells whether an address, any address, is the process's.
	holds(t *Thread, a Addr) bool
	// mapped tells, at rest, whether a segment at an address is known.
	mapped(p *Process, at Addr) bool
}

// ownerPolicy is how a segment's owner is read and written where that is done in other orders.
type ownerPolicy interface {
	// unowned tells whether the segment has no owner, when a span of it is freed.
	unowned(s *segment) bool
	// own makes the thread the owner of a segment that it popped or took.
	own(t *Thread, s *segment)
}

// arenaPolicy decides what an arena keeps and where its record lies.
type arenaPolicy interface {
	// most is how many arenas a process can have.
	most() int
	// fit gives what can be used of memory that is to be an arena; false when nothing can.
	fit(t *Thread, start Addr, size uintptr) (Addr, uintptr, bool)
	// shape fills in what the arena does with its memory, of which all or nothing is committed.
	shape(a *arena, committed bool)
	// enlarge may ask for large pages behind memory that was mapped for some alignment.
	enlarge(t *Thread, at Addr, size, align uintptr)
	// commitAll notes that all of a new arena is committed.
	commitAll(a *arena)
	// record gets memory for an arena's record, drop gives it back.
	record(t *Thread, a *arena) Addr
	drop(t *Thread, a *arena, at Addr)
	// add gives an arena its id and makes it seen; false when there are too many.
	add(t *Thread, a *arena) bool
}

// adminPolicy is the housekeeping before a generic allocation.
type adminPolicy interface {
	before(t *Thread, h *heap)
}
