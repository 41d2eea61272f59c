// Sets of address ranges. See osmem.go for an overview.

package osmem

import (
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

func TestRanges(t *testing.T) {
	var r ranges
	r.add(100, 50)
	r.add(200, 50)
	for _, c := range []struct {
		from, size uintptr
		want       ranges
	}{
		{150, 50, ranges{{100, 150}, {200, 250}}},
		{110, 20, ranges{{100, 110}, {130, 150}, {200, 250}}},
		{100, 10, ranges{{130, 150}, {200, 250}}},
		{140, 70, ranges{{130, 140}, {210, 250}}},
		{240, 90, ranges{{130, 140}, {210, 240}}},
		{0, 1000, nil},
	} {
		r.remove(raw.Addr(c.from), c.size)
		require.Equal(t, c.want, r, "after [%d, +%d)", c.from, c.size)
	}
}
