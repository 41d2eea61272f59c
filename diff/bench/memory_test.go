package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGrown: what differs with the inputs is no growth, half as much again is.
func TestGrown(t *testing.T) {
	said := func(last string) []byte {
		return []byte("=== RUN\n    memory_test.go:49: at most 71 MB in the first 20000 executions\n" +
			"    memory_test.go:52: at most 70 MB from 20000 to 50000\n    memory_test.go:52: at most " + last + " MB from 50000 to 80000\n")
	}
	row, ok := grown(said("80"))
	require.True(t, ok)
	require.True(t, row.Met)
	require.InDelta(t, 80.0/71, row.Ratio, 1e-9)
	row, ok = grown(said("107"))
	require.True(t, ok)
	require.False(t, row.Met)
	_, ok = grown([]byte("no such test"))
	require.False(t, ok)
}
