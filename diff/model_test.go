// Tests of the contract model: who owns a block. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// TestOwnership counts the blocks that end with a heap.
func TestOwnership(t *testing.T) {
	cases := map[string]struct {
		text string
		ends []uint64 // for each heap_destroy
	}{
		"its own": {"t0 h = heap_new()\nt0 a = heap_malloc(h, 8)\nt0 b = heap_zalloc(h, 9)\nt0 c = malloc(8)\n" +
			"t0 heap_destroy(h)\n", []uint64{2}},
		"not what was freed": {"t0 h = heap_new()\nt0 a = heap_malloc(h, 8)\nt0 b = heap_malloc(h, 8)\nt1 free(a)\n" +
			"t0 heap_destroy(h)\n", []uint64{1}},
		"moved in": {"t0 h = heap_new()\nt0 a = malloc(8)\nt0 a = heap_realloc(h, a, 100)\nt0 heap_destroy(h)\n",
			[]uint64{1}},
		"moved out": {"t0 h = heap_new()\nt0 a = heap_malloc(h, 8)\nt1 a = realloc(a, 100)\nt0 heap_destroy(h)\n",
			[]uint64{0}},
		"stays where it is": {"t0 h = heap_new()\nt0 a = malloc(100)\nt0 a = heap_realloc(h, a, 99)\n" +
			"t0 b = heap_malloc(h, 50)\nt0 b = realloc(b, 49)\nt0 heap_destroy(h)\n", []uint64{1}},
		"default": {"t0 h = heap_new()\nt0 heap_set_default(h)\nt0 a = malloc(8)\nt1 b = malloc(8)\n" +
			"t0 c = heap_malloc(backing, 8)\nt0 heap_destroy(h)\nt0 d = malloc(8)\n", []uint64{1}},
		"default again": {"t0 h = heap_new()\nt0 heap_set_default(h)\nt0 heap_set_default(backing)\nt0 a = malloc(8)\n" +
			"t0 heap_destroy(h)\n", []uint64{0}},
		"default deleted": {"t0 h = heap_new()\nt0 g = heap_new()\nt0 heap_set_default(h)\nt0 heap_delete(h)\n" +
			"t0 a = malloc(8)\nt0 heap_destroy(g)\n", []uint64{0}},
		"deleted heap's": {"t0 h = heap_new()\nt0 a = heap_malloc(h, 8)\nt0 heap_delete(h)\nt0 h = heap_new()\n" +
			"t0 heap_destroy(h)\nt0 free(a)\n", []uint64{0}},
		"two heaps": {"t0 h = heap_new()\nt0 g = heap_new()\nt0 a = heap_malloc(h, 8)\nt0 b = heap_malloc(g, 8)\n" +
			"t0 c = heap_malloc(g, 8)\nt0 heap_destroy(h)\nt0 heap_destroy(g)\nt0 free(a)\n", []uint64{1, 2}},
		"ended thread's": {"t1 h = heap_new()\nt1 a = heap_malloc(h, 8)\nt1 heap_set_default(h)\nt1 thread_done()\n" +
			"t1 b = malloc(8)\nt1 h = heap_new()\nt1 heap_destroy(h)\nt0 free(a)\n", []uint64{0}},
		"other threads' heaps stay": {"t0 h = heap_new()\nt1 exit()\nt0 a = heap_malloc(h, 8)\nt0 heap_destroy(h)\n",
			[]uint64{1}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var ends []uint64
			f := newFake()
			f.lie = func(_ int, s *prog.Step, r *Result) {
				if rules[s.Kind].promise == sweepHeap {
					ends = append(ends, r.Value)
				}
			}
			e := NewEngine(f, newFake(), nil)
			v := e.Run(parse(t, c.text).Lower())
			require.Equal(t, Agree, v.Class, "%+v", v.Div)
			require.Equal(t, c.ends, ends)
			require.True(t, e.model.regions.empty())
		})
	}
}

// TestFailedMove: a block that could not be moved is what it was, unless reallocf freed it.
func TestFailedMove(t *testing.T) {
	p := parse(t, "t0 a = malloc(40)\nt0 b = realloc(a, 0x7000000000000000)\nt0 usable_size(b)\n"+
		"t0 c = reallocn(b, 0x8000000000000000, 2)\nt0 usable_size(c)\nt0 d = reallocf(c, 2G)\nt0 usable_size(d)\n")
	var sizes []uint64
	f := newFake()
	f.lie = func(_ int, s *prog.Step, r *Result) {
		if rules[s.Kind].promise == measures {
			sizes = append(sizes, r.Value)
		}
	}
	v := NewEngine(f, newFake(), nil).Run(p.Lower())
	require.Equal(t, Agree, v.Class, "%+v", v.Div)
	require.Equal(t, []uint64{48, 48, 0}, sizes)
}

// TestGoodSize: what good_size promises, malloc gives, whichever is asked first.
func TestGoodSize(t *testing.T) {
	for text, want := range map[string]string{
		"t0 good_size(48)\nt0 a = malloc(48)\n":                                "L1.good malloc usable",
		"t0 a = malloc(48)\nt0 good_size(48)\n":                                "L1.good good_size value",
		"t0 a = malloc(48)\nt1 b = calloc(6, 8)\n":                             "L1.good calloc usable",
		"t0 a = malloc(131072)\nt0 b = zalloc(131072)\n":                       "L1.good zalloc usable",
		"t0 a = malloc(131073)\nt0 b = zalloc(131073)\n":                       "",
		"t0 a = malloc(48)\nt0 b = malloc_aligned(48, 16)\n":                   "",
		"t0 a = malloc(48)\nt0 b = malloc(49)\n":                               "",
		"t0 good_size(0x8000000000000000)\nt0 good_size(0x8000000000000000)\n": "",
	} {
		c, g := newFake(), newFake()
		more := at(1, func(r *Result) {
			if r.Usable != 0 {
				r.Usable += 16
			} else {
				r.Value += 16
			}
		})
		c.lie, g.lie = more, more
		v := NewEngine(c, g, nil).Run(parse(t, text).Lower())
		if want == "" {
			require.Equal(t, Agree, v.Class, text)
			continue
		}
		require.Equal(t, Diverge, v.Class, text)
		require.Equal(t, want, v.Div.Signature.String())
	}
}
