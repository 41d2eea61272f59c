// Tests of known findings: headers, and what they excuse. See doc.go for an overview.

package diff

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

func TestParseKnown(t *testing.T) {
	text := `# known: some-bug
# quirk: some-quirk
# expect: diverge L1.align malloc_aligned value
# covers: L1.null malloc_aligned null
# without: agree
# Prose: with a colon.
midiff 1
`
	k, err := parseKnown("x.midiff", text)
	require.NoError(t, err)
	align := Signature{Align, "malloc_aligned", FieldValue}
	require.Equal(t, Known{
		Name: "some-bug", Quirk: "some-quirk", File: "x.midiff",
		Covers:  []Signature{align, {Null, "malloc_aligned", FieldNull}},
		Expect:  Expectation{Diverge, align},
		Without: Expectation{Class: Agree},
	}, k)
	require.Equal(t, "diverge L1.align malloc_aligned value", k.Expect.String())
	require.Equal(t, "agree", k.Without.String())
}

func TestParseKnownErrors(t *testing.T) {
	for text, want := range map[string]string{
		"# quirk: a\n": "x:1:1: a known finding needs",
		"# known: a\n": "x:1:1: a known finding needs",
		"# known: a\n# quirk: b\n# expect: sometimes\n":  "x:3:1: \"sometimes\": want 'agree' or",
		"# known: a\n# quirk: b\n# covers: L1.align x\n": "x:3:1: signature \"L1.align x\": want ORACLE OP FIELD",
	} {
		_, err := parseKnown("x", text)
		require.ErrorContains(t, err, want)
	}
	dir := fstest.MapFS{"a.midiff": {Data: []byte("# known: a\n# quirk: none-such\n")}}
	_, err := LoadKnown(dir, QuirkBit)
	require.ErrorContains(t, err, "a.midiff: unknown quirk")
}

// knownAs lists one finding with quirk bit 1.
func knownAs(covers ...Signature) *KnownList {
	return &KnownList{Entries: []Known{{Name: "the-bug", Covers: covers, bit: 1}}}
}

// lieBoth has both sides lie in a step, and goalloc say that a quirk took effect there.
func lieBoth(step int, quirks uint64, change func(*Result)) (c, g *fake) {
	c, g = newFake(), newFake()
	c.lie = at(step, change)
	g.lie = at(step, func(r *Result) { change(r); r.Quirks = quirks })
	return c, g
}

// TestExcused: a finding is known if its signature and its quirk are, and the run then goes on.
func TestExcused(t *testing.T) {
	align := Signature{Align, "zalloc_aligned", FieldValue}
	cases := map[string]struct {
		quirks uint64
		covers Signature
		known  bool
	}{
		"known":            {1, align, true},
		"among others":     {5, align, true},
		"any call":         {1, Signature{Align, "*", FieldValue}, true},
		"of another field": {1, Signature{Align, "*", FieldNull}, false},
		"another quirk":    {4, align, false},
		"no quirk":         {0, align, false},
		"another oracle":   {1, Signature{Null, "zalloc_aligned", FieldValue}, false},
		"another call":     {1, Signature{Align, "malloc", FieldValue}, false},
		"another field":    {1, Signature{Align, "zalloc_aligned", FieldNull}, false},
		"nothing is known": {1, Signature{}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			cs, gs := lieBoth(1, c.quirks, func(r *Result) { r.Value += 128 })
			p := parse(t, "t0 a = malloc(9)\nt0 b = zalloc_aligned(64, 256)\nt0 free(b)\n")
			v := NewEngine(cs, gs, knownAs(c.covers)).Run(p.Lower())
			if !c.known {
				require.Equal(t, Diverge, v.Class)
				require.Equal(t, align, v.Div.Signature)
				return
			}
			require.Equal(t, Agree, v.Class)
			require.Equal(t, 3, v.Steps)
			require.Len(t, v.Known, 1)
			require.Equal(t, "the-bug", v.Known[0].Name)
			require.Equal(t, 1, v.Known[0].Count)
			require.Equal(t, align, v.Known[0].First.Signature)
			require.Equal(t, 1, v.ExitCode(), "run reports known findings, too")
		})
	}
}

// TestSidesDifferIsNew: what is known is known of both sides.
func TestSidesDifferIsNew(t *testing.T) {
	_, g := lieBoth(1, 1, func(r *Result) { r.Value += 128 })
	p := parse(t, "t0 a = malloc(9)\nt0 b = zalloc_aligned(64, 256)\n")
	v := NewEngine(newFake(), g, knownAs(Signature{Place, "zalloc_aligned", FieldValue})).Run(p.Lower())
	require.Equal(t, Diverge, v.Class)
}

// TestSkewed: a block that is misaligned for a known reason may stay so when it is resized in place,
// and no other block may.
func TestSkewed(t *testing.T) {
	p := parse(t, "t0 a = malloc_aligned(100, 64)\nt0 b = malloc(100)\nt0 a = realloc(a, 99)\nt0 b = realloc(b, 98)\n")
	skew := func(slot uint32) func(int, *prog.Step, *Result) {
		return func(step int, s *prog.Step, r *Result) {
			if s.Dst == slot {
				r.Value += 1<<20 + 8
			}
			if step == 0 {
				r.Quirks = 1
			}
		}
	}
	for slot, known := range []bool{true, false} {
		c, g := newFake(), newFake()
		c.lie, g.lie = skew(uint32(slot)), skew(uint32(slot))
		e := NewEngine(c, g, knownAs(Signature{Align, "malloc_aligned", FieldValue}))
		v := e.Run(p.Lower())
		if known {
			require.Equal(t, Agree, v.Class, "%+v", v.Div)
			require.Equal(t, 2, v.Known[0].Count)
			continue
		}
		require.Equal(t, Diverge, v.Class)
		require.Equal(t, "L1.align malloc value", v.Div.Signature.String())
	}
}

// TestTaken: where heap_destroy is known to take blocks of others, those are dead from then on and
// their memory may be handed out again.
func TestTaken(t *testing.T) {
	p := parse(t, "t1 a = malloc(100)\nt0 h = heap_new()\nt0 b = heap_malloc(h, 64)\nt0 heap_destroy(h)\n"+
		"t0 d = malloc(100)\nt0 free(a)\nt0 free(d)\n")
	c, g := newFake(), newFake()
	steal := func(f *fake, quirks uint64) func(int, *prog.Step, *Result) {
		return func(step int, _ *prog.Step, r *Result) {
			switch step {
			case 3:
				f.blocks[0] = block{}
				f.taken = append(f.taken, Taken{3, 0})
				r.Value, r.Usable, r.Quirks = 2, r.Usable^slotMix(0), quirks
			case 4:
				r.Value = fakeStart
			}
		}
	}
	c.lie, g.lie = steal(c, 0), steal(g, 1)
	e := NewEngine(c, g, knownAs(Signature{Owner, "heap_destroy", FieldValue}))
	v := e.Run(p.Lower())
	require.Equal(t, Agree, v.Class, "%+v", v.Div)
	require.Len(t, v.Known, 1)
	require.True(t, e.model.regions.empty())
}
