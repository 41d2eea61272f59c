package reduce

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/prog"
	"midiff/diff/shrink"
)

// serveVar makes this test binary the child: its value says what the child is like.
const serveVar = "MIDIFF_SERVE"

func TestMain(m *testing.M) {
	if what := os.Getenv(serveVar); what != "" {
		if err := serve(what); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		return
	}
	os.Exit(m.Run())
}

func serve(what string) error {
	if fail, ok := planted[what]; ok {
		return Serve(fail, os.Stdin, os.Stdout)
	}
	if what == "stained" {
		return Serve(new(staining), os.Stdin, os.Stdout)
	}
	s, err := diff.NewSession()
	if err != nil {
		return err
	}
	s.Careful, s.StateEvery = true, 1
	return Serve(s, os.Stdin, os.Stdout)
}

// failing is a child that does something where a program has a calloc after a heap_new.
type failing func() diff.Verdict

func (f failing) Check(p *prog.Program) diff.Verdict {
	heap := false
	for i := range p.Ops {
		heap = heap || p.Ops[i].Name() == "heap_new"
		if heap && p.Ops[i].Kind.String() == "calloc" {
			return f()
		}
	}
	return diff.Verdict{}
}

func (f failing) CheckPristine() diff.Verdict { return diff.Verdict{} }

var planted = map[string]failing{
	"panic":   func() diff.Verdict { panic("out of tune") },
	"segv":    func() diff.Verdict { var p *diff.Verdict; return *p },
	"hang":    func() diff.Verdict { select {} },
	"exit":    func() diff.Verdict { os.Exit(7); return diff.Verdict{} },
	"unknown": func() diff.Verdict { return diff.Verdict{Class: diff.Unknown, Reason: "cannot tell"} },
	// Two in three processes do not repeat what they found.
	"unsteady": func() diff.Verdict {
		d := &diff.Divergence{Signature: diff.Signature{Oracle: diff.Place, Op: "malloc", Field: diff.FieldValue}}
		if os.Getpid()%3 == 0 {
			return diff.Verdict{Class: diff.Diverge, Div: d}
		}
		return diff.Verdict{Class: diff.Unknown, Once: d, Reason: "the run did not repeat itself"}
	},
	// One in three processes fails.
	"flaky": func() diff.Verdict {
		if os.Getpid()%3 == 0 {
			panic("out of tune")
		}
		return diff.Verdict{}
	},
}

// staining is a child in which every run fails after one that did.
type staining struct{ stained bool }

func (s *staining) Check(p *prog.Program) diff.Verdict {
	failed := diff.Verdict{Class: diff.Diverge, Div: &diff.Divergence{
		Signature: diff.Signature{Oracle: diff.State, Op: "calloc", Field: diff.FieldState}}}
	if s.stained {
		return failed
	}
	v := failing(func() diff.Verdict { return failed }).Check(p)
	s.stained = v.Div != nil
	return v
}

func (s *staining) CheckPristine() diff.Verdict {
	if s.stained {
		return diff.Verdict{Class: diff.Diverge}
	}
	return diff.Verdict{}
}

func config(t *testing.T, what string) Config {
	self, err := os.Executable()
	require.NoError(t, err)
	return Config{
		Patience: 10 * time.Second,
		Command: func() *exec.Cmd {
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), serveVar+"="+what)
			return cmd
		},
	}
}

// long is a program of 1,000 operations of all kinds.
func long(seed uint64) *prog.Program {
	return prog.Generate(seed, prog.GenConfig{Ops: 1000, Threads: 4, MaxSize: 1 << 20,
		MaxLive: 4 << 20, MaxBulk: 100, Heaps: true, Aligned: true, Exits: true, Options: true})
}

// TestKnownFindings: random programs that meet a finding are reduced to a few lines that meet it.
func TestKnownFindings(t *testing.T) {
	c := config(t, "session")
	s, err := diff.NewSession()
	require.NoError(t, err)
	defer s.Close()
	met := map[Outcome]bool{}
	for seed := uint64(1); len(met) < 4 && seed < 40; seed++ {
		p := long(seed)
		v := s.Check(p)
		o := outcomeOf(&v)
		if !o.Failed() || met[o] {
			continue
		}
		met[o] = true
		r, err := Run(context.Background(), c, p)
		require.NoError(t, err)
		require.Equal(t, o, r.Outcome)
		require.LessOrEqual(t, len(r.Program.Ops), 10, "%s\n%s", o, r.Program.Text())
		require.NoError(t, r.Program.Check())
		require.Equal(t, runsAfter, r.Confirmed)
		require.False(t, r.Flaky())
		t.Logf("%s: %d to %d operations, %d candidates, %.1f s", o, len(p.Ops), len(r.Program.Ops),
			r.Stats.Tested, r.Elapsed.Seconds())
	}
	require.Len(t, met, 4)
}

// TestDeaths: what kills or stops the child is reduced like any other failure.
func TestDeaths(t *testing.T) {
	for what, want := range map[string]string{
		"panic": "died panic: out of tune",
		"segv":  "died panic: runtime error: invalid memory address or nil pointer dereference",
		"hang":  "hung",
		"exit":  "died exit status 7",
	} {
		t.Run(what, func(t *testing.T) {
			c := config(t, what)
			c.Patience = 200 * time.Millisecond
			p := prog.Generate(3, prog.GenConfig{Ops: 60, Heaps: true})
			p.Ops = append(p.Ops, requireParsed(t, "t0 h = heap_new()\nt0 a = calloc(9, 7)\n").Ops...)
			p.Vars = append(p.Vars, prog.Var{Sort: prog.HeapVar}, prog.Var{})
			n := len(p.Vars)
			p.Ops[len(p.Ops)-2].Dst, p.Ops[len(p.Ops)-1].Dst = prog.Handle(n-2), prog.Handle(n-1)
			require.NoError(t, p.Check())
			r, err := Run(context.Background(), c, p)
			require.NoError(t, err)
			require.Equal(t, Outcome(want), r.Outcome)
			require.Equal(t, runsAfter, r.Confirmed)
			require.Equal(t, "midiff 1\nprofile 2.0\nthreads 1\n\nt0 h0 = heap_new()\nt0 b1 = calloc(0, 0)\n",
				r.Program.Text())
		})
	}
}

// TestStained: what a failed run leaves in its process is not blamed on the programs after it.
func TestStained(t *testing.T) {
	p := requireParsed(t, strings.Repeat("t0 good_size(8)\n", 64)+"t0 h = heap_new()\nt0 a = calloc(1, 1)\n")
	r, err := Run(context.Background(), config(t, "stained"), p)
	require.NoError(t, err)
	require.Equal(t, Outcome("diverge L3.state calloc state"), r.Outcome)
	require.Equal(t, runsAfter, r.Confirmed)
	require.Equal(t, "midiff 1\nprofile 2.0\nthreads 1\n\nt0 h0 = heap_new()\nt0 b1 = calloc(0, 0)\n",
		r.Program.Text())
}

func requireParsed(t *testing.T, ops string) *prog.Program {
	p, err := prog.Parse("test", []byte("midiff 1\nprofile 2.0\nthreads 1\n\n"+ops))
	require.NoError(t, err)
	return p
}

// TestFlaky: a program that fails in some runs is not reduced, and its rate is told.
func TestFlaky(t *testing.T) {
	p := requireParsed(t, strings.Repeat("t0 good_size(8)\n", 20)+"t0 h = heap_new()\nt0 a = calloc(1, 1)\n")
	for range 5 { // all ten processes may be of one kind, once in fifty times
		r, err := Run(context.Background(), config(t, "flaky"), p)
		if err != nil || !r.Flaky() {
			continue
		}
		require.Equal(t, Outcome("died panic: out of tune"), r.Outcome)
		require.Equal(t, p.Text(), r.Program.Text())
		require.Zero(t, r.Stats.Tested)
		require.Equal(t, runsFlaky, r.Runs)
		require.Positive(t, r.Hits)
		return
	}
	require.Fail(t, "never flaky")
}

// TestUnsteady: a program that diverges and does not when repeated in the same process is flaky, even if it
// does so every time; what diverges and is repeated counts as the same failure.
func TestUnsteady(t *testing.T) {
	p := requireParsed(t, "t0 h = heap_new()\nt0 a = calloc(1, 1)\n")
	r, err := Run(context.Background(), config(t, "unsteady"), p)
	require.NoError(t, err)
	require.True(t, r.Flaky())
	require.Equal(t, Outcome("diverge L1.place malloc value"), r.Outcome)
	require.Equal(t, runsFlaky, r.Runs)
	require.Equal(t, runsFlaky, r.Hits)
	require.Positive(t, r.Unsteady)
	require.Zero(t, r.Stats.Tested)
}

// TestWanted: where it is told how the program is to fail, other ways do not count.
func TestWanted(t *testing.T) {
	p := requireParsed(t, "t0 h = heap_new()\nt0 a = calloc(1, 1)\n")
	c := config(t, "panic")
	c.Outcome = OutcomeOf("died signal: killed")
	_, err := Run(context.Background(), c, p)
	require.ErrorIs(t, err, ErrAgrees)
	c.Outcome = OutcomeOf("died panic: out of tune")
	r, err := Run(context.Background(), c, p)
	require.NoError(t, err)
	require.Equal(t, c.Outcome, r.Outcome)
	require.Equal(t, Outcome("diverge L1.place malloc value"), OutcomeOf("flaky L1.place malloc value"))
	require.Equal(t, Outcome("diverge L1.place malloc value"), OutcomeOf("L1.place malloc value"))
}

// TestNothingToReduce: a program that agrees, or cannot be judged, is an error.
func TestNothingToReduce(t *testing.T) {
	p := requireParsed(t, "t0 h = heap_new()\nt0 a = calloc(1, 1)\n")
	for _, what := range []string{"session", "unknown"} {
		_, err := Run(context.Background(), config(t, what), p)
		require.ErrorContains(t, err, "does not fail")
	}
}

// TestStopped: what was found until then is kept.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := config(t, "panic")
	c.Progress = func(s shrink.Stats, _ *prog.Program) {
		if s.Accepted == 1 {
			cancel()
		}
	}
	p := requireParsed(t, strings.Repeat("t0 good_size(8)\n", 64)+"t0 h = heap_new()\nt0 a = calloc(1, 1)\n")
	r, err := Run(ctx, c, p)
	require.NoError(t, err)
	require.True(t, r.Stats.Stopped)
	require.Less(t, len(r.Program.Ops), 66)
	require.Equal(t, runsAfter, r.Confirmed)
}

// TestOrder: the order is strict and total.
func TestOrder(t *testing.T) {
	var all []*prog.Program
	for seed := range uint64(30) {
		all = append(all, prog.Generate(seed, prog.GenConfig{Ops: 3, Threads: 2}).Renamed())
	}
	for _, a := range all {
		for _, b := range all {
			require.Equal(t, a.Text() != b.Text(), less(a, b) || less(b, a))
			require.False(t, less(a, b) && less(b, a))
		}
	}
}
