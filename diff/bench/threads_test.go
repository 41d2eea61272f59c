package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestThreads: there is a ratio for a scenario with one and with two threads at work.
func TestThreads(t *testing.T) {
	rows, err := threads(atWork[:1], 5)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	for _, r := range rows {
		t.Logf("%-32s %-40s %-10s %.2f", r.What, r.Measured, r.Than, r.Ratio)
		require.Positive(t, r.Ratio)
	}
}
