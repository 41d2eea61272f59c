// The memory of a kernel, and its ghosts. See doc.go for an overview.

package kernel

import (
	"fmt"

	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
)

// Sizes. Ids count through: page p is in segment p/slotsPer, block b in page b/blocksPer.
const (
	numSegments = 2
	slotsPer    = 2 // pages or free spans of a segment
	blocksPer   = 3
	numHeaps    = 6
	nobody      = -1
)

// Addresses of what is shared.
const (
	listWord     uintptr = 0x100
	visitedWord  uintptr = 0x108
	readersWord  uintptr = 0x110
	marksWord    uintptr = 0x200
	inuseWord    uintptr = 0x208
	osListAddr   uintptr = 0x300
	signalWord   uintptr = 0x400
	heapBase     uintptr = 0x1000
	heapStep     uintptr = 0x100
	spanBase     uintptr = 0x2000
	segmentBase  uintptr = 0x10000
	segmentSize  uintptr = 0x10000
	pageRecords  uintptr = 0x100
	pageStep     uintptr = 0x40
	blocksOffset uintptr = 0x1000
	blocksStep   uintptr = 0x100
	blockSize    uintptr = 0x20
)

// The two low bits of a page's thread-free word.
const (
	useDelayed uint64 = iota
	freeing
	noDelayed
	neverDelayed
)

// page is the record of a slot: a page or, with used as false, a free span.
type page struct {
	taken  bool  // is a page
	used   int   // blocks not on the page's own lists
	free   []int // own lists, the last one first
	inFull bool
	queued int // ghost: the heap whose queue it is in
	spanOf int // ghost: the thread whose span queue it is in
}

type segment struct {
	used, abandoned, visits int
	owner                   int  // ghost: a thread, or nobody
	ended                   bool // ghost: given back
	os                      bool // not of an arena
	huge                    bool // one block, nobody's from the start
}

// world is the state of one execution.
type world struct {
	s        *sim.Sim
	v        *search.Variant
	new      bool // version 2.3
	again    bool // what is given back can be taken again
	segments [numSegments]segment
	pages    [numSegments * slotsPer]page
	next     [numSegments * slotsPer * blocksPer]int // of blocks: block+1
	live     [numSegments * slotsPer * blocksPer]bool
	osList   []int
}

func segmentAt(g int) uintptr { return segmentBase + uintptr(g)*segmentSize }
func ownerWord(g int) uintptr { return segmentAt(g) }
func nextWord(g int) uintptr  { return segmentAt(g) + 8 }
func segInfo(g int) uintptr   { return segmentAt(g) + 16 }

func pageAt(p int) uintptr {
	return segmentAt(p/slotsPer) + pageRecords + uintptr(p%slotsPer)*pageStep
}
func pageInfo(p int) uintptr   { return pageAt(p) + 8 }
func threadFree(p int) uintptr { return pageAt(p) + 24 }
func pageHeap(p int) uintptr   { return pageAt(p) + 32 }
func pageLinks(p int) uintptr  { return pageAt(p) + 40 }

func blockAt(b int) uintptr {
	p := b / blocksPer
	return segmentAt(p/slotsPer) + blocksOffset + uintptr(p%slotsPer)*blocksStep + uintptr(b%blocksPer)*blockSize
}

func heapAt(h int) uintptr      { return heapBase + uintptr(h)*heapStep }
func delayedWord(h int) uintptr { return heapAt(h) }
func heapQueues(h int) uintptr  { return heapAt(h) + 8 }
func spanQueue(t int) uintptr   { return spanBase + uintptr(t)*8 }

// wordName is the name of an address, for reports.
func wordName(a uintptr) string {
	names := map[uintptr]string{listWord: "abandoned", visitedWord: "abandoned_visited",
		readersWord: "abandoned_readers", marksWord: "blocks_abandoned", inuseWord: "blocks_inuse", osListAddr: "os list"}
	if n, ok := names[a]; ok {
		return n
	}
	switch {
	case a >= segmentBase:
		return segmentWordName(int((a-segmentBase)/segmentSize), a&(segmentSize-1))
	case a >= spanBase:
		return fmt.Sprintf("span queue of t%d", (a-spanBase)/8)
	case a >= heapBase && (a-heapBase)%heapStep == 0:
		return fmt.Sprintf("heap%d.delayed", (a-heapBase)/heapStep)
	case a >= heapBase:
		return fmt.Sprintf("heap%d", (a-heapBase)/heapStep)
	case a >= signalWord:
		return fmt.Sprintf("signal%d", (a-signalWord)/8)
	}
	return fmt.Sprintf("%#x", a)
}

func segmentWordName(g int, off uintptr) string {
	switch {
	case off == 0:
		return fmt.Sprintf("seg%d.thread_id", g)
	case off == 8:
		return fmt.Sprintf("seg%d.abandoned_next", g)
	case off < pageRecords:
		return fmt.Sprintf("seg%d.info", g)
	case off >= blocksOffset:
		b := (off-blocksOffset)/blocksStep*blocksPer + (off-blocksOffset)%blocksStep/blockSize
		return fmt.Sprintf("block%d", g*slotsPer*blocksPer+int(b))
	}
	p, field := g*slotsPer+int((off-pageRecords)/pageStep), (off-pageRecords)%pageStep
	return fmt.Sprintf("page%d.%s", p, map[uintptr]string{0: "block_size", 8: "lists", 24: "xthread_free",
		32: "xheap", 40: "links"}[field])
}

// load, store, swap, add, and, or, exchange are atomic accesses with the site's order.
func (w *world) load(at sim.Site, a uintptr) uint64 { return w.s.Load(a, at, w.v.Orders[at].Success) }

func (w *world) store(at sim.Site, a uintptr, v uint64) {
	w.s.Store(a, at, w.v.Orders[at].Success, v)
}

func (w *world) cas(at sim.Site, a uintptr, old *uint64, v uint64) bool {
	o := w.v.Orders[at]
	return w.s.CAS(a, at, o.Success, o.Failure, sites[at].Op != "cas", old, v)
}

func (w *world) add(at sim.Site, a uintptr, v uint64) { w.s.Add(a, at, w.v.Orders[at].Success, v) }

// reads and writes are plain accesses of a word.
func (w *world) reads(at sim.Place, a uintptr)  { w.s.PlainRead(a, 8, at) }
func (w *world) writes(at sim.Place, a uintptr) { w.s.PlainWrite(a, 8, at) }

func (w *world) thread() int { return w.s.Current() }

// id is what the reference has as a thread's id.
func (w *world) id() uint64 { return uint64(w.thread() + 1) }

// start is the state of a world before its threads run: all slots are free spans of nobody.
func (w *world) start(s *sim.Sim) {
	w.s = s
	w.segments = [numSegments]segment{}
	for g := range w.segments {
		w.segments[g].owner = nobody
	}
	for p := range w.pages {
		w.pages[p] = page{free: w.pages[p].free[:0], queued: nobody, spanOf: nobody}
	}
	clear(w.next[:])
	clear(w.live[:])
	w.osList = w.osList[:0]
}

// owns makes the running thread the owner of segment g, whose slots are its free spans.
func (w *world) owns(g int) {
	w.segments[g].owner = w.thread()
	w.s.PlainWrite(segmentAt(g), segmentSize, atSegmentInit)
	w.s.Store(ownerWord(g), none, sim.Relaxed, w.id())
	for p := g * slotsPer; p < (g+1)*slotsPer; p++ {
		w.pages[p].spanOf = w.thread()
	}
}

// becomes makes the running thread's heap h the one of a page with so many live blocks, and the rest free.
func (w *world) becomes(p, h, live int, flag uint64) {
	pg := &w.pages[p]
	pg.taken, pg.spanOf, pg.queued, pg.used, pg.inFull = true, nobody, h, live, live == blocksPer
	w.segments[p/slotsPer].used++
	for i := blocksPer - 1; i >= 0; i-- {
		b := p*blocksPer + i
		if i < live {
			w.live[b] = true
			w.s.PlainWrite(blockAt(b), blockSize, atUse)
		} else {
			pg.free = append(pg.free, b)
		}
	}
	w.s.Store(pageHeap(p), none, sim.Relaxed, uint64(h+1))
	w.s.Store(threadFree(p), none, sim.Relaxed, flag)
}

// claimed and dropped keep the ghost of who owns a segment.
func (w *world) claimed(g int) {
	seg := &w.segments[g]
	if seg.owner != nobody {
		w.s.Fail(sim.TwoOwners, "t%d claims segment %d, which is t%d's", w.thread(), g, seg.owner)
	}
	seg.owner = w.thread()
}

// dropped makes segment g nobody's. None of its spans may be in a queue then.
func (w *world) dropped(g int) {
	for p := g * slotsPer; p < (g+1)*slotsPer; p++ {
		if t := w.pages[p].spanOf; t != nobody {
			w.s.Fail(sim.WrongQueue, "span %d of an abandoned segment is in the queue of t%d", p, t)
		}
	}
	w.segments[g].owner = nobody
}

// mustOwn is the oracle of what only an owner may do.
func (w *world) mustOwn(g int, what string) {
	if o := w.segments[g].owner; o != w.thread() {
		w.s.Fail(sim.OwnerMismatch, "t%d %s in segment %d, which is t%d's", w.thread(), what, g, o)
	}
}
