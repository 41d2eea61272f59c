// Which of two programs is the smaller one. See doc.go for an overview.

package reduce

import (
	"cmp"
	"math/bits"

	"midiff/diff/prog"
)

// size is what programs are compared by, the most important figure first. All are at least 0, so there
// is no infinite descent.
type size struct {
	ops      int
	threads  int // that do something
	header   int // options, faults, and a profile other than the first
	plain    int // what the operations are beyond mallocs and frees
	switches int // neighbours on different threads
	numbers  int // binary digits of all numbers
	sum      uint64
	text     int // bytes
}

func sizeOf(p *prog.Program) size {
	s := size{ops: len(p.Ops), header: len(p.Options) + len(p.Faults), text: len(p.Text())}
	var threads [prog.MaxThreads]bool
	add := func(n uint64) {
		s.numbers += bits.Len64(n)
		s.sum += min(n, ^uint64(0)-s.sum)
	}
	for i := range p.Ops {
		o := &p.Ops[i]
		if !threads[o.Thread] {
			threads[o.Thread] = true
			s.threads++
		}
		if i > 0 && p.Ops[i-1].Thread != o.Thread {
			s.switches++
		}
		s.plain += rank(o)
		for _, n := range o.Num {
			add(n)
		}
	}
	s.threads += p.Threads
	if p.Profile != prog.Profiles[0] {
		s.header++
	}
	for _, o := range p.Options {
		add(uint64(o.Value))
	}
	for _, f := range p.Faults {
		add(uint64(f.N))
		if f.Sticky {
			s.plain++
		}
	}
	return s
}

// rank is 0 for the plainest operations, and more the more there is to understand.
func rank(o *prog.Op) int {
	r := 0
	switch o.Kind {
	case kindMalloc, kindFree:
	default:
		r = 2 + len(o.Kind.Row().Operands)
	}
	if o.Heaped {
		r++
	}
	return r
}

func mustKind(name string) prog.Kind {
	k, ok := prog.KindOf(name)
	if !ok {
		panic("reduce: prog.Table has no " + name)
	}
	return k
}

var kindMalloc, kindFree = mustKind("malloc"), mustKind("free")

// less is the order: strict, and total on programs whose texts differ.
func less(a, b *prog.Program) bool {
	x, y := sizeOf(a), sizeOf(b)
	return cmp.Or(cmp.Compare(x.ops, y.ops), cmp.Compare(x.threads, y.threads),
		cmp.Compare(x.header, y.header), cmp.Compare(x.plain, y.plain),
		cmp.Compare(x.switches, y.switches), cmp.Compare(x.numbers, y.numbers),
		cmp.Compare(x.sum, y.sum), cmp.Compare(x.text, y.text),
		cmp.Compare(a.Text(), b.Text())) < 0
}
