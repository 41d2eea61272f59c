// Tests of lowering. See doc.go for an overview.

package prog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stepText shows a step for comparison.
func stepText(p *Program, c *Code, s *Step) string {
	slot := func(n uint32) string {
		switch n {
		case NoSlot:
			return "-"
		case BackingSlot:
			return "backing"
		}
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d t%d %s dst %s src %s heap %s %d %d %d",
		s.Op, s.Thread, s.Name(), slot(s.Dst), slot(s.Src), slot(s.Heap), s.A, s.B, s.C)
}

func TestLower(t *testing.T) {
	p := mustParse(t, `midiff 1
profile 2.0
threads 2
option page_reset=1
fault mmap 3 enomem

t0 a = malloc(48)
t1 h = heap_new()
t1 k = bulk(3, 16)
t1 b = heap_calloc_aligned(h, 2, 3, 4)
t1 c = heap_malloc(backing, 5)
t0 a = realloc(a, 100)
t0 d = realloc(a, 200)
t0 bulk_free(k, 2)
t1 heap_collect(h, true)
t1 heap_collect(backing, false)
t0 free(null)
t0 expand(d, 7)
t1 bulk_free(k, 2)
t0 k = bulk(2, 8)
t1 heap_delete(h)
t1 clock(30)
t1 exit()
`)
	c := p.Lower()
	require.Equal(t, 7, c.Blocks)
	require.Equal(t, 1, c.Heaps)
	require.Equal(t, 2, c.Threads)
	require.Equal(t, []Option{{"page_reset", 1}}, c.Options)
	require.Equal(t, []Fault{{FaultMmap, false, Enomem, 3}}, c.Faults)
	var got []string
	for i := range c.Steps {
		got = append(got, stepText(p, c, &c.Steps[i]))
	}
	require.Equal(t, []string{
		"0 t0 malloc dst 0 src - heap - 48 0 0",
		"1 t1 heap_new dst 0 src - heap - 0 0 0",
		"2 t1 malloc dst 1 src - heap - 16 0 0",
		"2 t1 malloc dst 2 src - heap - 16 0 0",
		"2 t1 malloc dst 3 src - heap - 16 0 0",
		"3 t1 heap_calloc_aligned dst 4 src - heap 0 2 3 4",
		"4 t1 heap_malloc dst 5 src - heap backing 5 0 0",
		"5 t0 realloc dst 0 src 0 heap - 100 0 0",
		"6 t0 realloc dst 6 src 0 heap - 200 0 0",
		"7 t0 free dst - src 1 heap - 0 0 0",
		"7 t0 free dst - src 3 heap - 0 0 0",
		"8 t1 heap_collect dst - src - heap 0 1 0 0",
		"9 t1 heap_collect dst - src - heap backing 0 0 0",
		"10 t0 free dst - src - heap - 0 0 0",
		"11 t0 expand dst - src 6 heap - 7 0 0",
		"12 t1 free dst - src 2 heap - 0 0 0",
		"13 t0 malloc dst 1 src - heap - 8 0 0",
		"13 t0 malloc dst 2 src - heap - 8 0 0",
		"14 t1 heap_delete dst - src - heap 0 0 0 0",
		"15 t1 clock dst - src - heap - 30 0 0",
		"16 t1 exit dst - src - heap - 0 0 0",
	}, got)
	var names []string
	for slot := range c.Blocks {
		names = append(names, p.SlotName(c, uint32(slot)))
	}
	require.Equal(t, "a k[0] k[1] k[2] b c d", strings.Join(names, " "))
	require.Equal(t, "slot 99", p.SlotName(c, 99))
}

// TestLowerGenerated: slots are in range and every block of a bulk is made and freed once at a time.
func TestLowerGenerated(t *testing.T) {
	var c Code
	eachGenerated(t, 400, func(t *testing.T, p *Program) {
		p.LowerInto(&c)
		require.Equal(t, p.Lower().Steps, c.Steps, "memory that is used again does not show")
		live := make([]bool, c.Blocks)
		last := uint32(0)
		for i := range c.Steps {
			s := &c.Steps[i]
			require.GreaterOrEqual(t, s.Op, last)
			last = s.Op
			row := s.Kind.Row()
			require.NotEqual(t, BulkResult, row.Result)
			require.NotContains(t, row.Operands, BulkDrain)
			require.True(t, s.Heap == NoSlot || s.Heap == BackingSlot || int(s.Heap) < c.Heaps)
			if s.Src != NoSlot && !slices.Contains([]Operand{ArenaUse, ArenaMay, SubprocUse, SubprocEnd}, row.Operands[0]) {
				require.True(t, live[s.Src], "%s is live", p.SlotName(&c, s.Src))
				live[s.Src] = slices.Contains(row.Operands, BlockUse)
			}
			if row.Result == BlockResult {
				require.False(t, live[s.Dst], "%s is free", p.SlotName(&c, s.Dst))
				live[s.Dst] = true
			}
		}
	})
}

func TestLowerAllocatesNothing(t *testing.T) {
	p := Generate(3, everyKind(300))
	var c Code
	p.LowerInto(&c)
	require.Zero(t, testing.AllocsPerRun(20, func() { p.LowerInto(&c) }))
}

func TestPrintAnnotated(t *testing.T) {
	p := mustParse(t, "midiff 1\n\nt0 a = malloc(48)\nt0 free(a)\n")
	var b strings.Builder
	require.NoError(t, p.Print(&b, func(op int) string { return []string{"seg0+0x10180 usable 48", ""}[op] }))
	require.Equal(t, "midiff 1\nprofile 2.0\nthreads 1\n\n"+
		"t0 a = malloc(48)                         # -> seg0+0x10180 usable 48\nt0 free(a)\n", b.String())
	require.Equal(t, p.Text(), mustParse(t, b.String()).Text())
	b.Reset()
	require.NoError(t, p.Print(&b, nil))
	require.Equal(t, p.Text(), b.String())
}

func TestRenamed(t *testing.T) {
	p := mustParse(t, "midiff 1\n\nt0 x = malloc(1)\nt0 h = heap_new()\nt0 y = realloc(x, 2)\n"+
		"t0 x = heap_realloc(h, null, 3)\nt0 free(y)\nt0 heap_delete(h)\nt0 h = heap_new()\n"+
		"t0 y = heap_malloc(h, 4)\n")
	require.Equal(t, "midiff 1\nprofile 2.0\nthreads 1\n\nt0 b0 = malloc(1)\nt0 h1 = heap_new()\n"+
		"t0 b0 = realloc(b0, 2)\nt0 b2 = heap_realloc(h1, null, 3)\nt0 free(b0)\nt0 heap_delete(h1)\n"+
		"t0 h3 = heap_new()\nt0 b4 = heap_malloc(h3, 4)\n", p.Renamed().Text())
}
