// Lies about operations that give an error code or tell of a heap. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// errands are operations that give an error code or tell of a heap.
const errands = `
t0 a = posix_memalign(64, 100)  # 0
t0 b = posix_memalign(12, 100)  # 1
t0 c = posix_memalign(64, 0x8000000000000000) # 2
t0 d = reallocarray(a, 4G, 4G)  # 3
t0 e = reallocarr(d, 4G, 4G)    # 4
t0 f = pvalloc(4097)            # 5
t0 heap_get_default()           # 6
t0 h = heap_new()               # 7
t0 heap_set_default(h)          # 8
t0 heap_get_default()           # 9
t1 heap_get_backing()           # 10
t1 heap_get_default()           # 11
t0 cfree(e)                     # 12
t0 heap_get_backing()           # 13
t0 option_get(decommit_delay)   # 14
t0 option_get(decommit_delay)   # 15
t0 option_set(decommit_delay, -5) # 16
t0 option_get(decommit_delay)   # 17
t0 option_is_enabled(decommit_delay) # 18
t0 option_set(limit_os_alloc, 1) # 19
t0 g = malloc(100)              # 20
t0 option_set(limit_os_alloc, 0) # 21
t0 i = malloc(100)              # 22
t0 set_new_handler(retries)     # 23
t0 j = new_aligned(100, 24)     # 24
t0 k = strndup(200, 99)         # 25
t0 option_set_default(decommit_delay, 7) # 26
t0 option_get(decommit_delay)   # 27
t0 l = realpath(false)          # 28
t0 _expand(k, 1000)             # 29
t0 option_set_enabled_default(page_reset, true) # 30
t0 option_get(page_reset)       # 31
t0 free_size(k)                 # 32
`

var lesserLies = map[string]liePair{
	"misaligned by 32":           {0, move(32), "L1.place posix_memalign value c", "L1.align posix_memalign value"},
	"block at alignment 12":      {1, room, "L0.class posix_memalign null c", "L1.null posix_memalign null"},
	"EINVAL for no memory":       {2, code(22), "L0.errno posix_memalign errno c", "L0.errno posix_memalign errno"},
	"ENOMEM for alignment 12":    {1, code(12), "L0.errno posix_memalign errno c", "L0.errno posix_memalign errno"},
	"no code":                    {3, code(0), "L0.errno reallocarray errno c", "L0.errno reallocarray errno"},
	"pointer changed":            {4, usable(wrongPointer), "L0.errno reallocarr errno c", "L0.errno reallocarr errno"},
	"less than whole pages":      {5, func(r *Result) { r.Usable = 4112 }, "L1.usable pvalloc usable c", "L1.usable pvalloc usable"},
	"valloc off a page":          {5, move(2048), "L1.place pvalloc value c", "L1.align pvalloc value"},
	"another main heap":          {6, place(2 << 20), "L0.value heap_get_default value c", "L1.owner heap_get_default value"},
	"no main heap":               {13, null, "L0.class heap_get_backing null c", "L1.null heap_get_backing null"},
	"another default":            {9, move(64), "L0.value heap_get_default value c", "L1.owner heap_get_default value"},
	"the main heap's for t1":     {10, place(mainHeapName), "L0.value heap_get_backing value c", "L1.owner heap_get_backing value"},
	"another own heap":           {11, move(64), "L0.value heap_get_default value c", "L1.owner heap_get_default value"},
	"own heap outside memory":    {10, place(2 * fakeSpace), "L0.value heap_get_backing value c", "L1.mapped heap_get_backing value"},
	"a heap and a size":          {10, usable(8), "L1.usable heap_get_backing usable c", "L0.value heap_get_backing usable"},
	"an option that changes":     {15, move(1), "L0.value option_get value c", "L0.value option_get value"},
	"not what was set":           {17, move(1), "L0.value option_get value c", "L0.value option_get value"},
	"not enabled":                {18, place(0), "L0.value option_is_enabled value c", "L0.value option_is_enabled value"},
	"option_set with a result":   {16, move(1), "L0.value option_set value c", "L0.value option_set value"},
	"null under the limit":       {20, null, "L0.class malloc null either", ""},
	"null past the limit":        {22, null, "L0.class malloc null c", "L1.null malloc null"},
	"handler called once":        {24, code(1), "L0.errno new_aligned errno c", "L0.errno new_aligned errno"},
	"memory at alignment 24":     {24, room, "L0.class new_aligned null c", "L1.null new_aligned null"},
	"no room for the zero":       {25, code(99), "L1.usable strndup usable c", "L1.usable strndup usable"},
	"a copy cut short":           {25, badly(BadPreserve), "L1.preserve strndup contents c", "L1.preserve strndup contents"},
	"a default over what is set": {27, place(7), "L0.value option_get value c", "L0.value option_get value"},
	"a default not taken":        {31, place(0), "L0.value option_get value c", "L0.value option_get value"},
	"path of no file":            {28, room, "L0.class realpath null c", "L1.null realpath null"},
	"expand without a code":      {29, code(0), "L0.errno _expand errno c", "L0.errno _expand errno"},
	"free that gives a number":   {32, move(1), "L0.value free_size value c", "L0.value free_size value"},
	"cfree that gives a number":  {12, move(1), "L0.value cfree value c", "L0.value cfree value"},
}

// badly reports contents that are wrong.
func badly(what uint8) func(*Result) {
	return func(r *Result) { r.Bad, r.BadWhat = 1, what }
}

func code(n uint64) func(*Result) { return func(r *Result) { r.Usable = n } }

// TestErrands: each lie is caught, and the truth is not.
func TestErrands(t *testing.T) {
	v := NewEngine(newFake(), newFake(), nil).Run(parse(t, errands).Lower())
	require.Equal(t, Agree, v.Class, "%+v", v.Div)
	testLies(t, errands, lesserLies)
}
