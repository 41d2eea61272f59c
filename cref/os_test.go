// The simulated operating system. See doc.go for an overview.

package cref

import (
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

func TestTrace(t *testing.T) {
	r := opened(t)
	res := run(t, Setup{},
		gives(0, "malloc", 100),       // a segment, hinted
		gives(1, "malloc", 100).by(1), // thread data, a segment committed piece by piece
		gives(2, "malloc", 2*gib),     // not hinted: misaligned, mapped anew and trimmed
		takes("free", 2))
	huge := uint64(2*gib + 4*mib)
	require.Equal(t, []OSCall{
		{Kind: MapCall, Arg: 7, Step: 0, Addr: 0, Size: 32 * mib},
		{Kind: MapCall, Arg: 5, Step: 1, Addr: 60 * gib, Size: 8192},
		{Kind: RandomCall, Step: 1, Size: 32},
		{Kind: MapCall, Arg: 6, Step: 1, Addr: 32 * mib, Size: 32 * mib},
		{Kind: ProtectCall, Arg: 1, Step: 1, Addr: 32 * mib, Size: 64 << 10},
		{Kind: ProtectCall, Arg: 1, Step: 1, Addr: 32 * mib, Size: mib},
		{Kind: MapCall, Arg: 5, Step: 2, Addr: 64*mib + 4096, Size: huge},
		{Kind: UnmapCall, Step: 2, Addr: 64*mib + 4096, Size: huge},
		{Kind: MapCall, Arg: 5, Step: 2, Addr: 64*mib + 4096 + huge, Size: huge + 32*mib},
	}, r.Calls()[:9])
	require.Equal(t, int(res[3].OSCalls), len(r.Calls()))
	require.NotEqual(t, res[0].OSHash, res[1].OSHash)

	h := uint64(0x6d69646966663130)
	for _, c := range r.Calls() {
		first := uint64(c.Kind) | uint64(c.Errno)<<8 | uint64(c.Arg)<<16
		for _, w := range []uint64{first, c.Addr, c.Size} {
			h = (h ^ w) * 0x9E3779B97F4A7C15
			h ^= h >> 29
		}
	}
	require.Equal(t, h, res[3].OSHash)
}

func TestPageStates(t *testing.T) {
	r := opened(t)
	res := run(t, Setup{},
		gives(0, "malloc", 100).by(1), gives(1, "malloc", 20<<20), gives(2, "malloc", 100))
	require.True(t, r.Committed(0, mib), "committed piece by piece")
	require.False(t, r.Committed(0, 32*mib))
	require.True(t, r.Committed(res[1].Value, res[1].Usable))
	require.False(t, r.Committed(res[1].Value, 60*gib))
	require.True(t, r.Committed(60*gib, 8192), "thread data")
	require.False(t, r.Committed(60*gib, 8193))
	require.False(t, r.Committed(64*gib-1, 2))
	require.True(t, r.Committed(0, 0))

	var out [1]Result
	r.Run([]Op{{Code: takes("free", 1).Code, ID: 4, Src: 1, Dst: NoSlot, Heap: NoSlot}}, out[:])
	require.False(t, r.Committed(res[1].Value, 4096), "unmapped")
	r.Reset()
	require.False(t, r.Committed(0, 4096))
}

func TestFaults(t *testing.T) {
	r := opened(t)
	segment := gives(0, "malloc", 100)
	errnos := func() (all []uint8) {
		for _, c := range r.Calls() {
			all = append(all, c.Errno)
		}
		return all
	}
	run(t, Setup{Faults: []Fault{{N: 1, Call: FaultMmap, Errno: 13}}}, segment)
	require.Equal(t, []uint8{13, 0, 0, 0, 0, 0}, errnos(), "asked again without a hint, then aligned")

	res := run(t, Setup{Faults: []Fault{{N: 2, Call: FaultMmap, Sticky: true, Errno: enomem}}},
		segment, gives(1, "malloc", 20<<20))
	require.Equal(t, []uint8{0, 12, 12, 12, 12}, errnos(), "two tries, each with and without a hint")
	require.Equal(t, []uint8{1, 1, 2}, []uint8{res[1].Null, res[1].Errors, res[1].Warnings})
	require.Equal(t, uint16(enomem), res[1].Errno)

	res = run(t, Setup{Faults: []Fault{{N: 2, Call: FaultMprotect, Errno: 12}}}, segment.by(1))
	require.Zero(t, res[0].Null)
	require.NotZero(t, res[0].Warnings)
}

// Without random numbers a thread starts all the same, with a warning: it looks at the clock, and
// where the call is not known at a file first, from then on without the call.
func TestNoRandomNumbers(t *testing.T) {
	r := opened(t)
	others := func(calls []OSCall) (all []OSCall) {
		for _, c := range calls {
			if c.Kind >= RandomCall {
				all = append(all, c)
			}
		}
		return all
	}
	start := []Op{plain("thread_init").by(1), plain("thread_init").by(2)}
	res := run(t, Setup{Faults: []Fault{{N: 1, Call: FaultGetrandom, Errno: 11}}}, start...)
	require.Equal(t, []OSCall{{Kind: RandomCall, Errno: 11, Step: 0, Size: 32},
		{Kind: ClockCall, Step: 0, Size: 1000}, {Kind: RandomCall, Step: 1, Size: 32}}, others(r.Calls()))
	require.Equal(t, []uint8{1, 0}, []uint8{res[0].Warnings, res[1].Warnings})

	res = run(t, Setup{Faults: []Fault{{N: 1, Call: FaultGetrandom, Errno: 38},
		{N: 2, Call: FaultClock, Errno: 22}}}, start...)
	require.Equal(t, []OSCall{{Kind: RandomCall, Errno: 38, Step: 0, Size: 32},
		{Kind: OpenCall, Errno: 2, Step: 0}, {Kind: ClockCall, Step: 0, Size: 1000},
		{Kind: OpenCall, Errno: 2, Step: 1}, {Kind: ClockCall, Errno: 22, Step: 1}}, others(r.Calls()))
	require.Equal(t, []uint8{1, 1}, []uint8{res[0].Warnings, res[1].Warnings})
}

// Pages are given back when a time has passed, and time passes by an operation only.
func TestClock(t *testing.T) {
	decommits := func(ms uint64) (n int) {
		run(t, Setup{}, gives(0, "malloc", mib), gives(1, "malloc", 3*mib), takes("free", 0),
			plain("clock", ms), gives(0, "malloc", 2*mib))
		for _, c := range opened(t).Calls() {
			if c.Kind == DecommitCall {
				n++
			}
		}
		return n
	}
	require.Zero(t, decommits(24))
	require.NotZero(t, decommits(25))
}

// The areas end: 60 GiB of large requests, and not one byte more.
func TestEndOfTheAddresses(t *testing.T) {
	res := run(t, Setup{},
		gives(0, "malloc", 61*gib), gives(1, "malloc", 1<<40), gives(2, "malloc", 100))
	require.Equal(t, []uint8{1, 1, 0}, []uint8{res[0].Null, res[1].Null, res[2].Null})
}

// The trace keeps the first calls only; the number and the hash cover all.
func TestTraceIsBounded(t *testing.T) {
	ops := make([]Op, 17000)
	for i := range ops {
		ops[i] = gives(0, "malloc", 61*gib) // asks twice
	}
	res := run(t, Setup{}, ops...)
	require.Equal(t, uint32(34_000), res[16999].OSCalls)
	require.Equal(t, 32_768, len(opened(t).Calls()))
	require.NotEqual(t, res[16998].OSHash, res[16999].OSHash)
}

func TestMapped(t *testing.T) {
	r := opened(t)
	run(t, Setup{Threads: 2}, gives(0, "malloc", 20<<20), gives(1, "malloc", 100).by(1), takes("free", 0))
	require.Equal(t, []Range{{32 * mib, 32 * mib}, {60 * gib, 8192}}, r.Mapped())
}

// The place under AddressSanitizer is above its shadow and below the end of the library's map, and addresses there
// are what they are in the other one, modulo the alignments that programs ask for.
func TestBases(t *testing.T) {
	const shadowEnd, mapEnd = 0x10007fff8000, 20 << 40
	header, err := sources.ReadFile("shim.h")
	require.NoError(t, err)
	var at []uint64
	for _, m := range regexp.MustCompile(`#define MID_BASE (0x[0-9a-f]+)ull`).FindAllSubmatch(header, -1) {
		n, err := strconv.ParseUint(string(m[1]), 0, 64)
		require.NoError(t, err)
		at = append(at, n)
	}
	require.Len(t, at, 2)
	asan, base := at[0], at[1]
	require.EqualValues(t, Base, base)
	require.Greater(t, asan, uint64(shadowEnd))
	require.Less(t, asan+64*gib, uint64(mapEnd))
	require.Zero(t, (asan-base)%(4*gib*3*3*5*7*13))
}
