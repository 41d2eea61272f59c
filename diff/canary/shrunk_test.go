package canary

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/prog"
	"midiff/diff/reduce"
)

// What a program in which a fault was caught must be reduced to, and how fast.
const (
	mostOps  = 10
	mostTime = 60 * time.Second
)

// Variables of a binary built with the overlay that is to run programs for a reduction, with its fault
// awake: that it is, and the liar on its Go side, if the fault is one.
const (
	servedVar = "MIDIFF_SERVED"
	liarVar   = "MIDIFF_LIAR"
)

var everyFault = flag.Bool("every", false, "reduce a program of every fault, not of a sample")

// sampled is how many faults of each kind are left out for one that is in the sample.
const sampled = 15

// TestMain lets a binary be the child of a reduction.
func TestMain(m *testing.M) {
	if os.Getenv(servedVar) == "" {
		code := m.Run()
		os.RemoveAll(binary)
		os.RemoveAll(command)
		os.Exit(code)
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

func serve() error {
	c, err := diff.NewC()
	if err != nil {
		return err
	}
	g, err := diff.NewGo()
	if err != nil {
		return err
	}
	defer g.Close()
	cs, gs := diff.Subject(c), diff.Subject(g)
	if at := slices.IndexFunc(liars, func(l liar) bool { return l.name == os.Getenv(liarVar) }); at >= 0 {
		cs, gs = liars[at].tell(cs, gs)
	}
	w := &watcher{diff.NewEngine(cs, gs, nil), os.Getenv(meantVar)}
	return reduce.Serve(w, os.Stdin, os.Stdout)
}

// shrunkLine is a line of the table.
const shrunkLine = "%-24s %-42s %6v %6v %10v %8v  %s\n"

// TestShrunk: a program of 1,000 operations in which a fault was caught is reduced to ten that are
// caught in the same way.
func TestShrunk(t *testing.T) {
	if os.Getenv(plantedVar)+os.Getenv(pokedVar) != "" {
		t.Skip("runs without a fault only")
	}
	fmt.Printf(shrunkLine, "fault", "signature", "before", "after", "candidates", "seconds", "what is wrong")
	inSample := func(i int) bool { return *everyFault || i%sampled == sampled/2 }
	for i, f := range readFaults(t, "testdata/faults.txt") {
		if inSample(i) && f.scenario == "" && !prog.IsLater(f.profile) { // those are caught by traces, which are short
			t.Run(f.name, func(t *testing.T) {
				shrunk(t, f.name, f.why, huntPlanted(t, plantedBinary(t), f),
					plantedVar+"="+f.name, meantVar+"="+f.oracle.String())
			})
		}
	}
	c, g := subjects(t)
	for i := range liars {
		if l := &liars[i]; inSample(i) {
			t.Run(l.name, func(t *testing.T) {
				lc, lg := l.tell(c, g)
				shrunk(t, l.name, l.why, hunt(lc, lg, l.oracle.String(), ""),
					liarVar+"="+l.name, meantVar+"="+l.oracle.String())
			})
		}
	}
}

// shrunk reduces the program in which a fault was caught, in children with these variables, and prints
// what came of it.
func shrunk(t *testing.T, name, why string, got catch, vars ...string) {
	p, err := prog.Parse(name, []byte(got.Program))
	require.NoError(t, err, "%s was not caught", name)
	require.GreaterOrEqual(t, len(p.Ops), generated.Ops)
	r, err := reduce.Run(context.Background(), reduce.Config{
		Patience: 20 * time.Second,
		Command: func() *exec.Cmd {
			cmd := exec.Command(plantedBinary(t))
			cmd.Env = append(append(os.Environ(), servedVar+"=1"), vars...)
			return cmd
		},
	}, p)
	require.NoError(t, err)
	fmt.Printf(shrunkLine, name, got.Signature, len(p.Ops), len(r.Program.Ops), r.Stats.Tested,
		fmt.Sprintf("%.1f", r.Elapsed.Seconds()), why)
	tell(t, "shrunk", row{"fault": name, "why": why, "outcome": got.Signature, "operations_before": len(p.Ops),
		"operations_after": len(r.Program.Ops), "candidates": r.Stats.Tested, "seconds": r.Elapsed.Seconds()})
	require.Equal(t, reduce.Outcome("diverge "+got.Signature), r.Outcome)
	require.Equal(t, r.Runs, r.Hits, "flaky")
	text := r.Program.Text()
	assert.Equal(t, 3, r.Confirmed, "not seen again in a new process:\n%s", text)
	assert.LessOrEqual(t, len(r.Program.Ops), mostOps, text)
	if *everyFault { // a sample runs beside all other tests
		assert.LessOrEqual(t, r.Elapsed, mostTime, "%+v", r.Stats)
	}
}
