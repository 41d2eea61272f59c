package page

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff"
)

// abandonedText is what a terminal gets of the moment after thread 1 ended.
const abandonedText = `
threads, lines 5 to 12: m makes a block or heap, f frees, x ends the thread, o anything else
  t0 m..mmmfm
  t1 .mx.....
       ^

both heaps after line 7, t1 exit()
  bars: = header, a letter for each page, . free, / free and nobody's; long stretches are drawn short
  blocks: # live, . free, r freed by another thread, + some of each; behind them the handles there

  segment 0, thread 0, 512 of 512 parts committed
    |=A.........................|
    A slice 1: 1 of 1357 blocks of 48 bytes                      [+....+] x

  segment 1, abandoned, 16 of 512 parts committed
    |=A/////////////////////////|
    A slice 1: 1 of 12 blocks of 5120 bytes                      [#...] a

what differs of the states then:
  nothing
`

// TestText: both heaps are drawn at any line, and where they differ both are.
func TestText(t *testing.T) {
	s, p := session(t, "destroy-reclaimed"), parsed(t, destroyed)
	var b bytes.Buffer
	_, err := WriteText(&b, s, "p.midiff", p, 7)
	require.NoError(t, err)
	_, after, _ := bytes.Cut(b.Bytes(), []byte("-o small.midiff\n"))
	require.Equal(t, abandonedText, string(after))

	b.Reset()
	v, err := WriteText(&b, s, "p.midiff", p, 0)
	require.NoError(t, err)
	require.Equal(t, diff.Diverge, v.Class)
	for _, part := range []string{
		"\nboth heaps after line 11, t0 heap_destroy(h)\n",
		"\n! C: no such segment\n\n! goalloc: segment 1, thread 0, 272 of 512 parts committed, some due back\n",
		"\n  C keeps segment 1 in its cache\n",
		"\n  t0 thread segments                       C 1, goalloc 2\n",
	} {
		require.Contains(t, b.String(), part)
	}

	_, err = WriteText(&b, s, "p.midiff", p, 4)
	require.Equal(t, ErrNoMoment{4}, err)
	_, err = WriteText(&b, s, "p.midiff", p, 12)
	require.Equal(t, ErrNoMoment{12}, err, "an operation that was not reached")
}

// TestBulk: a bulk is one moment, after its last block, and not all of its blocks are named.
func TestBulk(t *testing.T) {
	var b bytes.Buffer
	_, err := WriteText(&b, session(t), "p.midiff", parsed(t, "t0 a = malloc(8)\nt0 k = bulk(600, 400)\n"), 5)
	require.NoError(t, err)
	require.Contains(t, b.String(), "\nboth heaps after line 5, t0 a = malloc(8)\n")
	b.Reset()
	_, err = WriteText(&b, session(t), "p.midiff", parsed(t, "t0 k = bulk(600, 400)\n"), 0)
	require.NoError(t, err)
	require.Contains(t, b.String(), "slice 1: 145 of 145 blocks of 448 bytes")
	require.Contains(t, b.String(), "] k[0] k[1] k[2] k[3] k[4] k[5] k[6] k[7] k[8] k[9] k[10] k[11] and 133 more\n")
}

// TestHandles: handles are named where they lie, as long as they are live.
func TestHandles(t *testing.T) {
	var b bytes.Buffer
	_, err := Write(&b, session(t), "p.midiff", parsed(t, "t0 a = malloc(5000)\nt0 k = bulk(3, 5000)\n"+
		"t0 bulk_free(k, 2)\nt0 a = realloc(a, 100000)\nt1 h = heap_new()\nt1 c = heap_malloc(h, 5000)\n"+
		"t1 heap_destroy(h)\nt1 d = malloc(64)\nt1 i = heap_new()\nt1 exit()\n"))
	require.NoError(t, err)
	d := dataOf(t, b.String())
	names := map[string][]string{} // after each operation, of all pages of C's
	for _, f := range d.Frames {
		text := d.Ops[f.Op].Text
		names[text] = nil
		for _, seg := range d.Heaps[f.C].Segments {
			for _, span := range seg.Spans {
				names[text] = append(names[text], span.Names...)
			}
		}
	}
	require.Equal(t, []string{"a"}, names["t0 a = malloc(5000)"])
	require.Equal(t, []string{"a", "k[0]", "k[1]", "k[2]"}, names["t0 k = bulk(3, 5000)"])
	require.Equal(t, []string{"a", "k[1]"}, names["t0 bulk_free(k, 2)"])
	require.Equal(t, []string{"k[1]", "a"}, names["t0 a = realloc(a, 100000)"])
	require.Equal(t, []string{"k[1]", "a", "heap h", "c"}, names["t1 c = heap_malloc(h, 5000)"])
	require.Equal(t, []string{"k[1]", "a"}, names["t1 heap_destroy(h)"])
	require.Equal(t, []string{"k[1]", "a", "heap i", "d"}, names["t1 i = heap_new()"])
	require.Equal(t, []string{"k[1]", "a", "d"}, names["t1 exit()"])
}
