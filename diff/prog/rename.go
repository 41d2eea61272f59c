// Programs up to the names of their handles. See doc.go for an overview.

package prog

import "slices"

// Renamed gives the same program with handles that are numbered by birth: every binding makes a new
// one, except that a block that moves keeps its handle. Two programs that differ in nothing but
// names have the same renamed text; Decode gives programs of this form. The program must be valid.
func (p *Program) Renamed() *Program {
	q := &Program{
		Profile: p.Profile, Threads: p.Threads,
		Options: append([]Option(nil), p.Options...),
		Faults:  append([]Fault(nil), p.Faults...),
		Ops:     append([]Op(nil), p.Ops...),
	}
	now := make([]Handle, len(p.Vars)) // what each old variable is called at present
	renamed := func(h Handle) Handle {
		if h.IsVar() {
			return now[h]
		}
		return h
	}
	for i := range q.Ops {
		o := &q.Ops[i]
		dst := o.Dst
		o.Src, o.Heap = renamed(o.Src), renamed(o.Heap)
		switch {
		case !dst.IsVar():
			continue
		case o.moves(&Table[o.Kind]):
			o.Dst = o.Src
		default:
			o.Dst = Handle(len(q.Vars))
			q.Vars = append(q.Vars, Var{Sort: p.Vars[dst].Sort})
		}
		now[dst] = o.Dst
	}
	return q
}

// Same tells whether two valid programs differ in nothing but names.
func (p *Program) Same(q *Program) bool {
	if p.Profile != q.Profile || p.Threads != q.Threads || len(p.Ops) != len(q.Ops) ||
		!slices.Equal(p.Options, q.Options) || !slices.Equal(p.Faults, q.Faults) {
		return false
	}
	return slices.EqualFunc(p.Renamed().Ops, q.Renamed().Ops, func(a, b Op) bool {
		a.Line, b.Line = 0, 0
		return a == b
	})
}
