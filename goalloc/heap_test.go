// First-class heaps. See doc.go for an overview.

package goalloc

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// newHeap makes a heap that cannot fail.
func (s *story) newHeap(t *Thread) Heap {
	h, ok := t.NewHeap()
	require.True(s, ok)
	return h
}

func TestHeapRecordIsABlockOfTheBackingHeap(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	h, ok := m.NewHeap()
	require.True(t, ok)
	require.False(t, h.IsZero())
	require.True(t, m.Backing().Contains(h.Addr()))
	require.EqualValues(t, 3072, m.UsableSize(h.Addr()))
	require.Equal(t, m.Backing(), m.Default(), "a new heap is not the default")
	g, _ := m.NewHeap()
	require.Equal(t, []Addr{g.Addr(), h.Addr(), raw.Of(m.backing)},
		[]Addr{m.heaps, heapAt(m.heaps).next, heapAt(heapAt(m.heaps).next).next}, "newest first")
	requireInvariants(t, p, []*Thread{m}, held{h.Addr(): 3072, g.Addr(): 3072})
}

func TestContains(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	h, _ := m.NewHeap()
	a, b, c := m.Malloc(48), h.Malloc(48), other.Malloc(48)
	for _, q := range []struct {
		heap Heap
		at   Addr
		want bool
	}{
		{m.Backing(), a, true}, {m.Backing(), b, false}, {h, b, true}, {h, b + 47, true},
		{h, a, false}, {h, c, false}, {other.Backing(), c, true}, {h, 0, false},
	} {
		require.Equal(t, q.want, q.heap.Contains(q.at))
	}
	other.Close()
	require.False(t, m.Backing().Contains(c), "an abandoned page is in no heap")
}

func TestDefaultHeap(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	h, _ := m.NewHeap()
	m.SetDefault(h)
	require.Equal(t, h, m.Default())
	a := m.Malloc(48)
	require.True(t, h.Contains(a))
	g, _ := m.NewHeap()
	require.True(t, m.Backing().Contains(g.Addr()), "records come from the backing heap always")
	m.SetDefault(g)
	h.Delete()
	require.Equal(t, g, m.Default())
	g.Delete()
	require.Equal(t, m.Backing(), m.Default(), "deleting the default heap resets it")
	require.True(t, m.Backing().Contains(a))
	requireInvariants(t, p, []*Thread{m}, held{a: 48})
}

func TestDeleteStory(t *testing.T) {
	s := tell(t, 1)
	m, other := s.threads[0], s.threads[1]
	h := s.newHeap(m)
	a, b, c := h.mallocN(4, 16<<10), h.Malloc(48), h.Malloc(64)
	h.Malloc(16 << 10)
	other.freeAll(b, a[0], a[1])
	s.say("a heap with a full page, one for more, and blocks that another thread freed")
	s.show()
	s.say("deleted: what waits is freed, the pages go over with their order and state")
	h.Delete()
	s.show()
	s.say("the blocks stay valid")
	m.freeAll(a[2], a[3], c)
	s.show()
	s.end()
}

func (x Heap) mallocN(n int, size uintptr) (all []Addr) {
	for range n {
		all = append(all, x.Malloc(size))
	}
	return all
}

func TestDestroyStory(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	h := s.newHeap(m)
	h.mallocN(5, 16<<10)
	h.mallocN(2, 48)
	h.Malloc(20 << 20)
	keep := m.Malloc(48)
	s.say("a heap with pages in every kind of queue")
	s.show()
	s.say("destroyed: all its pages are free, whatever was in use")
	h.Destroy()
	s.show()
	requireInvariants(t, s.p, s.threads, held{keep: 48})
	s.end()
}

// Only heaps made by NewHeap can be destroyed; the backing heap of the main thread survives.
func TestDestroyOfAHeapThatReclaims(t *testing.T) {
	p := simulated(t)
	th := p.NewThread()
	a := th.Malloc(48)
	th.Backing().Destroy()
	require.Zero(t, segmentOf(a).threadID.LoadSC(look), "as Delete: the pages are abandoned")
	require.EqualValues(t, 48, th.UsableSize(a))
}

// Blocks that others put on the deleted heap's list before its pages changed hands are not lost.
func TestDeleteFreesTheDelayedList(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	h, _ := m.NewHeap()
	b := h.mallocN(3, 512)
	other.freeAll(b...)
	h.Delete()
	flag, onPage, onHeap := state(pageOfBlock(b[0]))
	require.EqualValues(t, freeUseDelayed, flag)
	require.Zero(t, onPage+onHeap)
	requireInvariants(t, p, []*Thread{m, other}, held{})
}

// With the quirk a retired page that is absorbed is in no retired range: only a collect frees it.
func TestAbsorbedRetired(t *testing.T) {
	for _, c := range []struct {
		name  string
		fixed Quirk
		min   uintptr
		left  uintptr // pages after many ticks
		event Quirk
	}{
		{"with absorbed-retired", 0, binFull, 1, AbsorbedRetired},
		{"fixed", AbsorbedRetired, 6, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := simulatedAs(t, without(c.fixed))
			m := p.Main()
			keep := m.Malloc(3000)
			h, _ := m.NewHeap()
			m.Free(h.Malloc(48))
			h.Delete()
			require.Equal(t, c.event, m.TakeEvents().Quirks)
			require.Equal(t, c.min, m.backing.retiredMin)
			for k := range uintptr(9) {
				m.Malloc(classes[10+k])
			}
			n := uintptr(0)
			for a := m.backing.queues[6].first; a != 0; a = pageAt(a).next {
				n++
			}
			require.Equal(t, c.left, n)
			m.Collect(false)
			require.Zero(t, m.backing.queues[6].first)
			m.Free(keep)
		})
	}
}

// With the quirk a heap takes in what an ended thread left, and Destroy frees blocks that others hold.
func TestDestroyReclaimed(t *testing.T) {
	for _, c := range []struct {
		name     string
		fixed    Quirk
		survives bool
	}{{"with destroy-reclaimed", 0, false}, {"fixed", DestroyReclaimed, true}} {
		t.Run(c.name, func(t *testing.T) {
			p := simulatedAs(t, without(c.fixed))
			m, other := p.Main(), p.NewThread()
			h, _ := m.NewHeap()
			theirs := other.Malloc(48)
			other.Close()

			m.mallocN(2, 15<<20) // fills main's own segment but for 30 slices
			h.Malloc(10 << 20)   // does not fit any more: the other's segment is reclaimed
			require.Equal(t, m.id, segmentOf(theirs).threadID.LoadSC(look))
			require.Equal(t, !c.survives, h.Contains(theirs))
			require.Equal(t, c.survives, m.Backing().Contains(theirs))
			m.TakeEvents()
			h.Destroy()

			require.Equal(t, !c.survives, m.TakeEvents().Quirks == DestroyReclaimed)
			again := m.Malloc(48)
			if c.survives {
				require.Equal(t, theirs+48, again, "the next block of the same page")
			} else {
				require.NotEqual(t, m.id, segmentOf(theirs).threadID.LoadSC(look), "the segment is gone")
			}
			if c.survives {
				requireInvariants(t, p, []*Thread{m, other}, nil)
				m.Free(theirs)
			}
			requireInvariants(t, p, []*Thread{m, other}, nil)
		})
	}
}

// A heap's blocks outlive the thread that ends: its heaps are deleted, not destroyed.
func TestExitDeletesHeaps(t *testing.T) {
	s := tell(t, 1)
	th := s.threads[1]
	h, g := s.newHeap(th), s.newHeap(th)
	a, b, c := h.Malloc(48), g.Malloc(48), th.Malloc(48)
	th.SetDefault(g)
	s.say("a thread with three heaps")
	s.show()
	s.say("exit: the heaps' records are freed, their blocks abandoned")
	th.Close()
	s.threads[1] = s.p.NewThread()
	s.show()
	requireInvariants(t, s.p, s.threads, held{a: 48, b: 48, c: 48})
	s.end()
}

func TestZeroHeap(t *testing.T) {
	require.True(t, Heap{}.IsZero())
}
