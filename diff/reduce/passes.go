// The passes that take operations away, or make them plainer. See doc.go for an overview.

package reduce

import (
	"slices"

	"midiff/diff/prog"
	"midiff/diff/shrink"
)

type cursor = shrink.Cursor[*prog.Program]

type pass = shrink.Pass[*prog.Program]

// roads are the passes, each time with what takes most away first: where one road ends at a program from
// which no single step leads on, another may not.
var roads = [][]pass{
	append([]pass{{Name: "threads", Run: fewerThreads}, {Name: "operations", Run: fewerOps}}, finer...),
	append([]pass{{Name: "operations", Run: fewerOpsAhead}, {Name: "threads", Run: fewerThreads}}, finer...),
	append([]pass{{Name: "handles", Run: fewerHandles}, {Name: "operations", Run: fewerOps},
		{Name: "threads", Run: fewerThreads}}, finer...),
}

// finer are the other passes, in the order in which they save most.
var finer = []pass{
	{Name: "handles", Run: fewerHandles},
	{Name: "pairs", Run: fewerPairs},
	{Name: "bulks", Run: intoBulks},
	{Name: "collects", Run: intoCollects},
	{Name: "options and faults", Run: lessHeader},
	{Name: "plainer operations", Run: plainer},
	{Name: "sizes", Run: smallerSizes},
	{Name: "alignments", Run: smallerAlignments},
	{Name: "other numbers", Run: smallerNumbers},
	{Name: "schedule", Run: fewerSwitches},
}

// without offers the best without some of its operations, and gives how many are left.
func without(c *cursor, drop func(op int) bool) (left int, ok bool) {
	ok = c.Try(c.Best().Renamed().Without(drop))
	return len(c.Best().Ops), ok
}

// offer offers a program put together from the best, less what cannot stand in it any more; if it is none
// at all, nothing.
func offer(c *cursor, p *prog.Program) bool {
	q := p.Without(func(int) bool { return false })
	return q.Check() == nil && c.Try(q.Renamed())
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
		idle := !slices.ContainsFunc(c.Best().Ops, func(o prog.Op) bool { return int(o.Thread) == t })
		if !idle {
			p := c.Best().Renamed()
			_, idle = without(c, func(op int) bool { return int(p.Ops[op].Thread) == t })
		}
		if idle {
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

func fewerOps(c *cursor)      { chunks(c, shrink.FromEnd) }
func fewerOpsAhead(c *cursor) { chunks(c, shrink.FromStart) }

func chunks(c *cursor, begin shrink.From) {
	shrink.Chunks(len(c.Best().Ops), begin, c.Done, func(from, to int) (int, bool) {
		return without(c, func(op int) bool { return from <= op && op < to })
	})
}

// fewerHandles takes variables away with all that is done with them, many at once first.
func fewerHandles(c *cursor) {
	p := c.Best().Renamed()
	gone := make([]bool, len(p.Vars))
	left := make([]prog.Handle, len(p.Vars))
	for h := range left {
		left[h] = prog.Handle(h)
	}
	shrink.Chunks(len(left), shrink.FromEnd, c.Done, func(from, to int) (int, bool) {
		for _, h := range left[from:to] {
			gone[h] = true
		}
		is := func(h prog.Handle) bool { return h.IsVar() && gone[h] }
		if c.Try(p.Without(func(op int) bool {
			o := &p.Ops[op]
			return is(o.Dst) || is(o.Src) || is(o.Heap)
		})) {
			left = slices.Delete(left, from, to)
			return len(left), true
		}
		for _, h := range left[from:to] {
			gone[h] = false
		}
		return len(left), false
	})
}

// fewUpTo is the number of operations up to which all pairs of them are tried.
const fewUpTo = 24

// fewerPairs takes any two operations away: some, such as an exit and what it is there for, can only go
// together.
func fewerPairs(c *cursor) {
	if len(c.Best().Ops) > fewUpTo {
		return
	}
	for j := len(c.Best().Ops) - 1; j > 0; j-- {
		for i := j - 1; i >= 0 && j < len(c.Best().Ops) && !c.Done(); i-- {
			without(c, func(op int) bool { return op == i || op == j })
		}
	}
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
