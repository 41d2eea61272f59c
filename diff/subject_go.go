// The Go side: goalloc behind Subject. See doc.go for an overview.

package diff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"syscall"

	"midiff/cref"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// GoSubject is goalloc in a simulated memory. Its interpreter is in interp.go.
type GoSubject struct {
	proc    *goalloc.Process
	base    goalloc.Addr
	procs   map[string]*goalloc.Process // by profile
	without goalloc.Quirk

	mainHeap goalloc.Heap                     // the main thread's backing heap
	threads  [prog.MaxThreads]*goalloc.Thread // nil until the number is used
	used     int                              // how many of them the program has
	later    bool                             // the profile is of a later version
	blocks   []stamped                        // by slot; addr 0: dead or null
	heaps    []goHeap                         // by slot
	arenas   []goalloc.ArenaID                // by slot, as given: of a failed one, too
	subprocs []goalloc.Subprocess             // by slot; 0: dead or null
	memos    map[*goalloc.Process]*goalloc.StateMemo
	memo     *goalloc.StateMemo // of proc
	step     uint32             // steps of the run so far
	walked   uint32             // the last of them after which the state was hashed
	taken    []Taken
	visits   []Visit // of the last batch
	deferred goDeferred
	news     goNews
	calls    []OSCall
	says     string       // why it stopped, for the report
	held     goalloc.Held // what the program holds, for the check of invariants
	at       []byte       // where the number of the step is kept, nil for nowhere
	reach    *Reach       // takes in what the run reaches, nil if nobody wants to know
}

// goHeap is a heap slot; live is false for a dead or null one.
type goHeap struct {
	heap   goalloc.Heap
	thread uint8
	live   bool
	kept   bool // heap_destroy deletes it
}

// NewGo makes the Go side with the quirks of the profiles, except for those named.
func NewGo(without ...string) (*GoSubject, error) {
	g := &GoSubject{procs: map[string]*goalloc.Process{}, memos: map[*goalloc.Process]*goalloc.StateMemo{},
		held: goalloc.Held{}}
	for _, name := range without {
		q, err := goalloc.QuirkByName(name)
		if err != nil {
			return nil, err
		}
		g.without |= q
	}
	g.deferred.call = g.called
	return g, errors.Join(setVariable(), g.Use(prog.Profiles[0]))
}

// Use implements Subject. A profile's process is made when it is first used.
func (g *GoSubject) Use(profile string) error {
	p := g.procs[profile]
	if p == nil {
		prof, err := goalloc.ProfileByName(profile)
		if err != nil {
			return err
		}
		if p, err = goalloc.New(goalloc.Config{Profile: prof, Simulate: true, Pretend: cref.Base}); err != nil {
			return err
		}
		g.procs[profile], g.memos[p] = p, goalloc.NewStateMemo(p)
	}
	g.proc, g.memo, g.base, g.mainHeap = p, g.memos[p], p.Base(), p.Main().Backing()
	return nil
}

// QuirkBit gives the bit that Result.Quirks has for a quirk of goalloc.
func QuirkBit(name string) (uint64, error) {
	q, err := goalloc.QuirkByName(name)
	return uint64(q), err
}

// Close gives the address space back.
func (g *GoSubject) Close() error {
	var err error
	for _, p := range g.procs {
		err = errors.Join(err, p.Close())
	}
	return err
}

// Begin implements Subject.
func (g *GoSubject) Begin(code *prog.Code) error {
	g.blocks = cleared(g.blocks, code.Blocks)
	g.heaps = cleared(g.heaps, code.Heaps)
	g.arenas = cleared(g.arenas, code.Arenas)
	g.subprocs = cleared(g.subprocs, code.Subprocs)
	g.threads = [prog.MaxThreads]*goalloc.Thread{g.proc.Main()}
	g.used, g.later = code.Threads, prog.IsLater(code.Profile)
	g.memo.Begin()
	g.step, g.walked, g.taken, g.says = 0, math.MaxUint32, g.taken[:0], ""
	if g.reach != nil {
		g.reach.begin()
	}
	g.deferred = goDeferred{calls: g.deferred.calls[:0], call: g.deferred.call}
	g.news = goNews{}
	for _, o := range code.Options {
		if err := g.proc.SetOption(o.Name, o.Value); err != nil {
			return err
		}
	}
	if g.without != 0 {
		g.proc.Without(g.without)
	}
	for _, f := range code.Faults {
		if f.Call == prog.FaultGetrandom && g.proc.Hardened() {
			return errors.New("fault getrandom: C makes its random numbers of the address of its code then, " +
				"and a hardened build's blocks lie elsewhere in every program")
		}
	}
	if len(code.Faults) > 0 {
		g.proc.SetFaults(goFaults(code.Faults))
	}
	return nil
}

func goFaults(faults []prog.Fault) []goalloc.Fault {
	out := make([]goalloc.Fault, len(faults))
	for i, f := range faults {
		out[i] = goalloc.Fault{
			Kind: f.Call.String(), N: uint64(f.N), Sticky: f.Sticky, Errno: syscall.Errno(f.Errno),
		}
	}
	return out
}

// Reset implements Subject.
func (g *GoSubject) Reset() {
	if err := g.proc.Reset(); err != nil {
		panic(fmt.Sprintf("diff: the Go side cannot be reset: %v", err))
	}
}

// Run implements Subject. A panic of goalloc, wild addresses included, becomes the result of its step.
func (g *GoSubject) Run(steps []prog.Step, out []Result) {
	i := 0
	g.visits, g.deferred.calls = g.visits[:0], g.deferred.calls[:0]
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if x := recover(); x != nil {
			g.says = fmt.Sprintf("panic: %v\n%s", x, debug.Stack())
			clear(out[i:])
			out[i].Quirks = uint64(g.threads[steps[i].Thread].TakeEvents().Quirks)
			for ; i < len(steps); i++ {
				out[i].Bad, out[i].BadWhat = 1, BadCrash
			}
		}
	}()
	for ; i < len(steps); i++ {
		s, r := &steps[i], &out[i]
		*r = Result{}
		t := g.thread(s.Thread)
		g.proc.SetStep(g.step)
		g.step++
		g.deferred.step(s, r)
		before := g.blockAt(s, s.Src)
		if g.at != nil {
			binary.NativeEndian.PutUint32(g.at, g.step)
		}
		runOf[s.Kind](g, t, s, r)
		if ev := t.TakeEvents(); ev != (goalloc.Events{}) {
			r.Errors, r.Warnings, r.Errno = ev.Errors, ev.Warnings, ev.Errno
			r.Quirks = uint64(ev.Quirks)
			if ev.Asserted {
				r.BadWhat = BadAssertion
			}
		}
		r.OSHash, r.OSCalls = g.proc.OSHash(), uint32(g.proc.OSCalls())
		if g.reach != nil {
			g.reach.step(g, s, r, g.rel(before))
		}
		if s.Flags&FlagVerify != 0 {
			g.sweep(r)
		}
		if s.Flags&FlagState != 0 {
			threads := g.threads[:g.used]
			r.State = g.memo.StateHash(threads, g.walked+1 == g.step, s.Flags&FlagWhole != 0)
			r.Stats = g.memo.StatsHash(threads)
			g.walked = g.step
		}
		if s.Flags&(FlagInvariants|FlagNear) != 0 && !g.sound(s, r, before) {
			clear(out[i+1 : len(steps)]) // what a broken heap does next is not waited for
			return
		}
	}
}

// blockAt gives the block of s that is in a slot, 0 if there is none.
func (g *GoSubject) blockAt(s *prog.Step, slot uint32) goalloc.Addr {
	if ru := &rules[s.Kind]; slot == prog.NoSlot || ru.inArena || ru.promise == visitsLeft || ru.promise == tidies || ru.promise == newHeap || ru.promise == newArena {
		return 0
	}
	return g.blocks[slot].addr
}

// sound tells whether the invariants hold that the flags of s ask for, and notes in r if they do not. before is the
// block that s was about.
func (g *GoSubject) sound(s *prog.Step, r *Result, before goalloc.Addr) bool {
	var broken []goalloc.Breach
	if s.Flags&FlagInvariants != 0 {
		broken = g.proc.Check(g.threads[:g.used], g.holds())
	} else {
		broken = g.proc.CheckNear(g.threads[:g.used], before, g.blockAt(s, s.Dst))
	}
	if len(broken) == 0 {
		return true
	}
	if r.Bad == 0 {
		r.Bad, r.BadWhat = uint64(len(broken)), BadInside
	}
	lines := make([]string, min(len(broken), stateLines))
	for i := range lines {
		lines[i] = broken[i].String()
	}
	g.says = strings.Join(lines, "\n")
	return false
}

// holds lists what the program holds.
func (g *GoSubject) holds() goalloc.Held {
	clear(g.held)
	for i := range g.blocks {
		if b := &g.blocks[i]; b.addr != 0 {
			g.held[b.addr] = b.usable
		}
	}
	for i := range g.heaps {
		if h := &g.heaps[i]; h.live {
			g.held[h.heap.Addr()] = g.proc.Main().UsableSize(h.heap.Addr())
		}
	}
	return g.held
}

func (g *GoSubject) thread(n uint8) *goalloc.Thread {
	if g.threads[n] == nil {
		g.threads[n] = g.proc.NewThread()
	}
	return g.threads[n]
}

// sweep verifies all live blocks.
func (g *GoSubject) sweep(r *Result) {
	if r.Bad != 0 {
		return
	}
	for i := range g.blocks {
		b := &g.blocks[i]
		if b.addr == 0 {
			continue
		}
		if bad := b.verify(b.usable); bad != 0 {
			note(r, BadContents, uint32(i), bad)
			return
		}
	}
}

// note keeps the first thing found wrong with contents.
func note(r *Result, what uint8, slot uint32, bad uint64) {
	if bad != 0 && r.Bad == 0 {
		r.Bad, r.BadWhat, r.BadSlot = bad, what, slot
	}
}

// rel gives an address relative to the base, 0 for null.
func (g *GoSubject) rel(a goalloc.Addr) uint64 {
	if a == 0 {
		return 0
	}
	return uint64(a - g.base)
}

// Calls implements Subject.
func (g *GoSubject) Calls(from int) []OSCall {
	g.calls = g.calls[:0]
	all := g.proc.Calls()
	for _, c := range all[min(from, len(all)):] {
		g.calls = append(g.calls, OSCall{
			Kind: uint8(c.Kind), Errno: c.Errno, Arg: c.Arg, Step: c.Step,
			Addr: c.Addr, Size: c.Size,
		})
	}
	return g.calls
}

// Fingerprint implements Subject.
func (g *GoSubject) Fingerprint() uint64 { return g.proc.Fingerprint() }

// State implements Subject.
func (g *GoSubject) State() []StateEntry {
	return entries(g.proc.State(g.threads[:g.used]))
}

// Mapped implements Subject.
func (g *GoSubject) Mapped() (all []Range) {
	for _, r := range g.proc.Mapped() {
		all = append(all, Range(r))
	}
	return all
}

// Stats implements Subject.
func (g *GoSubject) Stats() []StateEntry { return entries(g.proc.Stats(g.threads[:g.used])) }

func entries(words []goalloc.StateEntry) (all []StateEntry) {
	for _, e := range words {
		all = append(all, StateEntry{
			Field: uint16(e.Field), A: e.A, B: e.B, C: e.C, Pos: e.Pos, Value: e.Value,
		})
	}
	return all
}

// Visits implements Subject.
func (g *GoSubject) Visits() []Visit { return g.visits }

// Callbacks implements Subject.
func (g *GoSubject) Callbacks() []Callback { return g.deferred.calls }

// Message implements Subject: goalloc counts its messages and keeps no text; what it has to say is
// where it panicked, or which of its invariants do not hold.
func (g *GoSubject) Message() string { return g.says }

// Taken implements Subject.
func (g *GoSubject) Taken() []Taken { return g.taken }
