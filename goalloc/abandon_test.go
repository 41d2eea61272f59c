// Segments that change owners. See doc.go for an overview.

package goalloc

import (
	"slices"
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// leave has a new thread allocate, and end.
func (s *story) leave(sizes ...uintptr) (all []Addr) {
	th := s.p.NewThread()
	for _, size := range sizes {
		all = append(all, th.Malloc(size))
	}
	th.Close()
	return all
}

// leaveAll has n new threads allocate at the same time, and end.
func (s *story) leaveAll(n int, sizes ...uintptr) {
	var threads []*Thread
	for range n {
		th := s.p.NewThread()
		for _, size := range sizes {
			th.Malloc(size)
		}
		threads = append(threads, th)
	}
	for _, th := range threads {
		th.Close()
	}
}

// A thread that needs a page takes a segment that has one of the class with room.
func TestReclaimOfTheRightPage(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	left := s.leave(48, 5000)
	s.say("a thread left a segment with pages of 48 and 5K")
	s.show()
	s.say("main's first malloc(48) gets that page's next block")
	a := m.Malloc(48)
	require.Equal(t, left[0]+48, a)
	s.show()
	s.end()
}

// Or one that has a free span that is long enough.
func TestReclaimOfASpan(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	s.leave(48)
	s.say("a segment with much room, for a class that has no page in it")
	a := m.Malloc(20 << 10)
	require.EqualValues(t, 0, (a-s.p.Base())/segmentSize)
	s.show()
	s.end()
}

// A segment without either is put aside, and taken on the fourth look whatever it offers. One
// allocation may look more than once, since the visited ones come again when the rest are through.
func TestReclaimOnTheFourthVisit(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	s.leaveAll(5, 15<<20, 15<<20) // 31 slices are free
	visits := func() (all []uintptr) {
		for i := range Addr(5) {
			all = append(all, segmentAt(s.p.Base()+i*segmentSize).abandonedVisits)
		}
		return all
	}
	require.Equal(t, []uintptr{1, 1, 1, 1, 1}, visits())
	s.say("five segments with 31 free slices; main asks for 16M: 8 looks, four are seen twice")
	m.Malloc(16 << 20)
	require.ElementsMatch(t, []uintptr{1, 3, 3, 3, 3}, visits())
	s.show()
	s.say("8 more looks: those that were seen three times are taken as they come again")
	m.mallocN(2, 16<<20)
	require.ElementsMatch(t, []uintptr{0, 0, 0, 0, 0}, visits())
	s.show()
	s.end()
}

// A segment that is passed over gives back at once what it has pending.
func TestDecommitOfPassedOverSegments(t *testing.T) {
	s := tell(t, 0)
	th := s.p.NewThread()
	th.mallocN(2, 15<<20)
	th.Free(th.Malloc(1 << 20))
	th.Close()
	s.shh()
	s.say("a segment with 31 free slices, due for a decommit; main asks for 16M")
	s.p.Main().Malloc(16 << 20)
	s.system()
	s.end()
}

// A segment whose blocks were all freed meanwhile is freed on the way.
func TestReclaimFreesEmptySegments(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	a, b := s.leave(48), s.leave(16<<20)
	huge := s.leave(20 << 20)
	s.say("three segments, all blocks of which are freed by now")
	m.freeAll(a[0], b[0], huge[0])
	s.show()
	s.shh()
	s.say("a block of 16M: the empty segments go to the cache and to the OS, and one comes back")
	m.Malloc(16 << 20)
	s.system()
	s.show()
	s.end()
}

// The order in which segments are looked at: last abandoned first. Those that are of no use end up on
// the visited stack, and come again when the other is empty.
func TestOrderOfVisits(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	s.leaveAll(3, 15<<20, 15<<20)
	s.say("three threads have left segments; each one's last collect has turned the stack over")
	s.show()
	s.say("main asks for 16M: all are looked at")
	m.Malloc(16 << 20)
	s.show()
	s.say("and for 1.5M, which all have: the visited ones are the stack again, in their order")
	m.Malloc(3 << 19)
	s.show()
	s.end()
}

// An allocation looks at no more than max_segment_reclaim segments, and 8 at least.
func TestReclaimIsBounded(t *testing.T) {
	for option, want := range map[int64]int{0: 8, 8: 8, 10: 10, 12: 12} {
		s := tell(t, 0)
		require.NoError(t, s.p.SetOption("max_segment_reclaim", option))
		s.leaveAll(12, 15<<20, 15<<20)
		store := s.p.abandoned.(*abandonedStacks)
		store.revisit()
		require.EqualValues(t, 12, store.count.LoadSC(look))
		s.p.Main().Malloc(16 << 20)
		require.EqualValues(t, want, store.visitedCount.LoadSC(look), "option %d", option)
	}
	require.Equal(t, 1024, boundedReclaim{}.tries(&Thread{proc: &Process{
		options: [numOptions]int64{optMaxSegmentReclaim: 5000}}}))
}

// A forced collect of the main thread reclaims everything; another thread's frees only what is empty.
func TestCollectOfAbandonedSegments(t *testing.T) {
	s := tell(t, 1)
	m, other := s.threads[0], s.threads[1]
	other.Init()
	a, b := s.leave(48), s.leave(64)
	m.Free(a[0])
	s.say("two segments, one of them empty but for the books; a forced collect of another thread")
	other.Collect(true)
	s.show()
	s.say("a forced collect of a heap that is not the main thread's backing heap reclaims nothing")
	h, ok := m.NewHeap()
	require.True(t, ok)
	b = append(b, s.leave(16<<20, 15<<20)...)
	h.Collect(true)
	s.show()
	s.say("of the main thread's backing heap: all")
	m.Collect(true)
	s.show()
	m.freeAll(b...)
	s.end()
}

// A collect of a thread that may not reclaim takes 1024 segments off the stack, or 16384 with force,
// and puts them on the visited one; each round turns the order over, and the last one is cut short.
func TestCollectTurnsTheStacksOver(t *testing.T) {
	for _, c := range []struct {
		force bool
		tries int
	}{{false, 1024}, {true, 16384}} {
		s := tell(t, 1)
		other := s.threads[1]
		s.leaveAll(5, 16<<20, 15<<20)
		store := s.p.abandoned.(*abandonedStacks)
		segments := func() (stack, visited []Addr) {
			n := take(s.p, s.threads)
			return n.abandoned, n.visited
		}
		stack, visited := segments()
		if c.force {
			store.revisit()
			stack, visited = segments()
		}
		for range c.tries {
			if len(stack) == 0 {
				stack, visited = visited, nil
			}
			stack, visited = stack[1:], slices.Insert(visited, 0, stack[0])
		}
		other.Init()
		other.Collect(c.force)
		gotStack, gotVisited := segments()
		require.True(t, slices.Equal(visited, gotVisited), "force %v: %v", c.force, gotVisited)
		require.True(t, slices.Equal(stack, gotStack), "force %v: %v", c.force, gotStack)
	}
}

// Decommits that wait when a thread ends: they stay until somebody looks, or go at once by option.
func TestAbandonedPageDecommit(t *testing.T) {
	for name, value := range map[string]int64{"off": 0, "on": 1} {
		t.Run(name, func(t *testing.T) {
			s := tell(t, 1)
			require.NoError(t, s.p.SetOption("abandoned_page_decommit", value))
			th := s.threads[1]
			th.Malloc(48)
			th.Free(th.Malloc(1 << 20))
			s.say("abandoned_page_decommit %s", name)
			s.show()
			s.shh()
			th.Close()
			s.threads[1] = s.p.NewThread()
			s.system()
			s.show()
			s.end()
		})
	}
}

func TestCheckFree(t *testing.T) {
	p := simulated(t)
	m, th := p.Main(), p.NewThread()
	a := th.Malloc(16 << 10)
	b := th.mallocN(4, 8<<10)
	th.mallocN(1, 15<<20)
	th.mallocN(1, 15<<20)
	th.Close()
	s := segmentOf(a)
	for _, c := range []struct {
		name         string
		slices, size uintptr
		has          bool
	}{
		{"a span", 29, 1, true}, {"a longer one than there is", 30, 1, false},
		{"a page with room", 100, 16 << 10, true}, {"a page that can grow", 100, 8 << 10, true},
		{"no page of the class", 100, 4 << 10, false}, {"a full large page", 500, 15 << 20, false},
	} {
		require.Equal(t, c.has, m.checkFree(s, c.slices, c.size), c.name)
	}
	require.EqualValues(t, 4, s.used)
	m.freeAll(b...)
	require.False(t, m.checkFree(s, 100, 8<<10), "the page is freed, and its slice is one more")
	require.EqualValues(t, 3, s.used)
	require.EqualValues(t, 3, s.abandoned)
	require.Equal(t, raw.Of(s), raw.Of(segmentOf(b[0])))
	requireInvariants(t, p, []*Thread{m, th}, nil)
}
