// A run gives the same in every process, whatever its environment. See doc.go for an overview.

package cref

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// printVariable tells the test binary that it is the other process.
const printVariable = "CREF_TEST_PRINT"

// report runs programs of every kind and prints all that the rig compares, and the state they
// leave.
func report(t testing.TB) string {
	r := opened(t)
	r.Reset()
	var b bytes.Buffer
	fmt.Fprintf(&b, "pristine %x\n", r.Fingerprint())
	for _, m := range mixes {
		d := newDice(100, min(m.max, 4<<20), m.rare)
		s := d.setup()
		s.Options, s.Faults = m.options, m.faults
		for i, res := range run(t, s, d.program(500)...) {
			fmt.Fprintf(&b, "%s %d %+v\n", m.name, i, res)
		}
		fmt.Fprintf(&b, "%s %+v %s %x\n", m.name, r.Calls(), r.Message(), r.Fingerprint())
		r.Reset()
	}
	return b.String()
}

func TestMain(m *testing.M) {
	if os.Getenv(printVariable) != "" {
		var t testing.T
		fmt.Print(report(&t))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestOtherProcess(t *testing.T) {
	d := newDice(3, 1<<20, true)
	run(t, d.setup(), d.program(1000)...)
	want := report(t)
	for _, env := range [][]string{
		nil,
		{"MIMALLOC_EAGER_COMMIT=0", "MIMALLOC_VERBOSE=1", "MIMALLOC_SHOW_STATS=1",
			"MIMALLOC_DECOMMIT_DELAY=0", "mimalloc_page_reset=1", "MIMALLOC_RESERVE_OS_MEMORY=1G",
			"MIMALLOC_LARGE_OS_PAGES=1", "MIMALLOC_LIMIT_OS_ALLOC=1"},
	} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(append(os.Environ(), env...), printVariable+"=1")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		got, err := cmd.Output()
		require.NoError(t, err, stderr.String())
		require.Empty(t, stderr.String())
		require.Equal(t, want, string(got), "environment %v", env)
	}
}
