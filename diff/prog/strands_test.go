// Tests of who waits for whom. See doc.go for an overview.

package prog

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// untwined takes a program of lines for three threads apart.
func untwined(t *testing.T, lines string) (*Strands, error) {
	p, err := Parse("test", []byte("midiff 1\nthreads 3\n"+lines))
	require.NoError(t, err)
	return Untwine(p.Lower())
}

// waitsOf gives what each stitch of a thread waits for.
func waitsOf(s *Strands, thread int) (all [][]Wait) {
	for _, x := range s.Threads[thread] {
		all = append(all, append([]Wait{}, s.Waits[x.FirstWait:x.FirstWait+x.Waits]...))
	}
	return all
}

func TestUntwineWaits(t *testing.T) {
	none := []Wait{}
	tests := []struct {
		name, lines string
		thread      int
		want        [][]Wait
	}{
		{"of its own nothing", "t0 a = malloc(1)\nt0 free(a)\n", 0, [][]Wait{none, none}},
		{"for the maker", "t0 x = malloc(1)\nt0 a = malloc(1)\nt1 free(a)\n", 1, [][]Wait{{{0, 2}}}},
		{"for who asked last", "t0 a = malloc(1)\nt1 usable_size(a)\nt2 free(a)\n", 2, [][]Wait{{{1, 1}}}},
		{"for who freed, to use the name again", "t0 a = malloc(1)\nt1 free(a)\nt0 a = malloc(1)\n", 0,
			[][]Wait{none, {{1, 1}}}},
		{"once for all of a bulk", "t0 k = bulk(3, 8)\nt1 bulk_free(k, 1)\n", 1,
			[][]Wait{{{0, 1}}, {{0, 2}}, {{0, 3}}}},
		{"not twice", "t0 a = malloc(1)\nt0 b = malloc(1)\nt1 free(b)\nt1 free(a)\n", 1, [][]Wait{{{0, 2}}, none}},
		{"at a barrier for all", "t0 a = malloc(1)\nbarrier\nt1 free(a)\n", 1, [][]Wait{{{0, 2}, {2, 1}}, none}},
		{"before a heap_destroy for all who had its blocks",
			"t0 h = heap_new()\nt0 a = heap_malloc(h, 1)\nt1 free(a)\nt0 heap_destroy(h)\n", 0,
			[][]Wait{none, none, {{1, 1}}}},
		{"before a heap_delete for nobody",
			"t0 h = heap_new()\nt0 a = heap_malloc(h, 1)\nt1 free(a)\nt0 heap_delete(h)\n", 0,
			[][]Wait{none, none, none}},
		{"behind a heap_destroy for it", "t0 h = heap_new()\nt0 a = heap_malloc(h, 1)\nt0 heap_destroy(h)\nt1 free(a)\n", 1,
			[][]Wait{{{0, 3}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := untwined(t, test.lines)
			require.NoError(t, err)
			require.Equal(t, test.want, waitsOf(s, test.thread))
		})
	}
}

// TestUntwineDestroy: the blocks that a heap_destroy ends are those of the heap that are left.
func TestUntwineDestroy(t *testing.T) {
	s, err := untwined(t, "t0 h = heap_new()\nt0 g = heap_new()\nt0 a = heap_malloc(h, 1)\nt0 b = heap_malloc(g, 1)\n"+
		"t0 heap_set_default(h)\nt0 c = malloc(1)\nt0 d = malloc(1)\nt1 e = malloc(1)\nt1 free(d)\nt0 heap_destroy(h)\n"+
		"t0 f = malloc(1)\nt0 heap_destroy(g)\n")
	require.NoError(t, err)
	var drops [][]uint32
	for _, x := range s.Threads[0] {
		if x.Drops > 0 {
			drops = append(drops, s.Drops[x.FirstDrop:x.FirstDrop+x.Drops])
		}
	}
	require.Equal(t, [][]uint32{{0, 2}, {1}}, drops) // a and c; then b
}

func TestUntwineRefuses(t *testing.T) {
	tests := []struct{ name, lines, want string }{
		{"a fault", "fault mmap 3 enomem\nt0 a = malloc(1)\n", "the real system"},
		{"another profile", "", "profiles 2.0 and 2.3"},
		{"an option in the middle", "t0 option_set(decommit_delay, 0)\n", "who comes first"},
		{"an arena", "t0 r = reserve_os_memory_ex(64M, true, false, true)\n", "who comes first"},
		{"a heap_destroy behind an end", "t1 exit()\nt0 h = heap_new()\nt0 heap_destroy(h)\n", "destroy-reclaimed"},
		{"an end that may come before a heap_destroy", "t0 h = heap_new()\nt0 heap_destroy(h)\nt1 thread_done()\n",
			"destroy-reclaimed"},
		{"a heap_destroy with a block that may be in it",
			"t0 h = heap_new()\nt0 a = heap_malloc(h, 1)\nt1 a = realloc(a, 100)\nt0 heap_destroy(h)\n", "whether it moved"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			head := "midiff 1\n"
			if test.lines == "" {
				head += "profile 2.0-stats\n"
			}
			p, err := Parse("test", []byte(head+"threads 3\n"+test.lines))
			require.NoError(t, err)
			_, err = Untwine(p.Lower())
			require.ErrorContains(t, err, test.want)
		})
	}
	_, err := untwined(t, "t0 h = heap_new()\nt0 heap_destroy(h)\nbarrier\nt1 thread_done()\n")
	require.NoError(t, err)
}

// TestUntwineRuns: whatever order the system lets threads run in, they come to an end, and steps on one block
// follow each other as written.
func TestUntwineRuns(t *testing.T) {
	for seed := range uint64(200) {
		p := Generate(seed, GenConfig{Ops: 200, Threads: 2 + int(seed%4), Heaps: true, Exits: seed%2 == 0, Barriers: true,
			Parallel: true, MaxBulk: 60})
		s, err := Untwine(p.Lower())
		if err != nil { // a heap_destroy with a block that was resized: no other reason is left
			require.ErrorContains(t, err, "whether it moved")
			continue
		}
		ran := runStrands(t, s, rand.New(rand.NewPCG(seed, 0)))
		requireOrder(t, s, ran)
	}
}

// runStrands runs all stitches, those that may run in any order, and gives when each step ran.
func runStrands(t *testing.T, s *Strands, r *rand.Rand) (ran []int) {
	done, shown := make([]uint32, len(s.Threads)), make([]uint32, len(s.Threads))
	ran = make([]int, len(s.Code.Steps))
	for clock := 1; ; clock++ {
		var ready []int
		left := 0
		for th, all := range s.Threads {
			left += len(all) - int(done[th])
			if int(done[th]) == len(all) {
				continue
			}
			x := all[done[th]]
			if x.IsBarrier {
				shown[th] = done[th] + 1
			}
			may := true
			for _, w := range s.Waits[x.FirstWait : x.FirstWait+x.Waits] {
				may = may && shown[w.Thread] >= w.Stitches
			}
			if may {
				ready = append(ready, th)
			}
		}
		if left == 0 {
			return ran
		}
		if len(ready) == 0 { // a barrier was shown in this round: the others see it in the next
			ready = nil
			require.Less(t, clock, 1<<20, "threads wait for each other for ever")
			continue
		}
		th := ready[r.IntN(len(ready))]
		ran[s.Threads[th][done[th]].Step] = clock
		done[th]++
		shown[th] = max(shown[th], done[th])
	}
}

// requireOrder checks that steps on one block ran in the order of the text.
func requireOrder(t *testing.T, s *Strands, ran []int) {
	last := make([]int, s.Code.Blocks)
	for i := range s.Code.Steps {
		step := &s.Code.Steps[i]
		if row := step.Kind.Row(); row.Result != BlockResult && !hasBlock(row) {
			continue
		}
		for _, slot := range []uint32{step.Src, step.Dst} {
			if slot != NoSlot {
				require.LessOrEqual(t, last[slot], ran[i], "step %d: %s", i, strings.TrimSpace(step.Name()))
				last[slot] = ran[i]
			}
		}
	}
}
