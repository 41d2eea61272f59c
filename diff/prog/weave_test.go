package prog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWeaveAll: a program woven from all operations of another is that program.
func TestWeaveAll(t *testing.T) {
	eachGenerated(t, 200, func(t *testing.T, p *Program) {
		w, names := NewWeaver(1, everyKind(len(p.Ops)), p), NamesOf(p)
		for i := range p.Ops {
			require.True(t, w.Take(p.Ops[i], names), p.OpText(i))
		}
		require.True(t, p.Same(w.Program()))
		require.Equal(t, p.Renamed().Text(), w.Program().Text())
	})
}

// TestWeaveScraps: whatever operations of whatever programs are taken, in any order, what comes out is valid,
// no longer than asked for, and no dearer than a program may be.
func TestWeaveScraps(t *testing.T) {
	random := random{state: 3}
	took := 0
	for seed := range uint64(300) {
		a, b := Generate(seed, everyKind(80)), Generate(seed+1000, everyKind(80))
		cfg := everyKind(100)
		cfg.Threads = 1 + random.below(MaxThreads)
		w := NewWeaver(seed, cfg, a, b)
		inA, inB := NamesOf(a), NamesOf(b)
		for range 150 {
			from, names := a, inA
			if random.oneIn(2) {
				from, names = b, inB
			}
			o := from.Ops[random.below(len(from.Ops))]
			o.Thread = uint8(random.below(MaxThreads))
			for i := range o.Num {
				if random.oneIn(8) {
					o.Num[i] = random.next() >> random.below(64)
				}
			}
			if seed%2 == 0 && random.oneIn(10) {
				w.Draw()
			} else if w.Take(o, names) {
				took++
			}
		}
		p := w.Program()
		require.NoError(t, p.Check())
		require.LessOrEqual(t, len(p.Ops), 100)
		require.Equal(t, p.Renamed().Text(), p.Text(), "handles are numbered by birth")
		if seed%2 == 0 { // what is drawn has rations of its own
			continue
		}
		most, has := allowance(&w.g.cfg), costsOf(p)
		most.most(costsOf(a))
		most.most(costsOf(b))
		require.LessOrEqual(t, has.arenas, most.arenas)
		require.LessOrEqual(t, has.huge, most.huge)
		require.LessOrEqual(t, has.touched, most.touched)
		require.LessOrEqual(t, has.bulked, most.bulked)
		require.LessOrEqual(t, has.slow.left, most.slow.left)
		require.LessOrEqual(t, mostLive(p), most.live)
	}
	require.Greater(t, took, 300*60)
}

// TestWeaveReplaces says what becomes of operands that mean nothing in the woven program.
func TestWeaveReplaces(t *testing.T) {
	p := mustParse(t, "midiff 1\nprofile 2.0\nthreads 2\n\nt0 a = malloc(8)\nt1 b = malloc(16)\nt1 h = heap_new()\n"+
		"t1 heap_collect(h, true)\nt1 heap_delete(h)\nt0 free(a)\nt0 k = bulk(4, 64)\nt1 bulk_free(k, 1)\n")
	for name, c := range map[string]struct {
		take []int
		want string
	}{
		"another block":                  {[]int{1, 5}, "t1 b0 = malloc(16)\nt0 free(b0)\n"},
		"nothing where there is none":    {[]int{5, 4, 7, 0}, "t0 b0 = malloc(8)\n"},
		"the backing heap":               {[]int{3}, "t1 heap_collect(backing, true)\n"},
		"an ended block by nothing":      {[]int{0, 5, 5}, "t0 b0 = malloc(8)\nt0 free(b0)\n"},
		"the same names for what is new": {[]int{0, 0, 5}, "t0 b0 = malloc(8)\nt0 b1 = malloc(8)\nt0 free(b1)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w, names := NewWeaver(1, everyKind(10), p), NamesOf(p)
			for _, i := range c.take {
				w.Take(p.Ops[i], names)
			}
			want := mustParse(t, "midiff 1\nprofile 2.0\nthreads 2\n\n"+c.want)
			require.True(t, want.Same(w.Program()), w.Program().Text())
		})
	}
}

// TestWeaveOwner: an operation on a heap is by the heap's thread.
func TestWeaveOwner(t *testing.T) {
	p := mustParse(t, "midiff 1\nprofile 2.0\nthreads 2\n\nt1 h = heap_new()\nt1 a = heap_malloc(h, 8)\n")
	w, names := NewWeaver(1, everyKind(10), p), NamesOf(p)
	require.True(t, w.Take(p.Ops[0], names))
	o := p.Ops[1]
	o.Thread = 0
	require.True(t, w.Take(o, names))
	require.True(t, p.Same(w.Program()))
}

// TestWeaveBounds: what the config turns off is left out, however much the models have of it.
func TestWeaveBounds(t *testing.T) {
	cfg := GenConfig{Ops: 200, Threads: 2, MaxSize: 16 * kibi, MaxAlign: 4096}
	for seed := range uint64(50) {
		p := Generate(seed, everyKind(200))
		w, names := NewWeaver(seed, cfg, p), NamesOf(p)
		for i := range p.Ops {
			w.Take(p.Ops[i], names)
		}
		q := w.Program()
		require.NoError(t, q.Check())
		require.Empty(t, q.Options)
		require.Empty(t, q.Faults)
		require.LessOrEqual(t, q.Threads, 2)
		for i := range q.Ops {
			o := &q.Ops[i]
			row := o.Kind.Row()
			require.NotContains(t, []Group{Heaps, Arenas, Aligned, Exiting, Options}, row.Group)
			require.False(t, o.Heaped)
			if r, ok := requestOf(o, row); ok && row.Result == BlockResult {
				require.True(t, r.touches() <= cfg.MaxSize || r.refusals() > 0, q.OpText(i))
			}
		}
	}
}

// TestEncodeWithin: the longest beginning that fits.
func TestEncodeWithin(t *testing.T) {
	eachGenerated(t, 40, func(t *testing.T, p *Program) {
		all := p.Encode()
		require.Equal(t, all, p.EncodeWithin(0))
		require.Equal(t, all, p.EncodeWithin(len(all)))
		for _, most := range []int{1, 2, 10, len(all) / 2, len(all) - 1} {
			b := p.EncodeWithin(most)
			require.LessOrEqual(t, len(b), most)
			q := Decode(b, Everything())
			require.LessOrEqual(t, len(q.Ops), len(p.Ops))
			if next := len(q.Ops); most > 2 && next < len(p.Ops) {
				q := *p
				q.Ops = p.Ops[:next+1]
				require.Greater(t, len(q.Encode()), most)
			}
		}
	})
}
