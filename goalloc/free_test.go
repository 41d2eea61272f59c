// Frees by the owner and by others: the state machine of delayed frees. See doc.go for an overview.

package goalloc

import (
	"runtime"
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// state gives a page's flag, and the blocks on its list and on its heap's delayed list.
func state(pg *page) (flag uint64, onPage, onHeap int) {
	w := pg.threadFree.LoadSC(look)
	for a := Addr(w &^ freeFlagMask); a != 0; a = raw.Load(a) {
		onPage++
	}
	if h := Addr(pg.heap.LoadSC(look)); h != 0 {
		for a := Addr(heapAt(h).delayed.LoadSC(look)); a != 0; a = raw.Load(a) {
			onHeap++
		}
	}
	return w & freeFlagMask, onPage, onHeap
}

func TestDelayedFreeStates(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	b := m.mallocN(6, 512)
	pg := pageOfBlock(b[0])
	step := func(what string, wantFlag uint64, wantPage, wantHeap int, wantUsed uint32) {
		t.Helper()
		flag, onPage, onHeap := state(pg)
		require.Equal(t, []int{int(wantFlag), wantPage, wantHeap, int(wantUsed)},
			[]int{int(flag), onPage, onHeap, int(pg.used)}, what)
	}
	step("a fresh page", freeUseDelayed, 0, 0, 6)
	other.Free(b[0])
	step("the first remote free goes to the heap", freeDelayNone, 0, 1, 6)
	other.Free(b[1])
	step("the second to the page", freeDelayNone, 1, 1, 6)
	other.Free(b[2])
	step("and the third", freeDelayNone, 2, 1, 6)
	m.Free(b[3])
	step("a free by the owner looks at neither", freeDelayNone, 2, 1, 5)
	m.Malloc(512)
	step("nor does an allocation that finds a block", freeDelayNone, 2, 1, 6)
	m.Malloc(5000)
	step("the next generic one takes all back", freeUseDelayed, 0, 0, 3)
	other.Free(b[4])
	step("and the next remote free goes to the heap again", freeDelayNone, 0, 1, 3)
	m.Collect(false)
	step("a collect takes it back, too", freeUseDelayed, 0, 0, 2)

	c := m.mallocN(4, 16<<10) // a page of another class, full
	other.freeAll(c...)
	_, _, onHeap := state(pg)
	require.Equal(t, 1, onHeap, "one block of each page at most waits on the heap")
	m.Done() // the main thread's pages stay
	step("thread_done of the main thread leaves them", freeUseDelayed, 0, 1, 2)
}

// A page that was abandoned takes remote frees itself, and its new owner's first collect finds them.
func TestRemoteFreesOfAnAbandonedPage(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	b := other.mallocN(4, 512)
	other.Close()
	pg := pageOfBlock(b[0])
	require.Zero(t, pg.heap.LoadSC(look))
	flag, _, _ := state(pg)
	require.EqualValues(t, freeNeverDelayed, flag)
	m.freeAll(b[0], b[1])
	flag, onPage, _ := state(pg)
	require.EqualValues(t, freeNeverDelayed, flag)
	require.Equal(t, 2, onPage)

	a := m.Malloc(512) // needs a segment: reclaims this one, with the right page
	require.Equal(t, b[3]+512, a, "the page's free list comes first")
	require.Equal(t, b[1], pg.localFree, "what was freed meanwhile waits on the local list")
	flag, onPage, _ = state(pg)
	require.EqualValues(t, freeUseDelayed, flag)
	require.Zero(t, onPage)
	require.Equal(t, m.backing, pg.owner())
	requireInvariants(t, p, []*Thread{m, other}, held{a: 512, b[2]: 512, b[3]: 512})
}

func TestSettingThePageFlag(t *testing.T) {
	for _, c := range []struct {
		name     string
		old, set uint64
		override bool
		left     uint64
		ok       bool
	}{
		{"none to use", freeDelayNone, freeUseDelayed, false, freeUseDelayed, true},
		{"use to never", freeUseDelayed, freeNeverDelayed, false, freeNeverDelayed, true},
		{"never stays", freeNeverDelayed, freeUseDelayed, false, freeNeverDelayed, true},
		{"never is overridden", freeNeverDelayed, freeUseDelayed, true, freeUseDelayed, true},
		{"no change", freeUseDelayed, freeUseDelayed, false, freeUseDelayed, true},
		{"another thread is pushing", freeDelaying, freeUseDelayed, true, freeDelaying, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			pg := &page{}
			const head = 0x4000_0000_1000
			pg.threadFree.Reset(head | c.old)
			require.Equal(t, c.ok, tryUseDelayed(pg, c.set, c.override))
			require.Equal(t, head|c.left, pg.threadFree.LoadSC(look), "the list stays")
		})
	}
}

// Whoever needs the flag waits for the other thread to be through.
func TestSettingThePageFlagWaits(t *testing.T) {
	pg := &page{}
	pg.threadFree.Reset(freeDelaying)
	done := make(chan struct{})
	go func() {
		for range 100 {
			runtime.Gosched()
		}
		pg.threadFree.StoreRel(look, freeDelayNone)
		close(done)
	}()
	(&Thread{}).useDelayed(pg, freeNeverDelayed, false)
	<-done
	flag, _, _ := state(pg)
	require.EqualValues(t, freeNeverDelayed, flag)
}

// A block whose page is being freed into right now is put back.
func TestDelayedBlocksThatCannotBeFreedYet(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	a, b := m.Malloc(512), m.Malloc(2048)
	other.freeAll(a, b)
	pg := pageOfBlock(a)
	pg.threadFree.Reset(freeDelaying) // as if other were in the middle of a second free
	require.False(t, m.delayedFreePartial(m.backing))
	flag, _, onHeap := state(pg)
	require.EqualValues(t, freeDelaying, flag)
	require.Equal(t, 1, onHeap, "the block of the other page is freed")
	require.Zero(t, pageOfBlock(b).used)
	pg.threadFree.Reset(freeDelayNone)
	m.delayedFreeAll(m.backing)
	require.Zero(t, pg.used)
	requireInvariants(t, p, []*Thread{m, other}, held{})
}

// Someone who frees into a page without a heap leaves the block to the page's fate.
func TestDelayBlockWithoutAHeap(t *testing.T) {
	p := simulated(t)
	a := p.Main().Malloc(64)
	require.NotPanics(t, func() { p.Main().delayBlock(&page{}, a) })
}

func TestFreeOfNull(t *testing.T) {
	p := simulated(t)
	p.Main().Free(0)
	require.Zero(t, p.Main().UsableSize(0))
	require.Zero(t, p.OSCalls())
}

// An address inside a block is mapped to its start while the page is flagged.
func TestUnalign(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	a := m.Default().MallocAligned(100, 256)
	pg := pageOfBlock(a)
	require.NotZero(t, pg.flags&hasAligned)
	start := m.unalign(segmentOf(a), pg, a)
	require.Equal(t, start, m.unalign(segmentOf(a), pg, start))
	require.Equal(t, a-128, start)
	require.EqualValues(t, 384-128, m.UsableSize(a))
	m.Free(a)
	require.Equal(t, start, pg.localFree)
	require.Zero(t, pg.flags, "an empty page has no aligned blocks")
}

// Freed by another thread, an aligned block goes back by its start as well.
func TestRemoteFreeOfAnAlignedBlock(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	a := m.Default().MallocAligned(100, 256)
	b := m.Default().MallocAligned(100, 256)
	other.freeAll(a, b)
	requireInvariants(t, p, []*Thread{m, other}, held{})
	m.Collect(true)
	requireInvariants(t, p, []*Thread{m, other}, held{})
	require.Zero(t, m.backing.pageCount)
}
