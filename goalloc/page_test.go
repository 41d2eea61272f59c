// Pages: the order of their lists, growth, and retirement. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func (t *Thread) mallocN(n int, size uintptr) (all []Addr) {
	for range n {
		all = append(all, t.Malloc(size))
	}
	return all
}

func (t *Thread) freeAll(all ...Addr) {
	for _, a := range all {
		t.Free(a)
	}
}

// pageOfBlock is the record of a block's page.
func pageOfBlock(a Addr) *page { return segmentOf(a).pageOf(a) }

// Blocks come in ascending order from fresh memory, and last in, first out from the local list, once
// the free list is empty.
func TestPageListOrder(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	s.say("two blocks of 1K: a page threads 4 blocks at a time")
	b := m.mallocN(2, 1024)
	s.lists(b[0])
	s.say("free both: they go on the local list, allocation goes on with the free list")
	m.freeAll(b...)
	b = m.mallocN(2, 1024)
	s.lists(b[0])
	s.say("the free list is empty: the local list takes its place, last freed first")
	b = append(b, m.Malloc(1024))
	s.lists(b[0])
	s.say("both lists are empty: 4 more blocks are threaded")
	b = append(b, m.mallocN(2, 1024)...)
	s.lists(b[0])
	s.show()
	s.end()
}

// What others freed comes before what the owner freed.
func TestPageCollectOrder(t *testing.T) {
	s := tell(t, 1)
	m, other := s.threads[0], s.threads[1]
	b := m.mallocN(8, 512)
	s.say("the owner frees 0 and 1, another thread 2, 3, 4 and 5; its first goes to the heap")
	m.freeAll(b[0], b[1])
	other.freeAll(b[2], b[3], b[4], b[5])
	s.lists(b[7])
	s.show()
	s.say("collected, without force: the other thread's blocks, then the owner's")
	m.pageCollect(pageOfBlock(b[7]), false)
	s.lists(b[7])
	s.say("the owner frees 6, another 7: with a block free, only the latter is collected")
	m.Free(b[6])
	other.Free(b[7])
	m.pageCollect(pageOfBlock(b[7]), false)
	s.lists(b[7])
	s.say("with force the local list goes before the free one")
	m.pageCollect(pageOfBlock(b[7]), true)
	s.lists(b[7])
	s.end()
}

func TestPageExtend(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	for _, class := range classes {
		step := max(4, 4096/class)
		bytes, start := uintptr(sliceSize), uintptr(0)
		if class > 16<<10 {
			bytes = 8 * sliceSize
		}
		if class <= 1024 {
			start = 384
		}
		reserved := (bytes - start) / class

		a := m.Malloc(class)
		pg := pageOfBlock(a)
		require.EqualValues(t, reserved, pg.reserved, "blocks of %d", class)
		require.EqualValues(t, start, uintptr(a)%sliceSize, "blocks of %d", class)
		for want := min(step, reserved); want < reserved; want = min(want+step, reserved) {
			require.EqualValues(t, want, pg.capacity, "blocks of %d", class)
			for pg.free != 0 {
				require.Equal(t, a+Addr(class), pg.free, "blocks of %d ascend", class)
				a = m.Malloc(class)
			}
			a = m.Malloc(class)
		}
		require.EqualValues(t, reserved, pg.capacity, "blocks of %d", class)
	}
	requireInvariants(t, p, []*Thread{m}, nil)
}

// A page that gets empty stays for some searches that find no page: 9 of them, or 3 for medium ones.
func TestRetireCountdown(t *testing.T) {
	for name, c := range map[string]struct {
		size  uintptr
		ticks int
	}{"small": {48, 9}, "largest small": {16 << 10, 9}, "smallest medium": {16<<10 + 1, 3},
		"medium": {128 << 10, 3}} {
		t.Run(name, func(t *testing.T) {
			p := simulated(t)
			m := p.Main()
			a := m.Malloc(c.size)
			pg := pageOfBlock(a)
			m.Free(a)
			require.EqualValues(t, c.ticks, pg.retireExpire)
			bin := m.bin(c.size)
			require.Equal(t, bin, m.backing.retiredMin)
			require.Equal(t, bin, m.backing.retiredMax)
			for left := c.ticks - 1; left >= 0; left-- {
				m.mallocN(1, classes[4+left]) // a fresh page of another class: one tick
				require.EqualValues(t, left, pg.retireExpire)
			}
			require.Zero(t, m.backing.queues[bin].first, "the page is freed")
			require.EqualValues(t, binFull, m.backing.retiredMin)
			require.Zero(t, m.backing.retiredMax)
			requireInvariants(t, p, []*Thread{m}, nil)
		})
	}
}

func TestRetireStory(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	b := []Addr{m.Malloc(48), m.Malloc(64), m.Malloc(100 << 10)}
	s.say("three classes, one page each; all are freed: the pages retire")
	m.freeAll(b...)
	s.show()
	s.say("a search for 2K finds no page: a tick for each")
	c := m.Malloc(2048)
	s.show()
	s.say("an allocation of 64 off the direct entry does not look at the countdown")
	b[1] = m.Malloc(64)
	s.show()
	s.say("the next tick finds the page in use, and forgets it")
	m.Malloc(4096)
	s.show()
	s.say("a third tick frees the medium page")
	m.Malloc(8192)
	s.show()
	s.say("a collect frees the rest of what is retired")
	m.Collect(false)
	s.show()
	m.freeAll(b[1], c)
	s.end()
}

// A page retires only when it is alone in its queue; others are freed at once.
func TestOnlyTheLastPageOfAClassRetires(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	first := m.mallocN(4, 16<<10)
	second := m.mallocN(1, 16<<10)
	m.Free(first[0])
	s.say("two pages of 16K in the queue")
	s.show()
	s.say("the first in the queue gets empty: not alone, freed")
	m.freeAll(second...)
	s.show()
	s.say("the other gets empty: alone, retired")
	m.freeAll(first[1:]...)
	s.show()
	s.end()
}

// A retired page is looked at only while it is first in its queue. One that a reclaimed page is put
// before misses its ticks and leaves the range, as in the reference.
func TestRetiredPageBehindAnother(t *testing.T) {
	s := tell(t, 1)
	m, other := s.threads[0], s.threads[1]
	m.Free(m.Malloc(48))
	b := other.mallocN(1, 48)
	other.Close()
	s.threads[1] = s.p.NewThread()
	s.say("main's page of 48 is retired, and a thread left one behind")
	s.show()
	s.say("main needs a segment's worth of space and reclaims: its page of 48 is second now")
	big := m.mallocN(2, 15<<20)
	m.mallocN(1, 16<<20)
	s.show()
	s.say("a tick sees the first page only, and drops the class from the range")
	m.Malloc(320)
	s.show()
	m.freeAll(big...)
	m.freeAll(b...)
	s.end()
}

// A block that is freed twice by another thread makes a cycle in the page's list: it is noticed, and
// the list dropped.
func TestDoubleFreeByAnotherThread(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	b := m.mallocN(3, 64)
	other.Free(b[0])
	other.Free(b[1])
	other.Free(b[1])
	require.Equal(t, Events{}, m.TakeEvents())
	m.Collect(false)
	require.Equal(t, Events{Errors: 1, Errno: uint16(unix.EFAULT)}, m.TakeEvents())
	require.EqualValues(t, 2, pageOfBlock(b[2]).used, "b[1] and b[2]")
}

func TestHasRoom(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	b := m.mallocN(4, 16<<10)
	pg := pageOfBlock(b[0])
	require.False(t, pg.hasRoom(), "all four blocks are in use")
	other.Free(b[0])
	require.False(t, pg.hasRoom(), "the first goes to the heap")
	other.Free(b[1])
	require.True(t, pg.hasRoom(), "the second to the page")
	m.Collect(false)
	require.True(t, pg.hasRoom())
}
