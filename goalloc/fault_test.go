// The OS refuses: every call of a short program in turn. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"slices"
	"testing"

	"midiff/goalloc/internal/osmem"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

const enomem = unix.ENOMEM

// faultProgram touches every kind of OS call: segments of two threads, piecemeal commits, a huge and
// an over-aligned block, decommits, a thread that ends, and a forced collect.
type faultProgram struct {
	p       *Process
	threads []*Thread
	held    held
	nulls   int
	check   func(what string)
}

func (g *faultProgram) keep(t *Thread, a Addr) Addr {
	if a == 0 {
		g.nulls++
	} else {
		g.held[a] = t.UsableSize(a)
	}
	g.check("allocate")
	return a
}

func (g *faultProgram) free(t *Thread, a Addr) {
	delete(g.held, a)
	t.Free(a)
	g.check("free")
}

func (g *faultProgram) run() {
	m, other := g.threads[0], g.threads[1]
	a := g.keep(m, m.Malloc(48))
	b := g.keep(other, other.Malloc(48))
	c := g.keep(other, other.Malloc(3<<20))
	d := g.keep(m, m.Malloc(20<<20))
	e := g.keep(m, m.Default().MallocAligned(100, 64<<20))
	g.free(other, d)
	g.p.Tick(50)
	g.free(other, c)
	f := g.keep(other, other.Default().ZallocAligned(1<<20, 4096))
	other.Close()
	g.threads[1] = g.p.NewThread()
	g.check("exit")
	m.Collect(true)
	g.check("collect")
	for _, x := range []Addr{a, b, e, f} {
		g.free(m, x)
	}
	m.Collect(true)
	g.check("collect")
}

// runFaulty runs the program afresh, and gives what its threads have to say.
func runFaulty(t *testing.T, p *Process, faults ...Fault) (g *faultProgram, e Events) {
	require.NoError(t, p.Reset())
	p.SetFaults(faults)
	g = &faultProgram{p: p, threads: []*Thread{p.Main(), p.NewThread()}, held: held{}}
	all := slices.Clone(g.threads)
	g.check = func(what string) {
		if problems := checkInvariants(p, g.threads, g.held); len(problems) > 0 {
			require.Empty(t, problems, "%v, after %s", faults, what)
		}
	}
	g.run()
	for _, th := range append(all, g.threads[1]) {
		one := th.TakeEvents()
		e.Errors += one.Errors
		e.Warnings += one.Warnings
		e.Errno = max(e.Errno, one.Errno)
	}
	return g, e
}

func TestEveryRefusedCallOfAProgram(t *testing.T) {
	p := simulated(t)
	g, e := runFaulty(t, p)
	require.Zero(t, g.nulls)
	require.Zero(t, e.Errors)
	kinds := map[osmem.CallKind]string{osmem.CallMap: "mmap", osmem.CallUnmap: "munmap",
		osmem.CallProtect: "mprotect", osmem.CallDecommit: "madvise",
		osmem.CallRandom: "getrandom", osmem.CallClock: "clock"}
	calls := map[string]uint64{}
	for _, c := range p.Calls() {
		calls[kinds[c.Kind]]++
	}
	for kind, n := range calls {
		require.Positive(t, n, kind)
		for i := uint64(1); i <= n; i++ {
			for _, sticky := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %d sticky %v", kind, i, sticky), func(t *testing.T) {
					g, e := runFaulty(t, p, Fault{Kind: kind, N: i, Sticky: sticky, Errno: enomem})
					if kind != "mmap" && kind != "mprotect" {
						require.Zero(t, g.nulls, "only memory that is refused is a reason to fail")
					}
					require.Equal(t, g.nulls > 0, e.Errors > 0, "an error for a null, and only then")
					require.Equal(t, e.Errors > 0, e.Errno == uint16(enomem))
				})
			}
		}
	}
}

func TestNoMemoryAtAll(t *testing.T) {
	for _, size := range []uintptr{0, 48, 4096, 100 << 10, 1 << 20, 20 << 20} {
		p := simulated(t)
		p.SetFaults([]Fault{{Kind: "mmap", N: 1, Sticky: true, Errno: enomem}})
		m := p.Main()
		require.Zero(t, m.Malloc(size), "%d bytes", size)
		e := m.TakeEvents()
		require.EqualValues(t, enomem, e.Errno)
		require.EqualValues(t, 1, e.Errors)
		require.NotZero(t, e.Warnings, "each refused map is a warning")
		requireInvariants(t, p, []*Thread{m}, held{})
	}
}

// The memory comes back: so do allocations.
func TestMemoryComesBack(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	p.SetFaults([]Fault{{Kind: "mmap", N: 1, Sticky: true, Errno: enomem}})
	require.Zero(t, m.Malloc(48))
	p.SetFaults(nil)
	a := m.Malloc(48)
	require.NotZero(t, a)
	requireInvariants(t, p, []*Thread{m}, held{a: 48})
}

// Before an allocation fails, all that can be freed is: here a retired page whose slices are needed.
func TestCollectBeforeFailure(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	m.mallocN(31, 1<<20) // 15 slices are left
	m.Free(m.Malloc(64 << 10))
	p.SetFaults([]Fault{{Kind: "mmap", N: 2, Sticky: true, Errno: enomem}})
	require.Zero(t, m.spanFind(8, NoArena), "the retired page takes 8 of them")
	require.NotZero(t, m.Malloc(512<<10))
	e := m.TakeEvents()
	require.Zero(t, e.Errors)
	require.NotZero(t, e.Warnings)
}

func TestLimitOSAlloc(t *testing.T) {
	p := simulated(t)
	require.NoError(t, p.SetOption("limit_os_alloc", 1))
	m := p.Main()
	require.Zero(t, m.Malloc(48))
	require.Equal(t, Events{Errors: 1, Errno: uint16(enomem)}, m.TakeEvents())
	require.Zero(t, p.OSCalls(), "the OS is not even asked")
}

// A thread whose record is refused allocates nothing, and is new still.
func TestThreadWithoutMemoryForItsRecord(t *testing.T) {
	p := simulated(t)
	th := p.NewThread()
	p.SetFaults([]Fault{{Kind: "mmap", N: 1, Sticky: true, Errno: enomem}})
	require.Zero(t, th.Malloc(48))
	require.Equal(t, Events{Errors: 1, Warnings: 2, Errno: uint16(enomem), Quirks: FailedStart}, th.TakeEvents(),
		"it asks twice")
	require.True(t, th.Backing().IsZero())
	_, ok := th.NewHeap()
	require.False(t, ok)
	th.Collect(true)
	th.Free(0)
	requireInvariants(t, p, []*Thread{p.Main(), th}, held{})

	p.SetFaults(nil)
	a := th.Malloc(48)
	require.NotZero(t, a)
	requireInvariants(t, p, []*Thread{p.Main(), th}, held{a: 48})
}

// A segment whose header is not committed whole cannot be used: the next one serves the request.
func TestRefusedHeader(t *testing.T) {
	p := simulated(t)
	th := p.NewThread()
	p.SetFaults([]Fault{{Kind: "mprotect", N: 2, Errno: enomem}})
	a := th.Malloc(48)
	require.NotZero(t, a)
	require.EqualValues(t, 1, (a-p.Base())/segmentSize, "from the second segment")
	e := th.TakeEvents()
	require.EqualValues(t, 0, e.Errors)
	require.EqualValues(t, 1, e.Warnings)
}
