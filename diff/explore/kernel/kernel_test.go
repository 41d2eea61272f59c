package kernel

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"midiff/diff/explore/search"
	"midiff/diff/explore/sim"
)

var update = flag.Bool("update", false, "write the golden files")

// memory is what the tests run with: a kernel that takes 2000 operations does not end.
var memory = search.Memory{MaxSteps: 2000}

func golden(t *testing.T, file, text string) {
	t.Helper()
	file = "testdata/" + file
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "go test -update writes the file")
}

func scenario(t *testing.T, name string) *search.Scenario {
	t.Helper()
	for _, sc := range Scenarios() {
		if sc.Name == name {
			return sc
		}
	}
	require.Fail(t, "no scenario "+name)
	return nil
}

func runner(t *testing.T, sc *search.Scenario, changes ...string) *search.Runner {
	t.Helper()
	v, err := sc.Variant(changes...)
	require.NoError(t, err)
	r := search.NewRunner(sc, v, memory)
	t.Cleanup(r.Close)
	return r
}

// changesOf are the changes of a kind.
func changesOf(kind search.ChangeKind) []string {
	var names []string
	for _, c := range changes {
		if c.Kind == kind {
			names = append(names, c.Name)
		}
	}
	return names
}

// TestMatrix: every fault is caught in some scenario, and every harmless change survives in all, in all executions with
// at most two deviations.
func TestMatrix(t *testing.T) {
	faults := changesOf(search.Fault)
	m, err := search.RunMatrix(Scenarios(), append(faults, changesOf(search.Harmless)...), memory, search.Limits{Bound: 2})
	require.NoError(t, err)
	for i, c := range m.Changes {
		require.Equal(t, i < len(faults), m.Killed(i), c)
		for j, cell := range m.Cells[i] {
			if cell.Kill == "" {
				require.Equal(t, 2, cell.Bound, "%s in %s", c, m.Scenarios[j].Name)
			}
		}
	}
	golden(t, "matrix.golden", m.String())
	replays(t, m)
}

// replays holds every failure of a matrix against its choice string.
func replays(t *testing.T, m *search.Matrix) {
	for i := range m.Cells {
		for j, cell := range m.Cells[i] {
			if cell.Kill == "" {
				continue
			}
			parsed, err := search.ParseReplay(cell.Replay)
			require.NoError(t, err)
			r, err := parsed.Runner(m.Scenarios[j], memory.MaxSteps)
			require.NoError(t, err)
			res := r.Run(sim.Plan{Vector: search.Vector(parsed.Choices)})
			require.NotNil(t, res.Failure)
			require.Nil(t, parsed.Verify(res.Choices))
			require.Equal(t, cell.Replay, search.NewReplay(r, res.Choices).String())
			r.Close()
		}
	}
}

// weakened are the sites that are not relaxed, each made so.
func weakened() []string {
	var all []string
	for _, s := range sites {
		if s.Order.Success != sim.Relaxed && !strings.Contains(s.Op, "lock") && !strings.HasPrefix(s.Counterpart, "none") {
			all = append(all, s.Name+"=relaxed")
		}
	}
	return all
}

// TestWeakened says of each order whether anything here depends on it, and what sequentially consistent memory does
// not show of that and of the findings.
func TestWeakened(t *testing.T) {
	run := func(newest bool) *search.Matrix {
		m, err := search.RunMatrix(Scenarios(), weakened(), search.Memory{MaxSteps: 2000, Newest: newest},
			search.Limits{Bound: 2})
		require.NoError(t, err)
		return m
	}
	weak, strong := run(false), run(true)
	require.Empty(t, strong.NotIn(weak))
	lost := weak.NotIn(strong)
	require.NotEmpty(t, lost)
	golden(t, "weakened.golden", fmt.Sprintf("%s\nnot found with staleness off:\n  %s\n", weak, strings.Join(lost, "\n  ")))
}

// TestFindings: what the scenarios find in the reference's own orders.
func TestFindings(t *testing.T) {
	var b strings.Builder
	for _, sc := range Scenarios() {
		r := runner(t, sc)
		bound := boundOf(sc)
		found := search.Deviate(r, search.Limits{Bound: bound}, nil)
		require.Nil(t, found.Fault)
		require.Equal(t, bound, found.Bound)
		fmt.Fprintf(&b, "%s: %d executions with at most %d deviations, %d distinct\n", sc.Name, found.Executions, bound,
			found.Distinct)
		for _, f := range found.Failures {
			m, err := search.Minimise(context.Background(), r, f)
			require.NoError(t, err)
			require.Equal(t, 3, m.Rate)
			fmt.Fprintf(&b, "  %v: %s\n", m.Failure.Class, search.NewReplay(r, m.Choices))
			v, err := sc.Variant()
			require.NoError(t, err)
			r.Change(v)
		}
	}
	golden(t, "findings.golden", b.String())
}

// TestFindingsPage: every choice string of the findings page still fails as it says.
func TestFindingsPage(t *testing.T) {
	page, err := os.ReadFile("findings.md")
	require.NoError(t, err)
	known, err := os.ReadFile("testdata/findings.golden")
	require.NoError(t, err)
	texts := regexp.MustCompile(`x1/[^\s`+"`"+`]+`).FindAllString(string(page), -1)
	require.NotEmpty(t, texts)
	for _, text := range texts {
		require.Contains(t, string(known), text)
		parsed, err := search.ParseReplay(text)
		require.NoError(t, err)
		r, err := parsed.Runner(scenario(t, parsed.Scenario), memory.MaxSteps)
		require.NoError(t, err)
		res := r.Run(sim.Plan{Vector: search.Vector(parsed.Choices)})
		require.Nil(t, parsed.Verify(res.Choices))
		require.NotNil(t, res.Failure)
		r.Close()
	}
	for _, text := range regexp.MustCompile(`x1/[^\s]+`).FindAllString(string(known), -1) {
		require.Contains(t, string(page), text, "a finding that the page does not have")
	}
}

// boundOf is the bound to which a scenario is run for findings: the large ones have ten times the executions.
func boundOf(sc *search.Scenario) int {
	switch sc.Name {
	case "visited-list", "revisit-push", "list-again":
		return 2
	}
	return 3
}

// TestMended: with the changes that mend it, a scenario finds nothing.
func TestMended(t *testing.T) {
	for _, sc := range Scenarios() {
		found := search.Deviate(runner(t, sc, sc.Mended...), search.Limits{Bound: boundOf(sc)}, nil)
		require.Empty(t, found.Failures, sc.Name)
	}
}

// TestReports: the reports of a fault that one order mends, of one that takes several, and of an oracle's.
func TestReports(t *testing.T) {
	cases := []struct{ file, scenario, change string }{
		{"race.golden", "collect-push", "M1"},
		{"fences.golden", "heap-delete", ""},
		{"oracle.golden", "abandon-visit", "M17"},
	}
	for _, c := range cases {
		var changes []string
		if c.change != "" {
			changes = []string{c.change}
		}
		r := runner(t, scenario(t, c.scenario), changes...)
		found := search.Deviate(r, search.Limits{Bound: 2}, nil)
		for _, f := range found.Failures {
			if c.change == "M17" && f.Failure.Class != sim.WrongQueue {
				continue
			}
			m, err := search.Minimise(context.Background(), r, f)
			require.NoError(t, err)
			remedy := search.FindRemedy(r, &m, 3)
			golden(t, c.file, search.Report(r, &m, &remedy))
			break
		}
	}
}

// TestMinimal: nothing can be taken from a minimal failure: no part, no deviation.
func TestMinimal(t *testing.T) {
	sc := scenario(t, "late-free")
	r := runner(t, sc, "M10")
	random := search.Random(r, 1, search.Limits{Executions: 20000, Failures: 1})
	require.NotEmpty(t, random.Failures)
	m, err := search.Minimise(context.Background(), r, random.Failures[0])
	require.NoError(t, err)
	require.LessOrEqual(t, search.Deviations(m.Choices), search.Deviations(random.Failures[0].Choices))
	for i := range sc.Parts {
		v := m.Variant
		if v.Without |= 1 << i; v.Without == m.Variant.Without {
			continue
		}
		r.Change(v)
		res := r.Run(sim.Plan{Vector: search.Vector(m.Choices)})
		require.False(t, res.Failure.Same(m.Failure), "without %s", sc.Parts[i])
	}
	r.Change(m.Variant)
	vector := search.Vector(m.Choices)
	for i := range vector {
		if vector[i] == 0 {
			continue
		}
		less := append([]uint16(nil), vector...)
		less[i] = 0
		res := r.Run(sim.Plan{Vector: less})
		require.False(t, res.Failure.Same(m.Failure), "without choice %d", i)
	}
}

// TestRandom: the random engine finds every fault, and a seed decides all.
func TestRandom(t *testing.T) {
	for _, c := range changesOf(search.Fault) {
		found := false
		for _, sc := range Scenarios() {
			base := runner(t, sc, sc.Mended...)
			limits := search.Limits{Executions: 3000, Failures: 1}
			require.Empty(t, search.Random(base, 7, limits).Failures, "%s, mended", sc.Name)
			r := runner(t, sc, append(sc.Mended[:len(sc.Mended):len(sc.Mended)], c)...)
			first := search.Random(r, 7, limits)
			require.Nil(t, first.Fault)
			if len(first.Failures) > 0 {
				again := search.Random(r, 7, limits)
				require.Equal(t, first.Executions, again.Executions)
				require.Equal(t, first.Failures[0].Choices, again.Failures[0].Choices)
				found = true
				break
			}
		}
		require.True(t, found, c)
	}
}

// TestShards: the shards of a systematic search together are the whole, and share nothing.
func TestShards(t *testing.T) {
	sc := scenario(t, "delayed-free")
	whole := search.Deviate(runner(t, sc), search.Limits{Bound: 2}, nil)
	executions := uint64(0)
	for i := range 3 {
		part := search.Deviate(runner(t, sc), search.Limits{Bound: 2, Shard: search.Shard{Index: i, Count: 3}}, nil)
		require.Equal(t, 2, part.Bound)
		executions += part.Executions
	}
	require.Equal(t, whole.Executions, executions)
}

// TestCompare: one comparison of each verdict.
func TestCompare(t *testing.T) {
	var b strings.Builder
	for _, c := range []struct {
		scenario      string
		first, second []string
		verdict       search.Verdict
	}{
		{"collect-push", nil, []string{"collect-acquire"}, search.Equal},
		{"collect-push", []string{"M1"}, nil, search.FirstFails},
		{"collect-push", nil, []string{"M2"}, search.SecondFails},
		{"collect-push", []string{"M1"}, []string{"M2"}, search.BothFail},
	} {
		got, err := search.Compare(scenario(t, c.scenario), c.first, c.second, memory, search.Limits{Bound: 3})
		require.NoError(t, err)
		require.Equal(t, c.verdict, got.Verdict)
		fmt.Fprintf(&b, "%s\n", got)
	}
	_, err := search.Compare(scenario(t, "collect-push"), nil, []string{"nonsense"}, memory, search.Limits{})
	require.ErrorContains(t, err, "nonsense")
	golden(t, "compare.golden", b.String())
}

// cpuTime is what the process has used of a core, so that a busy machine does not count.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkExecutions is how many executions of the kernels a core makes in a second of its time.
func BenchmarkExecutions(b *testing.B) {
	for _, sc := range Scenarios() {
		b.Run(sc.Name, func(b *testing.B) {
			v, err := sc.Variant()
			require.NoError(b, err)
			r := search.NewRunner(sc, v, memory)
			defer r.Close()
			executions, steps, began := uint64(0), 0, cpuTime(b)
			for b.Loop() {
				found := search.Deviate(r, search.Limits{Bound: 2}, func(res *sim.Result) bool {
					steps += res.Steps
					return true
				})
				executions += found.Executions
			}
			b.ReportMetric(float64(executions)/(cpuTime(b)-began).Seconds(), "executions/s")
			b.ReportMetric(float64(steps)/float64(executions), "operations")
			b.ReportMetric(0, "ns/op")
		})
	}
}
