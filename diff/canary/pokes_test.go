package canary

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/prog"
)

// pokable is a Go side of a binary built with the overlay, in which single fields of the state can be
// changed (testdata/pokes).
type pokable interface {
	diff.Subject
	StateFields() []string
	Pokes() (fields, whys []string)
	Poke(n int) (changed, may []string, hash uint64, done bool)
}

// poking is a subject that does fault n after the first operation in the second half of a program at
// which there is something to change, or before where there is only then; and stops there: what a wrong
// field leads to later is not waited for.
type poking struct {
	pokable
	n, from      int
	step         int // of the run, from 0
	at           int // where the fault was done, -1: not yet
	changed, may []string
}

// Begin is the subject's; a new run, a new fault.
func (p *poking) Begin(code *prog.Code) error {
	p.step, p.at = 0, -1
	return p.pokable.Begin(code)
}

// Run is the subject's, step by step.
func (p *poking) Run(steps []prog.Step, out []diff.Result) {
	for i := range steps {
		if p.at >= 0 {
			clear(out[i:])
			return
		}
		p.pokable.Run(steps[i:i+1], out[i:i+1])
		if p.step >= p.from {
			if changed, may, hash, done := p.Poke(p.n); done {
				p.at, p.changed, p.may = p.step, changed, may
				out[i].State = hash
			}
		}
		p.step++
	}
}

// poked is how a fault in a field was caught.
type poked struct {
	Field, Why string
	Changed    []string // fields whose words changed
	May        []string // those that may
	Planted    int      // line of the operation after which the fault was done
	Caught     int      // line of the operation that the oracle named
	Oracle, Op string
	Report     []string
}

// story is the program in which the faults are done.
func story(t *testing.T) *prog.Program {
	const file = "testdata/pokes/story.midiff"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	p, err := prog.Parse(file, text)
	require.NoError(t, err)
	return p
}

// doPoke does fault n in the story.
func doPoke(t *testing.T, c diff.Subject, g pokable, n int) (got poked) {
	fields, whys := g.Pokes()
	got.Field, got.Why = fields[n], whys[n]
	program := story(t)
	code := program.Lower()
	for i := range code.Steps {
		code.Steps[i].Flags |= diff.FlagState
	}
	p := &poking{pokable: g, n: n}
	e := diff.NewEngine(c, p, nil)
	middle := slices.IndexFunc(code.Steps, func(s prog.Step) bool { return int(s.Op) == len(program.Ops)/2 })
	for _, p.from = range []int{middle, 0} {
		v := e.Run(code)
		require.Equal(t, diff.Agree, e.CheckPristine().Class, "fault %d outlives its run", n)
		if p.at < 0 {
			require.Equal(t, diff.Agree, v.Class)
			continue
		}
		got.Planted, got.Changed, got.May = lineOf(program, code, p.at), p.changed, p.may
		got.Oracle = v.Class.String()
		if v.Div != nil {
			got.Caught, got.Op = lineOf(program, code, v.Div.Step), v.Div.Signature.Op
			got.Oracle, got.Report = v.Div.Oracle.String(), e.Recording().State
		}
		break
	}
	return got
}

func lineOf(p *prog.Program, code *prog.Code, step int) int {
	return int(p.Ops[code.Steps[step].Op].Line)
}

// TestPoked does every fault of the state, in a binary that TestCanary builds.
func TestPoked(t *testing.T) {
	if os.Getenv(pokedVar) == "" {
		t.Skip("runs inside TestCanary only")
	}
	c, gs := subjects(t)
	g := gs.(pokable)
	fields, _ := g.Pokes()
	all := []poked{{Report: g.StateFields()}}
	for n := range fields {
		all = append(all, doPoke(t, c, g, n))
	}
	out, err := json.Marshal(all)
	require.NoError(t, err)
	fmt.Printf("poked %s\n", out)
}

// stateTable does every fault of the state and expects each to be caught by the comparison of states at
// the operation that it was done in, as a difference in the field that it is meant for.
func stateTable(t *testing.T, bin string) {
	all := pokeAll(t, bin)
	fields, all := all[0].Report, all[1:]
	const line = "%-18s %-46s %-14s %-7s %-7s %-9s %s\n"
	fmt.Printf("\n"+line, "field of the state", "what is wrong", "in", "planted", "caught", "by", "report")
	covered := map[string]bool{}
	for _, p := range all {
		covered[p.Field] = true
		require.NotZero(t, p.Planted, "%s: %s: nothing to change in the story", p.Field, p.Why)
		words := slices.IndexFunc(p.Report, func(s string) bool { return strings.Contains(s, p.Field) })
		require.GreaterOrEqual(t, words, 0, "%s: %s: the report does not name it: %q", p.Field, p.Why, p.Report)
		fmt.Printf(line, p.Field, p.Why, p.Op, fmt.Sprint(p.Planted), fmt.Sprint(p.Caught), p.Oracle,
			p.Report[words])
		tell(t, "state", row{"field": p.Field, "why": p.Why, "operation": p.Op, "planted": p.Planted, "caught": p.Caught,
			"oracle": p.Oracle, "report": p.Report[words]})
		require.Equal(t, diff.State.String(), p.Oracle, "%s: %s", p.Field, p.Why)
		require.Equal(t, p.Planted, p.Caught, "%s: %s: caught at another operation", p.Field, p.Why)
		require.Contains(t, p.Changed, p.Field, p.Why)
		for _, f := range p.Changed {
			require.Contains(t, p.May, f, "%s: %s: more changed than the field", p.Field, p.Why)
		}
	}
	for _, f := range fields {
		require.True(t, covered[f],
			"%s: each field of the state needs a row in testdata/pokes/goalloc/poketable.go", f)
	}
}

// pokeAll runs TestPoked and gives what it printed.
func pokeAll(t *testing.T, bin string) (all []poked) {
	cmd := exec.Command(bin, "-test.run", "^TestPoked$")
	cmd.Env = append(os.Environ(), pokedVar+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, line := range strings.Split(string(out), "\n") {
		if text, ok := strings.CutPrefix(line, "poked "); ok {
			require.NoError(t, json.Unmarshal([]byte(text), &all))
		}
	}
	require.NotEmpty(t, all, "no result: %s", out)
	return all
}
