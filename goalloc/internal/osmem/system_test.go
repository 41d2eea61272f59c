// What only Linux does: race builds take their memory elsewhere. See osmem.go for the states.

//go:build !race

package osmem

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// Hinted requests are aligned as long as nothing sits there.
func TestRealHints(t *testing.T) {
	r := NewReal(0)
	var last raw.Addr
	for range 4 {
		a, errno := r.Map(true, SegmentAlign, true)
		require.Zero(t, errno)
		require.Zero(t, a%SegmentAlign)
		require.Greater(t, a, last, "one after the other")
		raw.Store(a+SegmentAlign-8, 1)
		last = a
		require.Zero(t, r.Unmap(a, SegmentAlign))
	}
}
