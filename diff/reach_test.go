// What runs reach. See doc.go for an overview.

package diff

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

func reachSession(t testing.TB) *Session {
	t.Helper()
	s, err := NewSession()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	s.Reach = NewReach()
	return s
}

func reached(s *Session, p *prog.Program) []Feature {
	s.Check(p)
	return slices.Clone(s.Reach.List())
}

var reachConfig = prog.GenConfig{Ops: 200, Threads: 4, Heaps: true, Arenas: true, Aligned: true, Exits: true, Options: true}

// TestReachIsThePrograms: what a program reaches does not depend on those before it, nor on how carefully its run is
// looked at; and the beginning of a program reaches what it did as a part of the whole.
func TestReachIsThePrograms(t *testing.T) {
	s := reachSession(t)
	first := map[uint64][]Feature{}
	for seed := range uint64(70) { // the 64th is a careful one
		first[seed] = reached(s, prog.Generate(seed, reachConfig))
		require.NotEmpty(t, first[seed])
	}
	other := reachSession(t)
	for seed := uint64(69); seed < 70; seed-- {
		other.Careful = seed%8 == 0
		p := prog.Generate(seed, reachConfig)
		require.Equal(t, first[seed], reached(other, p))
		short := *p
		short.Ops = p.Ops[:1+seed]
		want := slices.DeleteFunc(slices.Clone(first[seed]), func(f Feature) bool { return f.Op > uint32(seed) })
		require.Equal(t, want, reached(other, &short))
	}
}

// TestReachTellsApart: programs that do different things reach different features, and hardly two features have
// the same number: each smoke program reaches something that none of the others does, for most of them.
func TestReachTellsApart(t *testing.T) {
	s := reachSession(t)
	count, by := map[uint32]int{}, map[string][]Feature{}
	for _, f := range corpus.Programs("smoke") {
		by[f.Name] = reached(s, corpusProgram(t, &f))
		for _, feature := range by[f.Name] {
			count[feature.Number]++
		}
	}
	alone := 0
	for _, features := range by {
		if slices.ContainsFunc(features, func(f Feature) bool { return count[f.Number] == 1 }) {
			alone++
		}
	}
	require.Greater(t, alone, len(by)*6/10, "of %d", len(by))
	require.Greater(t, len(count), 1000)
	require.Less(t, len(count), Features/100, "there is room for all")
}

// TestReachSees: one operation more reaches what it is there to show.
func TestReachSees(t *testing.T) {
	s := reachSession(t)
	for name, c := range map[string]struct{ before, then string }{
		"another size class":    {"t0 a = malloc(8)\n", "t0 b = malloc(48)\n"},
		"a refusal":             {"t0 a = malloc(8)\n", "t0 b = malloc(0x7fffffffffffffff)\n"},
		"a segment":             {"t0 a = malloc(8)\n", "t0 b = malloc(20M)\n"},
		"an abandoned segment":  {"t1 a = malloc(8)\n", "t1 exit()\n"},
		"a retired page's end":  {"t0 a = malloc(8)\nt0 free(a)\n", "t0 collect(true)\n"},
		"a free by another":     {"t0 a = malloc(8)\nt0 b = malloc(8)\n", "t1 free(a)\n"},
		"a cached segment":      {"t0 a = malloc(20M)\n", "t0 free(a)\n"},
		"a resize in its place": {"t0 a = malloc(100)\nt0 a = realloc(a, 2000)\n", "t0 a = realloc(a, 1999)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			parse := func(text string) *prog.Program {
				p, err := prog.Parse(name, []byte("midiff 1\nthreads 2\n\n"+text))
				require.NoError(t, err)
				return p
			}
			before := reached(s, parse(c.before))
			after := reached(s, parse(c.before+c.then))
			require.Greater(t, len(after), len(before))
			require.Equal(t, before, after[:len(before)])
		})
	}
}

// BenchmarkReach is what looking at everything that is reached costs a soak.
func BenchmarkReach(b *testing.B) {
	for _, looks := range []bool{false, true} {
		b.Run(map[bool]string{false: "without", true: "with"}[looks], func(b *testing.B) {
			s := reachSession(b)
			s.StateEvery = 64
			if !looks {
				s.Reach = nil
			}
			cfg, seed := reachConfig, uint64(0)
			cfg.Ops = 1000
			for b.Loop() {
				seed++
				s.Check(prog.Generate(seed%100, cfg))
			}
		})
	}
}
