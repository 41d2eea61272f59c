// The invariants of a process as a list, and the check of all of them.
// Counterpart: none, as a whole: the reference checks pages, segments and heaps in its debug builds, where
// a record changes; each row of the table names its own. See doc.go for an overview.

package goalloc

import "fmt"

// Cost says how the time of a check grows. Checks that are PerHeap, and those of single pages and segments, can be made
// after every operation (checknear.go).
type Cost uint8

// The costs.
const (
	PerHeap  Cost = iota // O(1) for every heap, thread and shared word
	PerPage              // O(1) for every page, free span, segment, slot and their records
	PerBlock             // O(1) for every block of every page
)

// String is the cost in words.
func (c Cost) String() string {
	return [...]string{"O(1) per heap", "O(pages)", "O(blocks)"}[c]
}

// Invariant is an equation that holds in every process at rest. The comments of the records say the same
// with the reasons; the IDs are theirs.
type Invariant struct {
	ID        string
	Equation  string
	Cost      Cost
	Reference string // the reference's check of the same, "" if it has none
}

// Breach is an invariant that does not hold, and where.
type Breach struct {
	*Invariant
	Where string // what has which values
}

// String is one line: the ID, the equation, and the values.
func (b Breach) String() string { return "[" + b.ID + "] " + b.Equation + ": " + b.Where }

// Held is what a program holds: the usable size of each block, by the address handed out. The record of
// a heap that the program made is a block, too.
//
//	[L1] a block lies in a page of a segment in use
//	[L2] it starts a block of that page, or the page has hasAligned
//	[L3] it has the usable size that it had
//	[L4] all of it lies inside its page
//	[L5] all of it is committed
type Held map[Addr]uintptr

// Check walks through a process at rest and gives every invariant that does not hold, in no order that
// matters. threads are all that live, the main thread among them; nil stands for one that has done
// nothing. The blocks are compared with what the program holds, unless that is nil.
func (p *Process) Check(threads []*Thread, h Held) []Breach {
	return inspect(p, threads, h).breaches
}

// CheckOverlapped is Check after threads that ran at the same time: of the two counts of abandoned segments
// only the sum is right then, and a page may have several blocks on delayed lists, after a heap was deleted
// while others freed into it.
func (p *Process) CheckOverlapped(threads []*Thread, h Held) []Breach {
	c := take(p, threads)
	c.overlapped = true
	return c.inspect(h).breaches
}

// inspect is Check that also shows what it walked over.
func inspect(p *Process, threads []*Thread, h Held) *census { return take(p, threads).inspect(h) }

func (c *census) inspect(h Held) *census {
	c.checkRecords()
	c.checkHeaps()
	blocks := c.heldByPage(h)
	for _, at := range c.segments() {
		c.checkSegment(segmentAt(at))
		c.checkPages(segmentAt(at), blocks, h != nil)
	}
	c.checkThreads()
	c.checkDefaults()
	c.p.abandoned.check(c)
	c.checkReaders()
	c.p.source.check(c)
	c.checkMapEnd()
	c.checkArenas()
	c.checkShared()
	return c
}

const (
	refPage    = "_mi_page_is_valid"
	refInit    = "mi_page_is_valid_init"
	refList    = "mi_page_list_is_valid"
	refSegment = "mi_segment_is_valid"
	refHeap    = "mi_heap_page_is_valid"
)

// Invariants are all that Check looks at. n(x) is the length of list x, <=> is "exactly if".
var Invariants = []Invariant{
	{"P1", "used - n(threadFree) - n(the page's blocks in heap.delayed) = blocks the program holds", PerBlock, ""},
	{"P2", "used + n(free) + n(localFree) = capacity", PerBlock, refInit},
	{"P3", "0 < reserved and capacity <= reserved", PerPage, refInit},
	{"P4", "inFull <=> the page is in the full queue", PerPage, refPage},
	{"P5", "threadFree's flag is none <=> a block of the page is in its heap's delayed list; never <=> it is abandoned", PerBlock, ""},
	{"P6", "heap = 0 <=> the page is in no queue; its segment is abandoned => heap = 0", PerPage, refPage},
	{"P7", "bin = bin of blockSize", PerPage, ""},
	{"B1", "every block of a list is one of the page's first capacity blocks", PerBlock, refList},
	{"B2", "every block is on one list at most, and on none while the program holds it", PerBlock, ""},
	{"S1", "a span begins with a record that has sliceCount > 0 and sliceOffset = 0", PerPage, refSegment},
	{"S2", "the inner records of a used span lead back to its first", PerPage, refSegment},
	{"S3", "the last record of a free span leads back to its first and has blockSize = 0", PerPage, refSegment},
	{"S4", "a used span is in no span queue", PerPage, ""},
	{"S5", "a free span is in its thread's queue for its size <=> its segment is owned and not huge", PerPage, refSegment},
	{"S6", "no two free spans of an owned segment touch", PerPage, ""},
	{"G1", "abandoned = pages with heap = 0; that is used if threadID = 0", PerPage, refSegment},
	{"G2", "used = number of used spans but the header's", PerPage, refSegment},
	{"G3", "decommitMask is a subset of commitMask, if allowDecommit", PerPage, refSegment},
	{"G4", "the spans cover [0, sliceEntries) without gaps", PerPage, refSegment},
	{"G5", "threadID = 0 <=> the segment is on a stack of abandoned ones; else it is the id of its pages' heaps", PerPage, refHeap},
	{"G6", "what commitMask says is committed, is; used spans are, and will stay so", PerPage, ""},
	{"Q1", "a queue's links lead forth and back from first to last, and each record is in one queue", PerPage, "mi_page_queue_contains"},
	{"Q2", "a page is in the queue of its bin or in the full queue", PerPage, refPage},
	{"Q3", "a page in a heap's queue has that heap", PerPage, refHeap},
	{"H0", "every heap is once in its thread's list and has its thread's id", PerHeap, ""},
	{"H1", "direct[k] = first page of the queue for 8k bytes, or the empty page", PerHeap, ""},
	{"H2", "pageCount = pages in all queues", PerPage, ""},
	{"H3", "an empty page in a queue is retired", PerPage, ""},
	{"M1", "a segment in use has its bit in the map set, one in the cache has not", PerPage, ""},
	{"M2", "the map has no bit for addresses that it does not cover", PerHeap, ""},
	{"T1", "segments = segments with the thread's id", PerPage, ""},
	{"T2", "the default heap is in the thread's list, and the backing heap is its last", PerHeap, ""},
	{"T3", "a kept thread record is kept once and is no heap of a thread", PerHeap, ""},
	{"A1", "a segment is on one stack at most, and then has threadID = 0 and used > 0", PerPage, ""},
	{"A2", "count and visitedCount are the lengths of the two stacks", PerPage, ""},
	{"A3", "readers = 0", PerHeap, ""},
	{"A4", "abandoned = segments of the sub-process that are marked in arenas or listed", PerPage, ""},
	{"A5", "listed = length of the list, whose links lead forth and back", PerPage, ""},
	{"C1", "a slot is filled <=> its bit in inUse is set; what it holds is not in use", PerPage, ""},
	{"C2", "a slot's bit in one of taken and takenLarge is clear <=> its bit in inUse is set", PerPage, ""},
	{"C3", "expire = 0, or something of the slot's segment is committed", PerPage, ""},
	{"C4", "a slot that is not in use is all zero", PerPage, ""},
	{"R1", "all[i] is the arena i+1 <=> i < count", PerHeap, ""},
	{"R2", "a block is in use <=> a segment of the arena covers it, or it lies beyond the end", PerPage, ""},
	{"R3", "a block in use is dirty", PerPage, ""},
	{"R4", "the block where an abandoned segment is marked is in use", PerPage, ""},
	{"R5", "a block that is to be purged is not in use", PerPage, ""},
	{"L1", "a block that the program holds lies in a page of a segment in use", PerBlock, ""},
	{"L2", "it starts a block, or its page has hasAligned", PerBlock, ""},
	{"L3", "it has the usable size that it had", PerBlock, ""},
	{"L4", "all of it lies inside its page", PerBlock, ""},
	{"L5", "all of it is committed", PerBlock, ""},
	{"E1", "the empty page and the empty heap are as they were made", PerHeap, ""},
}

func invariantByID(id string) *Invariant {
	for i := range Invariants {
		if Invariants[i].ID == id {
			return &Invariants[i]
		}
	}
	panic(fmt.Sprintf("unreachable: no invariant %s", id))
}
