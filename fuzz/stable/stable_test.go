package stable

// No library is imported here: it would be compiled with counters, which takes longer than all the rest.

import (
	"bytes"
	"debug/elf"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"midiff/fuzz"
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
	for _, name := range []string{"TestInputsAlone", "TestNotFed"} {
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

// counters are those of this process: the bytes that code moves when it runs.
type counters struct {
	memory *os.File
	from   int64
	zeros  []byte
}

func openCounters(t *testing.T) *counters {
	self, err := elf.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer self.Close()
	in := self.Section(".go.fuzzcntrs")
	if in == nil || in.Size < feed.Edges+feed.Features {
		t.Fatalf("%+v: this binary has no counters for what is fed", in)
	}
	memory, err := os.OpenFile("/proc/self/mem", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { memory.Close() })
	return &counters{memory, int64(in.Addr), make([]byte, in.Size)}
}

// of gives what run moves, each counter as the fuzzer takes it: its highest bit.
func (c *counters) of(t *testing.T, run func()) []byte {
	if _, err := c.memory.WriteAt(c.zeros, c.from); err != nil {
		t.Fatal(err)
	}
	run()
	moved := make([]byte, len(c.zeros))
	if _, err := c.memory.ReadAt(moved, c.from); err != nil {
		t.Fatal(err)
	}
	for i, n := range moved {
		n |= n >> 1
		n |= n >> 2
		n |= n >> 4
		moved[i] = n - n>>1
	}
	return moved
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
	c, random := openCounters(t), rand.New(rand.NewPCG(1, 2))
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
				var err error
				moved := c.of(t, func() { err = target.Check(all[i]) })
				if err != nil {
					t.Fatalf("%s, input %d: %v", name, i, err)
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

// TestNotFed: with MIDIFF_CCOVER=0 nothing of C is known.
func TestNotFed(t *testing.T) {
	if os.Getenv(insideVar) != t.Name() {
		t.Skip("runs inside TestCountersAreStable only")
	}
	target, err := fuzz.NewTarget("FuzzThreads")
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Check(inputs(t, rand.New(rand.NewPCG(3, 4)), 1)[0]); err != nil {
		t.Fatal(err)
	}
	if c := target.Covered(); c != nil {
		t.Fatalf("%d edges and %d features of C are known", len(c.Edges), len(c.Features))
	}
}
