// The C side: cref behind Subject. See doc.go for an overview.

package diff

import (
	"fmt"

	"midiff/cref"
	"midiff/diff/prog"
)

// CSubject is C mimalloc. A process has one that is in a run.
type CSubject struct {
	ref   *cref.Ref
	codes []uint8 // by Kind
	setup cref.Setup
	ops   [batchSteps]cref.Op
	step  uint32 // steps of the run so far
}

// NewC makes the C side.
func NewC() (*CSubject, error) {
	ref, err := cref.Open()
	if err != nil {
		return nil, err
	}
	return newC(ref)
}

// newC makes the C side of one build.
func newC(ref *cref.Ref) (*CSubject, error) {
	c := &CSubject{ref: ref, codes: make([]uint8, len(prog.Table))}
	for i := range contract {
		k, _ := prog.KindOf(contract[i].op)
		code, ok := cref.Code(contract[i].op)
		if !ok {
			return nil, fmt.Errorf("the C side does not know the operation %s", contract[i].op)
		}
		c.codes[k] = code
	}
	return c, setVariable()
}

// Use implements Subject.
func (c *CSubject) Use(profile string) error {
	ref, err := cref.OpenProfile(profile)
	if err == nil {
		c.ref = ref
	}
	return err
}

// Begin implements Subject.
func (c *CSubject) Begin(code *prog.Code) error {
	s := &c.setup
	s.Threads, s.Blocks, s.Heaps, s.Arenas, s.Subprocs = code.Threads, code.Blocks, code.Heaps, code.Arenas, code.Subprocs
	s.Options, s.Faults = s.Options[:0], s.Faults[:0]
	for _, o := range code.Options {
		s.Options = append(s.Options, cref.OptionValue{Name: o.Name, Value: o.Value})
	}
	for _, f := range code.Faults {
		s.Faults = append(s.Faults, cref.Fault{
			N: uint64(f.N), Call: cref.FaultCall(f.Call), Sticky: f.Sticky, Errno: uint16(f.Errno),
		})
	}
	c.step = 0
	return c.ref.Begin(s)
}

// Run implements Subject.
func (c *CSubject) Run(steps []prog.Step, out []Result) {
	for len(steps) > 0 {
		n := min(len(steps), len(c.ops))
		for i := range steps[:n] {
			s := &steps[i]
			c.step++
			o := &c.ops[i]
			*o = cref.Op{
				Code: c.codes[s.Kind], Thread: s.Thread, Flags: s.Flags, ID: c.step,
				Dst: s.Dst, Src: s.Src, Heap: s.Heap, A: s.A, B: s.B, C: s.C, D: s.D,
			}
			if s.Heaped {
				o.Heaped = 1
			}
		}
		c.ref.Run(c.ops[:n], out[:n])
		steps, out = steps[n:], out[n:]
	}
}

// Reset implements Subject.
func (c *CSubject) Reset() { c.ref.Reset() }

// Calls implements Subject.
func (c *CSubject) Calls(from int) []OSCall {
	all := c.ref.Calls()
	return all[min(from, len(all)):]
}

// Fingerprint implements Subject.
func (c *CSubject) Fingerprint() uint64 { return c.ref.Fingerprint() }

// State implements Subject.
func (c *CSubject) State() []StateEntry { return c.ref.State() }

// Mapped implements Subject.
func (c *CSubject) Mapped() []Range { return c.ref.Mapped() }

// Stats implements Subject.
func (c *CSubject) Stats() []StateEntry { return c.ref.Stats() }

// Visits implements Subject.
func (c *CSubject) Visits() []Visit { return c.ref.Visits() }

// Callbacks implements Subject.
func (c *CSubject) Callbacks() []Callback { return c.ref.Callbacks() }

// Message implements Subject.
func (c *CSubject) Message() string { return c.ref.Message() }

// Taken implements Subject. C keeps no list: the engine asks the Go side.
func (c *CSubject) Taken() []Taken { return nil }
