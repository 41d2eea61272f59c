// A process: what its threads share.
// Counterpart: none, statics and start-up code there. See doc.go for an overview.

package goalloc

import (
	"cmp"
	"fmt"
	"hash/maphash"

	"midiff/goalloc/internal/atom"
	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"

	"golang.org/x/sys/unix"
)

// Config says what a Process is made of.
type Config struct {
	// Profile is the version to be; nil means 2.0. It is copied.
	Profile *Profile
	// Simulate puts the process into a simulated memory at a fixed address, with a trace, a virtual
	// clock and faults; without it, memory comes from Linux.
	Simulate bool
	// Pretend is where a simulated memory pretends to lie, a multiple of 2 GiB below 20 TiB; 0 for 2 TiB. Addresses
	// are then what they are in a twin that lies there, modulo any number.
	Pretend Addr
	// MostMapped is what a real memory gives at a time, in bytes; 0 for as much as Linux does.
	MostMapped uintptr

	_ struct{} // fields are named, so that more can come
}

// Process is an instance of the allocator. Blocks of one process mean nothing to another.
//
//	[T3] a kept thread record is kept once and is no heap of a thread
//	[E1] the empty page and the empty heap are as they were made
type Process struct {
	profile *Profile
	quirks  Quirk
	options [numOptions]int64
	// optionsSet has a bit for each option that was set.
	optionsSet uint32
	os         osmem.Memory
	sim        *osmem.Sim // os, when it is simulated
	bias       Addr       // what a simulated process's addresses are above those it pretends to have

	source      segmentSource
	arenas      arenaSet
	abandoned   abandonStore
	segments    *segmentMap
	mapParts    [mapPartsMost]atom.U64   // of a map in parts
	threadCount atom.U64                 // threads started and not ended, as the version counts them
	threadIDs   atom.U64                 // ids given out
	threadData  [threadDataMost]atom.U64 // as many as the profile keeps are used
	resetAdvice atom.U64
	stats       processStats
	randomGone  atom.U64 // 1: the OS does not know the call for random bytes
	hinted      atom.U64 // 1: in a hardened build, a place for aligned memory was drawn
	mainKey     [seedBytes]byte

	deferred DeferredFree // nil for none
	// newHandler is what the calls of new.go call, nil for none.
	newHandler NewHandler
	main       *Thread
	mainHeap   *heap
	emptyHeap  *heap // default heap of a thread that has not allocated; has no pages
	parts      Addr  // memory for what some profiles keep beside that
	emptyPage  Addr  // where direct entries without a page point; has no blocks
}

// New makes a process with its main thread.
func New(c Config) (*Process, error) {
	if c.Profile == nil {
		c.Profile = Profile20()
	}
	prof := *c.Profile
	p := &Process{profile: &prof, source: prof.newSource(), abandoned: prof.newAbandoned(),
		segments: new(segmentMap)}
	if c.Simulate {
		sim, err := osmem.NewSim()
		if err != nil {
			return nil, fmt.Errorf("goalloc: %w", err)
		}
		p.os, p.sim, p.bias = sim, sim, sim.Base()-cmp.Or(c.Pretend, pretendedBase)
		if prof.pages.startsZero(true) {
			sim.Zeroed()
		}
	} else {
		p.os = osmem.NewReal(c.MostMapped)
	}
	meta, err := p.os.Meta(pageSize + 2*heapRecordBytes + prof.partBytes)
	if err != nil {
		return nil, fmt.Errorf("goalloc: %w", err)
	}
	p.emptyPage = meta
	p.emptyHeap = heapAt(meta + Addr(pageSize))
	p.mainHeap = heapAt(meta + Addr(pageSize+heapRecordBytes))
	p.parts = meta + Addr(pageSize+2*heapRecordBytes)
	p.emptyHeap.retiredMin = binFull
	for i := range p.emptyHeap.direct {
		p.emptyHeap.direct[i] = p.emptyPage
	}
	p.main = &Thread{}
	if err := p.drawMainKey(); err != nil {
		return nil, fmt.Errorf("goalloc: %w", err)
	}
	p.start()
	return p, nil
}

// drawMainKey gets the seed of the main heap's random numbers, as the twin does when it is loaded: before
// the first run, which starts with all random bytes again.
//
// Counterpart: none, a part of mi_heap_main_init.
func (p *Process) drawMainKey() error {
	if !p.profile.random {
		return nil
	}
	if e := p.os.Random(p.mainKey[:]); e != 0 {
		return unix.Errno(e)
	}
	if p.sim != nil {
		return p.sim.Pristine()
	}
	return nil
}

// start brings all that changes in a run to its first state.
func (p *Process) start() {
	p.quirks = p.profile.Quirks
	p.options, p.optionsSet = p.profile.Options, 0
	p.source.reset(p)
	p.arenas = arenaSet{}
	p.abandoned.reset(p)
	clear(p.mapUsed())
	p.mapParts = [mapPartsMost]atom.U64{}
	p.threadCount.Reset(1)
	p.threadIDs.Reset(0)
	p.threadData = [threadDataMost]atom.U64{}
	p.resetAdvice.Reset(adviceLazy)
	p.randomGone.Reset(0)
	p.stats = processStats{}
	p.hinted.Reset(0)
	p.deferred, p.newHandler = nil, nil
	*p.main = Thread{}
	p.main.begin(p)
	p.main.backing = p.mainHeap
	p.main.heapInit(raw.Of(p.mainHeap))
	p.heapSeed(p.mainHeap, p.mainKey, nil)
	p.main.heaps = raw.Of(p.mainHeap)
	p.main.setDefault(p.mainHeap)
}

func (p *Process) newID() uint64 { return p.threadIDs.AddRlx(atom.ThreadIDNext, 1) + 1 }

// Main is the process's first thread.
func (p *Process) Main() *Thread { return p.main }

// NewThread starts a thread. It costs nothing until the thread allocates.
func (p *Process) NewThread() *Thread {
	t := &Thread{heap: p.emptyHeap}
	t.begin(p)
	return t
}

// begin makes a thread one of p.
func (t *Thread) begin(p *Process) {
	t.proc, t.prof, t.id, t.fastBelow = p, p.profile, p.newID(), p.profile.fastBelow()
	t.subproc = p.abandoned.subprocess()
}

// Reset returns a simulated process to its first state: no block, heap or thread of before may be used
// again, except for the main thread.
func (p *Process) Reset() error {
	if p.sim == nil {
		return fmt.Errorf("goalloc: only a simulated process can be reset: make a new one")
	}
	if err := p.sim.Pristine(); err != nil {
		return fmt.Errorf("goalloc: %w", err)
	}
	p.start()
	return nil
}

// Close gives all memory of the process back, whatever is still in it: no block, heap or thread of the
// process may be used after it, and none may be in use while it runs.
func (p *Process) Close() error { return p.os.Close() }

// fingerprintSeed is made once per run of the program: fingerprints are compared within one.
var fingerprintSeed = maphash.MakeSeed()

// Fingerprint is a hash over everything that a run can change, except for the contents of simulated
// memory: equal before the first run and after every Reset.
func (p *Process) Fingerprint() uint64 {
	var h maphash.Hash
	h.SetSeed(fingerprintSeed)
	shared := *p
	shared.main = nil
	fmt.Fprintf(&h, "%v %v %v %v %v %v %v %v %v %v", shared.quirks, shared.options, shared.threadCount,
		shared.threadIDs, shared.threadData, shared.resetAdvice, shared.randomGone, shared.hinted,
		shared.stats, shared.arenas)
	fmt.Fprint(&h, shared.mapParts)
	fmt.Fprint(&h, p.mapUsed())
	p.abandoned.print(&h)
	p.source.print(&h)
	m := p.main
	fmt.Fprint(&h, p.optionsSet, p.newHandler != nil, p.deferred != nil, m.deferring, m.id, m.heap, m.key, m.backing, m.heaps, m.spans, m.segments, m.heartbeat, m.events, m.stats)
	h.Write(raw.Bytes(p.emptyPage, pageSize+2*heapRecordBytes))
	if p.sim != nil {
		fmt.Fprint(&h, p.sim.Clock(), p.sim.CallHash(), p.sim.CallCount())
	}
	return h.Sum64()
}
