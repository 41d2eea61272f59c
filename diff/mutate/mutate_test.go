package mutate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

// everything is a config under which programs have all there is.
func everything(ops int) prog.GenConfig {
	return prog.GenConfig{Ops: ops, Threads: prog.MaxThreads, Heaps: true, Arenas: true, Aligned: true, Exits: true, Options: true,
		Faults: true, Barriers: true}
}

// programs are those of the corpus, and some drawn ones.
func programs(t *testing.T) (all []*prog.Program) {
	for _, folder := range corpus.Folders() {
		for _, file := range corpus.Programs(folder) {
			p, err := prog.Parse(file.Path(), file.Text)
			require.NoError(t, err)
			all = append(all, p)
		}
	}
	for seed := range uint64(20) {
		all = append(all, prog.Generate(seed, everything(60)))
	}
	return all
}

// requireSound: a program is valid, and its text and its bytes mean the same again.
func requireSound(t *testing.T, p *prog.Program, ops int) {
	t.Helper()
	require.NoError(t, p.Check(), p.Text())
	require.LessOrEqual(t, len(p.Ops), ops)
	again, err := prog.Parse("printed", []byte(p.Text()))
	require.NoError(t, err)
	require.Equal(t, p.Text(), again.Text())
	require.True(t, p.Same(prog.Decode(p.Encode(), prog.Everything())), p.Text())
}

// TestWays: each way, from every program of the corpus, leads to sound programs no longer than the bound, and hardly
// ever to the program that it began with.
func TestWays(t *testing.T) {
	const bound, rounds = 300, 6
	all := programs(t)
	m := New(everything(bound))
	for way := range Way(NumWays) {
		t.Run(way.String(), func(t *testing.T) {
			changed := 0
			for i, p := range all {
				for round := range uint64(rounds) {
					seed := uint64(i)<<8 + round
					q := m.Apply(way, p, all[(i*7+int(round))%len(all)], seed)
					requireSound(t, q, bound)
					require.Equal(t, p.Profile, q.Profile)
					if !q.Same(p) {
						changed++
					}
				}
			}
			require.Greater(t, changed, rounds*len(all)*8/10, "of %d", rounds*len(all))
		})
	}
}

// TestMutate: what comes out is sound and another program, the same one for the same seed.
func TestMutate(t *testing.T) {
	const bound = 200
	all := programs(t)
	m := New(everything(bound))
	different := map[string]map[string]bool{"alone": {}, "paired": {}, "crossed": {}}
	for i, p := range all {
		for seed := range uint64(8) {
			other := all[(i+int(seed))%len(all)]
			for name, mutate := range map[string]func() *prog.Program{
				"alone":   func() *prog.Program { return m.Mutate(p, nil, seed) },
				"paired":  func() *prog.Program { return m.Mutate(p, other, seed) },
				"crossed": func() *prog.Program { return m.Cross(p, other, seed) },
			} {
				q := mutate()
				requireSound(t, q, bound)
				require.False(t, q.Same(p), "%s: %s", name, p.Text())
				require.Equal(t, q.Text(), mutate().Text())
				different[name][q.Text()] = true
			}
		}
	}
	for name, texts := range different {
		require.Greater(t, len(texts), len(all)*8*9/10, name)
	}
}

// TestMutateFromNothing: from a program of one line, mutations lead to every operation, in each form, to every
// option and fault, and to as many threads as there may be.
func TestMutateFromNothing(t *testing.T) {
	p, err := prog.Parse("one", []byte("midiff 1\n\nt0 a = malloc(1)\n"))
	require.NoError(t, err)
	cfg := everything(60)
	cfg.Threads = 4
	m := New(cfg)
	kinds, heaped := map[prog.Kind]bool{}, map[prog.Kind]bool{}
	options, faults, threads := map[string]bool{}, map[prog.FaultCall]bool{}, 0
	for seed := range uint64(6000) {
		if p = m.Mutate(p, nil, seed); seed%64 == 0 {
			require.NoError(t, p.Check())
		}
		for i := range p.Ops {
			kinds[p.Ops[i].Kind] = true
			if p.Ops[i].Heaped {
				heaped[p.Ops[i].Kind] = true
			}
		}
		for _, o := range p.Options {
			options[o.Name] = true
		}
		for _, f := range p.Faults {
			faults[f.Call] = true
		}
		threads = max(threads, p.Threads)
	}
	for k := range prog.Table {
		if !prog.Table[k].In(p.Profile) {
			require.False(t, kinds[prog.Kind(k)], prog.Table[k].Name)
			continue
		}
		require.True(t, kinds[prog.Kind(k)], prog.Table[k].Name)
		require.Equal(t, prog.Table[k].Heaped, heaped[prog.Kind(k)], "heap_%s", prog.Table[k].Name)
	}
	require.Len(t, options, len(prog.OptionsOf(p.Profile)))
	require.Len(t, faults, prog.FaultCalls)
	require.Equal(t, 4, threads)
}

// TestMutateWithin: nothing that the config turns off comes in, whatever the other program has.
func TestMutateWithin(t *testing.T) {
	m := New(prog.GenConfig{Ops: 50, Threads: 2, Heaps: true})
	p := prog.Generate(1, prog.GenConfig{Ops: 30, Threads: 2, Heaps: true})
	for seed := range uint64(500) {
		q := m.Mutate(p, prog.Generate(seed, everything(60)), seed)
		requireSound(t, q, 50)
		require.Empty(t, q.Options)
		require.Empty(t, q.Faults)
		require.LessOrEqual(t, q.Threads, 2)
		for i := range q.Ops {
			require.NotContains(t, []prog.Group{prog.Arenas, prog.Aligned, prog.Exiting, prog.Options, prog.Meeting},
				q.Ops[i].Kind.Row().Group)
		}
	}
}

// TestLengthen: a program goes on from all of another, to the bound.
func TestLengthen(t *testing.T) {
	m := New(everything(400))
	for seed, p := range programs(t) {
		q := m.Lengthen(p, uint64(seed))
		requireSound(t, q, 400)
		require.Len(t, q.Ops, 400)
		short := *q
		short.Ops = q.Ops[:len(p.Ops)]
		require.True(t, p.Same(&short), p.Text())
	}
}
