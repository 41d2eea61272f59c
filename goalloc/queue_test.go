// Page queues: who goes where. See doc.go for an overview.

package goalloc

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

func TestFullAndUnfull(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	s.say("three pages of four 16K blocks: a full page leaves its queue at the next search")
	pages := [][]Addr{m.mallocN(4, 16<<10), m.mallocN(4, 16<<10), m.mallocN(4, 16<<10)}
	s.show()
	s.say("a block of the second page is freed: the page goes to the end of its queue")
	m.Free(pages[1][0])
	s.show()
	s.say("a block of the first page: behind the second")
	m.Free(pages[0][0])
	s.show()
	s.say("the next block comes from the second page: the third is found full on the way")
	a := m.Malloc(16 << 10)
	require.Equal(t, pages[1][0], a)
	s.show()
	s.say("and the one after that from the first, behind the second, which is full again")
	a = m.Malloc(16 << 10)
	require.Equal(t, pages[0][0], a)
	s.show()
	s.say("all blocks of a full page are freed: the first free moves it, the last one finds it alone")
	m.freeAll(pages[2]...)
	s.show()
	s.end()
}

// A page in the full queue that gets empty at once is freed: it is not in its class's queue.
func TestEmptyPageInTheFullQueue(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	b := m.mallocN(1, 1<<20) // blocks of large pages: their queue is never searched
	s.say("a large page is in the last queue, full or not")
	s.show()
	m.freeAll(b...)
	s.say("freed, it is gone")
	s.show()
	s.end()
}

// A page whose last block another thread frees while it is in the full queue goes straight away.
func TestFullPageFreedByOthers(t *testing.T) {
	s := tell(t, 1)
	m, other := s.threads[0], s.threads[1]
	b := m.mallocN(4, 16<<10)
	m.mallocN(1, 16<<10)
	s.say("another thread frees all four blocks of a full page: one on the heap, three on the page")
	other.freeAll(b...)
	s.show()
	s.lists(b[0])
	s.say("the owner's next generic allocation takes them back, and the page is empty")
	m.Malloc(2000)
	s.show()
	s.end()
}

// Delayed frees move a full page even when they leave it one block only.
func TestFullPageWithOneBlockLeft(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	b := m.mallocN(4, 16<<10)
	m.mallocN(1, 16<<10)
	other.freeAll(b[1:]...)
	require.Equal(t, inFull, pageOfBlock(b[0]).flags)
	m.Collect(false)
	require.EqualValues(t, 1, pageOfBlock(b[0]).used)
	require.Zero(t, pageOfBlock(b[0]).flags)
	requireInvariants(t, p, []*Thread{m, other}, nil)
}

func TestDirectEntriesFollowTheQueues(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	h := m.backing
	entry := func(size uintptr) Addr { return h.direct[wordsOf(size)] }
	require.Equal(t, p.emptyPage, entry(100))

	first := m.mallocN(1, 1024)
	page1 := raw.Of(pageOfBlock(first[0]))
	for _, size := range []uintptr{897, 1000, 1024} {
		require.Equal(t, page1, entry(size), "%d bytes are served by the 1K page", size)
	}
	require.Equal(t, p.emptyPage, entry(896), "and 896 are not")

	rest := m.mallocN(62, 1024) // 63 blocks fit
	require.Equal(t, page1, entry(1024), "a full page is first until a search moves it")
	second := m.Malloc(1024)
	page2 := raw.Of(pageOfBlock(second))
	require.NotEqual(t, page1, page2)
	require.Equal(t, page2, entry(1024))

	m.Free(first[0])
	require.Equal(t, page2, entry(1024), "an unfull page goes to the end")
	m.Free(second)
	require.Equal(t, page1, entry(1024), "the empty page went away: the other one is first")
	m.freeAll(rest...)
	m.Collect(false)
	require.Equal(t, p.emptyPage, entry(1024))
	requireInvariants(t, p, []*Thread{m}, held{})
}

// Sizes without a class of their own share entries: 24 bytes are served by the 32-byte page.
func TestDirectEntriesOfRoundedSizes(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for _, c := range []struct{ size, from, to uintptr }{
		{8, 0, 8}, {16, 9, 16}, {17, 17, 32}, {33, 33, 48}, {129, 129, 160}, {1000, 897, 1024},
	} {
		pg := raw.Of(pageOfBlock(m.Malloc(c.size)))
		for size := uintptr(0); size <= smallMax; size++ {
			inside := size >= c.from && size <= c.to
			require.Equal(t, inside, m.backing.direct[wordsOf(size)] == pg,
				"%d bytes from the page for %d", size, c.size)
		}
	}
}

// A heap that is deleted appends its queues to those of the backing heap.
func TestQueuesOfADeletedHeapGoBehind(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	h, ok := m.NewHeap()
	require.True(t, ok)
	b := []Addr{m.Malloc(48), h.Malloc(48), h.Malloc(64), h.Malloc(5000)}
	s.say("two heaps with pages")
	s.show()
	s.say("the backing heap's own pages come first")
	h.Delete()
	s.show()
	m.freeAll(b...)
	s.end()
}
