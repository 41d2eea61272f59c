// The runs of random programs. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// play runs steps operations, and after each takes the process apart. What it came by is noted in
// seen.
func (g *player) play(t *testing.T, steps int, seen map[string]int) {
	var history []string
	for range steps {
		history = append(history, g.step(t))
		c := inspect(g.p, g.threads, g.held)
		if len(c.breaches) > 0 {
			last := history[max(0, len(history)-12):]
			require.FailNow(t, "invariants do not hold", "%v\nafter step %d:\n%s", c.breaches, len(history),
				strings.Join(last, "\n"))
		}
		for name, is := range g.sights() {
			if seen != nil && is(c) {
				seen[name]++
			}
		}
	}
}

// sights are those of the profile.
func (g *player) sights() map[string]func(c *census) bool {
	if _, marks := g.p.abandoned.(*abandonedMarks); marks {
		return sights23
	}
	return sights
}

// anyPage tells whether some page in a queue is of a kind.
func (c *census) anyPage(is func(pg *page) bool) bool {
	for a := range c.pages {
		if is(pageAt(a)) {
			return true
		}
	}
	return false
}

// anySegment tells whether some segment in use is of a kind.
func (c *census) anySegment(is func(s *segment) bool) bool {
	for _, a := range c.segments() {
		if is(segmentAt(a)) {
			return true
		}
	}
	return false
}

// sights are states that random programs must come by, else they prove little.
var sights = map[string]func(c *census) bool{
	"a full page": func(c *census) bool {
		return c.anyPage(func(p *page) bool { return p.flags&inFull != 0 })
	},
	"a retired page": func(c *census) bool {
		return c.anyPage(func(p *page) bool { return p.used == 0 })
	},
	"an aligned block": func(c *census) bool {
		return c.anyPage(func(p *page) bool { return p.flags&hasAligned != 0 })
	},
	"a full page with aligned blocks": func(c *census) bool {
		return c.anyPage(func(p *page) bool { return p.flags == hasAligned|inFull })
	},
	"blocks on a page's own list": func(c *census) bool {
		return c.anyPage(func(p *page) bool { return p.threadFree.LoadSC(look)&^freeFlagMask != 0 })
	},
	"a page with local and free blocks": func(c *census) bool {
		return c.anyPage(func(p *page) bool { return p.free != 0 && p.localFree != 0 })
	},
	"delayed blocks":       func(c *census) bool { return len(c.delayed) > 1 },
	"an abandoned segment": func(c *census) bool { return len(c.abandoned) > 0 },
	"visited segments":     func(c *census) bool { return len(c.visited) > 1 },
	"a cached segment":     func(c *census) bool { return len(c.cached) > 0 },
	"several heaps":        func(c *census) bool { return len(c.heaps) > len(c.threads) },
	"a huge segment": func(c *census) bool {
		return c.anySegment(func(s *segment) bool { return s.huge })
	},
	"an abandoned huge block": func(c *census) bool {
		return c.anySegment(func(s *segment) bool { return s.huge && c.stack[raw.Of(s)] != "" })
	},
	"a segment committed in part": func(c *census) bool {
		return c.anySegment(func(s *segment) bool { return !s.commitMask.isFull() })
	},
	"a pending decommit": func(c *census) bool {
		return c.anySegment(func(s *segment) bool { return !s.decommitMask.isEmpty() })
	},
	"a heap that reclaimed": func(c *census) bool {
		for h := range c.heaps {
			if h.reclaimed && h.noReclaim {
				return true
			}
		}
		return false
	},
	"a block at a segment's boundary": func(c *census) bool {
		return c.anySegment(func(s *segment) bool { return s.memAlignOffset != 0 })
	},
}

func TestInvariantsHoldInRandomPrograms(t *testing.T) {
	for _, c := range []struct {
		name  string
		fixed Quirk
	}{{"with the quirks of 2.0.9", 0}, {"with all quirks fixed", quirks20}} {
		t.Run(c.name, func(t *testing.T) {
			p := simulatedAs(t, without(c.fixed))
			seen := map[string]int{}
			for threads := 1; threads <= 4; threads++ {
				for seed := range uint64(5) {
					t.Run(fmt.Sprintf("%d threads, seed %d", threads, seed), func(t *testing.T) {
						defer func() { require.NoError(t, p.Reset()) }()
						newPlayer(p, 100*seed+uint64(threads), threads).play(t, 450, seen)
					})
				}
			}
			t.Log(seen)
			for name := range sights {
				if name != "a heap that reclaimed" || c.fixed == 0 {
					require.NotZero(t, seen[name], "no program came by %s", name)
				}
			}
		})
	}
}

// The same under refused OS calls, and with other options.
func TestInvariantsHoldUnderFaults(t *testing.T) {
	for seed := range uint64(16) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 7))
			profile := without(Quirk(rng.UintN(uint(2 * quirks20))))
			for i, name := range profile.optionNames {
				if name == "" {
					continue
				}
				if rng.IntN(4) == 0 && option(i) != optLimitOSAlloc {
					profile.Options[i] = []int64{0, 1, 2, 10}[rng.IntN(4)]
				}
			}
			p := simulatedAs(t, profile)
			var faults []Fault
			for range rng.IntN(4) {
				faults = append(faults, Fault{
					Kind: []string{"mmap", "munmap", "mprotect", "madvise", "getrandom",
						"clock"}[rng.IntN(6)],
					N: 1 + rng.Uint64N(30), Sticky: rng.IntN(8) == 0, Errno: enomem,
				})
			}
			p.SetFaults(faults)
			g := newPlayer(p, seed, 1+rng.IntN(4))
			g.faulty = len(faults) > 0
			g.play(t, 250, nil)
			g.finish(t)
			requireInvariants(t, p, g.threads, g.held)
		})
	}
}
