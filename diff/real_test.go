// Tests with the real subjects: the corpus, random programs, and that runs do not depend on each
// other. See doc.go for an overview.

package diff

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

// realEngine makes both sides with the known findings of the corpus.
func realEngine(t testing.TB, without ...string) *Engine {
	t.Helper()
	c, err := NewC()
	require.NoError(t, err)
	g, err := NewGo(without...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.Close()) })
	dir, err := corpus.Folder("known")
	require.NoError(t, err)
	known, err := LoadKnown(dir, QuirkBit)
	require.NoError(t, err)
	return NewEngine(c, g, known)
}

func corpusProgram(t testing.TB, f *corpus.File) *prog.Program {
	t.Helper()
	p, err := prog.Parse(f.Path(), f.Text)
	require.NoError(t, err)
	return p
}

// requireAgree shows what is needed to go on if a program does not agree.
func requireAgree(t *testing.T, p *prog.Program, v Verdict) {
	t.Helper()
	if v.Class == Agree {
		return
	}
	if v.Div == nil {
		t.Fatalf("%s: %s\n%s", v.Class, v.Reason, p.Text())
	}
	t.Fatalf("%s in %q\nC  %+v\nGo %+v\ncontract: %s\n%s", v.Div.Signature, p.OpText(v.Div.Op),
		v.Div.C, v.Div.Go, v.Div.Contract, p.Text())
}

// agreeing are the folders of the corpus on whose programs both sides agree; elsewhere says who replays the others.
var (
	agreeing  = []string{"smoke", "regress", "explore"}
	elsewhere = []string{"known", "golden"} // TestKnown, and the tests of profile 2.3
)

// TestCorpus: both sides agree on every program that they should agree on, with all contents verified after every step. No
// folder is left out.
func TestCorpus(t *testing.T) {
	e := realEngine(t)
	for _, folder := range corpus.Folders() {
		if !slices.Contains(agreeing, folder) {
			require.Contains(t, elsewhere, folder, "who replays this folder?")
		}
	}
	for _, folder := range agreeing {
		require.NotEmpty(t, corpus.Programs(folder))
		for _, f := range corpus.Programs(folder) {
			t.Run(f.Path(), func(t *testing.T) {
				p := corpusProgram(t, &f)
				if prog.IsLater(p.Profile) { // there is no source of that version, but a trace (TestGoldenTraces)
					i := slices.IndexFunc(recordings, func(x recording) bool { return x.profile == p.Profile })
					require.FileExists(t, "../corpus/golden/"+recordings[i].folder+"/"+f.Name+corpus.Extension, "midiff record writes a trace")
					return
				}
				code := p.Lower()
				for i := range code.Steps {
					code.Steps[i].Flags |= FlagVerify
				}
				requireAgree(t, p, e.Run(code))
				require.Equal(t, Agree, e.CheckPristine().Class)
			})
		}
	}
}

// TestRegress: what was mended stays so, under all oracles: states after every operation, goalloc's invariants, and what a
// teardown leaves. Each program says what it was.
func TestRegress(t *testing.T) {
	s, err := NewSession()
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	s.Careful, s.StateEvery = true, 1
	for _, f := range corpus.Programs("regress") {
		t.Run(f.Name, func(t *testing.T) {
			require.Regexp(t, `(?m)^# Mended by: \S`, string(f.Text))
			p := corpusProgram(t, &f)
			if prog.IsLater(p.Profile) { // TestCorpus sees to a trace
				return
			}
			requireAgree(t, p, s.Check(p))
		})
	}
}

// TestKnown: every known finding gives what its header says, with its quirk and without it.
func TestKnown(t *testing.T) {
	for _, f := range corpus.Programs("known") {
		t.Run(f.Name, func(t *testing.T) {
			k, err := parseKnown(f.Path(), string(f.Text))
			require.NoError(t, err)
			require.Equal(t, f.Name, k.Name)
			p := corpusProgram(t, &f)

			torn := k.Expect.Signature.Oracle == Teardown
			if torn {
				p = p.TornDown()
			}

			e := realEngine(t)
			e.TornDown = torn
			v := e.Run(p.Lower())
			requireAgree(t, p, v)
			if k.Expect.Class == Diverge {
				require.NotEmpty(t, v.Known)
				require.Equal(t, k.Expect.Signature, v.Known[0].First.Signature)
			}
			for _, h := range v.Known {
				require.Equal(t, k.Name, h.Name)
			}

			e = realEngine(t, k.Quirk)
			e.TornDown = torn
			v = e.Run(p.Lower())
			require.Equal(t, k.Without.Class, v.Class)
			if v.Div != nil {
				require.Equal(t, k.Without.Signature, v.Div.Signature)
				require.NotEqual(t, BlameGo, v.Div.Blame, "goalloc without the quirk keeps the contract")
			}
		})
	}
}

// configs are the worlds that random programs come from.
var configs = map[string]prog.GenConfig{
	"plain":   {Ops: 400, MaxSize: 64 << 10},
	"large":   {Ops: 100, MaxLive: 64 << 20},
	"aligned": {Ops: 300, Aligned: true, MaxSize: 1 << 20},
	"heaps":   {Ops: 400, Threads: 2, Heaps: true, MaxSize: 64 << 10},
	"threads": {Ops: 400, Threads: 4, Exits: true, MaxSize: 1 << 20},
	"options": {Ops: 300, Threads: 3, Exits: true, Options: true, MaxSize: 1 << 20},
	"all":     {Ops: 500, Threads: 4, Exits: true, Heaps: true, Arenas: true, Aligned: true, Options: true, MaxLive: 64 << 20},
	"faults":  {Ops: 300, Threads: 4, Exits: true, Heaps: true, Arenas: true, Aligned: true, Options: true, Faults: true, MaxLive: 64 << 20},
}

// TestRandom: both sides agree on random programs from every world.
func TestRandom(t *testing.T) {
	programs := uint64(60)
	if testing.Short() {
		programs = 10
	}
	for name, cfg := range configs {
		t.Run(name, func(t *testing.T) {
			e := realEngine(t)
			for seed := uint64(1); seed <= programs; seed++ {
				p := prog.Generate(seed, cfg)
				if v := e.Run(p.Lower()); v.Class != Invalid {
					requireAgree(t, p, v)
				}
			}
			require.Equal(t, Agree, e.CheckPristine().Class)
		})
	}
}

// probe is the program whose fingerprint must not depend on what ran before.
func probe() *prog.Code { return prog.Generate(4711, configs["all"]).Lower() }

const probeVar = "MIDIFF_TEST_PROBE"

// TestRunsAreIndependent: a program gives the same run first, after many others, and in a new process.
func TestRunsAreIndependent(t *testing.T) {
	e := realEngine(t)
	first := e.Run(probe())
	require.Equal(t, Agree, first.Class, "%+v", first.Div)
	if os.Getenv(probeVar) != "" {
		fmt.Printf("probe %#x\n", first.Fingerprint)
		return
	}
	for seed := uint64(1); seed <= 400; seed++ {
		for _, name := range []string{"threads", "heaps", "faults"} {
			cfg := configs[name]
			cfg.Ops = 50
			e.Run(prog.Generate(seed, cfg).Lower())
		}
	}
	require.Equal(t, Agree, e.CheckPristine().Class)
	require.Equal(t, first.Fingerprint, e.Run(probe()).Fingerprint)

	cmd := exec.Command(os.Args[0], "-test.run=^TestRunsAreIndependent$", "-test.v")
	cmd.Env = append(os.Environ(), probeVar+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, strings.Split(string(out), "\n"), fmt.Sprintf("probe %#x", first.Fingerprint))
}

// TestPanicIsAResult: a panic inside goalloc is the result of its step, and the subject goes on
// after a reset.
func TestPanicIsAResult(t *testing.T) {
	g, err := NewGo()
	require.NoError(t, err)
	defer g.Close()
	p := parse(t, "t0 a = malloc(48)\nt0 b = malloc(48)\n")
	code := p.Lower()
	require.NoError(t, g.Begin(code))
	code.Steps[1].Dst = 1000 // no such slot: the interpreter panics as goalloc would
	out := make([]Result, 2)
	g.Run(code.Steps, out)
	require.Zero(t, out[0].BadWhat)
	require.EqualValues(t, BadCrash, out[1].BadWhat)
	require.Contains(t, g.Message(), "panic: ")
	g.Reset()
	code = p.Lower()
	require.NoError(t, g.Begin(code))
	g.Run(code.Steps, out)
	require.Zero(t, out[1].BadWhat)
	require.Empty(t, g.Message())
}

// BenchmarkLockstep is the whole loop with nothing under test: what the rig itself costs.
func BenchmarkLockstep(b *testing.B) {
	cfg := prog.GenConfig{Ops: 2000, MaxSize: 1024, MaxBulk: 1}
	for name, e := range map[string]*Engine{
		"fakes": NewEngine(newFake(), newFake(), nil),
		"real":  realEngine(b),
	} {
		b.Run(name, func(b *testing.B) {
			code := prog.Generate(1, cfg).Lower()
			b.ResetTimer()
			for range b.N {
				if v := e.Run(code); v.Class != Agree {
					b.Fatal(v.Div.Signature)
				}
			}
			b.ReportMetric(float64(b.N*len(code.Steps))/b.Elapsed().Seconds(), "ops/s")
		})
	}
}
