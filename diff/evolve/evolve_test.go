package evolve

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/prog"
)

func source() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// keeper runs programs without a journal, and has nowhere to keep one that fails but a temporary folder.
func keeper(t *testing.T, without ...string) *diff.Keeper {
	t.Helper()
	s, err := diff.NewSession(without...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return &diff.Keeper{Session: s, Store: diff.Store{Folder: t.TempDir()}}
}

var config = prog.GenConfig{Ops: 120, Threads: 3, Heaps: true, Arenas: true, Aligned: true, Exits: true, Options: true,
	Profile: prog.Profiles[0]}

// evolved runs programs with a corpus in a folder.
func evolved(t *testing.T, path string, programs, mutated int) *Evolution {
	t.Helper()
	folder, err := OpenFolder(path, prog.Profiles[0])
	require.NoError(t, err)
	e := New(keeper(t), folder, NewSeen(), config)
	e.Mutated = mutated
	tally := diff.NewTally()
	require.NoError(t, e.Keeper.Soak(diff.Soak{Programs: programs, Seed: 3, Config: config, Source: e}, tally, nil))
	require.Equal(t, programs, tally.Programs)
	return e
}

// TestKeptReachAll: what is in the folder reaches all that was reached, in fewer operations than were drawn, and each of
// it is a program as any other.
func TestKeptReachAll(t *testing.T) {
	path := t.TempDir()
	e := evolved(t, path, 60, 50)
	files, err := Names(path)
	require.NoError(t, err)
	require.Greater(t, len(files), 20)
	require.Len(t, e.Folder.Entries(), len(files))
	again, signals, ops := NewSeen(), Watch(e.Keeper.Session), 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		p, err := prog.Parse(file, text)
		require.NoError(t, err)
		require.Equal(t, FileName(p), filepath.Base(file))
		require.Equal(t, diff.Agree, e.Keeper.Session.Check(p).Class)
		again.Mark(signals.Last())
		ops += len(p.Ops)
	}
	require.Equal(t, e.Seen.Counts(), again.Counts())
	require.Less(t, ops/len(files), config.Ops)
}

// TestEvolutionGoesOn: a second evolution in the same folder takes what is there for reached, once it has run it.
func TestEvolutionGoesOn(t *testing.T) {
	path := t.TempDir()
	before := len(evolved(t, path, 20, 50).Folder.Entries())
	folder, err := OpenFolder(path, prog.Profiles[0])
	require.NoError(t, err)
	require.Len(t, folder.Entries(), before)
	e := New(keeper(t), folder, NewSeen(), config)
	for _, entry := range folder.Entries() {
		v := e.Keeper.Session.Check(entry.Program())
		e.Known(&v)
	}
	for _, entry := range folder.Entries() {
		p := entry.Program()
		v := e.Keeper.Session.Check(p)
		require.NoError(t, e.Ran(p, &v))
	}
	require.Len(t, folder.Entries(), before)
}

// TestFailingIsNotKept: a program that fails is the keeper's, not the corpus's.
func TestFailingIsNotKept(t *testing.T) {
	folder, err := OpenFolder(t.TempDir(), prog.Profiles[0])
	require.NoError(t, err)
	e := New(keeper(t, "visit-empty"), folder, NewSeen(), config)
	p, err := prog.Parse("p", []byte("midiff 1\n\nt0 h = heap_new()\nt0 heap_visit_blocks(h, true)\n"))
	require.NoError(t, err)
	v := e.Keeper.Session.Check(p)
	require.Equal(t, diff.Diverge, v.Class)
	require.NoError(t, e.Ran(p, &v))
	require.Empty(t, folder.Entries())
}

// TestSeenIsShared: what one process marks in a file, another one sees.
func TestSeenIsShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reached")
	a, err := CreateSeen(path)
	require.NoError(t, err)
	b, err := OpenSeen(path)
	require.NoError(t, err)
	all := []diff.Feature{{Number: 0}, {Number: 5}, {Number: diff.Features + 7},
		{Number: diff.Features + mostEdges}}
	require.Equal(t, 4, a.Mark(all))
	require.Zero(t, b.Mark(all))
	require.Equal(t, []diff.Feature{{Number: 6}}, b.fresh(append(all, diff.Feature{Number: 6})))
	require.Equal(t, Counts{2, 1, 1}, b.Counts())
	require.Equal(t, Counts{2, 1, 1}, CountsOf([]uint32{0, 5, diff.Features + 7, diff.Features + mostEdges}))
	require.NoError(t, a.Close())
	require.NoError(t, b.Close())
	c, err := CreateSeen(path)
	require.NoError(t, err)
	require.Equal(t, 4, c.Mark(all), "a new one has nothing in it")
	require.NoError(t, c.Close())
}

// TestFolder: what is not a program is named with its place; another process's programs come in; a profile leaves out what
// it does not take.
func TestFolder(t *testing.T) {
	path := t.TempDir()
	folder, err := OpenFolder(path, prog.Profiles[0])
	require.NoError(t, err)
	p, err := prog.Parse("p", []byte("midiff 1\n\nt0 a = malloc_aligned(8, 0)\n"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(path, "other.midiff"), []byte(p.Text()), 0o644))
	require.NoError(t, folder.Refresh())
	require.NoError(t, folder.Refresh())
	require.Len(t, folder.Entries(), 1)
	require.True(t, p.Same(folder.Entries()[0].Program()))
	strict, err := OpenFolder(path, "2.0-padded")
	require.NoError(t, err)
	require.Empty(t, strict.Entries())
	require.NoError(t, os.WriteFile(filepath.Join(path, "bad.midiff"), []byte("midiff 1\n\nt0 fre(a)\n"), 0o644))
	require.ErrorContains(t, folder.Refresh(), "bad.midiff:3:")
}

// TestPick: what was drawn often comes up less often, unless it leads to something.
func TestPick(t *testing.T) {
	folder := &Folder{entries: []*Entry{{Name: "tired", tried: 100}, {Name: "fresh"}, {Name: "good", tried: 100, led: 60}}}
	count := map[string]int{}
	for r := source(); len(count) == 0 || count["fresh"] < 50; {
		count[folder.Pick(r).Name]++
	}
	require.Less(t, count["tired"], count["fresh"])
	require.Less(t, count["tired"], count["good"])
}

// TestMinimise: all that is reached stays reached, nothing that is left can be spared, and small ones are preferred.
func TestMinimise(t *testing.T) {
	for name, c := range map[string]struct {
		all  []Measured
		want []int
	}{
		"nothing":                    {nil, nil},
		"the smaller of equals":      {[]Measured{{0, 9, []uint32{1}}, {1, 3, []uint32{1}}}, []int{1}},
		"the first of equals":        {[]Measured{{0, 3, []uint32{1}}, {1, 3, []uint32{1}}}, []int{0}},
		"two small for one large":    {[]Measured{{0, 9, []uint32{1, 2}}, {1, 3, []uint32{1}}, {2, 3, []uint32{2}}}, []int{1, 2}},
		"small ones made useless":    {[]Measured{{0, 1, []uint32{1}}, {1, 2, []uint32{2}}, {2, 3, []uint32{1, 2, 3}}}, []int{2}},
		"what reaches nothing":       {[]Measured{{0, 1, nil}, {1, 2, []uint32{2}}}, []int{1}},
		"one that others make spare": {[]Measured{{0, 1, []uint32{1, 2}}, {1, 2, []uint32{2, 3}}, {2, 3, []uint32{3, 4}}}, []int{0, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := Minimise(c.all)
			require.Equal(t, c.want, got)
		})
	}
	r := source()
	for range 200 {
		var all []Measured
		for i := range 30 {
			m := Measured{Index: i, Size: r.IntN(20)}
			for n := range uint32(40) {
				if r.IntN(8) == 0 {
					m.Reached = append(m.Reached, n)
				}
			}
			all = append(all, m)
		}
		needed, reached := Minimise(all)
		require.Len(t, union(all, func(int) bool { return true }), len(reached))
		require.Len(t, union(all, func(i int) bool { return slices.Contains(needed, i) }), len(reached))
		for _, spare := range needed {
			left := union(all, func(i int) bool { return i != spare && slices.Contains(needed, i) })
			require.Less(t, len(left), len(reached), "%d is not needed", spare)
		}
	}
}

func union(all []Measured, of func(index int) bool) map[uint32]bool {
	reached := map[uint32]bool{}
	for _, m := range all {
		for _, n := range m.Reached {
			if of(m.Index) {
				reached[n] = true
			}
		}
	}
	return reached
}

// TestComment: what a kept file says of itself is a comment.
func TestComment(t *testing.T) {
	path := t.TempDir()
	e := evolved(t, path, 3, 0)
	for _, entry := range e.Folder.Entries() {
		text, err := os.ReadFile(filepath.Join(path, entry.Name))
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(text), "# kept by a soak: the first to reach "))
	}
}
