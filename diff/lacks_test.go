// Tests of what a library lacks. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// TestLacks: what the library does not have is left out of a program, with what cannot do without it, and counted; a soak
// does without. It plants the lack in a library that has all.
func TestLacks(t *testing.T) {
	s := sharedSession(t, anyLibrary(t))
	profile := s.shared.Profiles()[0]
	var built []string // what no library has
	for _, row := range prog.Table {
		if row.Built && row.In(profile) {
			built = append(built, row.Name)
		}
	}
	require.Equal(t, built, s.shared.Lacks(profile))
	has := s.shared.Library.Has
	defer func() { s.shared.Library.Has = has }()
	s.shared.Library.Has = func(name string) bool { return name != "expand" && name != "heap_calloc" && has(name) }
	lacks := s.shared.Lacks(profile)
	require.Equal(t, append([]string{"calloc", "expand"}, built...), lacks)

	p, err := prog.Parse("lacking", []byte("midiff 1\nprofile "+profile+"\nthreads 1\n\nt0 a = malloc(8)\nt0 expand(a, 4)\n"+
		"t0 b = heap_calloc(backing, 1, 8)\nt0 free(b)\nt0 expand(a, 5)\nt0 usable_size(a)\n"))
	require.NoError(t, err)
	v := s.Check(p)
	require.Equal(t, Agree, v.Class)
	require.Equal(t, map[string]int{"expand": 2, "heap_calloc": 1}, v.Left)
	require.Equal(t, 2, v.Steps, "malloc and usable_size: the block of heap_calloc is not there to be freed")
	require.Equal(t, int32(10), s.Ran(p, &v).Ops[1].Line)
	p.Ops = p.Ops[:1]
	v = s.Check(p)
	require.Equal(t, Agree, v.Class)
	require.Empty(t, v.Left)

	r := &Recorder{c: s.shared}
	p, err = prog.Parse("lacking", []byte("midiff 1\nprofile "+profile+"\nthreads 1\n\nt0 a = malloc(8)\nt0 expand(a, 4)\n"))
	require.NoError(t, err)
	_, err = r.Record(p)
	require.ErrorContains(t, err, "line 6: t0 expand(a, 4): the library (mimalloc ")
	require.ErrorContains(t, err, " has no mi_expand")

	k := &Keeper{Session: s}
	tally := NewTally()
	cfg := prog.GenConfig{Ops: 300, Heaps: true, Profile: profile, Lacks: lacks}
	require.NoError(t, k.Soak(Soak{Programs: 5, Seed: 1, Config: cfg}, tally, nil))
	lacked := map[string]uint64{}
	for _, name := range lacks {
		lacked[name] = 5
	}
	require.Equal(t, lacked, tally.Lacked)
	require.Zero(t, tally.Invalid)
	require.Greater(t, tally.Operations, uint64(1000))
	require.NotZero(t, tally.ByName["malloc"])
	require.Zero(t, tally.ByName["calloc"]+tally.ByName["expand"])
}
