// The passes that take operations away, or make them plainer. See doc.go for an overview.

package reduce

import (
	"slices"

	"midiff/diff/prog"
	"midiff/diff/shrink"
)

type cursor = shrink.Cursor[*prog.Program]

// passes are in the order in which they save most.
var passes = []shrink.Pass[*prog.Program]{
	{Name: "threads", Run: fewerThreads},
	{Name: "operations", Run: fewerOps},
	{Name: "handles", Run: fewerHandles},
	{Name: "pairs", Run: fewerPairs},
	{Name: "header", Run: lessHeader},
	{Name: "plainer", Run: plainer},
	{Name: "numbers", Run: smallerNumbers},
	{Name: "schedule", Run: fewerSwitches},
}

// without offers the best without some of its operations, and gives how many are left.
func without(c *cursor, drop func(op int) bool) (left int, ok bool) {
	ok = c.Try(c.Best().Renamed().Without(drop))
	return len(c.Best().Ops), ok
}

// changed offers the best with one operation changed, if it is still a program.
func changed(c *cursor, op int, change func(o *prog.Op)) bool {
	p := *c.Best()
	p.Ops = slices.Clone(p.Ops)
	change(&p.Ops[op])
	return p.Check() == nil && c.Try(&p)
}

// fewerThreads takes all operations of a thread away, or gives them to another, and closes the gap.
func fewerThreads(c *cursor) {
	for t := c.Best().Threads - 1; t >= 0 && !c.Done(); t-- {
		if c.Best().Threads == 1 {
			return
		}
		if _, ok := without(c, func(op int) bool { return int(c.Best().Ops[op].Thread) == t }); ok {
			closeGap(c, t)
			continue
		}
		for u := range t {
			if moved(c, uint8(t), uint8(u)) {
				closeGap(c, t)
				break
			}
		}
	}
}

// moved gives thread t's operations to u.
func moved(c *cursor, t, u uint8) bool {
	p := *c.Best()
	p.Ops = slices.Clone(p.Ops)
	for i := range p.Ops {
		if p.Ops[i].Thread == t {
			p.Ops[i].Thread = u
		}
	}
	return c.Try(p.Renamed().Without(func(int) bool { return false }))
}

// closeGap takes the number of a thread that does nothing out.
func closeGap(c *cursor, t int) {
	p := *c.Best()
	if p.Threads == 1 {
		return
	}
	p.Ops = slices.Clone(p.Ops)
	for i := range p.Ops {
		if o := &p.Ops[i]; int(o.Thread) > t {
			o.Thread--
		}
	}
	p.Threads--
	if p.Check() == nil {
		c.Try(&p)
	}
}

func fewerOps(c *cursor) {
	shrink.Chunks(len(c.Best().Ops), c.Done, func(from, to int) (int, bool) {
		return without(c, func(op int) bool { return from <= op && op < to })
	})
}

// fewerHandles takes a variable away with all that is done with it.
func fewerHandles(c *cursor) {
	for h := len(c.Best().Vars) - 1; h >= 0 && !c.Done(); h-- {
		v, p := prog.Handle(h), c.Best().Renamed()
		without(c, func(op int) bool {
			o := &p.Ops[op]
			return o.Dst == v || o.Src == v || o.Heap == v
		})
	}
}

// pairsUpTo is the number of operations up to which all pairs are tried: some, such as an exit and what
// it is there for, can only go together.
const pairsUpTo = 24

func fewerPairs(c *cursor) {
	if len(c.Best().Ops) > pairsUpTo {
		return
	}
	for j := len(c.Best().Ops) - 1; j > 0; j-- {
		for i := j - 1; i >= 0 && j < len(c.Best().Ops) && !c.Done(); i-- {
			without(c, func(op int) bool { return op == i || op == j })
		}
	}
}

// lessHeader takes options and faults away, and makes faults plain.
func lessHeader(c *cursor) {
	for i := len(c.Best().Options) - 1; i >= 0; i-- {
		p := *c.Best()
		p.Options = slices.Delete(slices.Clone(p.Options), i, i+1)
		c.Try(&p)
	}
	for i := len(c.Best().Faults) - 1; i >= 0; i-- {
		p := *c.Best()
		p.Faults = slices.Delete(slices.Clone(p.Faults), i, i+1)
		if c.Try(&p) {
			continue
		}
		faultChanged(c, i, func(f *prog.Fault) { f.Sticky = false })
	}
}

// faultChanged offers the best with one fault changed, if it is still a program.
func faultChanged(c *cursor, i int, change func(f *prog.Fault)) bool {
	p := *c.Best()
	p.Faults = slices.Clone(p.Faults)
	change(&p.Faults[i])
	return p.Check() == nil && c.Try(&p)
}

// plainer turns heap variants into plain calls, and whatever makes a block into malloc.
func plainer(c *cursor) {
	for i := 0; i < len(c.Best().Ops) && !c.Done(); i++ {
		if c.Best().Ops[i].Heaped {
			changed(c, i, func(o *prog.Op) { o.Heaped, o.Heap = false, prog.NoHandle })
		}
		if o := &c.Best().Ops[i]; o.Kind.Row().Result == prog.BlockResult && o.Kind != kindMalloc {
			toMalloc(c, i)
		}
	}
}

// toMalloc offers a malloc of the size that the operation asks for in place of it.
func toMalloc(c *cursor, op int) {
	o := &c.Best().Ops[op]
	size := uint64(1)
	for i, kind := range o.Kind.Row().Numbers() {
		if kind == prog.Size || kind == prog.SmallSize || kind == prog.Count {
			size *= o.Num[i]
		}
	}
	changed(c, op, func(o *prog.Op) {
		*o = prog.Op{Kind: kindMalloc, Num: [4]uint64{size}, Dst: o.Dst, Src: prog.NoHandle,
			Heap: o.Heap, Thread: o.Thread, Heaped: o.Heaped}
	})
}

// fewerSwitches moves operations up to the one before on the same thread.
func fewerSwitches(c *cursor) {
	for i := 1; i < len(c.Best().Ops) && !c.Done(); i++ {
		ops := c.Best().Ops
		for to := i - 1; to > 0; to-- {
			if ops[to-1].Thread == ops[i].Thread && ops[to].Thread != ops[i].Thread {
				p := *c.Best()
				p.Ops = slices.Insert(slices.Delete(slices.Clone(ops), i, i+1), to, ops[i])
				if p.Check() == nil {
					c.Try(&p)
				}
				break
			}
		}
	}
}
