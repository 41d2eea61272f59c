// What the library's stops come to. See flavours.go for an overview.

package flavours

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
)

// steps runs calls without a heap operand: a name, a thread, and the block that is made or taken.
func steps(t *testing.T, ref *cref.Ref, setup cref.Setup, ops ...cref.Op) []cref.Result {
	t.Helper()
	setup.Threads, setup.Blocks = 2, 4
	require.NoError(t, ref.Begin(&setup))
	for i := range ops {
		ops[i].ID, ops[i].Heap = uint32(i+1), cref.NoSlot
	}
	out := make([]cref.Result, len(ops))
	ref.Run(ops, out)
	return out
}

func call(t *testing.T, name string, thread uint8, dst, src uint32, a, b uint64) cref.Op {
	code, ok := cref.Code(name)
	require.True(t, ok)
	return cref.Op{Code: code, Thread: thread, Dst: dst, Src: src, A: a, B: b}
}

// TestStops: a failed assertion and a crash end the run and not the process; the text says where, all later
// results say so, too, and after a reset the library is as before.
func TestStops(t *testing.T) {
	malloc := call(t, "malloc", 0, 0, cref.NoSlot, 48, 0)
	for name, c := range map[string]struct {
		profile string
		faults  []cref.Fault
		stops   cref.Op
		what    int
		says    string
	}{
		"assertion": {"2.0-padded", nil, call(t, "malloc_aligned", 0, 1, cref.NoSlot, 64, 0), cref.Assertion,
			"mimalloc: assertion failed: at \"alloc-aligned.c\":95, mi_heap_malloc_zero_aligned_at\n" +
				"  assertion: \"alignment > 0\"\n"},
		"crash": {"2.0-stats",
			[]cref.Fault{{N: 2, Call: cref.FaultMmap, Sticky: true, Errno: uint16(syscall.ENOMEM)}},
			call(t, "free", 1, cref.NoSlot, 0, 0, 0), cref.Crash,
			"mimalloc: stopped by signal 11 (Segmentation fault) at 0x558, through a null pointer\n"},
	} {
		t.Run(name, func(t *testing.T) {
			ref, err := cref.OpenProfile(c.profile)
			require.NoError(t, err)
			before := ref.Fingerprint()
			for range 3 {
				out := steps(t, ref, cref.Setup{Faults: c.faults}, malloc, c.stops, malloc)
				require.Zero(t, out[0].BadWhat)
				require.Equal(t, cref.Result{Bad: 1, BadWhat: uint8(c.what)}, out[1])
				require.Equal(t, out[1], out[2])
				require.Contains(t, ref.Message(), c.says)
				ref.Run([]cref.Op{malloc}, out[:1])
				require.Equal(t, out[1], out[0], "in later batches, too")
				ref.Reset()
				require.Equal(t, before, ref.Fingerprint())
				require.Empty(t, ref.Message())
			}
		})
	}
}

// TestGoFaultsStayGos: a wild access of Go is a panic of Go's, as ever.
func TestGoFaultsStayGos(t *testing.T) {
	_, err := cref.Open()
	require.NoError(t, err)
	var nobody *cref.Setup
	require.Panics(t, func() { nobody.Threads++ })
}
