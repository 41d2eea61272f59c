// Operations: results, handles and what the checks find. See doc.go for an overview.

package cref

import (
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

const (
	enomem    = 12
	eoverflow = 75
)

// Every operation of the table is known by name, and nothing else is.
func TestCodes(t *testing.T) {
	seen := map[uint8]string{}
	for name, code := range codes() {
		require.Empty(t, seen[code], name)
		seen[code] = name
	}
	require.Len(t, seen, 113)
	_, ok := Code("heap_malloc")
	require.False(t, ok)
}

// allocations are all operations that give a block, asked for 100 or 112 bytes.
var allocations = []Op{
	gives(1, "malloc", 100), gives(1, "zalloc", 100), gives(1, "calloc", 10, 10),
	gives(1, "mallocn", 10, 10), gives(1, "malloc_small", 100), gives(1, "zalloc_small", 100),
	gives(1, "malloc_aligned", 112, 16), gives(1, "zalloc_aligned", 112, 16),
	gives(1, "calloc_aligned", 7, 16, 16),
	gives(1, "realloc", 100), gives(1, "reallocn", 10, 10), gives(1, "reallocf", 100),
	gives(1, "rezalloc", 100), gives(1, "recalloc", 10, 10),
	gives(1, "realloc_aligned", 112, 16), gives(1, "rezalloc_aligned", 112, 16),
	gives(1, "recalloc_aligned", 7, 16, 16),
	gives(1, "posix_memalign", 16, 112), gives(1, "memalign", 16, 112),
	gives(1, "aligned_alloc", 16, 112), gives(1, "reallocarray", 10, 10), gives(1, "reallocarr", 10, 10),
	gives(1, "aligned_recalloc", 7, 16, 16), gives(1, "aligned_offset_recalloc", 7, 16, 16, 16),
	gives(1, "strdup", 99), gives(1, "strndup", 200, 99), gives(1, "mbsdup", 99), gives(1, "wcsdup", 49),
	gives(1, "new", 100), gives(1, "new_n", 10, 10), gives(1, "new_nothrow", 100), gives(1, "new_aligned", 112, 16),
	gives(1, "new_aligned_nothrow", 112, 16), gives(1, "new_realloc", 100), gives(1, "new_reallocn", 10, 10),
}

// plainOnly are those without a heap variant.
var plainOnly = []string{"zalloc_small", "posix_memalign", "memalign", "aligned_alloc", "reallocarray",
	"reallocarr", "aligned_recalloc", "aligned_offset_recalloc", "mbsdup", "wcsdup", "new", "new_n", "new_nothrow",
	"new_aligned", "new_aligned_nothrow", "new_realloc", "new_reallocn"}

// They do so plainly and on a heap, and what is promised zero is zero although the block before it
// held something else.
func TestEveryAllocation(t *testing.T) {
	for _, o := range allocations {
		for _, heaped := range []bool{false, true} {
			before := gives(0, "malloc", 100)
			if heaped {
				if slices.ContainsFunc(plainOnly, func(name string) bool { return gives(0, name).Code == o.Code }) {
					continue
				}
				before, o = before.on(0), o.on(0)
			}
			// All blocks of the page are used and freed first, so that the new one is not fresh.
			ops := []Op{gives(0, "heap_new")}
			for range 700 {
				ops = append(ops, before, takes("free", 0))
			}
			res := run(t, Setup{}, append(ops, o, takes("free", 1))...)
			for i, r := range res {
				require.Zero(t, r.Bad, "step %d: %+v", i, r)
			}
			got := res[len(res)-2]
			require.NotZero(t, got.Value, "%+v", o)
			require.Equal(t, uint64(112), got.Usable, "%+v", o)
			require.Zero(t, got.Null)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		o             Op
		errno, errors int
	}{
		{gives(1, "malloc", 1<<63), enomem, 3}, // too large, too large again, out of memory
		{gives(1, "malloc", 1<<62), enomem, 1},
		{gives(1, "calloc", 1<<33, 1<<33), 0, 0},
		{gives(1, "mallocn", 3, 1<<63), 0, 0},
		{gives(1, "malloc_aligned", 100, 48), 0, 0},
		{gives(1, "zalloc_aligned", 100, 0), 0, 0},
		{gives(1, "malloc_aligned", 1<<63, 64), 0, 0},
		{step("realloc", 1, 0, 1<<62), enomem, 1},
		{step("reallocn", 1, 0, 1<<33, 1<<33), 0, 0},
		{step("recalloc_aligned", 1, 0, 1<<33, 1<<33, 64), 0, 0},
		{takes("expand", 0, 113), 0, 0},
		{takes("expand", NoSlot, 1), 0, 0},
	} {
		res := run(t, Setup{}, gives(0, "malloc", 100), c.o)
		require.Equal(t, Result{Null: 1, Errno: uint16(c.errno), Errors: uint8(c.errors),
			Warnings: res[1].Warnings, OSHash: res[1].OSHash, OSCalls: res[1].OSCalls}, res[1], "%+v", c.o)
	}
	run(t, Setup{}, gives(1, "malloc", 1<<63))
	require.Contains(t, opened(t).Message(), "mimalloc: error: allocation request is too large")
}

// Calls with an error code put it where the usable size would be; the pointer stays.
func TestCodesOfCalls(t *testing.T) {
	const einval = 22
	for _, c := range []struct {
		o    Op
		code int
	}{
		{gives(1, "posix_memalign", 0, 100), einval}, {gives(1, "posix_memalign", 4, 100), einval},
		{gives(1, "posix_memalign", 24, 100), einval}, {gives(1, "posix_memalign", 64, 1<<63), enomem},
		{step("reallocarray", 1, 0, 1<<33, 1<<33), enomem}, {step("reallocarr", 1, 0, 1<<33, 1<<33), enomem},
		{gives(1, "pvalloc", 1<<64-1), 0}, {gives(1, "memalign", 3, 100), 0},
	} {
		res := run(t, Setup{}, gives(0, "malloc", 100), c.o)
		require.EqualValues(t, 1, res[1].Null, "%+v", c.o)
		require.EqualValues(t, c.code, res[1].Usable, "%+v", c.o)
	}
	res := run(t, Setup{Faults: []Fault{{N: 1, Sticky: true, Errno: enomem}}}, gives(0, "posix_memalign", 64, 0))
	require.EqualValues(t, 1, res[0].Null)
	require.Zero(t, res[0].Usable, "no bytes and no error")
}

// Heaps as numbers; a thread's record is handed on when it ends.
func TestHeapNames(t *testing.T) {
	at := func(thread uint8, o Op) Op { o.Thread = thread; return o }
	res := run(t, Setup{Threads: 3, Heaps: 1}, plain("heap_get_default"), plain("heap_get_backing"),
		gives(0, "heap_new"), plain("heap_set_default").of(0), plain("heap_get_default"),
		at(1, plain("heap_get_backing")), at(1, plain("exit_once")), at(2, plain("heap_get_default")))
	require.EqualValues(t, 1, res[0].Value, "the main heap")
	require.EqualValues(t, 1, res[1].Value)
	require.Equal(t, res[2].Value, res[4].Value)
	require.NotZero(t, res[5].Value)
	require.Equal(t, res[5].Value, res[7].Value)
}

func TestReallocHandles(t *testing.T) {
	usable := func(o Op) []Result {
		return run(t, Setup{}, gives(0, "malloc", 100), o,
			takes("usable_size", 0), takes("usable_size", 1))
	}
	t.Run("moved", func(t *testing.T) {
		res := usable(step("realloc", 1, 0, 1000))
		require.NotEqual(t, res[0].Value, res[1].Value)
		require.Equal(t, []uint64{0, 1024}, []uint64{res[2].Value, res[3].Value})
	})
	t.Run("in place", func(t *testing.T) {
		res := usable(step("realloc", 1, 0, 90))
		require.Equal(t, res[0].Value, res[1].Value)
		require.Equal(t, uint64(112), res[1].Usable)
		require.Equal(t, []uint64{0, 112}, []uint64{res[2].Value, res[3].Value})
	})
	t.Run("failed", func(t *testing.T) {
		res := usable(step("realloc", 1, 0, 1<<62))
		require.Equal(t, []uint64{0, 112}, []uint64{res[2].Value, res[3].Value}, "the old block is kept")
	})
	t.Run("failed and freed", func(t *testing.T) {
		res := usable(step("reallocf", 1, 0, 1<<62))
		require.Equal(t, []uint64{0, 0}, []uint64{res[2].Value, res[3].Value})
	})
	t.Run("expand", func(t *testing.T) {
		res := usable(takes("expand", 0, 112))
		require.Equal(t, res[0].Value, res[1].Value)
		require.Equal(t, uint64(112), res[2].Value)
	})
}

func TestHeaps(t *testing.T) {
	res := run(t, Setup{},
		gives(0, "heap_new"), gives(1, "heap_new"),
		gives(0, "malloc", 48).on(0), gives(1, "malloc", 48).on(1), gives(2, "malloc", 20<<20).on(0),
		gives(3, "malloc", 48).on(BackingSlot),
		plain("heap_destroy").of(0),
		takes("usable_size", 0), takes("usable_size", 1), takes("usable_size", 2),
		plain("heap_delete").of(1), takes("usable_size", 1),
		plain("heap_set_default").of(BackingSlot), plain("heap_collect", 1).of(BackingSlot))
	require.NotZero(t, res[0].Value)
	require.Equal(t, uint64(2), res[6].Value)
	mixed := func(slot uint64) uint64 { x := (slot + 1) * 0x9e3779b97f4a7c15; return x ^ x>>29 }
	require.Equal(t, mixed(0)^mixed(2), res[6].Usable)
	require.Equal(t, []uint64{0, 48, 0, 48},
		[]uint64{res[7].Value, res[8].Value, res[9].Value, res[11].Value})
}

// After a thread's end its heaps are gone and its number is a new thread; blocks live on.
func TestExit(t *testing.T) {
	for _, end := range []string{"exit", "thread_done"} {
		res := run(t, Setup{},
			gives(0, "heap_new").by(1), gives(0, "malloc", 48).by(1).on(0), gives(1, "heap_new").by(2),
			plain(end).by(1),
			gives(1, "malloc", 48).by(1).on(0), gives(2, "malloc", 48).by(2).on(1), takes("free", 0))
		require.NotZero(t, res[4].Null, end)
		require.Zero(t, res[4].Errno, end)
		require.Zero(t, res[5].Null, end)
		require.Zero(t, res[6].Bad, end)
	}
	res := run(t, Setup{}, gives(0, "malloc", 48), plain("exit"), gives(1, "malloc", 48))
	require.Equal(t, res[0].Value+48, res[2].Value, "the main thread lives on with what it has")
}

// A null heap handle makes no call, whatever the operation. Here the OS refuses the data of the second
// thread, which the library's own function for its backing heap does not survive.
func TestNullHeap(t *testing.T) {
	s := Setup{Faults: []Fault{{N: 2, Call: FaultMmap, Sticky: true, Errno: enomem}}}
	res := run(t, s, gives(0, "malloc", 100),
		gives(0, "heap_new").by(1),
		gives(1, "malloc", 8).by(1).on(0), step("reallocf", 0, 0, 1<<62).by(1).on(0),
		plain("heap_delete").by(1).of(0), plain("heap_destroy").by(1).of(0),
		plain("heap_set_default").by(1).of(0), plain("heap_collect", 1).by(1).of(0),
		takes("usable_size", 0),
		gives(1, "malloc", 8).by(1).on(BackingSlot), gives(1, "malloc", 8).by(1), plain("exit").by(1))
	require.Equal(t, []uint8{1, 1}, []uint8{res[1].Null, res[1].Errors})
	require.Equal(t, uint16(enomem), res[1].Errno)
	for i, null := range []uint8{1, 1, 0, 0, 0, 0} {
		want := Result{Null: null, OSHash: res[1].OSHash, OSCalls: res[1].OSCalls}
		require.Equal(t, want, res[2+i], "step %d", 2+i)
	}
	require.Equal(t, uint64(112), res[8].Value, "nothing was called, so nothing was freed")
	require.Equal(t, []uint8{1, 1}, []uint8{res[9].Null, res[10].Null})
}

// memory is the simulated memory from a relative address on.
func memory(addr, size uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(nil, Base+addr)), size)
}

func TestWrongContentsAreFound(t *testing.T) {
	for _, c := range []struct {
		name string
		size uint64
		at   uint64 // the byte that is changed
		seen bool
	}{
		{"first", 100, 0, true},
		{"in the middle", 100, 57, true},
		{"last usable", 100, 111, true},
		{"first of a large block", 1 << 20, 0, true},
		{"end of the first edge", 1 << 20, 4095, true},
		{"at a stride", 1 << 20, 16 << 12, true},
		{"between strides", 1 << 20, 16<<12 + 8, false},
		{"last of a large block", 1 << 20, 1<<20 - 1, true},
		{"at a large stride", 20 << 20, 80 << 16, true},
		{"at a small stride", 20 << 20, 80<<16 + 4096, false},
	} {
		sweep := plain("clock")
		sweep.Flags = Sweep
		for _, o := range []Op{takes("free", 0), takes("usable_size", 0), takes("expand", 0, 1),
			step("realloc", 1, 0, c.size), sweep} {
			r := opened(t)
			first := run(t, Setup{Blocks: 2}, gives(0, "malloc", c.size))
			memory(first[0].Value, c.size+64)[c.at] ^= 0x10
			o.ID = 2
			var out [1]Result
			r.Run([]Op{o}, out[:])
			if !c.seen {
				require.Zero(t, out[0].Bad, c.name)
				continue
			}
			require.Equal(t, c.at+1, out[0].Bad, c.name)
			require.Equal(t, uint8(Contents), out[0].BadWhat, c.name)
			require.Zero(t, out[0].BadSlot)
		}
	}
}

func TestCarefulSweepsEveryStep(t *testing.T) {
	r := opened(t)
	first := run(t, Setup{Blocks: 3, Careful: true}, gives(0, "malloc", 8), gives(1, "malloc", 8))
	memory(first[1].Value, 8)[3]++
	out := make([]Result, 1)
	r.Run([]Op{plain("clock")}, out)
	require.Equal(t, []uint64{4, 1}, []uint64{out[0].Bad, uint64(out[0].BadSlot)})
}

// What a step may refer to is checked before anything of the program's is touched.
func TestOperandsThatDoNotExist(t *testing.T) {
	r := opened(t)
	require.NoError(t, r.Begin(&Setup{Threads: 2, Blocks: 4, Heaps: 1}))
	for _, o := range []Op{
		{Code: 200}, plain("clock").by(2), gives(4, "malloc", 1), takes("free", 4),
		gives(1, "heap_new"), gives(0, "malloc", 1).on(1), gives(0, "zalloc_small", 1).on(0),
		takes("free", 0).on(0),
	} {
		require.Panics(t, func() { r.Run([]Op{o}, make([]Result, 1)) }, "%+v", o)
	}
	r.Run(nil, nil)
}

func TestBeginRefuses(t *testing.T) {
	r := opened(t)
	for want, s := range map[string]Setup{
		"0 threads": {},
		"9 threads": {Threads: 9},
		"has none":  {Threads: 1, Options: []OptionValue{{"eager", 1}}},
		"cannot be": {Threads: 1, Options: []OptionValue{{"show_errors", 0}}},
		"for ever": {Threads: 1, Options: []OptionValue{{"page_reset", 1}},
			Faults: []Fault{{1, FaultMadvise, true, 11}}},
		"from 1":    {Threads: 1, Faults: []Fault{{0, FaultMmap, false, 12}}},
		"65 faults": {Threads: 1, Faults: make([]Fault, 65)},
	} {
		require.ErrorContains(t, r.Begin(&s), want)
	}
}
