// The simulated memory: where requests are placed. See osmem.go for the states.

package osmem

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// The simulated address space, in bytes from its base. Large and hinted requests come from the main
// area, small unhinted ones from the small area, so that segments are numbered without gaps.
const (
	// residentMax is how much of the main area stays resident from one run to the next: dropping
	// pages costs more than any run, keeping all of them would cost the machine's memory.
	residentMax = 512 << 20
	// residentRuns is after how many runs all of it is given back. Runs go on to touch other pages, so that what
	// stays resident would grow for as long as there are runs; dropping it so seldom costs less than a
	// hundredth of them.
	residentRuns = 16384
	simClock     = 1000
	simBaseUnit  = 4 << 40
	simMax       = 16
)

// Sim is a simulated memory: one reservation of 64 GiB, addresses given out in ascending order and
// never twice in a run.
//
// Its state between Reset and the next call is a function of the calls alone.
type Sim struct {
	mu      sync.Mutex
	slot    int
	base    raw.Addr
	main    uintptr // next free byte of the main area, from the base
	small   uintptr // the same in the small area
	clock   int64
	random  uint64 // state of the random bytes
	pages   pageStates
	trace   trace
	records Real // memory of Meta
	faults  faultPlan
	zeroed  bool // what was never given out reads zero in every run
	runs    uint // how often Pristine was called
}

// simSlots tells which of the fixed addresses are taken.
var simSlots struct {
	sync.Mutex
	taken [simMax]bool
}

// NewSim reserves the address space of a simulated memory. The first one lies at 4 TiB, the next at
// 8 TiB, and so on, leaving out what something else occupies.
func NewSim() (*Sim, error) {
	simSlots.Lock()
	defer simSlots.Unlock()
	err := fmt.Errorf("all %d simulated address spaces are in use: close one first", simMax)
	for i := range simSlots.taken {
		if simSlots.taken[i] {
			continue
		}
		s := &Sim{slot: i, base: raw.Addr(simBaseUnit * (i + 1)), small: mainEnd, clock: simClock,
			random: randomSeed}
		if err = s.reserve(); err != nil {
			continue
		}
		simSlots.taken[i] = true
		s.pages.init()
		s.trace.init()
		return s, nil
	}
	return nil, err
}

func (s *Sim) reserve() error {
	_, err := unix.MmapPtr(-1, 0, unsafe.Add(nil, s.base), SimSize, unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE|unix.MAP_FIXED_NOREPLACE)
	if err != nil {
		return fmt.Errorf("cannot reserve 64 GiB of addresses at %#x: %w "+
			"(an address-space limit, see ulimit -v, or another library sits there)", s.base, err)
	}
	// Transparent huge pages would make the first touch of each 2 MiB cost a clear of all of it.
	return unix.Madvise(raw.Bytes(s.base, SimSize), unix.MADV_NOHUGEPAGE)
}

// Close gives the address space back. The Sim must not be used after it.
func (s *Sim) Close() error {
	simSlots.Lock()
	defer simSlots.Unlock()
	simSlots.taken[s.slot] = false
	return errors.Join(s.records.Close(), unix.MunmapPtr(unsafe.Add(nil, s.base), SimSize))
}

// Base is the lowest address.
func (s *Sim) Base() raw.Addr { return s.base }

// Map transitions none to committed or reserved.
func (s *Sim) Map(hinted bool, size uintptr, commit bool) (raw.Addr, Errno) {
	s.mu.Lock()
	defer s.mu.Unlock()
	arg := uint16(argNoReserve)
	if commit {
		arg |= argCommit
	}
	if hinted {
		arg |= argHinted
	}
	if e := s.faults.next(FaultMap); e != 0 {
		s.trace.add(CallMap, arg, e, 0, size)
		return 0, e
	}
	at, ok := s.place(hinted, size)
	if !ok {
		s.trace.add(CallMap, arg, unix.ENOMEM, 0, size)
		return 0, unix.ENOMEM
	}
	s.pages.set(at, size, true, commit)
	s.clearStale(at, size)
	s.trace.add(CallMap, arg, 0, at, size)
	return s.base + raw.Addr(at), 0
}

// place finds room for a request: aligned when it is hinted, deliberately misaligned when it is
// large and not hinted, so that the allocator's alignment fallback is exercised.
func (s *Sim) place(hinted bool, size uintptr) (at uintptr, ok bool) {
	if !hinted && size < smallRequest {
		if size > SimSize-s.small {
			return 0, false
		}
		at = s.small
		s.small += size
		return at, true
	}
	if hinted {
		at = raw.AlignUp(s.main, SegmentAlign)
	} else if at = raw.AlignUp(s.main, PageSize); at%(64<<10) == 0 {
		at += PageSize
	}
	if at > mainEnd || size > mainEnd-at {
		return 0, false
	}
	s.main = at + size
	return at, true
}

// Unmap transitions any state to none. The addresses are not given out again.
func (s *Sim) Unmap(a raw.Addr, size uintptr) Errno {
	return s.change(FaultUnmap, CallUnmap, 0, a, size, false, false)
}

// Protect transitions reserved to committed, or back.
func (s *Sim) Protect(a raw.Addr, size uintptr, commit bool) Errno {
	arg := uint16(0)
	if commit {
		arg = argCommit
	}
	return s.change(FaultProtect, CallProtect, arg, a, size, true, commit)
}

// Decommit transitions committed to reserved. The contents stay as they are but for clearStale, unlike in the real
// memory: dropping them would cost page faults in every run.
func (s *Sim) Decommit(a raw.Addr, size uintptr) Errno {
	e := s.change(FaultAdvise, CallDecommit, 0, a, size, true, false)
	if e == 0 {
		s.clearStale(uintptr(a-s.base), size)
	}
	return e
}

// clearStale makes memory that is fresh read zero where a segment's header may come to lie and keep it.
func (s *Sim) clearStale(at, size uintptr) {
	if at >= mainEnd {
		return // no segment lies there
	}
	for from, to := range Stale(s.base+raw.Addr(at), size) {
		raw.Zero(s.base+raw.Addr(at+from), to-from)
	}
}

// Reset leaves the state as it is. A request that is not lazy is the same system call as Decommit,
// with the same effect.
func (s *Sim) Reset(a raw.Addr, size uintptr, lazy bool) Errno {
	if !lazy {
		return s.Decommit(a, size)
	}
	return s.advise(CallReset, a, size)
}

// Drop is the system call of Decommit, and leaves the state and the contents as they are.
func (s *Sim) Drop(a raw.Addr, size uintptr) Errno { return s.advise(CallDecommit, a, size) }

// Enlarge changes nothing.
func (s *Sim) Enlarge(a raw.Addr, size uintptr) Errno { return s.advise(CallEnlarge, a, size) }

func (s *Sim) advise(k CallKind, a raw.Addr, size uintptr) Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.faults.next(FaultAdvise)
	s.trace.add(k, 0, e, uintptr(a-s.base), size)
	return e
}

func (s *Sim) change(f FaultKind, k CallKind, arg uint16, a raw.Addr, size uintptr,
	mapped, commit bool) Errno {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.faults.next(f)
	if e == 0 {
		s.pages.set(uintptr(a-s.base), size, mapped, commit)
	}
	s.trace.add(k, arg, e, uintptr(a-s.base), size)
	return e
}

// Now is the virtual clock in milliseconds; 0 when the call fails.
func (s *Sim) Now() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	ms := s.clock
	e := s.faults.next(FaultClock)
	if e != 0 {
		ms = 0
	}
	s.trace.add(CallClock, 0, e, 0, uintptr(ms))
	return ms
}

// Clock is the virtual clock for the rig: no call of the allocator.
func (s *Sim) Clock() int64 { return s.clock }

// Tick advances the virtual clock.
func (s *Sim) Tick(ms int64) { s.clock += ms }

// Meta maps memory for records, outside the simulated address space.
func (s *Sim) Meta(size uintptr) (raw.Addr, error) { return s.records.Meta(size) }

// NeedZero clears the range: memory that is new in this run may hold what an earlier run left, and
// clearing all of it would cost more than the run.
func (s *Sim) NeedZero(a raw.Addr, size uintptr) {
	if !s.zeroed {
		raw.Zero(a, size)
	}
}

// Zeroed makes all memory that is new in a run read zero, for an allocator that relies on it everywhere. Then
// Pristine gives back what the run used, and each run pays for page faults.
func (s *Sim) Zeroed() { s.zeroed = true }

// Committed tells whether all of [a, a+size) is committed.
func (s *Sim) Committed(a raw.Addr, size uintptr) bool {
	if a < s.base || uintptr(a-s.base) > SimSize-size {
		return false
	}
	return s.pages.committed(uintptr(a-s.base), size)
}

// Mapped lists what is mapped, in order.
func (s *Sim) Mapped() []Range {
	return s.pages.ranges(s.pages.ranges(nil, 0, s.main), mainEnd, s.small)
}

// drop gives resident memory back; it reads zero then.
func (s *Sim) drop(at, size uintptr) error {
	if size == 0 {
		return nil
	}
	if err := unix.Madvise(raw.Bytes(s.base+raw.Addr(at), size), unix.MADV_DONTNEED); err != nil {
		return fmt.Errorf("cannot give simulated memory back: %w", err)
	}
	return nil
}

// give gives resident memory back after a run: what lies beyond the bound, or all of it, what earlier runs have
// touched included.
func (s *Sim) give(all bool) error {
	switch {
	case all:
		return errors.Join(s.drop(0, min(max(s.main, residentMax), mainEnd)), s.drop(mainEnd, SimSize-mainEnd))
	case s.zeroed:
		return errors.Join(s.drop(0, s.main), s.drop(mainEnd, s.small-mainEnd))
	case s.main > residentMax:
		return s.drop(residentMax, s.main-residentMax)
	}
	return nil
}

// Pristine returns to the state of a new Sim. Memory stays resident up to a bound, with whatever was
// last written to it, unless it is to read zero, or residentRuns runs have gone by.
func (s *Sim) Pristine() error {
	s.pages.reset(s.main, s.small)
	s.runs++
	if err := s.give(s.runs%residentRuns == 0); err != nil {
		return err
	}
	s.main, s.small, s.clock, s.random = 0, mainEnd, simClock, randomSeed
	s.trace.reset()
	s.faults = faultPlan{}
	return nil
}
