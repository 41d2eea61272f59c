// The pass that makes operations plainer. See doc.go for an overview.

package reduce

import (
	"slices"

	"midiff/diff/prog"
)

// plainKinds make a block, each with less to understand than those behind it.
var plainKinds = []prog.Kind{kindMalloc, mustKind("zalloc"), mustKind("malloc_aligned"),
	mustKind("zalloc_aligned"), mustKind("realloc"), mustKind("rezalloc"), mustKind("realloc_aligned")}

// plainer turns heap variants into plain calls, and whatever makes a block into the plainest that does.
func plainer(c *cursor) {
	for i := 0; i < len(c.Best().Ops) && !c.Done(); i++ {
		if c.Best().Ops[i].Heaped {
			changed(c, i, func(o *prog.Op) { o.Heaped, o.Heap = false, prog.NoHandle })
		}
		if c.Best().Ops[i].Kind.Row().Result != prog.BlockResult {
			continue
		}
		for _, k := range plainKinds {
			if became(c, i, k) {
				break
			}
		}
	}
}

// became offers the best with an operation of another kind.
func became(c *cursor, op int, k prog.Kind) bool {
	p := *c.Best()
	p.Ops = slices.Clone(p.Ops)
	o := &p.Ops[op]
	moved := o.Src.IsVar()
	become(o, k)
	if moved && o.Src == prog.NoHandle { // the block stays, and what is done from here on is done with another
		had, now := o.Dst, prog.Handle(len(p.Vars))
		p.Vars = append(slices.Clone(p.Vars), prog.Var{Sort: prog.BlockVar})
		o.Dst = now
		for i := op + 1; i < len(p.Ops); i++ {
			q := &p.Ops[i]
			if q.Src == had {
				q.Src = now
			}
			if q.Dst == had {
				q.Dst = now
			}
		}
	}
	return p.Check() == nil && c.Try(&p)
}

// become makes an operation that gives a block one of another kind, with what it asks for as far as that
// kind takes it.
func become(o *prog.Op, k prog.Kind) {
	asked := map[prog.Operand]uint64{prog.Size: 1}
	for i, kind := range o.Kind.Row().Numbers() {
		switch kind {
		case prog.Size, prog.SmallSize, prog.Count:
			asked[prog.Size] *= o.Num[i]
		default:
			asked[kind] = o.Num[i]
		}
	}
	takes := k.Row().Operands[0] == prog.BlockMove
	switch {
	case !takes:
		o.Src = prog.NoHandle
	case o.Src == prog.NoHandle:
		o.Src = prog.Null
	}
	o.Kind, o.Num = k, [4]uint64{}
	for i, kind := range k.Row().Numbers() {
		o.Num[i] = asked[kind]
	}
}
