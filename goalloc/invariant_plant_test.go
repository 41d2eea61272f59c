// Planted faults: each check must catch its own. See doc.go for an overview.

//go:build !explore

package goalloc

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// patch is a process with something of everything, for a fault to be planted in.
type patch struct {
	p       *Process
	threads []*Thread
	m       *Thread
	held    held

	small   Addr // one of the blocks of a page with blocks on every list
	full    Addr // a block of a page in the full queue
	medium  Addr // a block of a page of eight slices
	retired *page
	span    *page // a free span between pages
	left    Addr  // a block that an ended thread left
	heap    Heap
}

func newPatch(t *testing.T, p *Process) *patch {
	x := &patch{p: p, m: p.Main(), held: held{}}
	other := p.NewThread()
	x.threads = []*Thread{x.m, other}
	keep := func(all ...Addr) Addr {
		for _, a := range all {
			x.held[a] = x.m.UsableSize(a)
		}
		return all[0]
	}
	x.full = keep(x.m.mallocN(4, 16<<10)...)
	keep(x.m.mallocN(1, 16<<10)...)
	gap := x.m.Malloc(1 << 20)
	x.medium = keep(x.m.Malloc(100 << 10))
	keep(x.m.Malloc(100<<10), x.m.Malloc(512<<10))
	x.m.Free(gap)
	retired := x.m.Malloc(5000)
	x.retired = pageOfBlock(retired)
	x.m.Free(retired)
	x.heap, _ = x.m.NewHeap()
	keep(x.heap.Addr())
	keep(x.heap.Malloc(64))
	id, _ := x.m.ReserveOSMemory(96<<20, false, false, true)
	bound, _ := x.m.NewHeapInArena(id)
	keep(bound.Addr())
	keep(bound.Malloc(64))
	x.m.Free(x.m.Malloc(17 << 20))
	x.m.freeAll(x.m.mallocN(3, 16<<20)...) // two segments for the cache
	x.left = keep(other.Malloc(48))
	other.Close()
	x.threads[1] = p.NewThread()
	b := x.m.mallocN(8, 512)
	x.m.freeAll(b[0], b[1])
	x.threads[1].freeAll(b[2], b[3])
	x.small = keep(b[4:]...)
	for bin := spanBin(4); x.span == nil; bin++ { // what the later pages left of the gap
		if a := x.m.spans[bin].first; a != 0 && segmentOf(a) == x.segment() {
			x.span = pageAt(a)
		}
	}
	requireInvariants(t, p, x.threads, x.held)
	return x
}

func (x *patch) segment() *segment { return segmentOf(x.small) }
func (x *patch) page() *page       { return pageOfBlock(x.small) }
func (x *patch) cacheSlot() *cacheSlot {
	return &cacheOf(x.p).slots[1]
}

// plants are faults by the check that must see them; others may see them, too.
var plants = []struct {
	id    string
	what  string
	plant func(x *patch)
}{
	{"P1", "the program holds a block that counts as free", func(x *patch) { delete(x.held, x.small) }},
	{"P2", "a block is counted twice", func(x *patch) { x.page().used++ }},
	{"P2", "a free block is forgotten", func(x *patch) { x.page().localFree = 0 }},
	{"P3", "more blocks than fit", func(x *patch) { x.page().capacity = x.page().reserved + 1 }},
	{"P4", "a page says it is full", func(x *patch) { x.page().flags |= inFull }},
	{"P4", "an abandoned page says it is full", func(x *patch) { pageOfBlock(x.left).flags |= inFull }},
	{"P4", "a full page does not say so", func(x *patch) { pageOfBlock(x.full).flags = 0 }},
	{"P5", "a page waits for a block that nobody has", func(x *patch) {
		x.m.backing.delayed.StoreSC(look, 0)
	}},
	{"P5", "a page is never freed into", func(x *patch) {
		pageOfBlock(x.full).threadFree.StoreSC(look, freeNeverDelayed)
	}},
	{"P5", "a free is going on at rest", func(x *patch) {
		pageOfBlock(x.full).threadFree.StoreSC(look, freeDelaying)
	}},
	{"P5", "the flag is lost", func(x *patch) {
		x.page().threadFree.AndAcqRel(look, ^uint64(freeFlagMask))
	}},
	{"P5", "a delayed list goes round", func(x *patch) {
		d := Addr(x.m.backing.delayed.LoadSC(look))
		raw.Store(d, d)
	}},
	{"P5", "a block is on the wrong heap's list", func(x *patch) {
		x.heap.h.delayed.StoreSC(look, x.m.backing.delayed.SwapAcqRel(look, 0))
	}},
	{"P6", "a page without a heap is in a queue", func(x *patch) { x.page().heap.StoreSC(look, 0) }},
	{"P7", "a page of another class", func(x *patch) { x.page().bin++ }},
	{"S1", "a span starts inside of another", func(x *patch) { x.page().sliceOffset = uint32(pageSize) }},
	{"S2", "an inner record leads elsewhere", func(x *patch) {
		s := x.segment()
		s.slice(s.index(pageOfBlock(x.medium)) + 3).sliceOffset = uint32(pageSize)
	}},
	{"S2", "the last record looks free", func(x *patch) {
		s := x.segment()
		s.slice(s.index(pageOfBlock(x.medium)) + 7).blockSize = 0
	}},
	{"S3", "the end of a free span looks used", func(x *patch) {
		s := x.segment()
		s.slice(s.index(x.span) + uintptr(x.span.sliceCount) - 1).blockSize = 1
	}},
	{"S4", "a used span is in a span queue", func(x *patch) {
		pg := *x.page()
		x.m.spanPush(x.page())
		x.page().blockSize = pg.blockSize
	}},
	{"S5", "a free span is in no queue", func(x *patch) {
		x.m.spanRemove(x.span)
		x.span.blockSize = 0
	}},
	{"S5", "a free span is in another's queue", func(x *patch) {
		x.m.spanRemove(x.span)
		x.threads[1].Init()
		x.threads[1].spanPush(x.span)
	}},
	{"S6", "two free spans side by side", func(x *patch) {
		s, i := x.segment(), x.segment().index(x.span)
		n := uintptr(x.span.sliceCount)
		x.m.spanRemove(x.span)
		x.m.spanFree(s, i, n/2, false)
		x.m.spanFree(s, i+n/2, n-n/2, false)
	}},
	{"G1", "a page counts as abandoned", func(x *patch) { x.segment().abandoned++ }},
	{"G2", "a page too many", func(x *patch) { x.segment().used++ }},
	{"G3", "decommit of what is not committed", func(x *patch) {
		x.segment().commitMask.remove(&x.segment().decommitMask)
	}},
	{"G3", "the same in the cache", func(x *patch) {
		x.cacheSlot().decommit = rangeMask(3, 2)
		r := rangeMask(3, 1)
		x.cacheSlot().commit.remove(&r)
	}},
	{"G4", "a slice too few", func(x *patch) { x.segment().sliceEntries-- }},
	{"G5", "an owned segment without owner", func(x *patch) { x.segment().threadID.StoreSC(look, 0) }},
	{"G6", "a page's memory is gone", func(x *patch) {
		x.p.os.Decommit(raw.AlignDown(x.medium, sliceSize), sliceSize)
	}},
	{"G6", "a page is due to be decommitted", func(x *patch) {
		s := x.segment()
		m := rangeMask(s.index(pageOfBlock(x.medium)), 1)
		s.decommitMask.add(&m)
	}},
	{"G6", "a cached segment's memory is gone", func(x *patch) {
		x.p.os.Decommit(x.cacheSlot().at, sliceSize)
	}},
	{"H0", "a heap of nobody", func(x *patch) { x.heap.h.threadID = 99 }},
	{"H0", "the heap list goes round", func(x *patch) { x.m.backing.next = x.heap.Addr() }},
	{"H1", "a direct entry is old", func(x *patch) { x.m.backing.direct[5] = raw.Of(x.page()) }},
	{"H2", "a page too many in the count", func(x *patch) { x.heap.h.pageCount++ }},
	{"H3", "an empty page is forgotten", func(x *patch) { x.retired.retireExpire = 0 }},
	{"A1", "an abandoned segment has an owner", func(x *patch) {
		segmentOf(x.left).threadID.StoreSC(look, x.m.id)
	}},
	{"A1", "an abandoned segment without pages", func(x *patch) { segmentOf(x.left).used = 0 }},
	{"A1", "a stack goes round", func(x *patch) {
		s := segmentOf(x.left)
		s.abandonedNext.StoreSC(look, uint64(raw.Of(s)))
	}},
	{"A2", "a wrong count", func(x *patch) { x.p.abandoned.(*abandonedStacks).count.AddRlx(look, 1) }},
	{"A2", "a wrong count of visited", func(x *patch) {
		x.p.abandoned.(*abandonedStacks).visitedCount.AddRlx(look, 1)
	}},
	{"A3", "a reader that never left", func(x *patch) {
		x.p.abandoned.(*abandonedStacks).readers.AddRlx(look, 1)
	}},
	{"C1", "a slot in use is empty", func(x *patch) { x.cacheSlot().at = 0 }},
	{"C1", "a cached segment is in use", func(x *patch) {
		segmentAt(x.cacheSlot().at).threadID.StoreSC(look, x.m.id)
	}},
	{"C2", "an empty slot can be taken", func(x *patch) { bitmap(cacheOf(x.p).taken[:]).unclaim(9) }},
	{"C2", "a filled one cannot", func(x *patch) { bitmap(cacheOf(x.p).taken[:]).claim(1) }},
	{"C3", "a slot expires for nothing", func(x *patch) { x.cacheSlot().commit = commitMask{} }},
	{"C4", "a free slot keeps something", func(x *patch) { cacheOf(x.p).slots[9].commit = fullMask }},
	{"R1", "an arena too many", func(x *patch) { x.p.arenas.count.AddRlx(look, 1) }},
	{"R1", "an arena with another's id", func(x *patch) { x.p.arenas.at(0).id = 2 }},
	{"R2", "a block that is in use for nothing", func(x *patch) { x.p.arenas.at(0).inUse().claim(2) }},
	{"R2", "a segment whose block is free", func(x *patch) { x.p.arenas.at(0).inUse().unclaim(0) }},
	{"R2", "a block beyond the end", func(x *patch) { x.p.arenas.at(0).inUse().unclaim(3) }},
	{"R3", "a block that was never used", func(x *patch) { x.p.arenas.at(0).dirty().unclaim(0) }},
	{"B1", "a list leads outside of the blocks", func(x *patch) { x.page().localFree += 8 }},
	{"B1", "a list leads past the threaded blocks", func(x *patch) { x.page().capacity = 1 }},
	{"B2", "a block is on two lists", func(x *patch) { x.page().free = x.page().localFree }},
	{"B2", "the program holds a free block", func(x *patch) {
		x.held[x.page().localFree] = 512
	}},
	{"Q1", "a page's back link is wrong", func(x *patch) { x.page().prev = raw.Of(x.retired) }},
	{"Q1", "a queue's end is wrong", func(x *patch) { x.heap.h.queues[8].last = 0 }},
	{"Q1", "a page is in two queues", func(x *patch) { x.heap.h.queues[8].first = raw.Of(x.page()) }},
	{"Q1", "a span's back link is wrong", func(x *patch) { x.span.prev = raw.Of(x.retired) }},
	{"Q1", "a span queue's end is wrong", func(x *patch) {
		x.m.spans[spanBin(uintptr(x.span.sliceCount))].last = 0
	}},
	{"Q1", "a span is in two queues", func(x *patch) { x.m.spans[33].first = raw.Of(x.span) }},
	{"Q2", "a page in the queue of another class", func(x *patch) { x.page().bin++ }},
	{"Q3", "a page in the queue of another heap", func(x *patch) {
		x.page().heap.StoreSC(look, uint64(x.heap.Addr()))
	}},
	{"L1", "a block in free memory", func(x *patch) {
		s := x.segment()
		x.held[raw.Of(s)+Addr(s.index(x.span)*sliceSize)] = 8
	}},
	{"L1", "a block outside of all segments", func(x *patch) { x.held[x.p.Base()+50<<30] = 8 }},
	{"L2", "a block that starts inside of another", func(x *patch) {
		x.held[x.small+16] = 512 - 16
	}},
	{"L3", "a block that shrank", func(x *patch) { x.held[x.small] = 1024 }},
	{"L4", "a block that reaches out of its page", func(x *patch) {
		x.held[x.small] = sliceSize
	}},
	{"L5", "a block whose memory is gone", func(x *patch) {
		x.p.os.Protect(raw.AlignDown(x.small, 4096), 4096, false)
	}},
	{"T1", "a segment too many", func(x *patch) { x.m.segments++ }},
	{"T2", "a default heap that is not in the list", func(x *patch) {
		x.heap.h.pageCount, x.m.heaps = 0, raw.Of(x.m.backing)
		x.m.heap = x.heap.h
	}},
	{"T2", "the backing heap is not last", func(x *patch) {
		x.m.heaps, x.m.backing.next = raw.Of(x.m.backing), x.heap.Addr()
		x.heap.h.next = 0
	}},
	{"T3", "a thread record is kept twice", func(x *patch) {
		x.p.threadData[5].StoreSC(look, x.p.threadData[0].LoadSC(look))
	}},
	{"M1", "a segment is not in the map", func(x *patch) { x.p.mapRemove(x.segment()) }},
	{"M1", "a cached segment is in the map", func(x *patch) { x.p.mapAdd(segmentAt(x.cacheSlot().at)) }},
	{"M2", "memory beyond the map has a bit", func(x *patch) { x.p.segments.words[mapWords].Reset(4) }},
	{"E1", "the empty page got a block", func(x *patch) { pageAt(x.p.emptyPage).used++ }},
	{"E1", "the empty heap got a page", func(x *patch) { x.p.emptyHeap.pageCount++ }},
}

func TestPlantedFaultsAreFound(t *testing.T) {
	for _, c := range plants {
		t.Run(c.id+" "+c.what, func(t *testing.T) {
			x := newPatch(t, simulated(t))
			c.plant(x)
			problems := checkInvariants(x.p, x.threads, x.held)
			require.True(t, slices.ContainsFunc(problems, func(p string) bool {
				return strings.HasPrefix(p, "["+c.id+"]")
			}), "found: %v", problems)
		})
	}
}

// nearby are the faults around the small block that are found without a look at the rest.
var nearby = []string{"a block is counted twice", "a free block is forgotten", "more blocks than fit", "a page of another class",
	"the end of a free span looks used", "two free spans side by side", "a page counts as abandoned", "a page too many",
	"decommit of what is not committed", "a slice too few", "a list leads outside of the blocks",
	"a list leads past the threaded blocks", "a block is on two lists"}

// The quick checks find what costs little to find, and nothing where nothing is wrong: not around blocks that were
// freed either, nor in memory that is nobody's.
func TestPlantedFaultsAreFoundNearby(t *testing.T) {
	found := 0
	for _, c := range plants {
		near := slices.Contains(nearby, c.what)
		if !near && invariantByID(c.id).Cost != PerHeap {
			continue
		}
		found++
		t.Run(c.id+" "+c.what, func(t *testing.T) {
			x := newPatch(t, simulated(t))
			gone := x.m.Malloc(100 << 10)
			x.m.Free(gone)
			require.Empty(t, x.p.CheckNear(x.threads, x.small, x.full, x.medium, x.left, gone, x.p.Base()+50<<30, 0))
			c.plant(x)
			broken := x.p.CheckNear(x.threads, x.small)
			require.True(t, slices.ContainsFunc(broken, func(b Breach) bool { return b.ID == c.id }), "found: %v", broken)
		})
	}
	require.Greater(t, found, len(nearby)+8)
}

// TestEveryInvariantIsChecked holds four lists against each other: the table, the checks in the source,
// the comments beside the records, and the planted faults.
func TestEveryInvariantIsChecked(t *testing.T) {
	planted, checked, stated := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range plants {
		planted[c.id] = true
	}
	for _, c := range plants23 {
		planted[c.id] = true
	}
	call := regexp.MustCompile(`c\.bad\("(\w+)"`)
	statement := regexp.MustCompile(`(?m)^//\s+\[(\w+)\] `)
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range sources {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			checked[m[1]] = true
		}
		for _, m := range statement.FindAllStringSubmatch(string(text), -1) {
			require.False(t, stated[m[1]], "[%s] is stated twice", m[1])
			stated[m[1]] = true
		}
	}
	for i := range Invariants {
		v := &Invariants[i]
		require.Same(t, v, invariantByID(v.ID), "[%s] has two rows", v.ID)
		require.True(t, checked[v.ID], "nothing checks [%s]", v.ID)
		require.True(t, stated[v.ID], "[%s] is not stated beside the record that it speaks of", v.ID)
		require.True(t, planted[v.ID], "no fault is planted for [%s]", v.ID)
	}
	for _, ids := range []map[string]bool{planted, checked, stated} {
		require.Len(t, ids, len(Invariants))
	}
}

func TestBreachInWords(t *testing.T) {
	p := simulated(t)
	p.Main().segments++
	broken := p.Check([]*Thread{p.Main(), nil}, nil)
	require.Len(t, broken, 1)
	require.Equal(t, "[T1] segments = segments with the thread's id: t0 counts 1 segments and owns 0",
		broken[0].String())
	require.Equal(t, "O(pages)", broken[0].Cost.String())
}
