// Tests of what a heap tells of itself. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// visit tells of every block as an area of its own.
func (f *fake) visit(s *prog.Step, r *Result) {
	var told []Visit
	tell := func(addr, size uint64) {
		told = append(told, Visit{Addr: addr, Size: size, Used: 1, Committed: size, Reserved: size})
		if s.A != 0 {
			told = append(told, Visit{Addr: addr, Size: size, Block: 1})
		}
	}
	for i := range f.blocks {
		if b := &f.blocks[i]; f.owns(&rules[s.Kind], s, b) != 0 {
			tell(b.addr, b.usable)
		}
	}
	for i := range f.heaps {
		if h := &f.heaps[i]; h.birth != 0 && f.owner(s) == 0 && h.thread == s.Thread {
			tell(h.addr, 3072)
		}
	}
	if f.bend != nil {
		told = f.bend(told)
	}
	for i := range told {
		v := &told[i]
		v.Step = uint32(f.step)
		r.Usable = foldVisit(r.Usable, v)
		if s.A != 0 {
			r.Value += uint64(v.Block)
		} else {
			r.Value += v.Used
		}
	}
	f.visits = append(f.visits, told...)
}

const visitTour = `
t0 h = heap_new()
t0 a = heap_malloc(h, 100)
t0 b = malloc(200)
t0 c = malloc_aligned(300, 64)
t1 d = malloc(100)
t1 exit()
t0 free(c)
t0 heap_visit_blocks(backing, true)
`

// first changes one entry.
func first(block uint32, change func(*Visit)) func([]Visit) []Visit {
	return func(told []Visit) []Visit {
		for i := range told {
			if told[i].Block == block {
				change(&told[i])
				break
			}
		}
		return told
	}
}

// TestVisits: both sides tell the same falsehood, and the contract sees it.
func TestVisits(t *testing.T) {
	const counts, owners = "L0.value heap_visit_blocks usable", "L1.owner heap_visit_blocks value"
	for name, c := range map[string]struct {
		bend func([]Visit) []Visit
		want string
	}{
		"the truth":                {nil, ""},
		"nothing":                  {func([]Visit) []Visit { return nil }, owners},
		"without the heap record":  {func(v []Visit) []Visit { return v[:len(v)-2] }, owners},
		"an area without block":    {func(v []Visit) []Visit { return v[:len(v)-1] }, counts},
		"one used too many":        {first(0, func(v *Visit) { v.Used++ }), counts},
		"less committed":           {first(0, func(v *Visit) { v.Committed-- }), counts},
		"less reserved":            {first(0, func(v *Visit) { v.Reserved-- }), counts},
		"more reserved":            {first(0, func(v *Visit) { v.Reserved++ }), ""},
		"blocks of no size":        {first(0, func(v *Visit) { v.Size = 0 }), counts},
		"a block off its place":    {first(1, func(v *Visit) { v.Addr += 8 }), counts},
		"a block of another size":  {first(1, func(v *Visit) { v.Size += 16 }), counts},
		"a block before its area":  {func(v []Visit) []Visit { v[0], v[1] = v[1], v[0]; return v }, counts},
		"the same twice":           {func(v []Visit) []Visit { return append(v, v[:2]...) }, owners},
		"a block that is not live": {func(v []Visit) []Visit { return append(v, stranger(1<<20)...) }, owners},
		"another heap's block":     {func(v []Visit) []Visit { return append(v, stranger(fakeStart+3072)...) }, owners},
		"an ended thread's block":  {func(v []Visit) []Visit { return append(v, stranger(fakeStart+3072+112+208+304)...) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			liar, other := newFake(), newFake()
			liar.bend, other.bend = c.bend, c.bend
			v := NewEngine(liar, other, nil).Run(parse(t, visitTour).Lower())
			if c.want == "" {
				require.Equal(t, Agree, v.Class, "%+v", v.Div)
				return
			}
			require.Equal(t, Diverge, v.Class)
			require.Equal(t, c.want, v.Div.Signature.String())
			require.Equal(t, BlameBoth, v.Div.Blame)
		})
	}
}

// stranger is an area with a block of 112 bytes.
func stranger(addr uint64) []Visit {
	return []Visit{{Addr: addr, Size: 112, Used: 1, Committed: 112, Reserved: 112},
		{Addr: addr, Size: 112, Block: 1}}
}

// TestVisitsBlame: a side that tells of a block that is not there is to blame.
func TestVisitsBlame(t *testing.T) {
	liar := newFake()
	liar.bend = func(v []Visit) []Visit { return append(v, stranger(1<<20)...) }
	v := NewEngine(newFake(), liar, nil).Run(parse(t, visitTour).Lower())
	require.Equal(t, BlameGo, v.Div.Blame)
	v = NewEngine(liar, newFake(), nil).Run(parse(t, visitTour).Lower())
	require.Equal(t, BlameC, v.Div.Blame)
}

// TestVisitAreas: without blocks the areas' counts are held against what is live.
func TestVisitAreas(t *testing.T) {
	text := visitTour + "t0 heap_visit_blocks(backing, false)\nt0 heap_visit_blocks(h, false)\n"
	e := NewEngine(newFake(), newFake(), nil)
	v := e.Run(parse(t, text).Lower())
	require.Equal(t, Agree, v.Class, "%+v", v.Div)
	c, g := newFake(), newFake()
	more := func(told []Visit) []Visit {
		if len(told) == 1 { // the areas of h
			return append(told, stranger(1 << 20)[0])
		}
		return told
	}
	c.bend, g.bend = more, more
	v = NewEngine(c, g, nil).Run(parse(t, text).Lower())
	require.Equal(t, Diverge, v.Class)
	require.Equal(t, "L1.owner heap_visit_blocks value", v.Div.Signature.String())
	require.Equal(t, 9, v.Div.Op)
}
