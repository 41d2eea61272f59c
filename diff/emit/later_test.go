package emit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	_ "midiff/cref/shared"
	"midiff/diff"
	"midiff/diff/prog"
)

// later is a program with every operation that only later versions have.
const later = `midiff 1
profile 2.3
threads 1
option visit_abandoned=1

t0 s = subproc_new()
t0 subproc_add_current_thread(s)
t0 a = umalloc(48)
t0 b = ucalloc(3, 100)
t0 c = umalloc_small(64)
t0 d = umalloc_aligned(100, 32)
t0 e = uzalloc_aligned(200, 64)
t0 a = urealloc(a, 4000)
t0 h = heap_new_ex(null, 3, false)
t0 f = heap_zalloc_small(h, 40)
t0 unsafe_heap_page_is_under_utilized(h, f, 50)
t0 heap_destroy(h)
t0 r = reserve_os_memory_ex(64M, true, false, false)
t0 k = heap_new_ex(r, 0, true)
t0 heap_destroy(k)
t0 abandoned_visit_blocks(null, -1, true)
t0 ufree(b)
t0 free_small(c)
t0 collect_reduce(0)
t0 s2 = subproc_new()
t0 subproc_delete(s2)
`

// TestLaterInC: what is written of each.
func TestLaterInC(t *testing.T) {
	e := newEmitter(t)
	defer e.close(t)
	p, err := prog.Parse("later.midiff", []byte(later))
	require.NoError(t, err)
	c, err := Gather(nil, e.fixed, Input{Name: "later.midiff", Program: p, Died: "was not run"})
	require.NoError(t, err)
	_, body, ok := strings.Cut(c.C(), "\nint main(void) {\n")
	require.True(t, ok)
	golden := filepath.Join("testdata", "later.c.golden")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(body), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), body, "%s; -update rewrites it", golden)
	for k := range prog.Table {
		if prog.Table[k].Later {
			require.Contains(t, body, "mi_"+prog.Table[k].Name+"(")
		}
	}
	require.Contains(t, c.C(), "// It is about mimalloc 2.3. ")
}

// libraryVar names a library of a later version; its header is where the compiler looks (C_INCLUDE_PATH).
const libraryVar = "MIDIFF_SO"

// TestLaterOnALibrary: what is known of later versions shows on the library, and no file of a program that agrees
// complains. It needs a library.
func TestLaterOnALibrary(t *testing.T) {
	path := os.Getenv(libraryVar)
	if path == "" {
		t.Skipf("no library of mimalloc 2.3 here: %s=PATH names one, C_INCLUDE_PATH=FOLDER its header's", libraryVar)
	}
	lock, err := diff.NewSharedSession(path)
	require.NoError(t, err)
	defer lock.Close()
	fixed, err := diff.NewFixed()
	require.NoError(t, err)
	defer fixed.Close()
	list := []*Case{}
	take := func(name, text string) {
		p, err := prog.Parse(name, []byte(text))
		require.NoError(t, err)
		c, err := Gather(lock, fixed, Input{Name: name, About: About([]byte(text)), Program: p})
		require.NoError(t, err)
		list = append(list, c)
	}
	take("later.midiff", later)
	lock.SidesOnly = false // what is wrong there, the contract says
	for _, file := range corpus.Programs("known/2.3") {
		if !strings.Contains(string(file.Text), "\nprofile "+prog.Later[0]+"\n") {
			continue // of another build
		}
		take("corpus/"+file.Path(), string(file.Text))
		require.True(t, list[len(list)-1].Shows(), file.Name)
	}
	require.Greater(t, len(list), 1)
	inC(t, list, func(*Case) []string { return []string{"-O2", path, "-Wl,-rpath," + filepath.Dir(path), "-lpthread"} })
}
