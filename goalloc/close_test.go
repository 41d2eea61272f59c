// What a process leaves behind when it is closed: nothing. See doc.go for an overview.

package goalloc

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mapped lists the address ranges that this program has mapped, as Linux tells them.
func mapped(t *testing.T) (ranges [][2]uint64) {
	text, err := os.ReadFile("/proc/self/maps")
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		var from, to uint64
		_, err := fmt.Sscanf(line, "%x-%x", &from, &to)
		require.NoError(t, err, line)
		ranges = append(ranges, [2]uint64{from, to})
	}
	return ranges
}

// isMapped tells whether something is mapped at an address.
func isMapped(t *testing.T, a Addr) bool {
	for _, r := range mapped(t) {
		if r[0] <= uint64(a) && uint64(a) < r[1] {
			return true
		}
	}
	return false
}

// TestCloseGivesEverythingBack closes processes with live blocks of every kind, live and ended threads,
// heaps and cached segments. Nothing stays mapped where any of it lay.
func TestCloseGivesEverythingBack(t *testing.T) {
	if raceDetected {
		t.Skip("the memory of race builds is Go's")
	}
	for _, simulate := range []bool{false, true} {
		t.Run(fmt.Sprintf("simulated %v", simulate), func(t *testing.T) {
			p, err := New(Config{Simulate: simulate})
			require.NoError(t, err)
			m, other, gone := p.Main(), p.NewThread(), p.NewThread()
			h, ok := m.NewHeap()
			require.True(t, ok)
			all := []Addr{
				m.Malloc(48), m.Malloc(5 << 20), m.Malloc(40 << 20), m.Default().MallocAligned(100, 64<<20),
				other.Malloc(100), gone.Malloc(100), gone.Malloc(20 << 20), h.Malloc(64), h.Addr(), p.emptyPage,
			}
			gone.Close()
			m.freeAll(m.mallocN(4, 16<<20)...) // for the cache
			for _, at := range filledSlots(cacheOf(p)) {
				all = append(all, cacheOf(p).slots[at].at)
			}
			for _, a := range all {
				require.NotZero(t, a)
				require.True(t, isMapped(t, a))
			}
			require.NoError(t, p.Close())
			for _, a := range all {
				require.False(t, isMapped(t, a), "%#x", a)
			}
		})
	}
}

// TestManyProcessesLeaveNothing runs many, one after the other: they leave as much mapped as one does.
func TestManyProcessesLeaveNothing(t *testing.T) {
	if raceDetected {
		t.Skip("the memory of race builds is Go's")
	}
	total := func() (bytes uint64) {
		for _, r := range mapped(t) {
			bytes += r[1] - r[0]
		}
		return bytes
	}
	once := func() {
		p, err := New(Config{})
		require.NoError(t, err)
		p.Main().Malloc(48)
		p.NewThread().Malloc(40 << 20)
		require.NoError(t, p.Close())
	}
	once()
	before := total()
	for range 100 {
		once()
	}
	require.Less(t, total(), before+100*segmentSize/2, "at most Go's own growth")
}
