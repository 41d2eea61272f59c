package prog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTornDown(t *testing.T) {
	p, err := Parse("p", []byte("midiff 1\nthreads 4\n\nt0 a = malloc(8)\nt1 b = malloc(8)\nt1 k = bulk(3, 8)\n"+
		"t1 h = heap_new()\nt0 heap_set_default(backing)\nt2 exit()\nt0 free(a)\nt2 c = malloc(8)\nt2 thread_done()\n"))
	require.NoError(t, err)
	torn := p.TornDown()
	require.NoError(t, torn.Check())
	var text []string
	for i := len(p.Ops); i < len(torn.Ops); i++ {
		text = append(text, torn.OpText(i))
		require.EqualValues(t, 13+i-len(p.Ops), torn.Ops[i].Line, "as if the text went on")
	}
	require.Equal(t, []string{"t0 free(b)", "t0 bulk_free(k, 1)", "t0 free(c)", "t1 heap_delete(h)",
		"t1 thread_done()", "t0 collect(true)", "t0 stats_merge()"}, text, "t2 has ended, t3 is not used")
}

// Whatever the program, it is valid with a teardown behind it, and then there is nothing left to do.
func TestTornDownLeavesNothing(t *testing.T) {
	for seed := range uint64(200) {
		p := Generate(seed, GenConfig{Ops: 200, Threads: 1 + int(seed%8), Heaps: true, Aligned: true, Exits: true})
		before := p.Text()
		torn := p.TornDown()
		require.NoError(t, torn.Check(), "seed %d", seed)
		require.Equal(t, before, p.Text(), "the program itself stays")
		again := torn.TornDown()
		require.Len(t, again.Ops, len(torn.Ops)+2, "the collect and the merge")
	}
}
