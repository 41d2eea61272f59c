// The Go structs are the C structs. See doc.go for an overview.

package cref

import (
	"maps"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

func TestLayout(t *testing.T) {
	var o Op
	var r Result
	var f Fault
	want := map[string]uint64{
		"mid_op":        uint64(unsafe.Sizeof(o)),
		"mid_op.code":   uint64(unsafe.Offsetof(o.Code)),
		"mid_op.thread": uint64(unsafe.Offsetof(o.Thread)),
		"mid_op.heaped": uint64(unsafe.Offsetof(o.Heaped)),
		"mid_op.flags":  uint64(unsafe.Offsetof(o.Flags)),
		"mid_op.id":     uint64(unsafe.Offsetof(o.ID)),
		"mid_op.dst":    uint64(unsafe.Offsetof(o.Dst)),
		"mid_op.src":    uint64(unsafe.Offsetof(o.Src)),
		"mid_op.heap":   uint64(unsafe.Offsetof(o.Heap)),
		"mid_op.a":      uint64(unsafe.Offsetof(o.A)),
		"mid_op.b":      uint64(unsafe.Offsetof(o.B)),
		"mid_op.c":      uint64(unsafe.Offsetof(o.C)),
		"mid_op.d":      uint64(unsafe.Offsetof(o.D)),

		"mid_result":          uint64(unsafe.Sizeof(r)),
		"mid_result.value":    uint64(unsafe.Offsetof(r.Value)),
		"mid_result.usable":   uint64(unsafe.Offsetof(r.Usable)),
		"mid_result.bad":      uint64(unsafe.Offsetof(r.Bad)),
		"mid_result.os_hash":  uint64(unsafe.Offsetof(r.OSHash)),
		"mid_result.state":    uint64(unsafe.Offsetof(r.State)),
		"mid_result.stats":    uint64(unsafe.Offsetof(r.Stats)),
		"mid_result.told":     uint64(unsafe.Offsetof(r.Told)),
		"mid_result.os_calls": uint64(unsafe.Offsetof(r.OSCalls)),
		"mid_result.bad_slot": uint64(unsafe.Offsetof(r.BadSlot)),
		"mid_result.bad_what": uint64(unsafe.Offsetof(r.BadWhat)),
		"mid_result.null":     uint64(unsafe.Offsetof(r.Null)),
		"mid_result.errors":   uint64(unsafe.Offsetof(r.Errors)),
		"mid_result.warnings": uint64(unsafe.Offsetof(r.Warnings)),
		"mid_result.err":      uint64(unsafe.Offsetof(r.Errno)),
		"mid_result.quirks":   uint64(unsafe.Offsetof(r.Quirks)),
		"mid_result.deferred": uint64(unsafe.Offsetof(r.Deferred)),

		"mid_fault":        uint64(unsafe.Sizeof(f)),
		"mid_fault.n":      uint64(unsafe.Offsetof(f.N)),
		"mid_fault.call":   uint64(unsafe.Offsetof(f.Call)),
		"mid_fault.sticky": uint64(unsafe.Offsetof(f.Sticky)),
		"mid_fault.err":    uint64(unsafe.Offsetof(f.Errno)),
	}
	maps.Copy(want, tracedLayout())
	require.Equal(t, want, layout())
}

// tracedLayout is that of what the library has done and is, as lists.
func tracedLayout() map[string]uint64 {
	e, v, c, b := StateEntry{}, Visit{}, OSCall{}, Callback{}
	return map[string]uint64{
		"mid_callback":           uint64(unsafe.Sizeof(b)),
		"mid_callback.heartbeat": uint64(unsafe.Offsetof(b.Heartbeat)),
		"mid_callback.step":      uint64(unsafe.Offsetof(b.Step)),
		"mid_callback.force":     uint64(unsafe.Offsetof(b.Force)),
		"mid_callback.wrong":     uint64(unsafe.Offsetof(b.Wrong)),

		"mid_visit":           uint64(unsafe.Sizeof(v)),
		"mid_visit.addr":      uint64(unsafe.Offsetof(v.Addr)),
		"mid_visit.size":      uint64(unsafe.Offsetof(v.Size)),
		"mid_visit.used":      uint64(unsafe.Offsetof(v.Used)),
		"mid_visit.committed": uint64(unsafe.Offsetof(v.Committed)),
		"mid_visit.reserved":  uint64(unsafe.Offsetof(v.Reserved)),
		"mid_visit.step":      uint64(unsafe.Offsetof(v.Step)),
		"mid_visit.block":     uint64(unsafe.Offsetof(v.Block)),

		"mid_call":      uint64(unsafe.Sizeof(c)),
		"mid_call.kind": uint64(unsafe.Offsetof(c.Kind)),
		"mid_call.arg":  uint64(unsafe.Offsetof(c.Arg)),
		"mid_call.err":  uint64(unsafe.Offsetof(c.Errno)),
		"mid_call.step": uint64(unsafe.Offsetof(c.Step)),
		"mid_call.addr": uint64(unsafe.Offsetof(c.Addr)),
		"mid_call.size": uint64(unsafe.Offsetof(c.Size)),

		"mid_range":      uint64(unsafe.Sizeof(Range{})),
		"mid_range.addr": uint64(unsafe.Offsetof(Range{}.Addr)),
		"mid_range.size": uint64(unsafe.Offsetof(Range{}.Size)),

		"mid_entry":       uint64(unsafe.Sizeof(e)),
		"mid_entry.field": uint64(unsafe.Offsetof(e.Field)),
		"mid_entry.a":     uint64(unsafe.Offsetof(e.A)),
		"mid_entry.b":     uint64(unsafe.Offsetof(e.B)),
		"mid_entry.c":     uint64(unsafe.Offsetof(e.C)),
		"mid_entry.pos":   uint64(unsafe.Offsetof(e.Pos)),
		"mid_entry.value": uint64(unsafe.Offsetof(e.Value)),
	}
}
