// Runs of jobs, and of one that cannot end. See doc.go for an overview.

package pthreads

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
)

// op makes a stitch of an operation; dst and src are slots.
func op(t *testing.T, name string, id, dst, src uint32, numbers ...uint64) Stitch {
	code, ok := Code(name)
	require.True(t, ok, name)
	s := Stitch{Result: id - 1}
	s.Op = cref.Op{Code: code, ID: id, Dst: dst, Src: src, Heap: cref.NoSlot}
	for i, n := range numbers {
		*[]*uint64{&s.Op.A, &s.Op.B, &s.Op.C, &s.Op.D}[i] = n
	}
	return s
}

// handOver is a job in which one thread frees what the other makes.
func handOver(t *testing.T) *Job {
	free := op(t, "free", 2, cref.NoSlot, 0)
	free.Op.Thread, free.Waits = 1, 1
	return &Job{Threads: [][]Stitch{{op(t, "malloc", 1, 0, cref.NoSlot, 100)}, {free}}, Waits: []Wait{{0, 1}},
		Results: 2, Blocks: 1, Patience: 10000}
}

func TestRun(t *testing.T) {
	for range 20 {
		out, end, err := Run(handOver(t))
		require.NoError(t, err)
		require.EqualValues(t, 112, out[0].Usable)
		require.EqualValues(t, 1, out[1].Remote)
		require.Less(t, out[0].From, out[1].Until)
		require.Zero(t, end.Mapped)
		require.Zero(t, end.Live)
		require.Zero(t, end.Complaints)
	}
}

func TestUnknownCode(t *testing.T) {
	j := handOver(t)
	j.Threads[0][0].Op.Code = 250
	_, _, err := Run(j)
	require.Error(t, err)
	_, ok := Code("reserve_os_memory")
	require.False(t, ok)
}

const hangVar = "MIDIFF_HANG"

// TestHangs waits for what never comes, in a process of its own: TestHang runs it.
func TestHangs(t *testing.T) {
	if os.Getenv(hangVar) == "" {
		t.Skip("runs inside TestHang only")
	}
	j := handOver(t)
	j.Waits[0].Stitches, j.Patience = 7, 60
	_, end, err := Run(j)
	require.ErrorIs(t, err, ErrHung)
	require.EqualValues(t, 1, end.At[0])
	require.EqualValues(t, 0, end.At[1])
	_, _, err = Run(handOver(t))
	require.ErrorIs(t, err, ErrSpoilt)
}

func TestHang(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run", "^TestHangs$")
	cmd.Env = append(os.Environ(), hangVar+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
