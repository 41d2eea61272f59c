// The controls of a simulated process.
// Counterpart: none, the rig's controls. See doc.go for an overview.

package goalloc

import (
	"iter"
	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// OSCall is one call on the simulated OS: Kind 1 map, 2 unmap, 3 protect, 4 decommit, 5 reset; Addr in
// bytes from Base. Without an address are 6 random bytes, 7 clock, whose Size is what it gave, and 8 open.
type OSCall = osmem.Call

// Fault makes a call of the simulated OS fail.
type Fault struct {
	// Kind is "mmap", "munmap", "mprotect", "madvise", "getrandom" or "clock".
	Kind string
	// N counts calls of the kind from 1; with Sticky all later ones fail, too.
	N      uint64
	Sticky bool
	Errno  unix.Errno
}

// simulated is the simulated memory; the methods below are for processes that have one.
func (p *Process) simulated() *osmem.Sim {
	if p.sim == nil {
		panic("goalloc: the process is not simulated: set Config.Simulate")
	}
	return p.sim
}

var faultKinds = map[string]osmem.FaultKind{
	"mmap": osmem.FaultMap, "munmap": osmem.FaultUnmap,
	"mprotect": osmem.FaultProtect, "madvise": osmem.FaultAdvise,
	"getrandom": osmem.FaultRandom, "clock": osmem.FaultClock,
}

// SetFaults sets the calls that fail in this run. Faults of an unknown kind are ignored.
func (p *Process) SetFaults(faults []Fault) {
	var plan []osmem.Fault
	for _, f := range faults {
		if k, ok := faultKinds[f.Kind]; ok {
			plan = append(plan, osmem.Fault{Kind: k, N: f.N, Sticky: f.Sticky, Errno: f.Errno})
		}
	}
	p.simulated().SetFaults(plan)
}

// Hardened tells whether the places of blocks depend on random numbers.
func (p *Process) Hardened() bool { return p.profile.shuffles }

// Base is the lowest address of the simulated memory.
func (p *Process) Base() Addr { return p.simulated().Base() }

// Tick advances the virtual clock, in milliseconds.
func (p *Process) Tick(ms int64) { p.simulated().Tick(ms) }

// SetStep says which step of a program the next OS calls belong to.
func (p *Process) SetStep(n uint32) { p.simulated().SetStep(n) }

// OSHash is a hash over all OS calls of the run.
func (p *Process) OSHash() uint64 { return p.simulated().CallHash() }

// OSCalls is how many OS calls the run has made.
func (p *Process) OSCalls() int { return p.simulated().CallCount() }

// Calls gives the first OS calls of the run, at most 32,768. The slice is reused by the next run.
func (p *Process) Calls() []OSCall { return p.simulated().Calls() }

// Committed tells whether all of [a, a+n) is committed.
func (p *Process) Committed(a Addr, n uintptr) bool { return p.simulated().Committed(a, n) }

// OSRange is simulated memory that is mapped: Addr in bytes from Base.
type OSRange = osmem.Range

// Stale goes through the parts of [a, a+n) that the header of a segment would keep, if its memory is never given
// back: each from and to an offset from a. See StaleMask.
func Stale(a Addr, n uintptr) iter.Seq2[uintptr, uintptr] { return osmem.Stale(a, n) }

// Mapped lists what is mapped, in order.
func (p *Process) Mapped() []OSRange { return p.simulated().Mapped() }

// Without clears quirks until Reset, before the first allocation.
func (p *Process) Without(q Quirk) { p.quirks &^= q }

// Take gives the program memory of its own, aligned to 32 MiB, as for ManageOSMemory; null when the OS
// refuses. What is not a multiple of a page is rounded up.
func (p *Process) Take(size uintptr, commit bool) Addr {
	a, _ := p.simulated().Map(true, pagesOf(size), commit)
	return a
}

// Drop gives memory from Take back.
func (p *Process) Drop(a Addr, size uintptr) { p.simulated().Unmap(a, pagesOf(size)) }

// pagesOf is whole pages, at least one. A size that cannot be rounded up is refused in any case.
func pagesOf(size uintptr) uintptr {
	switch {
	case size == 0:
		return osPageSize
	case size > sizeMax-osPageSize:
		return raw.AlignDown(size, osPageSize)
	}
	return raw.AlignUp(size, osPageSize)
}
