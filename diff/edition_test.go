// Tests of what the contract says otherwise of versions. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// TestPathOfAnotherHeap: realpath of later versions needs room in the default heap, too, and leaves a page there, where no
// other heap may have room then.
func TestPathOfAnotherHeap(t *testing.T) {
	for name, text := range map[string]string{
		"no room in the default heap": "t0 d = heap_new_ex(missing, 2, false)\nt0 h = heap_new()\nt0 heap_set_default(d)\n" +
			"t0 b = heap_realpath(h, true)\n",
		"a page in an arena": "t0 r = reserve_os_memory_ex(128M, false, false, false)\nt0 d = heap_new_in_arena(r)\n" +
			"t0 q = reserve_os_memory_ex(32M, false, false, true)\nt1 h = heap_new_in_arena(q)\n" +
			"t1 x = malloc(16M)\nt1 y = malloc(14M)\nt1 z = malloc(1M)\n" + // fill the thread's segment
			"t1 u = malloc(512K)\nt1 v = malloc(256K)\nt1 w = malloc(114688)\n" +
			"t1 b = heap_realpath(h, true)\nt0 c = heap_malloc(d, 40M)\n",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := prog.Parse(name, []byte("midiff 1\nprofile 2.3\nthreads 2\n\n"+text))
			require.NoError(t, err)
			v := soleEngine(t).Run(p.Lower())
			requireAgree(t, p, v)
			require.Empty(t, v.Known)
		})
	}
}

// TestPathMayBeNull: null is right where there may be no room for it in the default heap, and nowhere else.
func TestPathMayBeNull(t *testing.T) {
	for _, c := range []struct {
		profile, path string
		bound, want   bool
	}{
		{"2.3", "realpath", true, true},
		{"2.3", "realpath", false, false},
		{"2.3", "strdup", true, false},
		{"2.0", "realpath", true, false},
	} {
		m := newModel()
		m.begin(&prog.Code{Profile: c.profile, Heaps: 1})
		if c.bound {
			m.arenas.bound[0] = 1 // of none
		}
		m.heaps[0].birth = m.newBirth()
		s := prog.Step{Kind: mustKind(c.path), Heap: 0, A: 1}
		require.Equal(t, c.want, m.mayRefuse(&s, &request{size: 8}), "%+v", c)
	}
}
