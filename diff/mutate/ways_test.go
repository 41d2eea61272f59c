package mutate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

func parse(t *testing.T, text string) *prog.Program {
	t.Helper()
	p, err := prog.Parse("test", []byte("midiff 1\n"+text))
	require.NoError(t, err)
	return p
}

// TestEachWay: what each way is there for comes out of it, as the whole program or a part of it.
func TestEachWay(t *testing.T) {
	three := "threads 2\n\nt0 a = malloc(48)\nt0 b = malloc(48)\nt0 c = malloc(48)\nt1 free(b)\nt1 free(a)\n"
	for _, c := range []struct {
		way      Way
		p, other string
		want     string // lines that stand together in some result
	}{
		{Splice, three, "t0 x = zalloc(7)\nt0 free(x)\n", "t0 b1 = malloc(48)\nt0 b2 = zalloc(7)\nt0 free(b2)"},
		{Splice, three, "t0 x = zalloc(7)\nt0 y = zalloc(8)\nt0 free(x)\n", "t0 b2 = zalloc(7)\nt0 free(b2)"},
		{Interleave, "t0 a = malloc(1)\nt0 free(a)\n", "t0 a = malloc(2)\nt0 free(a)\n",
			"t0 b0 = malloc(1)\nt0 b1 = malloc(2)\nt0 free(b0)\nt0 free(b1)"},
		{Squash, three, "", "t0 b0 = malloc(48)\nt0 b1 = malloc(48)\nt1 free(b0)\n"},
		{Squash, three, "", "t0 k0 = bulk(3, 48)\nt1 bulk_free(k0, 1)\n"},
		{Squash, "t0 a = malloc(1)\nt0 b = malloc(2)\nt0 a = realloc(a, 300)\nt0 free(a)\n", "",
			"t0 b0 = malloc(300)\nt0 b1 = malloc(2)\nt0 free(b0)\n"},
		{Duplicate, "t0 a = malloc(1)\nt0 free(a)\n", "",
			"t0 b0 = malloc(1)\nt0 free(b0)\nt0 b1 = malloc(1)\nt0 free(b1)\nt0 b2 = malloc(1)\nt0 free(b2)\n"},
		{Rethread, three, "", "t1 b0 = malloc(48)\nt1 b1 = malloc(48)\nt1 b2 = malloc(48)\nt0 free(b1)\nt0 free(b0)\n"},
		{Rethread, three, "", "t0 b2 = malloc(48)\nt0 free(b1)\nt0 free(b0)\n"},
		{Rethread, three, "", "t0 b2 = malloc(48)\nt0 exit()\nt1 collect(true)\n"},
		{Rethread, "t0 a = malloc(1)\n", "", "threads 2\n"},
		{Resize, three, "", "t0 b0 = malloc(96)\nt0 b1 = malloc(96)\nt0 b2 = malloc(96)\n"},
		{Resize, three, "", "t0 b0 = malloc(48)\nt0 b1 = malloc(49)\nt0 b2 = malloc(48)\n"},
		{Resize, "t0 k = bulk(8, 64)\n", "", "t0 k0 = bulk(16, 64)\n"},
		{Recall, three, "", "t0 b1 = zalloc(48)\n"},
		{Recall, "t0 h = heap_new()\nt0 a = malloc(8)\n", "", "t0 b1 = heap_malloc(h0, 8)\n"},
		{Reset, three, "", "option eager_commit="},
		{Reset, three, "", "fault mmap "},
		{Insert, three, "", "t1 free(b0)\nt1 "},
		{Extend, three, "", "t1 free(b1)\nt1 free(b0)\nt0 "},
	} {
		other := c.other
		if other == "" {
			other = c.p
		}
		m := New(everything(20))
		var last string
		found := slices.ContainsFunc(make([]struct{}, 3000), func() func(struct{}) bool {
			seed := uint64(0)
			return func(struct{}) bool {
				seed++
				last = m.Apply(c.way, parse(t, c.p), parse(t, other), seed).Text()
				return strings.Contains(last, c.want)
			}
		}())
		require.True(t, found, fmt.Sprintf("%s of\n%snever gives\n%s", c.way, c.p, c.want))
	}
}
