// A subject in a few lines: an allocator that never reuses memory, keeps the contract, and lies on
// demand. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
	"midiff/diff/prog"
)

const (
	fakeStart = 64 << 10
	fakeSpace = 1 << 30 // mapped in the first step of a run
)

// fake has no memory, only addresses; nothing is ever wrong with its contents unless rot says so.
type fake struct {
	// lie may change the result of a step before the engine sees it.
	lie func(step int, s *prog.Step, r *Result)
	// rot is a block slot whose contents go bad in step rotAt; seen when it is touched or verified.
	rot, rotAt int
	// bend changes what a heap tells of itself.
	bend func([]Visit) []Visit
	// stain is added to the fingerprint.
	stain uint64

	blocks  []block
	heaps   []heapState
	def     [prog.MaxThreads]uint32
	births  uint32
	bump    uint64
	step    int
	calls   []OSCall
	taken   []Taken
	visits  []Visit
	runs    int
	options [prog.NumOptions]uint64
	given   [prog.NumOptions]bool // set by the program
	handler uint64
}

func newFake() *fake { return &fake{rot: -1} }

func (f *fake) Begin(code *prog.Code) error {
	f.blocks, f.heaps = make([]block, code.Blocks), make([]heapState, code.Heaps)
	f.def, f.births, f.bump, f.step = [prog.MaxThreads]uint32{}, 0, fakeStart, 0
	f.taken, f.options, f.given = nil, [prog.NumOptions]uint64{}, [prog.NumOptions]bool{}
	f.visits = nil
	f.calls = []OSCall{{Kind: cref.MapCall, Arg: cref.ArgWritable, Size: fakeSpace}}
	f.runs++
	return nil
}

func (f *fake) Use(string) error        { return nil }
func (f *fake) Reset()                  {}
func (f *fake) Calls(from int) []OSCall { return f.calls[from:] }
func (f *fake) Fingerprint() uint64     { return f.stain }
func (f *fake) Message() string         { return "" }
func (f *fake) State() []StateEntry     { return nil }
func (f *fake) Stats() []StateEntry     { return nil }
func (f *fake) Mapped() []Range         { return nil }
func (f *fake) Taken() []Taken          { return f.taken }
func (f *fake) Visits() []Visit         { return f.visits }
func (f *fake) Callbacks() []Callback   { return nil }

func (f *fake) Run(steps []prog.Step, out []Result) {
	f.visits = f.visits[:0]
	for i := range steps {
		s, r := &steps[i], &out[i]
		*r = Result{}
		f.rotten(int(s.Src) == f.rot, r)
		f.one(s, r)
		f.rotten(s.Flags&FlagVerify != 0, r)
		r.OSCalls, r.OSHash = uint32(len(f.calls)), uint64(len(f.calls))
		if f.lie != nil {
			f.lie(f.step, s, r)
		}
		f.step++
	}
}

// rotten reports the rot if the step looks there.
func (f *fake) rotten(looks bool, r *Result) {
	if looks && f.rot >= 0 && f.step >= f.rotAt && f.blocks[f.rot].addr != 0 {
		r.Bad, r.BadWhat, r.BadSlot = 1, BadContents, uint32(f.rot)
	}
}

func (f *fake) owner(s *prog.Step) uint32 {
	switch s.Heap {
	case prog.NoSlot:
		return f.def[s.Thread]
	case prog.BackingSlot:
		return 0
	}
	return f.heaps[s.Heap].birth
}

// take gives room, 0 if there is none or the request is illegal.
func (f *fake) take(ru *rule, s *prog.Step) block {
	q := ru.request(s)
	if !q.legal {
		return block{}
	}
	usable := fakeGood(q.size)
	align := max(q.align, 16)
	offset := q.offset % align
	a := (f.bump+offset+align-1)&^(align-1) - offset
	if a+usable > fakeSpace || a+usable < a {
		f.calls = append(f.calls, OSCall{Kind: cref.MapCall, Errno: 12, Size: usable})
		return block{}
	}
	f.bump = a + usable
	return block{addr: a, usable: usable, owner: f.owner(s), thread: s.Thread}
}

func fakeGood(n uint64) uint64 {
	if n <= 8 {
		return 8
	}
	return (n + 15) &^ 15
}

func (f *fake) one(s *prog.Step, r *Result) {
	ru := &rules[s.Kind]
	old := &block{}
	if s.Src != prog.NoSlot {
		old = &f.blocks[s.Src]
	}
	show := func(b block) {
		r.Value, r.Usable = b.addr, b.usable
		if b.addr == 0 {
			r.Null, r.Usable = 1, f.code(ru, s)
		}
	}
	switch ru.promise {
	case gives:
		f.blocks[s.Dst] = f.take(ru, s)
		show(f.blocks[s.Dst])
	case moves:
		f.move(ru, s, *old, show)
	case fits:
		if old.addr != 0 && s.A <= old.usable {
			show(*old)
		} else {
			show(block{})
		}
	case measures:
		r.Value = old.usable
	case rounds:
		r.Value = fakeGood(s.A)
	case frees:
		*old = block{}
	case newHeap:
		f.births++
		f.bump = (f.bump + 15) &^ 15
		f.heaps[s.Dst] = heapState{addr: f.bump, birth: f.births, thread: s.Thread}
		r.Value = f.bump
		f.bump += 3072
	case picksHeap:
		f.def[s.Thread] = f.owner(s)
	case sweepHeap:
		f.destroy(s, r)
	default:
		f.answer(ru, s, old, r)
	}
	if ru.promise == endHeap || ru.promise == sweepHeap {
		h := &f.heaps[s.Heap]
		if f.def[h.thread] == h.birth {
			f.def[h.thread] = 0
		}
		for i := range f.blocks {
			if b := &f.blocks[i]; b.owner == h.birth {
				b.owner, b.thread = 0, h.thread
			}
		}
		f.heaps[s.Heap] = heapState{}
	}
	if ru.promise == endThread {
		f.def[s.Thread] = 0
	}
}

// answer is the part of one that only asks, or sets what is asked for.
func (f *fake) answer(ru *rule, s *prog.Step, old *block, r *Result) {
	switch ru.promise {
	case tellsHeap:
		r.Value = f.tell(ru, s)
	case sets:
		f.set(ru, s)
	case tidies:
		if ru.name == "set_new_handler" {
			f.handler = s.A
		}
	case tellsOption:
		r.Value = f.options[s.A]
		if ru.name == "option_is_enabled" {
			r.Value = min(r.Value, 1)
		}
	case inRegion:
		if old.addr != 0 {
			r.Value = askFirst | askInner | askLast
		}
	case owns:
		r.Value = f.owns(ru, s, old)
	case visits:
		f.visit(s, r)
	}
}

func (f *fake) set(ru *rule, s *prog.Step) {
	value := s.B
	if ru.sets.to != nil {
		value = ru.sets.to(s)
	}
	if ru.sets.ifUnset && f.given[s.A] {
		return
	}
	f.options[s.A], f.given[s.A] = value, !ru.sets.ifUnset
}

// code is the error code of a null result.
func (f *fake) code(ru *rule, s *prog.Step) uint64 {
	if ru.codes != handlerCode {
		return ru.code(s)
	}
	return [...]uint64{prog.HandlerNone: 0, prog.HandlerThrows: 1, prog.HandlerRetries: 3}[f.handler]
}

// tell gives the name of a heap; the threads' own lie at the end of the memory.
func (f *fake) tell(ru *rule, s *prog.Step) uint64 {
	for i := range f.heaps {
		h := &f.heaps[i]
		if ru.name == "heap_get_default" && h.birth != 0 && h.birth == f.def[s.Thread] {
			return h.addr
		}
	}
	if s.Thread == 0 {
		return mainHeapName
	}
	return fakeSpace - uint64(s.Thread)<<pageShift
}

// owns answers whether a block is in a heap; those of a thread stay its own even after its end.
func (f *fake) owns(ru *rule, s *prog.Step, b *block) uint64 {
	switch {
	case b.addr == 0 || b.owner != f.owner(s) || b.owner == 0 && b.thread != s.Thread:
		return 0
	case ru.name == "heap_contains_block":
		return 1
	case b.addr%8 != 0:
		return 0
	}
	return askFirst | askInner | askLast
}

func (f *fake) move(ru *rule, s *prog.Step, old block, show func(block)) {
	if s.Src != prog.NoSlot {
		f.blocks[s.Src] = block{}
	}
	q := ru.request(s)
	inPlace := q.legal && q.size <= old.usable && q.size >= old.usable/2 && q.size > 0
	if inPlace && q.aligned(old.addr) {
		f.blocks[s.Dst] = old
		show(old)
		return
	}
	b := f.take(ru, s)
	show(b)
	if b.addr == 0 && !ru.freesOnFail {
		b = old
	}
	f.blocks[s.Dst] = b
}

func (f *fake) destroy(s *prog.Step, r *Result) {
	for i := range f.blocks {
		if b := &f.blocks[i]; b.addr != 0 && b.owner != 0 && b.owner == f.heaps[s.Heap].birth {
			*b = block{}
			r.Value++
			r.Usable ^= slotMix(uint32(i))
			f.taken = append(f.taken, Taken{uint32(f.step), uint32(i)})
		}
	}
}

// parse reads a program; text begins after the header.
func parse(t *testing.T, text string) *prog.Program {
	t.Helper()
	p, err := prog.Parse("test", []byte("midiff 1\nprofile 2.0\nthreads 2\n"+text))
	require.NoError(t, err)
	return p
}
