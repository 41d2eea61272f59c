// Tests of the memory that is followed from OS calls. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
)

func TestOSMemory(t *testing.T) {
	const mib = 1 << 20
	call := func(kind uint8, arg uint16, addr, size uint64) OSCall {
		return OSCall{Kind: kind, Arg: arg, Addr: addr, Size: size}
	}
	failed := func(c OSCall) OSCall { c.Errno = 12; return c }
	reserved := call(cref.MapCall, 0, 0, 32*mib)
	mapped := call(cref.MapCall, cref.ArgWritable, 0, 32*mib)
	cases := map[string]struct {
		calls   []OSCall
		at      uint64
		size    uint64
		holds   bool
		refused bool
		dropped int
	}{
		"nothing mapped":      {nil, 0, 8, false, false, 0},
		"mapped":              {[]OSCall{mapped}, 32*mib - 8, 8, true, false, 0},
		"past the end":        {[]OSCall{mapped}, 32*mib - 8, 16, false, false, 0},
		"reserved only":       {[]OSCall{reserved}, 0, 8, false, false, 0},
		"committed":           {[]OSCall{reserved, call(cref.ProtectCall, 1, mib, mib)}, mib, mib, true, false, 0},
		"half committed":      {[]OSCall{reserved, call(cref.ProtectCall, 1, mib, mib)}, mib, mib + 1, false, false, 0},
		"protected again":     {[]OSCall{mapped, call(cref.ProtectCall, 0, mib, 4096)}, mib, 8, false, false, 1},
		"beside":              {[]OSCall{mapped, call(cref.ProtectCall, 0, mib, 4096)}, mib + 4096, mib, true, false, 1},
		"decommitted":         {[]OSCall{mapped, call(cref.DecommitCall, 0, mib, mib)}, 0, 2 * mib, false, false, 1},
		"unmapped":            {[]OSCall{mapped, call(cref.UnmapCall, 0, mib, mib)}, mib + 8, 8, false, false, 1},
		"reset":               {[]OSCall{mapped, call(cref.ResetCall, 0, mib, mib)}, mib, 8, true, false, 1},
		"failed map":          {[]OSCall{failed(mapped)}, 0, 8, false, true, 0},
		"failed decommit":     {[]OSCall{mapped, failed(call(cref.DecommitCall, 0, 0, mib))}, 0, 8, true, true, 0},
		"decommit for reset":  {[]OSCall{mapped, failed(call(cref.ResetCall, 0, 0, mib)), call(cref.DecommitCall, 0, 0, mib)}, 0, 8, true, true, 1},
		"huge":                {[]OSCall{call(cref.MapCall, 1, 0, 60<<30)}, 0, 60 << 30, true, false, 0},
		"small area":          {[]OSCall{call(cref.MapCall, 1, mainSize, 8192)}, mainSize, 8192, true, false, 0},
		"outside the space":   {[]OSCall{mapped}, spaceSize, 8, false, false, 0},
		"a size that wraps":   {[]OSCall{mapped}, 8, ^uint64(0), false, false, 0},
		"a call that is wild": {[]OSCall{call(cref.MapCall, 1, spaceSize, 1<<63)}, 0, 8, false, false, 0},
	}
	o := newOSMemory()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o.follow(c.calls, uint32(len(c.calls)))
			require.Equal(t, c.holds, o.holds(c.at, c.size))
			require.Equal(t, c.refused, o.refused)
			require.Len(t, o.dropped, c.dropped)
			o.quiet()
			require.False(t, o.refused)
			o.reset()
			for _, w := range o.committed {
				if w != 0 {
					t.Fatal("a reset clears all that was mapped")
				}
			}
		})
	}
}

// TestBlind: more calls than are kept leave nothing known, and nothing is then held against anyone.
func TestBlind(t *testing.T) {
	o := newOSMemory()
	o.follow(make([]OSCall, MaxCalls), MaxCalls+1)
	require.True(t, o.holds(0, 1<<20))
	require.False(t, o.holds(spaceSize, 8))
}
