package cref

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// numbers are the statistics by name: "0 reserved.current" of the totals, "1 segments.peak" of thread 0.
func numbers(r *Ref) map[string]int64 {
	names, m := StatNames(), map[string]int64{}
	for _, e := range r.Stats() {
		m[string(rune('0'+e.A))+" "+names[e.Field]+"."+StatParts[e.Pos]] = int64(e.Value)
	}
	return m
}

func TestStats(t *testing.T) {
	r := opened(t)
	hashed := func(o Op) Op {
		o.Flags |= HashState
		return o
	}
	res := run(t, Setup{Threads: 2}, hashed(gives(0, "malloc", 100)), hashed(gives(1, "malloc", 100).by(1)),
		hashed(plain("stats_merge").by(1)), hashed(plain("stats_merge").by(1)))
	require.NotEqual(t, res[0].Stats, res[1].Stats)
	require.NotEqual(t, res[1].Stats, res[2].Stats)
	require.Equal(t, res[2].Stats, res[3].Stats)
	m := numbers(r)
	require.EqualValues(t, 64<<20+8192, m["0 reserved.current"])
	require.EqualValues(t, 33<<20+8192, m["0 committed.current"])
	require.EqualValues(t, 2, m["0 commit_calls.count"])
	require.EqualValues(t, 1, m["0 threads.current"])
	require.EqualValues(t, 1, m["0 segments.current"])
	require.EqualValues(t, 1, m["1 segments.current"])
	require.NotContains(t, m, "2 segments.current", "merged")

	run(t, Setup{}, gives(0, "malloc", 100), plain("stats_reset"))
	require.Empty(t, r.Stats())
	r.Reset()
	require.Empty(t, r.Stats())
}
