package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPageStartsOf23(t *testing.T) {
	const slice = Addr(sliceSize)
	for _, c := range []struct {
		at        Addr
		bytes     uintptr
		blockSize uintptr
		want      uintptr
	}{
		{5 * slice, sliceSize, 8, 3*8 + 8},                 // rounded up to 16
		{5 * slice, sliceSize, 64, 3 * 64},                 // three blocks off
		{5 * slice, sliceSize, 48, 3*48 + 48 - 5<<16%48},   // and at a multiple of the block size
		{5 * slice, sliceSize, 512, 512},                   // one block off
		{5 * slice, sliceSize, 1024, 0},                    // none
		{6 * slice, sliceSize, 40960, 40960 - 6<<16%40960}, // fits behind the place where it must begin
		{2 * slice, sliceSize, 57344, 0},                   // does not, so it begins anywhere
		{6 * slice, 8 * sliceSize, 57344, 57344 - 6<<16%57344},
		{7 * slice, 3 * sliceSize, 135168, 0}, // a large block has a page of its own
	} {
		require.Equal(t, c.want, bestFit{}.startOffset(c.at, c.bytes, c.blockSize), "%#x: %d bytes of blocks of %d", c.at, c.bytes, c.blockSize)
	}
}

// With the quirk, a page whose tag no heap of the thread has goes to the heap that asks and is of its kind from then
// on. Without, its segment waits for a thread with such a heap.
func TestTagLost(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		p := simulatedAs(t, Profile23())
		if fixed {
			p.Without(TagLost)
		}
		left := p.NewThread()
		h, ok := left.NewTaggedHeap(5, false, NoArena)
		require.True(t, ok)
		b, c := h.Malloc(1000), h.Malloc(1000)
		left.Done()
		p.Main().Collect(true)
		require.Equal(t, fixed, segmentOf(b).threadID.AtRest() == 0)
		require.Equal(t, fixed, pageOfBlock(b).tag == 5)
		ev := p.Main().TakeEvents()
		require.Equal(t, fixed, ev.Quirks&TagLost == 0)
		require.Equal(t, fixed, ev.Errors == 0)

		other := p.NewThread()
		_, ok = other.NewTaggedHeap(5, false, NoArena)
		require.True(t, ok)
		require.NoError(t, p.SetOption("abandoned_reclaim_on_free", 1))
		other.Free(c)
		require.Equal(t, fixed, segmentOf(b).threadID.AtRest() == other.id, "reclaimed on a free, by who has such a heap")
	}
}
