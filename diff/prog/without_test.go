package prog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWithout: what is left after any cut is a valid program, and only what has to go goes.
func TestWithout(t *testing.T) {
	p, err := Parse("a.midiff", []byte("midiff 1\nprofile 2.0\nthreads 2\n\n"+
		"t0 a = malloc(1)\nt0 h = heap_new()\nt0 b = heap_malloc(h, 2)\nt1 a = realloc(a, 3)\n"+
		"t0 exit()\nt1 free(a)\nt1 free(b)\n"))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		drop int
		want string
	}{
		"a block with all its operations": {0, "t0 h = heap_new()\nt0 b = heap_malloc(h, 2)\nt0 exit()\nt1 free(b)\n"},
		"a heap with its blocks":          {1, "t0 a = malloc(1)\nt1 a = realloc(a, 3)\nt0 exit()\nt1 free(a)\n"},
		"a move and what follows":         {3, "t0 a = malloc(1)\nt0 h = heap_new()\nt0 b = heap_malloc(h, 2)\nt0 exit()\nt1 free(a)\nt1 free(b)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			q := p.Renamed().Without(func(op int) bool { return op == c.drop })
			require.NoError(t, q.Check())
			want, err := Parse("want", []byte("midiff 1\nprofile 2.0\nthreads 2\n\n"+c.want))
			require.NoError(t, err)
			require.Equal(t, want.Renamed().Text(), q.Renamed().Text())
		})
	}
	random := random{state: 7}
	for seed := range uint64(200) {
		p := Generate(seed, everyKind(120)).Renamed()
		q := p.Without(func(int) bool { return random.oneIn(3) })
		require.NoError(t, q.Check())
		require.Equal(t, p.Text(), p.Without(func(int) bool { return false }).Text())
	}
}
