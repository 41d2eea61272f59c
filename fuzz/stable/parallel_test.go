package stable

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"midiff/diff/prog"
	"midiff/fuzz"
	"midiff/fuzz/counters"
)

// TestParallelGuidesNobody: which counters a run with threads at once moves depends on who comes first, for most inputs in
// which threads meet, so that an engine would keep many that add nothing, and take what happened by chance for the
// way to something. (35 of 80 inputs moved other counters in one of five runs, up to 453 of them.) That is why
// FuzzParallel's runs are in a process of their own, and not built for libFuzzer. It ends once it has seen enough.
func TestParallelGuidesNobody(t *testing.T) {
	if os.Getenv(insideVar) != t.Name() {
		t.Skip("runs inside TestCountersAreStable only")
	}
	const most, enough, runs = 60, 3, 5 // were it for 3 of 60 only, the signal would do
	c, err := counters.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	run := served(t)
	decoder := prog.NewDecoder(fuzz.ParallelBounds)
	random := rand.New(rand.NewPCG(5, 6))
	steady, not := 0, 0
	for not < enough && steady+not < most {
		p := decoder.Decode(inputs(t, random, 1)[0])
		if p.Threads < 2 || len(p.Ops) < 20 {
			continue
		}
		var first []byte
		differ := 0
		for i := range runs + 1 {
			moved, err := c.Of(func() { run(p.Text()) })
			switch {
			case err != nil:
				t.Fatal(err)
			case i == 0: // what runs once in a process
			case first == nil:
				first = moved
			default:
				differ = max(differ, count(first, moved))
			}
		}
		if differ == 0 {
			steady++
			continue
		}
		not++
		t.Logf("an input of which up to %d counters differ in %d runs", differ, runs)
	}
	t.Logf("%d inputs moved the same counters in all of %d runs, %d did not", steady, runs, not)
	if not < enough {
		t.Errorf("the signal is steady enough to guide an engine")
	}
}

// count gives how many bytes differ.
func count(a, b []byte) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// served runs programs in this process as the process of FuzzParallel does.
func served(t *testing.T) func(text string) {
	t.Setenv("MIDIFF_FUZZ_PARALLEL", "-")
	in, to := io.Pipe()
	from, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- fuzz.ServeParallel(in, out) }()
	t.Cleanup(func() {
		to.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	receive := func() []byte {
		var n uint32
		if err := binary.Read(from, binary.LittleEndian, &n); err != nil {
			t.Fatal(err)
		}
		text := make([]byte, n)
		if _, err := io.ReadFull(from, text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	return func(text string) {
		if _, err := to.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)); err != nil {
			t.Fatal(err)
		}
		folder, report := receive(), receive()
		if len(folder)+len(report) > 0 {
			t.Fatalf("%s%s", folder, report)
		}
	}
}
