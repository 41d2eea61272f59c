package reduce

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// has counts the operations that begin with a text, in any thread.
func has(p *prog.Program, begins ...string) (n int) {
	for i := range p.Ops {
		_, text, _ := strings.Cut(p.OpText(i), " ")
		if _, call, ok := strings.Cut(text, " = "); ok {
			text = call
		}
		for _, b := range begins {
			if strings.HasPrefix(text, b) {
				n++
			}
		}
	}
	return n
}

// numberOf gives a number of the first operation of a name.
func numberOf(p *prog.Program, name string, n int) uint64 {
	for i := range p.Ops {
		if p.Ops[i].Name() == name {
			return p.Ops[i].Num[n]
		}
	}
	return 0
}

// passCases are programs that fail while something holds of them, and what is left of them.
var passCases = map[string]struct {
	header, ops string
	fails       func(p *prog.Program) bool
	want        string // behind the profile
}{
	"threads": {
		ops:   "t0 a = malloc(8)\nt1 b = malloc(8)\nt2 c = malloc(8)\n",
		fails: func(p *prog.Program) bool { return has(p, "malloc") >= 2 && p.Threads >= 2 },
		want:  "threads 2\n\nt0 b0 = malloc(0)\nt0 b1 = malloc(0)\n",
	},
	"handles": {
		ops: "t0 a = malloc(8)\nt0 b = malloc(9)\nt1 a = realloc(a, 100)\nt0 free(b)\nt0 free(a)\n",
		fails: func(p *prog.Program) bool { // of both handles only one can go
			return has(p, "malloc") == has(p, "free") && has(p, "free") > 0
		},
		want: "threads 1\n\nt0 b0 = malloc(0)\nt0 free(b0)\n",
	},
	"a bulk": {
		ops: strings.Repeat("t0 a = malloc(100)\nt0 free(a)\n", 9),
		fails: func(p *prog.Program) bool {
			code, made := p.Lower(), 0
			for _, s := range code.Steps {
				if s.Dst != prog.NoSlot {
					made++
				}
			}
			return made >= 9
		},
		want: "threads 1\n\nt0 k0 = bulk(9, 0)\n",
	},
	"a collect": {
		ops: "t0 a = malloc(8)\nt1 b = malloc(8)\nt1 exit()\nt0 free(b)\n",
		fails: func(p *prog.Program) bool {
			return has(p, "exit", "collect(true)") > 0 && (has(p, "malloc") > 1 || has(p, "collect") > 0)
		},
		want: "threads 1\n\nt0 collect(true)\n",
	},
	"options and faults": {
		header: "profile 2.0-secure\nthreads 1\noption page_reset=7\noption eager_commit=0\n" +
			"fault mmap 9 sticky enomem\nfault clock 2 einval\n",
		ops: "t0 a = malloc(8)\n",
		fails: func(p *prog.Program) bool {
			return has(p, "malloc") > 0 && len(p.Options) > 0 && len(p.Faults) > 0 && p.Faults[0].N >= 4
		},
		want: "threads 1\noption page_reset=0\nfault mmap 4 enomem\n\nt0 b0 = malloc(0)\n",
	},
	"an option from the start": {
		ops: "t0 option_set(decommit_delay, 5)\nt0 a = malloc(8)\n",
		fails: func(p *prog.Program) bool {
			return has(p, "malloc") > 0 && (has(p, "option_set") > 0 || len(p.Options) > 0)
		},
		want: "threads 1\noption decommit_delay=0\n\nt0 b0 = malloc(0)\n",
	},
	"plainer operations": {
		ops: "t0 h = heap_new()\nt0 a = heap_calloc(h, 3, 5)\nt0 a = recalloc_aligned_at(a, 2, 30, 64, 8)\n",
		fails: func(p *prog.Program) bool {
			return len(p.Ops) == 3 && p.Ops[2].Kind.Row().Result == prog.BlockResult
		},
		want: "threads 1\n\nt0 h0 = heap_new()\nt0 b1 = malloc(0)\nt0 b2 = malloc(0)\n",
	},
	"the zeroing of a reallocation": {
		ops:   "t0 a = malloc(1)\nt0 a = recalloc_aligned_at(a, 2, 30, 64, 8)\n",
		fails: func(p *prog.Program) bool { return len(p.Ops) > 0 && p.Ops[len(p.Ops)-1].Kind.Row().Zeroes },
		want:  "threads 1\n\nt0 b0 = zalloc(0)\n",
	},
	"sizes": {
		ops:   "t0 a = malloc(123456)\n",
		fails: func(p *prog.Program) bool { return numberOf(p, "malloc", 0) > 1024 },
		want:  "threads 1\n\nt0 b0 = malloc(1025)\n",
	},
	"alignments": {
		ops:   "t0 a = malloc_aligned(100, 4096)\n",
		fails: func(p *prog.Program) bool { return numberOf(p, "malloc_aligned", 1) > 17 },
		want:  "threads 1\n\nt0 b0 = malloc_aligned(0, 32)\n",
	},
	"an alignment that is none": {
		ops: "t0 a = malloc_aligned(100, 4097)\n",
		fails: func(p *prog.Program) bool {
			a := numberOf(p, "malloc_aligned", 1)
			return a > 17 && a&(a-1) != 0
		},
		want: "threads 1\n\nt0 b0 = malloc_aligned(0, 18)\n",
	},
	"times and flags": {
		ops: "t0 clock(4321)\nt0 collect(true)\n",
		fails: func(p *prog.Program) bool {
			return numberOf(p, "clock", 0) >= 50 && has(p, "collect") > 0
		},
		want: "threads 1\n\nt0 clock(50)\nt0 collect(false)\n",
	},
	"schedule": {
		ops: "t0 a = malloc(1)\nt1 b = zalloc(1)\nt0 c = malloc(1)\nt1 d = zalloc(1)\n",
		fails: func(p *prog.Program) bool {
			on := map[string]uint8{}
			for i := range p.Ops {
				on[p.Ops[i].Name()] = p.Ops[i].Thread
			}
			return has(p, "malloc") == 2 && has(p, "zalloc") == 2 && on["malloc"] != on["zalloc"]
		},
		want: "threads 2\n\nt0 b0 = malloc(0)\nt0 b1 = malloc(0)\nt1 b2 = zalloc(0)\nt1 b3 = zalloc(0)\n",
	},
}

func TestPasses(t *testing.T) {
	for name, c := range passCases {
		t.Run(name, func(t *testing.T) {
			header := c.header
			if header == "" {
				header = "profile 2.0\nthreads 3\n"
			}
			start, err := prog.Parse("test", []byte("midiff 1\n"+header+"\n"+c.ops))
			require.NoError(t, err)
			require.True(t, c.fails(start))
			r := reducedIn(t, start, c.fails)
			require.Equal(t, "midiff 1\nprofile 2.0\n"+c.want, r.Program.Text())
		})
	}
}

// reducedIn reduces a program in this process.
func reducedIn(t *testing.T, start *prog.Program, fails func(p *prog.Program) bool) *Result {
	r := &Result{Outcome: "failed"}
	require.NoError(t, r.cut(context.Background(), new(Config), func(_ context.Context, text string) (Outcome, error) {
		p, err := prog.Parse("candidate", []byte(text))
		require.NoError(t, err)
		require.NoError(t, p.Check())
		if fails(p) {
			return r.Outcome, nil
		}
		return Agreed, nil
	}, start.Renamed()))
	return r
}

// TestTouches: a candidate that would touch far more memory than the program is not run, such as an array
// of a number of elements that is smaller but no longer overflows.
func TestTouches(t *testing.T) {
	p := requireParsed(t, "t0 a = calloc(0x8000000000000000, 1M)\n")
	r := reducedIn(t, p, func(p *prog.Program) bool {
		require.Less(t, p.Touches(), uint64(1<<30), p.Text())
		return numberOf(p, "calloc", 0) > 1<<20 && numberOf(p, "calloc", 1) >= 1<<20
	})
	require.Equal(t, "t0 b0 = calloc(1048577, 1M)", strings.TrimSpace(strings.Split(r.Program.Text(), "\n\n")[1]))
}
