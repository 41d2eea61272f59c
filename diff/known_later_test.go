// Tests of what is known of the later version. See doc.go for an overview.

package diff

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

// eachKnownLater gives the findings and their programs.
func eachKnownLater(t *testing.T, f func(t *testing.T, k *Known, p *prog.Program)) {
	files := corpus.Programs(knownLater)
	require.NotEmpty(t, files)
	for i := range files {
		file := &files[i]
		t.Run(file.Name, func(t *testing.T) {
			k, err := parseKnown(file.Path(), string(file.Text))
			require.NoError(t, err)
			require.Equal(t, file.Name, k.Name)
			p := corpusProgram(t, file)
			require.True(t, prog.IsLater(p.Profile))
			f(t, &k, p)
		})
	}
}

// soleEngine makes an engine that judges goalloc alone, by the contract.
func soleEngine(t *testing.T, without ...string) *Engine {
	g, err := NewGo(without...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.Close()) })
	known, err := loadFolder(knownLater)
	require.NoError(t, err)
	first, second := newMirror(g)
	return newEngineOf(first, second, known)
}

// TestKnownLaterAlone: goalloc does what the library is known to do wrong, for the known reason, and with the quirk off
// it keeps the contract to the end. It needs no library.
func TestKnownLaterAlone(t *testing.T) {
	eachKnownLater(t, func(t *testing.T, k *Known, p *prog.Program) {
		v := soleEngine(t).Run(p.Lower())
		requireAgree(t, p, v)
		require.Len(t, v.Known, 1)
		require.Equal(t, k.Name, v.Known[0].Name)
		require.Equal(t, k.Expect.Signature, v.Known[0].First.Signature)

		e := soleEngine(t, k.Quirk)
		v = e.Run(p.Lower())
		requireAgree(t, p, v)
		require.Empty(t, v.Known)
		require.Equal(t, len(p.Lower().Steps), v.Steps)
		require.Equal(t, Agree, e.CheckPristine().Class)
	})
}

// libraryOf is the library for programs of a profile, of the one that a process can have.
func libraryOf(t *testing.T, profile string) string {
	for i := range recordings {
		x := &recordings[i]
		if path := os.Getenv(x.library); path != "" && x.profile == profile {
			return path
		} else if path != "" {
			break
		}
	}
	t.Skipf("no library for programs of profile %s here, or another is open; goalloc's side is TestKnownLaterAlone", profile)
	return ""
}

// TestKnownLater: the library does it too, and with the quirk off the two differ. The next program is not affected.
// It needs a library.
func TestKnownLater(t *testing.T) {
	eachKnownLater(t, func(t *testing.T, k *Known, p *prog.Program) {
		path := libraryOf(t, p.Profile)
		s := sharedSession(t, path)
		s.SidesOnly = false // what is wrong, the contract says
		v := s.Check(p)
		requireAgree(t, p, v)
		require.Len(t, v.Known, 1)
		require.Equal(t, k.Expect.Signature, v.Known[0].First.Signature)
		require.Equal(t, BlameBoth, v.Known[0].First.Blame)
		require.Equal(t, Agree, s.CheckPristine().Class)

		fixed, err := NewSharedSession(path, k.Quirk)
		require.NoError(t, err)
		defer func() { require.NoError(t, fixed.Close()) }()
		v = fixed.Check(p)
		require.Equal(t, Diverge, v.Class)
		require.Equal(t, k.Without.Signature, v.Div.Signature)
	})
}

// TestHeaplessReduce: with the quirk a segment with such a page stops whoever gives it up; with the quirk off the page stays
// what it is, abandoned, and all invariants hold.
func TestHeaplessReduce(t *testing.T) {
	text := "midiff 1\nprofile 2.3\nthreads 2\noption target_segments_per_thread=2\n\nt0 r = reserve_os_memory_ex(128M, false, false, false)\nt0 h = heap_new_in_arena(r)\n" +
		"t0 a = heap_malloc(h, 0)\nt0 b = malloc(65537)\nt0 c = malloc_aligned(0, 16M)\nt0 exit()\n" +
		"t0 collect_reduce(0)\nt1 d = malloc(8)\nt1 free(a)\nt1 free(b)\nt1 collect_reduce(0)\n"
	p, err := prog.Parse("reduce", []byte(text))
	require.NoError(t, err)
	code := p.Lower()
	flagEvery(code.Steps, FlagVerify|FlagInvariants, 1)
	v := soleEngine(t).Run(code)
	requireAgree(t, p, v)
	require.Len(t, v.Known, 1)
	require.Equal(t, "L0.crash collect_reduce none", v.Known[0].First.Signature.String())
	v = soleEngine(t, "heapless-page").Run(code)
	requireAgree(t, p, v)
	require.Equal(t, len(code.Steps), v.Steps)
}

// TestHeaplessPage: with the quirk off, pages that a deleted heap left in a segment of the thread's are freed with their
// last block, whichever operation frees it, and all invariants hold then.
func TestHeaplessPage(t *testing.T) {
	e := soleEngine(t, "heapless-page")
	for _, last := range []string{"free(a)", "cfree(a)", "ufree(a)", "b = realloc(a, 9000)", "b = rezalloc(a, 100000)"} {
		for _, size := range []string{"8", "5000", "200000"} {
			text := "midiff 1\nprofile 2.3\nthreads 2\n\nt0 h = heap_new_ex(null, 2, false)\nt0 a = heap_malloc(h, " + size + ")\n" +
				"t0 c = heap_malloc(h, 48)\nt0 heap_delete(h)\nt0 " + last + "\nt0 collect(true)\nt1 free(c)\nt1 collect(true)\n" +
				"t0 d = malloc(200000)\nt0 collect(true)\n"
			p, err := prog.Parse("heapless", []byte(text))
			require.NoError(t, err)
			code := p.Lower()
			flagEvery(code.Steps, FlagVerify|FlagInvariants, 1)
			requireAgree(t, p, e.Run(code))
			require.Equal(t, Agree, e.CheckPristine().Class)
		}
	}
}

// TestRefusedLater: blocks that come of refused memory are resized, left by threads and freed, and all invariants hold, with
// the quirk and without. What is excused is named.
func TestRefusedLater(t *testing.T) {
	huge := "option arena_reserve=0\nfault mprotect 1 enomem\n\nt0 reserve_os_memory(96M, false, false)\n"
	lost := "option disallow_arena_alloc=1\nfault mmap 2 enomem\n\n"
	cases := []struct{ name, quirk, text, known string }{
		{"huge: freed, and its memory again", "huge-refused", huge + "t0 a = zalloc(20M)\nt0 free(a)\nt0 b = zalloc(20M)\nt0 free(b)\n",
			"L1.mapped zalloc value"},
		{"huge: in place, and moved", "huge-refused", huge + "t0 a = malloc(40M)\nt0 a = realloc(a, 39M)\nt0 a = realloc(a, 60M)\n",
			"L1.mapped malloc value"},
		{"huge: its thread ends", "huge-refused", huge + "t1 a = calloc(2, 10M)\nt1 exit()\nt0 collect(true)\nt0 free(a)\nt0 collect(true)\n",
			"L1.mapped calloc value"},
		{"huge: its heap ends", "huge-refused", strings.Replace(huge, "mprotect 1", "mprotect 2", 1) + "t0 h = heap_new()\nt0 a = heap_malloc(h, 20M)\nt0 heap_destroy(h)\nt0 b = malloc(20M)\n",
			"L1.mapped malloc value"},
		{"map: asked", "map-lost", lost + "t0 a = malloc(48)\nt0 b = malloc(20M)\nt0 is_in_heap_region(b)\nt0 is_in_heap_region(a)\n",
			"L0.value is_in_heap_region value"},
		{"map: cfree loses", "map-lost", lost + "t0 a = malloc(48)\nt0 b = malloc(48)\nt0 cfree(a)\nt0 collect(true)\nt0 free(b)\n", ""},
		{"map: its thread ends", "map-lost", "option disallow_arena_alloc=1\nfault mmap 3 enomem\n\nt1 a = malloc(48)\nt1 exit()\n" +
			"t0 collect(true)\nt0 cfree(a)\nt0 b = malloc(48)\n", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, err := prog.Parse(c.name, []byte("midiff 1\nprofile 2.3\nthreads 2\n"+c.text))
			require.NoError(t, err)
			for _, without := range [][]string{nil, {c.quirk}} {
				e := soleEngine(t, without...)
				code := p.Lower()
				flagEvery(code.Steps, FlagVerify|FlagInvariants, 1)
				v := e.Run(code)
				requireAgree(t, p, v)
				require.Equal(t, len(code.Steps), v.Steps)
				bit, err := QuirkBit(c.quirk)
				require.NoError(t, err)
				require.Equal(t, without == nil, e.ran&bit != 0, "it took effect")
				var known []string
				for _, k := range v.Known {
					known = append(known, k.First.Signature.String())
				}
				if c.known == "" || without != nil {
					require.Empty(t, known)
				} else {
					require.Equal(t, []string{c.known}, known)
				}
				require.Equal(t, Agree, e.CheckPristine().Class)
			}
		})
	}
}
