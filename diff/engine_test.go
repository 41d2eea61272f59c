// Tests of the engine with subjects that lie. See doc.go for an overview.

package diff

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
	"midiff/diff/prog"
)

// tour uses every kind of promise. The numbers in front are what lies refer to.
const tour = `
t0 a = malloc(100)              # 0
t0 b = zalloc_aligned(64, 256)  # 1
t1 c = malloc(8)                # 2
t0 h = heap_new()               # 3
t0 d = heap_malloc(h, 300)      # 4
t0 a = realloc(a, 1000)         # 5
t0 e = realloc(d, 290)          # 6
t0 expand(a, 1000)              # 7
t0 expand(a, 1009)              # 8
t0 usable_size(a)               # 9
t0 good_size(100)               # 10
t1 free(b)                      # 11
t0 heap_set_default(h)          # 12
t0 f = malloc(48)               # 13
t0 g = malloc_aligned(48, 3)    # 14
t0 k = reallocf(c, 0x8000000000000000) # 15
t0 heap_destroy(h)              # 16
t0 collect(true)                # 17
t0 clock(10)                    # 18
t1 m = malloc(5000)             # 19
t1 exit()                       # 20
t0 free(m)                      # 21
`

// at lies in one step.
func at(step int, change func(r *Result)) func(int, *prog.Step, *Result) {
	return func(n int, _ *prog.Step, r *Result) {
		if n == step {
			change(r)
		}
	}
}

func TestTruthAgrees(t *testing.T) {
	e := NewEngine(newFake(), newFake(), nil)
	code := parse(t, tour).Lower()
	for range 3 {
		v := e.Run(code)
		require.Equal(t, Agree, v.Class, "%+v", v.Div)
		require.Equal(t, len(code.Steps), v.Steps)
		require.True(t, e.model.regions.empty(), "what is live is undone at the end of a run")
		require.Zero(t, v.ExitCode())
	}
	require.Equal(t, Agree, e.CheckPristine().Class)
}

// Lies by name.
func null(r *Result) { r.Value, r.Usable, r.Null = 0, 0, 1 }
func room(r *Result) { r.Value, r.Usable, r.Null = 1<<20, 1<<16, 0 }

func move(by uint64) func(*Result)   { return func(r *Result) { r.Value += by } }
func usable(by uint64) func(*Result) { return func(r *Result) { r.Usable += by } }
func place(a uint64) func(*Result)   { return func(r *Result) { r.Value = a } }

func bad(what uint8) func(*Result) {
	return func(r *Result) { r.Bad, r.BadWhat = 9, what }
}

// liePair is a lie in one step and what must come of it.
type liePair struct {
	step  int
	lie   func(*Result)
	alone string // signature if C lies alone, with the blame
	both  string // signature if both lie, "" if the contract does not see it
}

var lies = map[string]liePair{
	"null for a block":     {0, null, "L0.class malloc null c", "L1.null malloc null"},
	"null for a heap":      {3, null, "L0.class heap_new null c", "L1.null heap_new null"},
	"null for a move":      {5, null, "L0.class realloc null c", "L1.null realloc null"},
	"null for a fit":       {7, null, "L0.class expand null c", "L1.null expand null"},
	"block for no fit":     {8, room, "L0.class expand null c", "L1.null expand null"},
	"block at alignment 3": {14, room, "L0.class malloc_aligned null c", "L1.null malloc_aligned null"},
	"block of 8 EiB":       {15, room, "L0.class reallocf null c", "L1.null reallocf null"},
	"misplaced":            {0, move(1 << 22), "L1.place malloc value either", ""},
	"misplaced heap":       {3, move(1 << 22), "L1.place heap_new value either", ""},
	"misaligned by 8":      {0, move(8), "L1.place malloc value c", "L1.align malloc value"},
	"misaligned by 128":    {1, move(128), "L1.place zalloc_aligned value c", "L1.align zalloc_aligned value"},
	"overlap":              {2, place(fakeStart), "L1.place malloc value c", "L1.overlap malloc value"},
	"overlap of a move":    {5, place(fakeStart + 16), "L1.place realloc value c", "L1.overlap realloc value"},
	"overlap with a heap":  {4, move(^uint64(0) - 2047), "L1.place malloc value c", "L1.overlap malloc value"},
	"heap on a block":      {3, place(fakeStart), "L1.place heap_new value c", "L1.overlap heap_new value"},
	"misaligned heap":      {3, move(1<<22 + 8), "L1.place heap_new value c", "L1.align heap_new value"},
	"heap outside memory":  {3, place(2 * fakeSpace), "L1.place heap_new value c", "L1.mapped heap_new value"},
	"outside memory":       {0, place(2 * fakeSpace), "L1.place malloc value c", "L1.mapped malloc value"},
	"outside the space":    {0, place(1 << 60), "L1.place malloc value c", "L1.mapped malloc value"},
	"usable too small":     {0, usable(^uint64(0) - 15), "L1.usable malloc usable c", "L1.usable malloc usable"},
	"usable of a move":     {6, usable(16), "L1.usable realloc usable c", "L1.usable realloc usable"},
	"usable of a fit":      {7, usable(16), "L1.usable expand usable c", "L1.usable expand usable"},
	"usable_size":          {9, move(8), "L0.value usable_size value c", "L1.usable usable_size value"},
	"good_size":            {10, move(8), "L0.value good_size value c", "L1.good good_size value"},
	"good_size too small":  {10, place(99), "L0.value good_size value c", "L1.good good_size value"},
	"not what good_size is": {13, func(r *Result) { r.Usable = 128 }, "L1.usable malloc usable either",
		""},
	"result of a free":       {11, move(8), "L0.value free value c", "L0.value free value"},
	"destroys too few":       {16, move(^uint64(0)), "L0.value heap_destroy value c", "L1.owner heap_destroy value"},
	"destroys others":        {16, usable(1), "L1.usable heap_destroy usable c", "L1.owner heap_destroy value"},
	"error code":             {11, func(r *Result) { r.Errno = 14 }, "L0.errno free errno c", "L0.messages free errors"},
	"error message":          {11, func(r *Result) { r.Errors = 1 }, "L0.messages free errors c", "L0.messages free errors"},
	"warning":                {11, func(r *Result) { r.Warnings = 1 }, "L0.messages free warnings either", ""},
	"contents":               {11, bad(BadContents), "L1.contents free contents c", "L1.contents free contents"},
	"not zero":               {1, bad(BadZero), "L1.zero zalloc_aligned contents c", "L1.zero zalloc_aligned contents"},
	"not preserved":          {5, bad(BadPreserve), "L1.preserve realloc contents c", "L1.preserve realloc contents"},
	"crash":                  {17, bad(BadCrash), "L0.crash collect none c", "L0.crash collect none"},
	"failed assertion":       {17, asserted, "L0.assertion collect none c", "L0.assertion collect none"},
	"OS calls":               {19, func(r *Result) { r.OSHash++ }, "L2.os malloc calls either", ""},
	"result where none is":   {18, move(1), "L0.value clock value c", "L0.value clock value"},
	"default heap's address": {12, move(1), "", ""},
}

// TestLies: each lie is caught in its step by the oracle meant for it. A lie of both sides is caught
// by the contract alone.
func TestLies(t *testing.T) { testLies(t, tour, lies) }

func testLies(t *testing.T, program string, lies map[string]liePair) {
	t.Helper()
	code := parse(t, program).Lower()
	for name, c := range lies {
		for _, both := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, both %v", name, both), func(t *testing.T) {
				liar, other := newFake(), newFake()
				liar.lie = at(c.step, c.lie)
				want := c.alone
				if both {
					other.lie, want = liar.lie, c.both
					if want != "" {
						want += " both"
					}
				}
				v := NewEngine(liar, other, nil).Run(code)
				if want == "" {
					require.Equal(t, Agree, v.Class, "%+v", v.Div)
					return
				}
				require.Equal(t, Diverge, v.Class)
				require.Equal(t, want, v.Div.Signature.String()+" "+v.Div.Blame.String())
				require.Equal(t, c.step, v.Div.Op)
				require.Equal(t, 1, v.ExitCode())
			})
		}
	}
}

// TestGoSideLies: the contract sides with C.
func TestGoSideLies(t *testing.T) {
	liar := newFake()
	liar.lie = at(1, func(r *Result) { r.Value += 128 })
	v := NewEngine(newFake(), liar, nil).Run(parse(t, tour).Lower())
	require.Equal(t, BlameGo, v.Div.Blame)
}

// TestLocated: contents that change unseen are traced to the operation in which they did.
func TestLocated(t *testing.T) {
	text := "t0 a = malloc(100)\nt0 k = bulk(700, 48)\nt0 b = malloc(100)\nt0 j = bulk(700, 48)\nt0 free(a)\n"
	for _, step := range []int{0, 1, 63, 64, 65, 701, 1400, 1401} {
		rotten := newFake()
		rotten.rot, rotten.rotAt = 0, step
		p := parse(t, text)
		v := NewEngine(newFake(), rotten, nil).Run(p.Lower())
		require.Equal(t, Diverge, v.Class)
		require.Equal(t, Contents, v.Div.Oracle)
		require.Equal(t, step, v.Div.Step)
		require.Equal(t, BlameGo, v.Div.Blame)
	}
}

// TestEndOfRun: contents of a block that is never touched again are verified at the end of the run.
func TestEndOfRun(t *testing.T) {
	rotten := newFake()
	rotten.rot, rotten.rotAt = 0, 1
	v := NewEngine(rotten, newFake(), nil).Run(parse(t, "t0 a = malloc(100)\nt0 clock(1)\nt0 clock(1)\n").Lower())
	require.Equal(t, Diverge, v.Class)
	require.Equal(t, 1, v.Div.Step)
}

// TestFlaky: a divergence that does not come back is no divergence.
func TestFlaky(t *testing.T) {
	liar := newFake()
	liar.lie = func(_ int, _ *prog.Step, r *Result) {
		if liar.runs == 1 {
			r.Usable++
		}
	}
	v := NewEngine(liar, newFake(), nil).Run(parse(t, tour).Lower())
	require.Equal(t, Unknown, v.Class)
	require.Contains(t, v.Reason, "L1.usable malloc usable")
	require.Equal(t, 3, v.ExitCode())
}

// TestPristine: a side that does not come back to its first state is named.
func TestPristine(t *testing.T) {
	for side, want := range []Blame{BlameC, BlameGo} {
		fakes := [2]*fake{newFake(), newFake()}
		e := NewEngine(fakes[0], fakes[1], nil)
		fakes[side].stain = 1
		v := e.CheckPristine()
		require.Equal(t, "L4.fingerprint reset state", v.Div.Signature.String())
		require.Equal(t, want, v.Div.Blame)
	}
}

// TestRefused: null is right where the system refused memory in the same step, and only there.
func TestRefused(t *testing.T) {
	p := parse(t, "t0 a = malloc(48)\nt0 b = malloc(2G)\nt0 c = malloc(48)\n")
	require.Equal(t, Agree, NewEngine(newFake(), newFake(), nil).Run(p.Lower()).Class)
	lie := at(2, func(r *Result) { r.Value, r.Usable, r.Null = 0, 0, 1 })
	c, g := newFake(), newFake()
	c.lie, g.lie = lie, lie
	v := NewEngine(c, g, nil).Run(p.Lower())
	require.Equal(t, "L1.null malloc null", v.Div.Signature.String())
}

// TestGivenBack: memory under a live block that goes back to the OS.
func TestGivenBack(t *testing.T) {
	for kind, want := range map[uint8]string{
		cref.UnmapCall:    "L1.mapped clock calls",
		cref.DecommitCall: "L1.mapped clock calls",
		cref.ResetCall:    "L1.mapped clock calls",
		cref.ProtectCall:  "L1.mapped clock calls",
		cref.MapCall:      "",
	} {
		c, g := newFake(), newFake()
		for _, f := range []*fake{c, g} {
			f.lie = func(step int, _ *prog.Step, r *Result) {
				if step == 1 {
					f.calls = append(f.calls, OSCall{Kind: kind, Addr: fakeStart, Size: 4096})
				}
				r.OSCalls = uint32(len(f.calls))
			}
		}
		v := NewEngine(c, g, nil).Run(parse(t, "t0 a = malloc(48)\nt0 clock(1)\n").Lower())
		if want == "" {
			require.Equal(t, Agree, v.Class)
			continue
		}
		require.NotNil(t, v.Div, "kind %d", kind)
		require.Equal(t, want, v.Div.Signature.String())
		require.Contains(t, v.Div.Contract, "given back")
	}
}

// TestRunFingerprint: it depends on the run alone, and on all of its results.
func TestRunFingerprint(t *testing.T) {
	e := NewEngine(newFake(), newFake(), nil)
	code := parse(t, tour).Lower()
	first := e.Run(code).Fingerprint
	e.Run(parse(t, "t0 a = malloc(1)\n").Lower())
	require.Equal(t, first, e.Run(code).Fingerprint)
	require.Equal(t, first, NewEngine(newFake(), newFake(), nil).Run(code).Fingerprint)

	moved := func(r *Result) { r.Value += 1 << 22 }
	c, g := newFake(), newFake()
	c.lie, g.lie = at(0, moved), at(0, moved)
	require.NotEqual(t, first, NewEngine(c, g, nil).Run(code).Fingerprint)
}

// TestCounts: operations that were executed are counted by kind.
func TestCounts(t *testing.T) {
	e := NewEngine(newFake(), newFake(), nil)
	e.Run(parse(t, tour).Lower())
	malloc, _ := prog.KindOf("malloc")
	exit, _ := prog.KindOf("exit")
	require.EqualValues(t, 5, e.Counts()[malloc])
	require.EqualValues(t, 1, e.Counts()[exit])
}

// TestNoAllocation: the fuzz loop makes no garbage.
func TestNoAllocation(t *testing.T) {
	e := NewEngine(newFake(), newFake(), nil)
	code := parse(t, tour).Lower()
	require.Equal(t, Agree, e.Run(code).Class)
	steps := code.Steps
	n := testing.AllocsPerRun(100, func() {
		e.model.begin(code)
		v := Verdict{}
		e.compare(steps[:0], 0, &v)
		e.model.end()
	})
	require.Zero(t, n)
}

func asserted(r *Result) { r.BadWhat = BadAssertion }

// TestKnownStopEndsTheRun: where both sides stop in a way that is known, the run is over and agrees; an
// assertion that is known to be false does not end it.
func TestKnownStopEndsTheRun(t *testing.T) {
	for what, steps := range map[uint8]int{BadCrash: 1, BadAssertion: 3} {
		c, g := lieBoth(1, 1, func(r *Result) { r.BadWhat = what })
		oracle := badFinding(what).oracle
		p := parse(t, "t0 a = malloc(9)\nt0 free(a)\nt0 b = malloc(9)\n")
		v := NewEngine(c, g, knownAs(Signature{oracle, "free", FieldNone})).Run(p.Lower())
		require.Equal(t, Agree, v.Class)
		require.Equal(t, steps, v.Steps, oracle)
		require.Len(t, v.Known, 1)
	}
}
