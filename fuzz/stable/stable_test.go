package stable

// No library is imported here: it would be compiled with counters, which takes longer than all the rest.

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"midiff/fuzz"
	"midiff/fuzz/counters"
	"midiff/fuzz/feed"
	"midiff/scripts/fuzz/instrument"
)

// insideVar has the tests run that need counters.
const insideVar = "MIDIFF_STABLE"

// TestCountersAreStable builds this package as a fuzz session builds its targets, and runs the tests that need that.
func TestCountersAreStable(t *testing.T) {
	if os.Getenv(insideVar) != "" {
		t.Skip("runs outside only")
	}
	bin := filepath.Join(t.TempDir(), "stable.test")
	build := exec.Command("go", instrument.Build("", bin, ".")...)
	build.Env = instrument.Env()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"TestInputsAlone", "TestFed", "TestNotFed", "TestParallelGuidesNobody"} {
		run := exec.Command(bin, "-test.v", "-test.run=^"+name+"$")
		run.Env = append(os.Environ(), insideVar+"="+name)
		if name == "TestNotFed" {
			run.Env = append(run.Env, "MIDIFF_CCOVER=0")
		}
		out, err := run.CombinedOutput()
		t.Logf("%s", out)
		if err != nil || !bytes.Contains(out, []byte("--- PASS: "+name)) {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// inputs are the corpus's programs, and ones that a few changed bytes make of them.
func inputs(t *testing.T, random *rand.Rand, n int) (all [][]byte) {
	seeds, err := fuzz.Seeds()
	if err != nil {
		t.Fatal(err)
	}
	for len(all) < n {
		data := bytes.Clone(seeds[random.IntN(len(seeds))])
		for range random.IntN(4) {
			data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
		}
		all = append(all, data)
	}
	return all
}

// TestInputsAlone: an input moves the same counters, and covers the same of C, whatever ran before it.
func TestInputsAlone(t *testing.T) {
	if os.Getenv(insideVar) != t.Name() {
		t.Skip("runs inside TestCountersAreStable only")
	}
	c, err := counters.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := len(c.In("midiff/fuzz/feed")); n < feed.Edges+feed.Features {
		t.Fatalf("%d counters are too few for what is fed", n)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for name := range fuzz.Programs {
		target, err := fuzz.NewTarget(name)
		if err != nil {
			t.Fatal(err)
		}
		all := inputs(t, random, 150)
		first := make([][]byte, len(all))
		covered := make([]string, len(all))
		for round := range 3 {
			for _, i := range random.Perm(len(all)) {
				var wrong error
				moved, err := c.Of(func() { wrong = target.Check(all[i]) })
				if err != nil || wrong != nil {
					t.Fatalf("%s, input %d: %v, %v", name, i, err, wrong)
				}
				saw := fmt.Sprint(target.Covered().Edges, target.Covered().Features)
				if round == 0 {
					continue // what runs once in a process is behind us
				}
				if first[i] == nil {
					first[i], covered[i] = moved, saw
				}
				if covered[i] != saw {
					t.Errorf("%s, input %d: C covers\n%s\nand\n%s", name, i, covered[i], saw)
				}
				if d := differing(first[i], moved); d != "" {
					t.Errorf("%s, input %d: counters %s", name, i, d)
				}
			}
		}
	}
}

func differing(a, b []byte) string {
	var d []string
	for i := range a {
		if a[i] != b[i] {
			d = append(d, fmt.Sprintf("%d: %d, %d", i, a[i], b[i]))
		}
	}
	return strings.Join(d, "; ")
}

// TestNotFed: with MIDIFF_CCOVER=0 what C covers moves no counter.
func TestNotFed(t *testing.T) {
	if os.Getenv(insideVar) != t.Name() {
		t.Skip("runs inside TestCountersAreStable only")
	}
	if n := fed(t); n != 0 {
		t.Fatalf("%d counters that stand for C moved", n)
	}
}

// fed gives how many counters that stand for C an input moves.
func fed(t *testing.T) (n int) {
	target, err := fuzz.NewTarget("FuzzThreads")
	if err != nil {
		t.Fatal(err)
	}
	c, err := counters.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	moved, err := c.Of(func() { err = target.Check(inputs(t, rand.New(rand.NewPCG(3, 4)), 1)[0]) })
	if err != nil {
		t.Fatal(err)
	}
	for i, of := range c.In("midiff/fuzz/feed") {
		if of && moved[i] != 0 {
			n++
		}
	}
	if covered := target.Covered(); len(covered.Edges) < 100 || len(covered.Features) < 5 {
		t.Fatalf("only %d places and %d features of C are covered", len(covered.Edges), len(covered.Features))
	}
	return n
}

// TestFed: each number that is fed moves a counter of its own.
func TestFed(t *testing.T) {
	if os.Getenv(insideVar) != t.Name() {
		t.Skip("runs inside TestCountersAreStable only")
	}
	target, err := fuzz.NewTarget("FuzzThreads")
	if err != nil {
		t.Fatal(err)
	}
	n := fed(t)
	c := target.Covered()
	if !slices.IsSorted(c.Edges) || len(slices.Compact(c.Edges)) < len(c.Edges) {
		t.Fatalf("places are not ascending: %v", c.Edges)
	}
	if all := len(c.Edges) + len(c.Features); n < all || n > all+5 {
		t.Fatalf("%d counters moved, of %d numbers", n, all)
	}
}
