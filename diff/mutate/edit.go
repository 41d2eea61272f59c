// What the ways to mutate are made of. See doc.go for an overview.

package mutate

import (
	"math/rand/v2"

	"midiff/diff/prog"
)

// edit is one mutation under way: p is copied to w, with changes.
type edit struct {
	*rand.Rand
	cfg      *prog.GenConfig
	w        *prog.Weaver
	p, other *prog.Program
	names    *prog.Names // of p
}

func (e *edit) oneIn(n int) bool { return e.IntN(n) == 0 }

// below gives a number below n, 0 if there is none.
func (e *edit) below(n int) int {
	if n <= 0 {
		return 0
	}
	return e.IntN(n)
}

// few gives 1 to most, rather 1.
func (e *edit) few(most int) int { return 1 + e.IntN(1+e.IntN(most)) }

// stretch gives where a stretch of n operations begins and ends: rather a short one, none if n is 0.
func (e *edit) stretch(n int) (from, to int) {
	if n == 0 {
		return 0, 0
	}
	length := 1 + e.IntN(1+e.IntN(n))
	if !e.oneIn(4) {
		length = min(length, 1+e.IntN(16))
	}
	from = e.IntN(n - length + 1)
	return from, from + length
}

// copy takes operations of p as they are.
func (e *edit) copy(from, to int) {
	for i := from; i < to; i++ {
		e.w.Take(e.p.Ops[i], e.names)
	}
}

// change takes all operations of p, each as f leaves it; not those of which f says false.
func (e *edit) change(f func(i int, o *prog.Op) bool) {
	for i := range e.p.Ops {
		if o := e.p.Ops[i]; f(i, &o) {
			e.w.Take(o, e.names)
		}
	}
}

// plain gives an operation without operands.
func plain(kind prog.Kind, thread uint8) prog.Op {
	return prog.Op{Kind: kind, Thread: thread, Dst: prog.NoHandle, Src: prog.NoHandle, Heap: prog.NoHandle}
}

func kindOf(name string) prog.Kind {
	kind, ok := prog.KindOf(name)
	if !ok {
		panic("mutate: no operation " + name)
	}
	return kind
}

func pick[T any](e *edit, all []T) T { return all[e.IntN(len(all))] }
