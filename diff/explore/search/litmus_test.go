package search

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/explore/sim"
)

var update = flag.Bool("update", false, "write the golden files")

const (
	x, y, z, w uintptr = 0x10, 0x20, 0x30, 0x40
	data       uintptr = 0x80
)

// litmus is a classic shape: its threads run at once, and note what they saw in r, which is the outcome.
type litmus struct {
	name, labels string
	threads      []thread
	final        []uintptr // words whose last values are part of the outcome, after r
}

func (l litmus) scenario() *Scenario {
	labels := strings.Fields(l.labels)
	return &Scenario{Name: l.name, Labels: labels, Place: func(sim.Place) string { return "data" },
		Make: func(*Variant) func(*sim.Sim) {
			r := make([]uint64, len(labels)-len(l.final))
			return func(s *sim.Sim) {
				clear(r)
				ids := make([]int, len(l.threads))
				for i, t := range l.threads {
					ids[i] = s.Spawn(0, func() { t(s, r) })
				}
				for _, id := range ids {
					s.Join(0, id)
				}
				s.Note(r...)
				for _, a := range l.final {
					s.Note(s.Latest(a))
				}
			}
		}}
}

type thread = func(s *sim.Sim, r []uint64)

// writes is a thread that stores 1 to each word in turn.
func writes(o sim.Order, words ...uintptr) thread {
	return func(s *sim.Sim, _ []uint64) {
		for _, a := range words {
			s.Store(a, 1, o, 1)
		}
	}
}

// reads is a thread that loads each word in turn into r[from], r[from+1], ...
func reads(o sim.Order, from int, words ...uintptr) thread {
	return func(s *sim.Sim, r []uint64) {
		for i, a := range words {
			r[from+i] = s.Load(a, 2, o)
		}
	}
}

// storeLoad is half of the store buffer shape, with a fence between if fence is not relaxed.
func storeLoad(o, lo, fence sim.Order, mine, other uintptr, to int) thread {
	return func(s *sim.Sim, r []uint64) {
		s.Store(mine, 1, o, 1)
		if fence != sim.Relaxed {
			s.Fence(3, fence)
		}
		r[to] = s.Load(other, 2, lo)
	}
}

// send writes plain data and then a flag; receive reads the data if it sees the flag.
func send(o, fence sim.Order) thread {
	return func(s *sim.Sim, _ []uint64) {
		s.PlainWrite(data, 8, 0)
		if fence != sim.Relaxed {
			s.Fence(3, fence)
		}
		s.Store(x, 1, o, 1)
	}
}

func receive(o, fence sim.Order) thread {
	return func(s *sim.Sim, r []uint64) {
		if r[0] = s.Load(x, 2, o); r[0] == 0 {
			return
		}
		if fence != sim.Relaxed {
			s.Fence(3, fence)
		}
		s.PlainRead(data, 8, 0)
	}
}

const (
	rlx = sim.Relaxed
	acq = sim.Acquire
	rel = sim.Release
	sc  = sim.SeqCst
)

// litmusTests are the shapes. Each has one line in memory-model text books.
var litmusTests = []litmus{
	{name: "SB release acquire", labels: "r0 r1", threads: []thread{storeLoad(rel, acq, rlx, x, y, 0), storeLoad(rel, acq, rlx, y, x, 1)}},
	{name: "SB seq_cst", labels: "r0 r1", threads: []thread{storeLoad(sc, sc, rlx, x, y, 0), storeLoad(sc, sc, rlx, y, x, 1)}},
	{name: "SB relaxed, seq_cst fences", labels: "r0 r1", threads: []thread{storeLoad(rlx, rlx, sc, x, y, 0), storeLoad(rlx, rlx, sc, y, x, 1)}},
	{name: "SB relaxed, acq_rel fences", labels: "r0 r1", threads: []thread{
		storeLoad(rlx, rlx, sim.AcqRel, x, y, 0), storeLoad(rlx, rlx, sim.AcqRel, y, x, 1)}},
	{name: "SB seq_cst against seq_cst fence", labels: "r0 r1", threads: []thread{storeLoad(sc, sc, rlx, x, y, 0), storeLoad(rlx, rlx, sc, y, x, 1)}},
	{name: "SB seq_cst stores, relaxed load", labels: "r0 r1", threads: []thread{storeLoad(sc, rlx, rlx, x, y, 0), storeLoad(sc, sc, rlx, y, x, 1)}},
	{name: "MP release acquire", labels: "r0", threads: []thread{send(rel, rlx), receive(acq, rlx)}},
	{name: "MP relaxed store", labels: "r0", threads: []thread{send(rlx, rlx), receive(acq, rlx)}},
	{name: "MP relaxed load", labels: "r0", threads: []thread{send(rel, rlx), receive(rlx, rlx)}},
	{name: "MP fences", labels: "r0", threads: []thread{send(rlx, rel), receive(rlx, acq)}},
	{name: "MP release fence, acquire load", labels: "r0", threads: []thread{send(rlx, rel), receive(acq, rlx)}},
	{name: "MP acquire fence alone", labels: "r0", threads: []thread{send(rlx, rlx), receive(rlx, acq)}},
	{name: "MP atomics, relaxed", labels: "r0 r1", threads: []thread{writes(rlx, x, y), reads(rlx, 0, y, x)}},
	{name: "MP atomics, release acquire", labels: "r0 r1", threads: []thread{writes(rel, x, y), reads(acq, 0, y, x)}},
	{name: "IRIW acquire", labels: "r0 r1 r2 r3", threads: []thread{writes(rel, x), writes(rel, y), reads(acq, 0, x, y), reads(acq, 2, y, x)}},
	{name: "IRIW seq_cst", labels: "r0 r1 r2 r3", threads: []thread{writes(sc, x), writes(sc, y), reads(sc, 0, x, y), reads(sc, 2, y, x)}},
	{name: "IRIW relaxed, seq_cst fences", labels: "r0 r1 r2 r3", threads: []thread{writes(rlx, x), writes(rlx, y),
		fencedReads(0, x, y), fencedReads(2, y, x)}},
	{name: "R seq_cst fences", labels: "r0 y", threads: []thread{func(s *sim.Sim, _ []uint64) {
		s.Store(x, 1, rlx, 1)
		s.Fence(3, sc)
		s.Store(y, 1, rlx, 1)
	}, func(s *sim.Sim, r []uint64) {
		s.Store(y, 1, rlx, 2)
		s.Fence(3, sc)
		r[0] = s.Load(x, 2, rlx)
	}}, final: []uintptr{y}},
	{name: "S release acquire", labels: "r0 x", threads: []thread{func(s *sim.Sim, _ []uint64) {
		s.Store(x, 1, rlx, 2)
		s.Store(y, 1, rel, 1)
	}, func(s *sim.Sim, r []uint64) {
		r[0] = s.Load(y, 2, acq)
		s.Store(x, 1, rlx, 1)
	}}, final: []uintptr{x}},
	{name: "MP seq_cst", labels: "r0", threads: []thread{send(sc, rlx), receive(sc, rlx)}},
	{name: "MP acq_rel RMWs", labels: "r0 r1", threads: []thread{addsAndReads(0), addsAndReads(1)}},
	{name: "CoRR", labels: "r0 r1", threads: []thread{writes(rlx, x), reads(rlx, 0, x, x)}},
	{name: "CoWR", labels: "r0", threads: []thread{func(s *sim.Sim, r []uint64) {
		s.Store(x, 1, rlx, 1)
		r[0] = s.Load(x, 2, rlx)
	}, func(s *sim.Sim, _ []uint64) { s.Store(x, 3, rlx, 2) }}},
	{name: "CoRW", labels: "r0 r1", threads: []thread{func(s *sim.Sim, r []uint64) {
		r[0] = s.Load(x, 2, rlx)
		s.Store(x, 1, rlx, 1)
		r[1] = s.Load(x, 2, rlx)
	}, func(s *sim.Sim, _ []uint64) { s.Store(x, 3, rlx, 2) }}},
	{name: "WRC release acquire", labels: "r0 r1 r2", threads: []thread{writes(rel, x), func(s *sim.Sim, r []uint64) {
		r[0] = s.Load(x, 2, acq)
		s.Store(y, 1, rel, r[0])
	}, reads(acq, 1, y, x)}},
	{name: "WRC relaxed", labels: "r0 r1 r2", threads: []thread{writes(rlx, x), func(s *sim.Sim, r []uint64) {
		r[0] = s.Load(x, 2, rlx)
		s.Store(y, 1, rlx, r[0])
	}, reads(rlx, 1, y, x)}},
	{name: "release sequence through a relaxed RMW", labels: "r0", threads: []thread{send(rel, rlx), func(s *sim.Sim, _ []uint64) {
		s.Add(x, 4, rlx, 2)
	}, func(s *sim.Sim, r []uint64) {
		if r[0] = s.Load(x, 2, acq); r[0]&1 != 0 {
			s.PlainRead(data, 8, 0)
		}
	}}},
	{name: "release sequence cut by a relaxed store", labels: "r0", threads: []thread{send(rel, rlx), func(s *sim.Sim, _ []uint64) {
		s.Store(x, 4, rlx, 3)
	}, func(s *sim.Sim, r []uint64) {
		if r[0] = s.Load(x, 2, acq); r[0] == 1 {
			s.PlainRead(data, 8, 0)
		}
	}}},
	{name: "a thread's own relaxed store continues no release sequence", labels: "r0", threads: []thread{
		func(s *sim.Sim, _ []uint64) {
			s.PlainWrite(data, 8, 0)
			s.Store(x, 1, rel, 1)
			s.Store(x, 4, rlx, 3)
		}, func(s *sim.Sim, r []uint64) {
			if r[0] = s.Load(x, 2, acq); r[0] == 3 {
				s.PlainRead(data, 8, 0)
			}
		}}},
	{name: "LB", labels: "r0 r1", threads: []thread{func(s *sim.Sim, r []uint64) {
		r[0] = s.Load(x, 2, rlx)
		s.Store(y, 1, rlx, 1)
	}, func(s *sim.Sim, r []uint64) {
		r[1] = s.Load(y, 2, rlx)
		s.Store(x, 1, rlx, 1)
	}}},
	{name: "plain data ordered by seq_cst fences alone", labels: "r0", threads: []thread{func(s *sim.Sim, r []uint64) {
		s.PlainWrite(data, 8, 0)
		s.Fence(3, sc)
		r[0] = s.Load(x, 2, rlx)
	}, func(s *sim.Sim, _ []uint64) {
		s.Store(x, 1, rlx, 1)
		s.Fence(3, sc)
		s.PlainRead(data, 8, 0)
	}}},
	{name: "seq_cst fences order, and make nothing happen before", labels: "r0 r1", threads: []thread{func(s *sim.Sim, r []uint64) {
		s.PlainWrite(data, 8, 0)
		s.Fence(3, sc)
		if r[0] = s.Load(x, 2, rlx); r[0] == 0 {
			s.Store(y, 1, rlx, 1)
		}
	}, func(s *sim.Sim, r []uint64) {
		s.Store(x, 1, rlx, 1)
		s.Fence(3, sc)
		if r[1] = s.Load(y, 2, rlx); r[1] == 1 {
			s.PlainRead(data, 8, 0)
		}
	}}},
	{name: "CAS, one of two wins", labels: "r0 r1", threads: []thread{casOnce(0, 1), casOnce(1, 2)}},
	{name: "CAS that fails on a stale value", labels: "r0 r1", threads: []thread{writes(rlx, x), func(s *sim.Sim, r []uint64) {
		old := uint64(7)
		s.CAS(x, 5, rlx, rlx, false, &old, 9)
		r[0] = old
		r[1] = s.Load(x, 2, rlx)
	}}},
	{name: "2+2W", labels: "x y", threads: []thread{func(s *sim.Sim, _ []uint64) {
		s.Store(x, 1, rlx, 1)
		s.Store(y, 1, rlx, 2)
	}, func(s *sim.Sim, _ []uint64) {
		s.Store(y, 1, rlx, 1)
		s.Store(x, 1, rlx, 2)
	}}, final: []uintptr{x, y}},
	{name: "a plain store and a load", labels: "r0", threads: []thread{writes(sim.Plain, x), reads(sc, 0, x)}},
	{name: "a store and a plain load", labels: "r0", threads: []thread{writes(sc, x), reads(sim.Plain, 0, x)}},
	{name: "plain loads", labels: "r0 r1", threads: []thread{reads(sim.Plain, 0, x), reads(sim.Plain, 1, x)}},
	{name: "a plain store, published", labels: "r0 r1", threads: []thread{func(s *sim.Sim, _ []uint64) {
		s.Store(x, 1, sim.Plain, 1)
		s.Store(y, 1, rel, 1)
	}, func(s *sim.Sim, r []uint64) {
		if r[0] = s.Load(y, 2, acq); r[0] == 1 {
			r[1] = s.Load(x, 2, rlx)
		}
	}}},
	{name: "a plain load before a store that follows it", labels: "r0 r1", threads: []thread{func(s *sim.Sim, r []uint64) {
		r[0] = s.Load(x, 2, sim.Plain)
		s.Store(y, 1, rel, 1)
	}, func(s *sim.Sim, r []uint64) {
		if r[1] = s.Load(y, 2, acq); r[1] == 1 {
			s.Store(x, 1, rlx, 1)
		}
	}}},
	{name: "lock", labels: "r0 r1", threads: []thread{locked(0), locked(1)}},
	{name: "trylock", labels: "r0 r1", threads: []thread{tryLocked(0), tryLocked(1)}},
	{name: "a loop that waits", labels: "r0", threads: []thread{func(s *sim.Sim, r []uint64) {
		for r[0] = s.Load(x, 2, acq); r[0] != 2; r[0] = s.Load(x, 2, acq) {
			s.Await(x, 2)
		}
		s.PlainRead(data, 8, 0)
	}, func(s *sim.Sim, _ []uint64) {
		s.Store(x, 1, rlx, 1)
		s.PlainWrite(data, 8, 0)
		s.Store(x, 1, rel, 2)
	}}},
	{name: "a loop that waits in vain", labels: "", threads: []thread{func(s *sim.Sim, _ []uint64) {
		for s.Load(x, 2, acq) != 2 {
			s.Await(x, 2)
		}
	}, writes(rlx, x)}},
	{name: "two locks in two orders", labels: "", threads: []thread{twoLocks(z, w), twoLocks(w, z)}},
}

func fencedReads(from int, first, second uintptr) thread {
	return func(s *sim.Sim, r []uint64) {
		r[from] = s.Load(first, 2, rlx)
		s.Fence(3, sc)
		r[from+1] = s.Load(second, 2, rlx)
	}
}

// addsAndReads writes plain data if it is first at the counter, and reads it if it is second.
func addsAndReads(to int) thread {
	return func(s *sim.Sim, r []uint64) {
		s.PlainWrite(data+uintptr(to)*8, 8, 0)
		if r[to] = s.Add(x, 4, sim.AcqRel, 1); r[to] == 1 {
			s.PlainRead(data+uintptr(1-to)*8, 8, 0)
		}
	}
}

func casOnce(to int, v uint64) thread {
	return func(s *sim.Sim, r []uint64) {
		old := uint64(0)
		if s.CAS(x, 5, sim.AcqRel, acq, false, &old, v) {
			r[to] = 9
			return
		}
		r[to] = old
	}
}

func locked(to int) thread {
	return func(s *sim.Sim, r []uint64) {
		s.Lock(z, 6)
		s.PlainWrite(data, 8, 0)
		r[to] = s.Load(x, 2, rlx)
		s.Store(x, 1, rlx, r[to]+1)
		s.Unlock(z, 7)
	}
}

func tryLocked(to int) thread {
	return func(s *sim.Sim, r []uint64) {
		if s.TryLock(z, 6) {
			s.PlainWrite(data, 8, 0)
			r[to] = 1
			s.Unlock(z, 7)
		}
	}
}

func twoLocks(a, b uintptr) thread {
	return func(s *sim.Sim, _ []uint64) {
		s.Lock(a, 6)
		s.Lock(b, 6)
		s.Unlock(b, 7)
		s.Unlock(a, 7)
	}
}

// TestLitmus holds all outcomes of every shape, from every execution there is, against the golden file.
func TestLitmus(t *testing.T) {
	var b strings.Builder
	for _, l := range litmusTests {
		r := NewRunner(l.scenario(), Variant{}, Memory{})
		found := Deviate(r, Limits{Bound: -1}, nil)
		r.Close()
		require.Nil(t, found.Fault, l.name)
		require.True(t, found.Complete, l.name)
		fmt.Fprintf(&b, "%s: %d executions, %d distinct\n", l.name, found.Executions, found.Distinct)
		for _, line := range found.Outcomes.Lines() {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	golden(t, "litmus.golden", b.String())
}

// golden compares text with a file in testdata, which -update writes.
func golden(t *testing.T, file, text string) {
	t.Helper()
	file = "testdata/" + file
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "go test -update writes the file")
}
