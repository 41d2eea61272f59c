package page

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	_ "midiff/cref/flavours"
	"midiff/diff/prog"
)

// TestPictures: in pictures of random programs of every profile, the blocks drawn as live or as freed by
// another thread are as many as the page says are in use, and spans fill their segment without a gap.
func TestPictures(t *testing.T) {
	s, pages := session(t), 0
	for _, profile := range prog.Profiles {
		for seed := range uint64(6) {
			p := prog.Generate(seed, prog.GenConfig{Ops: 60, Threads: 3, MaxSize: 1 << 20, MaxBulk: 60,
				Heaps: true, Arenas: true, Exits: true, Aligned: true, Profile: profile})
			var b bytes.Buffer
			_, err := Write(&b, s, "p.midiff", p)
			require.NoError(t, err)
			d := dataOf(t, b.String())
			for i, h := range d.Heaps {
				for _, seg := range h.Segments {
					next := 0
					for _, span := range seg.Spans {
						require.Equal(t, next, span.At, "%s %d, picture %d", profile, seed, i)
						next += span.Slices
						if span.Kind != "page" || span.Per != 1 {
							continue
						}
						pages++
						used := strings.Count(span.Blocks, "l") + strings.Count(span.Blocks, "r")
						require.Equal(t, span.Used, used, "%s %d, picture %d: %+v", profile, seed, i, *span)
					}
				}
			}
		}
	}
	require.Greater(t, pages, 1000)
}
