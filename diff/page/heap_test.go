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

// TestArenas: an arena is drawn with the blocks that segments take.
func TestArenas(t *testing.T) {
	var b bytes.Buffer
	_, err := Write(&b, session(t), "p.midiff", parsed(t, "t0 r = reserve_os_memory_ex(96M, true, false, true)\n"+
		"t0 h = heap_new_in_arena(r)\nt0 a = heap_malloc(h, 100)\nt0 c = heap_malloc(h, 20M)\nt0 free(c)\n"))
	require.NoError(t, err)
	d := dataOf(t, b.String())
	var used []int
	for _, f := range d.Frames {
		for _, h := range []*Heap{d.Heaps[f.C], d.Heaps[f.Go]} {
			require.Len(t, h.Arenas, 1)
			a := *h.Arenas[0]
			used, a.Used = append(used, a.Used), 0
			require.Equal(t, Arena{Number: 1, At: a.At, Blocks: 3, Exclusive: true}, a)
		}
	}
	require.Equal(t, []int{0, 0, 0, 0, 1, 1, 2, 2, 1, 1}, used)
}
