// Threads: their start and end, their records, and the counter. See doc.go for an overview.

package goalloc

import (
	"testing"

	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

func TestThreadCostsNothingUntilItAllocates(t *testing.T) {
	p := simulated(t)
	th := p.NewThread()
	require.Equal(t, p.emptyHeap, th.heap)
	th.Free(0)
	th.Collect(true)
	th.Close()
	require.Zero(t, p.OSCalls())
	th.Init()
	require.Equal(t, 1, memoryCalls(p))
	require.Equal(t, uint64(8192), p.Calls()[0].Size)
	th.Init()
	require.Equal(t, 1, memoryCalls(p), "once")
}

func TestThreadIDs(t *testing.T) {
	p := simulated(t)
	require.EqualValues(t, 1, p.Main().id)
	a, b := p.NewThread(), p.NewThread()
	require.EqualValues(t, 2, a.id)
	require.EqualValues(t, 3, b.id)
	a.Malloc(48)
	a.Done()
	a.Malloc(48)
	require.EqualValues(t, 2, a.id, "a thread keeps its id through thread_done")
}

// The counter starts at 1, the main thread's; a thread counts when it first allocates. The reference
// counts an exit twice: its destructor runs again on the empty heap.
func TestThreadCounter(t *testing.T) {
	const threads = 3
	for _, c := range []struct {
		name            string
		fixed           Quirk
		exit, done, new int64 // what each adds
	}{
		{"with exit-counts-twice", 0, -2, -1, -1},
		{"fixed", ExitCountsTwice, -1, -1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := simulatedAs(t, without(c.fixed))
			count := func() int64 { return int64(p.threadCount.LoadSC(look)) }
			want := int64(1)
			require.Equal(t, want, count())
			for range threads {
				th := p.NewThread()
				require.Equal(t, want, count(), "a new thread does not count")
				th.Malloc(48)
				want++
				require.Equal(t, want, count(), "until it allocates")
				th.Close()
				want += c.exit
				require.Equal(t, want, count())
				th.Close()
				require.Equal(t, want, count(), "the destructor's value is gone")
			}
			th := p.NewThread()
			th.Malloc(48)
			th.Done()
			want += 1 + c.done
			require.Equal(t, want, count(), "thread_done")
			th.Done()
			want += c.new
			require.Equal(t, want, count(), "thread_done of a thread that has nothing")
		})
	}
}

func TestExitCountsTwiceIsNoted(t *testing.T) {
	p := simulated(t)
	th := p.NewThread()
	th.Malloc(48)
	th.Close()
	require.Equal(t, ExitCountsTwice, th.TakeEvents().Quirks)
}

// The main thread lives on after its exit: its destructor is called as often as a system does.
func TestMainThreadExit(t *testing.T) {
	for _, fixed := range []Quirk{0, ExitCountsTwice} {
		p := simulatedAs(t, without(fixed))
		m := p.Main()
		a := m.Malloc(48)
		m.Close()
		require.EqualValues(t, 1-destructorRounds, int64(p.threadCount.LoadSC(look)))
		require.Equal(t, m.id, segmentOf(a).threadID.LoadSC(look), "nothing is abandoned")
		require.Equal(t, p.mainHeap, m.heap)
		m.Free(a)
		b := m.Malloc(48)
		requireInvariants(t, p, []*Thread{m}, held{b: 48})
	}
}

// A thread's record is kept for the next one, eight of them at most.
func TestThreadRecordsAreKept(t *testing.T) {
	p := simulated(t)
	var threads []*Thread
	for range threadDataKept20 + 2 {
		th := p.NewThread()
		th.Init()
		threads = append(threads, th)
	}
	records := map[Addr]bool{}
	for i, th := range threads {
		records[raw.Of(th.backing)] = true
		calls := memoryCalls(p)
		th.Close()
		if i < threadDataKept20 {
			require.Equal(t, calls, memoryCalls(p), "kept")
			continue
		}
		require.Equal(t, calls+1, memoryCalls(p))
		require.Equal(t, osmem.CallUnmap, p.Calls()[p.OSCalls()-1].Kind)
	}
	require.Len(t, records, threadDataKept20+2)

	calls := memoryCalls(p)
	for i := range threadDataKept20 {
		th := p.NewThread()
		th.Init()
		require.True(t, records[raw.Of(th.backing)], "record %d is used again", i)
	}
	require.Equal(t, calls, memoryCalls(p))
}

// The main thread's end gives the kept records to the OS.
func TestMainThreadDropsRecords(t *testing.T) {
	s := tell(t, 2)
	s.threads[1].Init()
	s.threads[2].Init()
	s.threads[1].Close()
	s.threads[2].Close()
	s.shh()
	s.say("two threads have ended; thread_done of the main thread")
	s.threads[0].Done()
	s.system()
	s.end()
}

// What a thread leaves behind: segments with blocks in use, and nothing else.
func TestThreadExit(t *testing.T) {
	s := tell(t, 1)
	th := s.threads[1]
	a := th.mallocN(3, 48)
	th.mallocN(1, 20<<10)
	b := th.Malloc(20 << 20)
	th.Malloc(16 << 20)
	last := th.Malloc(16 << 20)
	th.freeAll(a[0], a[1], last)
	s.say("a thread with blocks in three segments and one in the cache")
	s.show()
	s.say("exit: all are abandoned; lists are brought up to date; the collect at its end has visited them")
	th.Close()
	s.threads[1] = s.p.NewThread()
	s.show()
	s.say("the blocks can be freed by anyone")
	s.threads[0].freeAll(a[2], b)
	s.show()
	s.say("a forced collect of the main thread takes everything in, and frees what is empty")
	s.threads[0].Collect(true)
	s.show()
	s.end()
}

// A thread may find an empty page after it has abandoned the others of the segment: here one that was
// retired in a heap of the thread, and is out of its retired range since.
func TestExitWithAnEmptyPageLast(t *testing.T) {
	s := tell(t, 1)
	th := s.threads[1]
	a := th.Malloc(16)
	h := s.newHeap(th)
	th.Free(h.Malloc(48))
	s.say("a page of 16 in use, and an empty one of 48 in another heap")
	s.show()
	s.say("exit: the page of 16 is abandoned, then that of 48 freed, and the segment with it abandoned")
	th.Close()
	s.threads[1] = s.p.NewThread()
	s.show()
	requireInvariants(t, s.p, s.threads, held{a: 16})
	s.end()
}

// After thread_done the thread may go on.
func TestThreadGoesOnAfterDone(t *testing.T) {
	p := simulated(t)
	th := p.NewThread()
	a := th.Malloc(48)
	th.Done()
	require.Equal(t, p.emptyHeap, th.heap)
	require.Zero(t, th.segments)
	th.Free(a)
	flag, onPage, _ := state(pageOfBlock(a))
	require.EqualValues(t, freeNeverDelayed, flag)
	require.Equal(t, 1, onPage, "the page is no longer its own")
	b := th.Malloc(48)
	requireInvariants(t, p, []*Thread{p.Main(), th}, held{b: 48})
}
