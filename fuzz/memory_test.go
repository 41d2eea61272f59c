package fuzz

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// executions is for who wants to see a million: go test -v -run MemoryIsFlat ./fuzz -args -executions 1000000.
var executions = flag.Int("executions", 30_000, "how many executions TestMemoryIsFlat makes after the first 20,000")

// A worker runs millions of inputs. Once it has seen some, it must not grow: what an execution leaks, if only some
// bytes, or what the simulated systems keep resident, comes to gigabytes over a night. What differs from one part to
// the next is what their inputs happen to touch.
func TestMemoryIsFlat(t *testing.T) {
	const warm, part, window, most = 20_000, 30_000, 500, 16 << 20
	target, err := NewTarget("FuzzThreads")
	if err != nil {
		t.Fatal(err)
	}
	inputs, err := Seeds()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	peak := func(n int) (most int) {
		for i := range n {
			in := bytes.Clone(inputs[r.IntN(len(inputs))])
			for k := r.IntN(12); k >= 0 && len(in) > 0; k-- {
				in[r.IntN(len(in))] = byte(r.Uint32())
			}
			if err := target.Check(in); err != nil {
				t.Fatal(err)
			}
			if i%window == 0 {
				most = max(most, resident(t))
			}
		}
		return most
	}
	before := peak(warm)
	t.Logf("at most %d MB in the first %d executions", before>>20, warm)
	for done := 0; done < *executions; done += part {
		after := peak(part)
		t.Logf("at most %d MB from %d to %d", after>>20, warm+done, warm+done+part)
		if after-before > most {
			t.Fatalf("%d executions after the first %d, it is %d KB more", done+part, warm, (after-before)>>10)
		}
	}
}

// resident is how much memory of this process is resident, in bytes.
func resident(t *testing.T) int {
	stat, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(string(bytes.Fields(stat)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
