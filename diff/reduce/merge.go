// The passes that put one operation in the place of several. See doc.go for an overview.

package reduce

import (
	"slices"

	"midiff/diff/prog"
)

var (
	kindBulk     = mustKind("bulk")
	kindBulkFree = mustKind("bulk_free")
	kindCollect  = mustKind("collect")
)

// fewestMerged is from how many mallocs on a bulk in their place is worth it.
const fewestMerged = 3

// Mallocs of several classes may be there for the pages that they take: a large block has a page of its
// own, and of the largest small ones four fill one.
const (
	largeBlock = 128<<10 + 1
	smallBlock = 16 << 10
	perPage    = 4
)

// intoBulks puts a bulk, of the largest size or of as many pages, in the place of mallocs of one thread, and one bulk_free in
// that of their frees: all of them, or a few neighbours in a short program.
func intoBulks(c *cursor) {
	for t := 0; t < c.Best().Threads && !c.Done(); t++ {
		intoBulk(c, uint8(t), 0, len(c.Best().Ops))
	}
	if len(c.Best().Ops) > fewUpTo {
		return
	}
	eachWindow(c, fewestMerged, func(from, to int) bool {
		return intoBulk(c, c.Best().Ops[from].Thread, from, to)
	})
}

// eachWindow calls try with runs of at least least operations, long ones first.
func eachWindow(c *cursor, least int, try func(from, to int) bool) {
	for n := len(c.Best().Ops); n >= least; n-- {
		for from := 0; from+n <= len(c.Best().Ops) && !c.Done(); from++ {
			try(from, from+n)
		}
	}
}

// intoBulk merges the mallocs of a thread in [from, to), at the place of the first or of the last.
func intoBulk(c *cursor, t uint8, from, to int) bool {
	p := c.Best().Renamed()
	var made []int
	size := uint64(0)
	for i := from; i < to; i++ {
		if o := &p.Ops[i]; o.Kind == kindMalloc && o.Thread == t && !o.Heaped {
			made = append(made, i)
			size = max(size, o.Num[0])
		}
	}
	if len(made) < fewestMerged {
		return false
	}
	bulk := prog.Op{Kind: kindBulk, Thread: t, Dst: prog.Handle(len(p.Vars)), Src: prog.NoHandle,
		Heap: prog.NoHandle}
	vars := append(p.Vars, prog.Var{Sort: prog.BulkVar})
	n := uint64(len(made))
	for _, bulk.Num = range [][4]uint64{{n, size}, {n, largeBlock}, {n * perPage, smallBlock}} {
		for _, at := range []int{made[0], made[len(made)-1]} {
			for _, freed := range []bool{true, false} {
				q := *p
				q.Vars, q.Ops = vars, merged(p.Ops, made, at, bulk, freed)
				if offer(c, &q) {
					return true
				}
			}
		}
	}
	return false
}

// merged gives the operations with those that are made out, bulk at the place of one of them, and, if it
// is freed, its free at that of the last free of theirs.
func merged(ops []prog.Op, made []int, at int, bulk prog.Op, freed bool) []prog.Op {
	theirs := map[prog.Handle]bool{}
	for _, i := range made {
		theirs[ops[i].Dst] = true
	}
	last := -1
	for i := range ops {
		if ops[i].Kind == kindFree && theirs[ops[i].Src] {
			last = i
		}
	}
	var out []prog.Op
	for i, o := range ops {
		if i == at {
			out = append(out, bulk)
		}
		if freed && i == last {
			out = append(out, prog.Op{Kind: kindBulkFree, Num: [4]uint64{1}, Thread: o.Thread,
				Src: bulk.Dst, Dst: prog.NoHandle, Heap: prog.NoHandle})
		}
		if !slices.Contains(made, i) {
			out = append(out, o)
		}
	}
	return out
}

// intoCollects puts a collect in the place of a run of operations, in a short program: often they are
// there for what one of them collects.
func intoCollects(c *cursor) {
	if len(c.Best().Ops) > fewUpTo {
		return
	}
	eachWindow(c, 2, func(from, to int) bool {
		return intoCollect(c, c.Best().Ops[from].Thread, from, to) || intoCollect(c, 0, from, to)
	})
}

func intoCollect(c *cursor, t uint8, from, to int) bool {
	p := c.Best().Renamed()
	p.Ops = slices.Replace(p.Ops, from, to, prog.Op{Kind: kindCollect, Num: [4]uint64{1}, Thread: t,
		Dst: prog.NoHandle, Src: prog.NoHandle, Heap: prog.NoHandle})
	return offer(c, p)
}
