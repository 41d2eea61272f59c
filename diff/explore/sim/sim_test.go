package sim

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// run executes a body once, with the choices given and 0 after them.
func run(t *testing.T, vector []uint16, body func(s *Sim)) Result {
	t.Helper()
	s := New()
	t.Cleanup(s.Close)
	s.MaxSteps = 1000
	return s.Execute(Plan{Vector: vector}, body)
}

// apart runs two bodies in threads that know nothing of each other, the first one first.
func apart(a, b func(s *Sim)) func(s *Sim) {
	return func(s *Sim) {
		first := s.Spawn(0, func() { a(s) })
		second := s.Spawn(0, func() { b(s) })
		s.Join(0, first)
		s.Join(0, second)
	}
}

// TestRacesByByte: accesses race if they share a byte, one of them writes, and nothing orders them.
func TestRacesByByte(t *testing.T) {
	read := func(a, n uintptr) func(*Sim) { return func(s *Sim) { s.PlainRead(a, n, 1) } }
	write := func(a, n uintptr) func(*Sim) { return func(s *Sim) { s.PlainWrite(a, n, 2) } }
	load := func(s *Sim) { s.Load(0x100, 3, Acquire) }
	add := func(s *Sim) { s.Add(0x100, 4, Relaxed, 1) }
	cases := map[string]struct {
		a, b func(*Sim)
		race bool
	}{
		"two reads":                          {read(0x100, 8), read(0x100, 8), false},
		"read, then write":                   {read(0x100, 8), write(0x100, 8), true},
		"write, then read":                   {write(0x100, 8), read(0x100, 8), true},
		"neighbouring bytes":                 {write(0x101, 1), write(0x102, 1), false},
		"one byte shared":                    {write(0x100, 4), write(0x103, 2), true},
		"across words":                       {write(0x104, 8), read(0x108, 1), true},
		"across words, not shared":           {write(0x104, 8), read(0x10c, 4), false},
		"a long write and a byte":            {write(0x100, 0x1000), write(0x800, 1), true},
		"a byte and a long write":            {write(0x800, 1), write(0x100, 0x1000), true},
		"two long writes":                    {write(0x100, 0x1000), write(0x900, 0x1000), true},
		"two long writes apart":              {write(0x100, 0x1000), write(0x1100, 0x1000), false},
		"atomic load and plain read":         {load, read(0x100, 8), false},
		"atomic load, then plain write":      {load, write(0x100, 8), true},
		"plain write, then atomic load":      {write(0x100, 8), load, true},
		"atomic store, then plain read":      {add, read(0x100, 8), true},
		"plain read, then atomic store":      {read(0x100, 8), add, true},
		"atomic store, then a long write":    {add, write(0x80, 0x1000), true},
		"a long write, then an atomic store": {write(0x80, 0x1000), add, true},
		"atomics":                            {add, load, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := run(t, nil, apart(c.a, c.b))
			require.Nil(t, got.Fault)
			if !c.race {
				require.Nil(t, got.Failure)
				return
			}
			require.NotNil(t, got.Failure)
			require.Equal(t, DataRace, got.Failure.Class)
			require.NotEqual(t, got.Failure.Now.Thread, got.Failure.Before.Thread)
		})
	}
}

// TestSplitCells: a cell that is split keeps what it knew for both parts.
func TestSplitCells(t *testing.T) {
	got := run(t, nil, apart(func(s *Sim) { s.PlainWrite(0x100, 8, 1) }, func(s *Sim) {}))
	require.Nil(t, got.Failure)
	for off := uintptr(0); off < 8; off++ {
		got := run(t, nil, apart(func(s *Sim) {
			s.PlainWrite(0x100, 8, 1)
			s.PlainRead(0x103, 2, 1)
		}, func(s *Sim) { s.PlainRead(0x100+off, 1, 2) }))
		require.Equal(t, DataRace, got.Failure.Class, "byte %d", off)
	}
}

// TestKill: memory that was given back fails whoever touches it, and may be handed out again.
func TestKill(t *testing.T) {
	kill := func(s *Sim) { s.Kill(0x1000, 0x100, UseAfterFree, 9) }
	cases := map[string]struct {
		then  func(s *Sim)
		class Class
	}{
		"plain read":                 {func(s *Sim) { s.PlainRead(0x1080, 1, 1) }, UseAfterFree},
		"atomic load":                {func(s *Sim) { s.Load(0x1000, 1, Acquire) }, UseAfterFree},
		"beside":                     {func(s *Sim) { s.PlainRead(0x1100, 1, 1) }, 0},
		"twice":                      {func(s *Sim) { s.Kill(0x1080, 8, UseAfterFree, 9) }, UseAfterFree},
		"handed out":                 {func(s *Sim) { s.Revive(0x1000, 0x100, 3); s.PlainRead(0x1080, 1, 1) }, 0},
		"handed out in the middle":   {func(s *Sim) { s.Revive(0x1040, 0x40, 3); s.PlainRead(0x1040, 1, 1) }, 0},
		"before what was handed out": {func(s *Sim) { s.Revive(0x1040, 0x40, 3); s.PlainRead(0x103f, 1, 1) }, UseAfterFree},
		"after what was handed out":  {func(s *Sim) { s.Revive(0x1040, 0x40, 3); s.PlainRead(0x1080, 1, 1) }, UseAfterFree},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := run(t, nil, func(s *Sim) { kill(s); c.then(s) })
			if c.class == 0 {
				require.Nil(t, got.Failure)
				return
			}
			require.Equal(t, c.class, got.Failure.Class)
			require.Equal(t, Place(9), got.Failure.Before.Place)
		})
	}
}

// TestZeroedAtomics: a plain write over an atomic word is a store for those who know of it, with the value
// that real memory then has, and a race for the others.
func TestZeroedAtomics(t *testing.T) {
	s := New()
	defer s.Close()
	memory := uint64(5)
	s.Peek = func(uintptr) uint64 { return memory }
	body := func(order Order) func(s *Sim) {
		return func(s *Sim) {
			memory = 5
			require.Equal(t, uint64(5), s.Load(0x100, 1, Acquire))
			s.Store(0x100, 1, Relaxed, 6)
			other := s.Spawn(0, func() {
				if s.Load(0x200, 2, order) == 0 {
					s.Await(0x200, 2)
					s.Load(0x200, 2, order)
				}
				s.Note(s.Load(0x100, 3, Relaxed))
			})
			s.PlainWrite(0x100, 8, 1)
			memory = 7
			s.Store(0x200, 4, Release, 1)
			s.Join(0, other)
		}
	}
	got := s.Execute(Plan{}, body(Acquire))
	require.Nil(t, got.Failure)
	require.Equal(t, uint64(7), got.Outcome.Values[0])
	require.Equal(t, DataRace, s.Execute(Plan{}, body(Relaxed)).Failure.Class)
}

// TestReplay: an execution that is repeated with its own choices is the same, and one that asks other
// questions than were recorded is a fault of the rig.
func TestReplay(t *testing.T) {
	s := New()
	defer s.Close()
	extra := false
	body := apart(func(s *Sim) {
		s.Store(0x100, 1, Relaxed, 1)
		if extra {
			s.Store(0x100, 9, Relaxed, 1)
		}
		s.Store(0x100, 2, Relaxed, 2)
	}, func(s *Sim) { s.Note(s.Load(0x100, 3, Relaxed)) })
	first := s.Execute(Plan{}, body)
	require.Nil(t, first.Fault)
	recorded := append([]Choice(nil), first.Choices...)
	require.NotEmpty(t, recorded)
	again := s.Execute(Plan{Expect: recorded}, body)
	require.Nil(t, again.Fault)
	require.Equal(t, recorded, again.Choices)
	require.Equal(t, first.Graph, again.Graph)

	extra = true
	fault := s.Execute(Plan{Expect: recorded}, body).Fault
	require.NotNil(t, fault)
	require.Contains(t, fault.Error(), "not deterministic")
	short := s.Execute(Plan{Expect: append(recorded, Choice{N: 2})}, func(*Sim) {})
	require.Contains(t, short.Fault.Error(), "ended before")
}

// TestEndings: what ends an execution, and that the simulator is as new after it.
func TestEndings(t *testing.T) {
	cases := map[string]struct {
		body  func(s *Sim)
		class Class
		text  string
	}{
		"panic":  {apart(func(*Sim) { panic("oops") }, func(s *Sim) { s.Load(0x100, 1, Relaxed) }), Broken, "oops"},
		"oracle": {func(s *Sim) { s.Fail(TwoOwners, "segment %d", 3) }, TwoOwners, "segment 3"},
		"endless": {func(s *Sim) {
			for {
				s.Load(0x100, 1, Relaxed)
			}
		}, Livelock, "does not end"},
		"waits alone": {func(s *Sim) {
			for {
				s.AwaitAny(1)
			}
		}, Livelock, "does not end"},
		"waits": {func(s *Sim) { s.Load(0x100, 1, Relaxed); s.Await(0x100, 1) }, Deadlock, "t0"},
		"joins itself": {func(s *Sim) {
			a := s.Spawn(0, func() { s.Lock(0x100, 1) })
			s.Join(0, a)
			s.Lock(0x100, 1)
		}, Deadlock, "t0"},
		"unlocks":      {func(s *Sim) { s.Unlock(0x100, 1) }, Broken, "does not hold"},
		"unaligned":    {func(s *Sim) { s.Load(0x101, 1, Relaxed) }, Broken, "multiple of 8"},
		"runs through": {func(s *Sim) { s.Load(0x100, 1, Relaxed) }, 0, ""},
	}
	s := New()
	defer s.Close()
	s.MaxSteps = 100
	for range 2 {
		for name, c := range cases {
			got := s.Execute(Plan{}, c.body)
			require.Nil(t, got.Fault, name)
			if c.class == 0 {
				require.Nil(t, got.Failure, name)
				continue
			}
			require.NotNil(t, got.Failure, name)
			require.Equal(t, c.class, got.Failure.Class, name)
			require.Contains(t, got.Failure.Text, c.text, name)
		}
	}
}

// TestPanicKeepsItsStack: the report of a broken program shows where it broke.
func TestPanicKeepsItsStack(t *testing.T) {
	got := run(t, nil, func(s *Sim) { breaks(nil) })
	require.True(t, strings.Contains(got.Failure.Stack, "breaks("), got.Failure.Stack)
}

func breaks(m map[int]int) { m[1] = 2 }

// TestSpurious: a weak compare-and-swap may fail without a reason as often as it is allowed to.
func TestSpurious(t *testing.T) {
	s := New()
	defer s.Close()
	tries := 0
	body := func(s *Sim) {
		tries = 0
		for old := uint64(0); !s.CAS(0x100, 1, Release, Relaxed, true, &old, 1); tries++ {
		}
	}
	s.Spurious = 2
	for want, vector := range [][]uint16{{}, {1}, {1, 1}, {1, 1, 1}} {
		require.Nil(t, s.Execute(Plan{Vector: vector}, body).Failure)
		require.Equal(t, min(want, 2), tries)
	}
}

// TestNewest: in sequentially consistent memory a load has no choice.
func TestNewest(t *testing.T) {
	for _, newest := range []bool{false, true} {
		s := New()
		defer s.Close()
		s.Newest = newest
		got := s.Execute(Plan{}, apart(func(s *Sim) { s.Store(0x100, 1, Relaxed, 1) },
			func(s *Sim) { s.Load(0x100, 2, Relaxed) }))
		stale := 0
		for _, c := range got.Choices {
			if c.Kind == ReadFrom {
				stale++
			}
		}
		require.Equal(t, newest, stale == 0)
	}
}

// TestThreadSequence: under C11's older rule a thread's own relaxed store continues its release sequence.
func TestThreadSequence(t *testing.T) {
	for _, old := range []bool{false, true} {
		s := New()
		defer s.Close()
		s.ThreadSequence = old
		got := s.Execute(Plan{}, apart(func(s *Sim) {
			s.PlainWrite(0x200, 8, 1)
			s.Store(0x100, 1, Release, 1)
			s.Store(0x100, 2, Relaxed, 2)
		}, func(s *Sim) {
			s.Load(0x100, 3, Acquire)
			s.PlainRead(0x200, 8, 2)
		}))
		require.Equal(t, old, got.Failure == nil)
	}
}
