// Tests of what a library lacks. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// TestLacks: a program with an operation that the library does not have is not run, and says where; a soak does without, and
// counts that. It plants the lack in a library that has all.
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

	p, err := prog.Parse("lacking", []byte("midiff 1\nprofile "+profile+"\nthreads 1\n\nt0 a = malloc(8)\nt0 expand(a, 4)\n"))
	require.NoError(t, err)
	v := s.Check(p)
	require.Equal(t, Invalid, v.Class)
	require.Contains(t, v.Reason, "line 6: t0 expand(a, 4): the library (mimalloc ")
	require.Contains(t, v.Reason, " has no mi_expand")
	p.Ops = p.Ops[:1]
	require.Equal(t, Agree, s.Check(p).Class)

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
