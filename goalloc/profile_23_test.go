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
