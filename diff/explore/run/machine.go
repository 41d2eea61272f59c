//go:build explore

package run

import (
	"errors"
	"fmt"

	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
	"midiff/goalloc"
)

// Machine is a process of goalloc whose accesses go to a simulator.
type Machine struct {
	sim  *sim.Sim // of the running execution
	proc *goalloc.Process

	variant      *search.Variant
	orders       []search.Pair // by site
	flagsChecked bool          // whether page.flags is a plain byte

	clockJumps, refuses bool // what the running scenario leaves open

	lo, hi           uintptr // the simulated OS's memory
	cacheLo, cacheHi uintptr // the segment cache's slots
	last             [sim.MaxThreads]loaded
	plain            int // plain accesses since the last atomic one
}

// Machines has a machine per profile, made when a scenario first asks for it.
type Machines struct{ by map[string]*Machine }

// NewMachines has none yet.
func NewMachines() *Machines { return &Machines{map[string]*Machine{}} }

// Search makes a scenario one that package search can run.
func (m *Machines) Search(s *Scenario) (*search.Scenario, error) {
	profile := s.Program.Profile
	if m.by[profile] == nil {
		one, err := newMachine(profile)
		if err != nil {
			return nil, err
		}
		m.by[profile] = one
	}
	return m.by[profile].search(s), nil
}

// Close gives the memory back.
func (m *Machines) Close() error {
	var all []error
	for _, one := range m.by {
		all = append(all, one.proc.Close())
	}
	return errors.Join(all...)
}

// loaded is what a thread loaded last, and where.
type loaded struct {
	site goalloc.Site
	addr uintptr
}

// mostPlain is how many plain accesses in a row mean that a list has become a ring.
const mostPlain = 200_000

// newMachine makes a process of a profile in simulated memory.
func newMachine(profile string) (*Machine, error) {
	version, err := goalloc.ProfileByName(profile)
	if err != nil {
		return nil, err
	}
	p, err := goalloc.New(goalloc.Config{Profile: version, Simulate: true})
	if err != nil {
		return nil, err
	}
	m := &Machine{proc: p}
	m.lo = uintptr(p.Base())
	m.hi = m.lo + goalloc.SimulatedBytes
	m.cacheLo, m.cacheHi = p.CacheRange()
	goalloc.QuietSites()
	p.Watch(m)
	return m, nil
}

// Load implements goalloc.Memory.
func (m *Machine) Load(a uintptr, s goalloc.Site) uint64 {
	m.plain = 0
	m.last[m.sim.Current()] = loaded{s, a}
	return m.sim.Load(a, sim.Site(s), m.orders[s].Success)
}

// Store implements goalloc.Memory.
func (m *Machine) Store(a uintptr, s goalloc.Site, v uint64) {
	m.plain = 0
	m.sim.Store(a, sim.Site(s), m.orders[s].Success, v)
}

// RMW implements goalloc.Memory.
func (m *Machine) RMW(a uintptr, s goalloc.Site, f func(uint64) uint64) uint64 {
	m.plain = 0
	return m.sim.RMW(a, sim.Site(s), m.orders[s].Success, f)
}

// CAS implements goalloc.Memory.
func (m *Machine) CAS(a uintptr, s goalloc.Site, weak bool, old *uint64, v uint64) bool {
	m.plain = 0
	return m.sim.CAS(a, sim.Site(s), m.orders[s].Success, m.orders[s].Failure, weak, old, v)
}

// Yield implements goalloc.Memory: the thread waits for a store to the word that it last loaded at s, or,
// if it has loaded something else since, for progress of any kind.
func (m *Machine) Yield(s goalloc.Site) {
	m.plain = 0
	if l := m.last[m.sim.Current()]; l.addr != 0 && l.site == s {
		m.sim.Await(l.addr, sim.Site(s))
		return
	}
	m.sim.AwaitAny(sim.Site(s))
}

// watches tells whether memory is one that threads share.
func (m *Machine) watches(a uintptr) bool {
	return a >= m.lo && a < m.hi || a >= m.cacheLo && a < m.cacheHi
}

// PlainRead implements goalloc.Memory.
func (m *Machine) PlainRead(a, n uintptr, at uint32) {
	if m.watches(a) && !m.skips(a, at) {
		m.sim.PlainRead(a, n, sim.Place(at))
	}
}

// PlainWrite implements goalloc.Memory.
func (m *Machine) PlainWrite(a, n uintptr, at uint32) {
	if m.watches(a) && !m.skips(a, at) {
		m.sim.PlainWrite(a, n, sim.Place(at))
	}
}

// skips tells that an access is not to be checked. One too many in a row ends the execution.
func (m *Machine) skips(a uintptr, at uint32) bool {
	if m.plain++; m.plain > mostPlain {
		m.sim.Fail(sim.Livelock, "%d plain accesses in a row, the last one at %#x: a list has become a ring", mostPlain, a)
	}
	return !m.flagsChecked && onFlags[at]
}

// Map implements goalloc.System. Memory that is not committed may not be touched.
func (m *Machine) Map(a, n uintptr, committed bool) {
	if goalloc.Watched() {
		m.sim.Revive(a, n, placeMap)
		if !committed {
			m.kill(a, n, sim.UseAfterDecommit, placeMap)
		}
	}
}

// Commit implements goalloc.System.
func (m *Machine) Commit(a, n uintptr) {
	if goalloc.Watched() {
		m.sim.Revive(a, n, placeCommit)
	}
}

// Decommit implements goalloc.System.
func (m *Machine) Decommit(a, n uintptr) { m.kill(a, n, sim.UseAfterDecommit, placeDecommit) }

// Unmap implements goalloc.System.
func (m *Machine) Unmap(a, n uintptr) { m.kill(a, n, sim.UseAfterFree, placeUnmap) }

// kill gives memory back, some of which may be given back already.
func (m *Machine) kill(a, n uintptr, class sim.Class, at sim.Place) {
	if goalloc.Watched() {
		m.sim.Revive(a, n, at)
		m.sim.Kill(a, n, class, at)
	}
}

// Clock implements goalloc.System: what the clock says, or, by choice, that a second has passed.
func (m *Machine) Clock(now int64) int64 {
	if m.clockJumps && goalloc.Watched() && m.sim.Choose(sim.Time, 2, 0) != 0 {
		m.proc.Tick(1000)
		now += 1000
	}
	return now
}

// Refuses implements goalloc.System: by choice.
func (m *Machine) Refuses() bool {
	return m.refuses && goalloc.Watched() && m.sim.Choose(sim.System, 2, 0) != 0
}

// wordName describes an address for a report: a segment's ordinal and the field or the offset in it.
func (m *Machine) wordName(a uintptr) string {
	if a >= m.lo && a < m.hi {
		return fmt.Sprintf("seg%d%s", (a-m.lo)/goalloc.SegmentBytes, goalloc.WordName((a-m.lo)%goalloc.SegmentBytes))
	}
	if name := m.proc.SharedName(a); name != "" {
		return name
	}
	return "shared"
}
