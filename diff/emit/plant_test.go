package emit

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// checked is a program whose C file makes every check.
const checked = `midiff 1
profile 2.0
threads 2
option decommit_delay=7

t0 a = malloc(100)
t0 b = malloc(200)
t0 z = zalloc(300)
t0 d = malloc_aligned(400, 64)
t0 n = calloc(0xffffffffffffffff, 2)
t0 m = posix_memalign(64, 100)
t0 collect(true)
t0 usable_size(a)
t0 expand(a, 100)
t0 a = realloc(a, 101)
t0 a = realloc(a, 5000)
t0 is_in_heap_region(a)
t0 option_get(decommit_delay)
t0 h = heap_new()
t0 heap_set_default(h)
t0 heap_get_default()
t0 x = heap_malloc(h, 40)
t0 heap_contains_block(h, x)
t0 heap_visit_blocks(h, true)
t0 heap_destroy(h)
t0 r = reserve_os_memory_ex(64M, true, false, true)
t0 k = heap_new_in_arena(r)
t0 y = heap_malloc(k, 40)
t1 free(b)
`

// TestPlants: each check of the C files catches a library that breaks its promise, and says so.
func TestPlants(t *testing.T) {
	e := newEmitter(t)
	defer e.close(t)
	c := e.gather(t, "checked.midiff", checked)
	require.False(t, c.Shows())
	dir := t.TempDir()
	file := filepath.Join(dir, "checked.c")
	require.NoError(t, os.WriteFile(file, []byte(c.C()), 0o644))
	plants, err := filepath.Abs("testdata/plants.h")
	require.NoError(t, err)
	object := library(t, "2.0")
	for _, p := range []struct{ name, says string }{
		{"NONE", ""},
		{"NULL", "a is null, but memory is there"},
		{"USABLE", "a has 56 bytes of the 100 that were asked for"},
		{"GOOD", "a has 112 bytes, not the good size 120"},
		{"ALIGN", "plus 0 is no multiple of 64"},
		{"PLAIN_ALIGN", "plus 0 is no multiple of 16"},
		{"ZERO", "z is not zero at byte 0"},
		{"OVERLAP", "shares bytes with a block that is live"},
		{"CONTENTS", "has lost its contents at byte 0 of 224"},
		{"KEPT", "mi_realloc(a, 5000) has lost its contents at byte 0 of"},
		{"IN_PLACE", "mi_realloc(a, 5000) has 112 bytes of the 5000 that were asked for"},
		{"ILLEGAL", "n is not null, but what was asked for is illegal"},
		{"CODE", "this is not so: mi_posix_memalign(&m, 64, 100) == 0"},
		{"EXPAND", "this is not so: mi_expand(a, 100) == (100 <= mi_usable_size(a) ? a : NULL)"},
		{"OWNED", "this is not so: mi_heap_contains_block(h, x)"},
		{"DESTROY", "h has a block that is not its own"},
		{"REGION", "this is not so: mi_is_in_heap_region(part(a, i, 1))"},
		{"OPTION", "this is not so: mi_option_get(mi_option_decommit_delay) == 7"},
		{"VISIT", "is not told of"},
		{"ARENA", "y at"},
		{"CRASH", "crash here or in what follows"},
		{"ERROR", "error 12 (Cannot allocate memory) is reported here or in what follows"},
		{"ERROR_WITH_BLOCK", "n is not null, but an error is reported"},
		{"DEFAULT", "this is not so: mi_heap_get_default() == h"},
	} {
		t.Run(p.name, func(t *testing.T) {
			program := filepath.Join(dir, p.name)
			gcc(t, "-w", "-O1", "-DPLANT_"+p.name, "-include", plants, "-I", reference(t)+"/include", "-o", program, file,
				object, "-lpthread")
			code, said := run(t, program)
			if p.name == "NONE" {
				require.Equal(t, 0, code, "%s", said)
				return
			}
			require.Equal(t, 1, code, "%s", said)
			require.Contains(t, said, p.says)
		})
	}
}
