// Planted faults and random programs in profile 2.3. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// patch23 is a process with abandoned segments: one in an arena and two of the OS.
type patch23 struct {
	p       *Process
	threads []*Thread
	sp      *subprocess
	marked  *segment
	listed  []*segment
}

func newPatch23(t *testing.T) *patch23 {
	p := simulatedAs(t, Profile23())
	x := &patch23{p: p, threads: []*Thread{p.Main()}, sp: subprocessAt(p.Main().subproc)}
	abandon := func() *segment {
		th := p.NewThread()
		s := segmentOf(th.Malloc(100))
		th.Done()
		return s
	}
	x.marked = abandon()
	require.NoError(t, p.SetOption("disallow_arena_alloc", 1))
	for range 2 {
		th := p.NewThread()
		x.listed = append(x.listed, segmentOf(th.Malloc(3<<20)))
		th.Malloc(31 << 20) // no room in the segment before
		th.Done()
	}
	requireInvariants(t, p, x.threads, nil)
	return x
}

var plants23 = []struct {
	id    string
	what  string
	plant func(x *patch23)
}{
	{"A4", "an abandoned segment too many", func(x *patch23) { x.sp.abandoned.AddRlx(look, 1) }},
	{"A4", "a segment that is marked no more", func(x *patch23) {
		a := x.p.arenas.find(0)
		a.abandoned()[0].AndAcqRel(look, ^(uint64(1) << x.marked.memID.block()))
	}},
	{"A5", "a listed segment too many", func(x *patch23) { x.sp.listed.AddRlx(look, 1) }},
	{"A5", "a list that does not lead back", func(x *patch23) { segmentAt(x.sp.last).osPrev = 0 }},
	{"A5", "a list with another end", func(x *patch23) { x.sp.last = raw.Of(x.marked) }},
	{"A3", "a thread has the list, at rest", func(x *patch23) { x.sp.lock.StoreSC(look, 1) }},
	{"R4", "a free block is marked", func(x *patch23) { x.p.arenas.find(0).abandoned()[0].OrAcqRel(look, 1<<9) }},
	{"M1", "a segment of the OS that is not in the map", func(x *patch23) { x.p.profile.region.remove(x.p.Main(), segmentAt(x.sp.last)) }},
	{"R5", "a block in use is to be purged", func(x *patch23) {
		x.p.arenas.find(0).toPurge().setRun(x.marked.memID.block(), 1)
	}},
}

func TestPlantedFaultsOf23AreFound(t *testing.T) {
	for _, c := range plants23 {
		t.Run(c.id+" "+c.what, func(t *testing.T) {
			x := newPatch23(t)
			c.plant(x)
			problems := checkInvariants(x.p, x.threads, nil)
			require.True(t, slices.ContainsFunc(problems, func(p string) bool {
				return strings.HasPrefix(p, "["+c.id+"]")
			}), "found: %v", problems)
		})
	}
}

// sights23 are states that random programs must come by, else they prove little.
var sights23 = map[string]func(c *census) bool{
	"a marked segment":        func(c *census) bool { return slices.Contains(stacks(c), "marked") },
	"a listed segment":        func(c *census) bool { return slices.Contains(stacks(c), "listed") },
	"several marked segments": func(c *census) bool { return len(c.abandoned) > 2 },
	"two arenas":              func(c *census) bool { return c.p.arenas.count.AtRest() > 1 },
	"blocks to be purged": func(c *census) bool {
		a := c.p.arenas.find(0)
		return a != nil && a.allowDecommit && a.toPurge()[0].AtRest() != 0
	},
	"a segment that was reclaimed": func(c *census) bool {
		return c.anySegment(func(s *segment) bool { return s.wasReclaimed })
	},
	"a pending purge": func(c *census) bool {
		return c.anySegment(func(s *segment) bool { return !s.decommitMask.isEmpty() })
	},
	"a segment committed in part": func(c *census) bool {
		return c.anySegment(func(s *segment) bool { return !s.commitMask.isFull() })
	},
}

func stacks(c *census) (names []string) {
	for _, name := range c.stack {
		names = append(names, name)
	}
	return names
}

func TestInvariantsHoldInRandomProgramsOf23(t *testing.T) {
	seen := map[string]int{}
	for threads := 1; threads <= 4; threads++ {
		for seed := range uint64(5) {
			t.Run(fmt.Sprintf("%d threads, seed %d", threads, seed), func(t *testing.T) {
				p := simulatedAs(t, Profile23())
				pristine := p.Fingerprint()
				for name, v := range map[string]int64{
					"arena_reserve":              []int64{1 << 20, 64 << 10, 0}[seed%3],
					"abandoned_reclaim_on_free":  int64(seed % 2),
					"visit_abandoned":            int64(seed / 2 % 2),
					"target_segments_per_thread": []int64{0, 0, 3}[(seed+uint64(threads))%3],
					"purge_delay":                []int64{10, 10, 0, 10, -1}[seed],
				} {
					require.NoError(t, p.SetOption(name, v))
				}
				defer func() {
					require.NoError(t, p.Reset())
					require.Equal(t, pristine, p.Fingerprint(), "a run leaves nothing")
				}()
				newPlayer(p, 100*seed+uint64(threads), threads).play(t, 450, seen)
			})
		}
	}
	for name := range sights23 {
		require.NotZero(t, seen[name], "no program came by %s", name)
	}
}
