// Tests of who owns a block. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// questions ask about blocks of all kinds of heaps.
const questions = `
t0 h = heap_new()               # 0
t0 a = heap_malloc(h, 100)      # 1
t0 b = malloc(100)              # 2
t1 c = malloc(100)              # 3
t0 heap_contains_block(h, a)    # 4
t0 heap_contains_block(h, b)    # 5
t0 heap_check_owned(backing, c) # 6
t0 heap_check_owned(h, a)       # 7
t0 check_owned(b)               # 8
t0 is_in_heap_region(a)         # 9
t0 is_in_heap_region(null)      # 10
t0 heap_delete(h)               # 11
t0 heap_check_owned(backing, a) # 12
t1 exit()                       # 13
t0 check_owned(c)               # 14
t0 d = malloc_aligned_at(100, 64, 3) # 15
t0 check_owned(d)               # 16
t0 heap_contains_block(backing, null) # 17
`

func flip(bits uint64) func(*Result) { return func(r *Result) { r.Value ^= bits } }

var falseAnswers = map[string]liePair{
	"not in its heap":          {4, flip(1), "L0.value heap_contains_block value c", "L1.owner heap_contains_block value"},
	"in another heap":          {5, flip(1), "L0.value heap_contains_block value c", "L1.owner heap_contains_block value"},
	"in another thread's heap": {6, flip(7), "L0.value heap_check_owned value c", "L1.owner heap_check_owned value"},
	"last word not owned":      {7, flip(askLast), "L0.value heap_check_owned value c", "L1.owner heap_check_owned value"},
	"inner word not owned":     {8, flip(askInner), "L0.value check_owned value c", "L1.owner check_owned value"},
	"last byte not mapped":     {9, flip(askLast), "L0.value is_in_heap_region value c", "L0.value is_in_heap_region value"},
	"next byte mapped":         {9, flip(askNext), "L0.value is_in_heap_region value either", ""},
	"null is mapped":           {10, flip(askFirst), "L0.value is_in_heap_region value c", "L0.value is_in_heap_region value"},
	"lost with its heap":       {12, flip(7), "L0.value heap_check_owned value c", "L1.owner heap_check_owned value"},
	"taken over":               {14, flip(7), "L0.value check_owned value either", ""},
	"taken over in part":       {14, flip(3), "L0.value check_owned value c", "L1.owner check_owned value"},
	"owned at an odd address":  {16, flip(7), "L0.value check_owned value c", "L1.owner check_owned value"},
	"null is a block":          {17, flip(1), "L0.value heap_contains_block value c", "L1.owner heap_contains_block value"},
	"an answer with a size":    {17, usable(1), "L1.usable heap_contains_block usable c", "L0.value heap_contains_block value"},
}

// TestQuestions: each false answer is caught, and the truth is not.
func TestQuestions(t *testing.T) {
	v := NewEngine(newFake(), newFake(), nil).Run(parse(t, questions).Lower())
	require.Equal(t, Agree, v.Class, "%+v", v.Div)
	testLies(t, questions, falseAnswers)
}

// TestOwnerOf follows a block from heap to heap.
func TestOwnerOf(t *testing.T) {
	m := newModel()
	m.begin(&prog.Code{Threads: 3})
	mine := m.own[1]
	h := m.newBirth()
	require.Equal(t, h, m.ownerOf(h))
	m.heirs[h] = mine
	require.Equal(t, mine, m.ownerOf(h))
	m.endOwn(1)
	require.Equal(t, nobody, m.ownerOf(h))
	require.NotEqual(t, mine, m.own[1], "the next thread of the number has a heap of its own")
	main := m.own[0]
	m.endOwn(0)
	require.Equal(t, main, m.ownerOf(main), "the main thread does not end")
}
