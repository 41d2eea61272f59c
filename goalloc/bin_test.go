// Size classes against slow formulations of the same rules. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// classes are the block sizes of shared pages: multiples of 16 up to 128 (and 8), then four per power
// of two, up to 128 KiB.
var classes = func() []uintptr {
	all := []uintptr{8, 16, 32, 48, 64, 80, 96, 112, 128}
	for p := uintptr(128); p < mediumMax20; p *= 2 {
		all = append(all, p+p/4, p+p/2, p+3*p/4, 2*p)
	}
	return all
}()

// classOf is the smallest class that holds size.
func classOf(size uintptr) uintptr {
	for _, c := range classes {
		if c >= size {
			return c
		}
	}
	return 0
}

func TestClasses(t *testing.T) {
	require.Equal(t, []uintptr{8, 16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
		classes[:14])
	require.Equal(t, []uintptr{114688, 131072}, classes[len(classes)-2:])
	require.Len(t, classes, 49, "bins 1, 2, 4, 6, and 8 to 52")
}

func TestEverySizeGetsTheSmallestClassThatHoldsIt(t *testing.T) {
	for size := uintptr(0); size <= 130<<10; size++ {
		bin := binOf(size, mediumMax20)
		if size > mediumMax20 {
			require.EqualValues(t, binHuge, bin, "size %d", size)
			continue
		}
		if want := classOf(size); binSize(bin) != want {
			require.Equal(t, want, binSize(bin), "size %d, bin %d", size, bin)
		}
	}
}

func TestBinsAreReachableOrSkipped(t *testing.T) {
	skipped := map[uintptr]bool{0: true, 3: true, 5: true, 7: true}
	for bin := uintptr(0); bin <= 52; bin++ {
		require.Equal(t, !skipped[bin], binOf(binSize(bin), mediumMax20) == bin, "bin %d", bin)
	}
}

func TestBinsAtTheEndOfTheAddressSpace(t *testing.T) {
	// Rounding up to words wraps: the caller has sent such sizes elsewhere by then.
	require.EqualValues(t, binHuge, binOf(ptrdiffMax, mediumMax20))
	require.EqualValues(t, 1, binOf(sizeMax, mediumMax20))
}

func TestGoodSize(t *testing.T) {
	p := simulated(t)
	for size, want := range map[uintptr]uintptr{
		0: 8, 1: 8, 8: 8, 9: 16, 16: 16, 17: 32, 33: 48, 100: 112, 129: 160, 1024: 1024, 1025: 1280,
		16385: 20480, 114689: 131072, 131072: 131072,
		// Beyond shared pages it is not what a block gets, but the size in OS pages.
		131073: 135168, 1_000_000: 1_003_520, 16777217: 16781312,
	} {
		require.Equal(t, want, p.GoodSize(size), "size %d", size)
	}
}

func TestUsableSizeIsTheGoodSize(t *testing.T) {
	p := simulated(t)
	for _, class := range classes {
		for _, size := range []uintptr{class - 1, class} {
			a := p.Main().Malloc(size)
			require.Equal(t, p.GoodSize(size), p.Main().UsableSize(a), "size %d", size)
		}
	}
}

func TestSpanBins(t *testing.T) {
	// The last count of every queue that can be filled, from queue 0 on.
	last := []uintptr{0, 1, 2, 3, 4, 5, 6, 7, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96,
		112, 128, 160, 192, 224, 256, 320, 384, 448, 512}
	bin := uintptr(0)
	for count := uintptr(0); count <= slicesPerSegment; count++ {
		if count > last[bin] {
			bin++
		}
		require.Equal(t, bin, spanBin(count), "count %d", count)
	}
	require.EqualValues(t, 31, bin, "queues 32 to 35 stay empty")
}

func TestOSGoodSize(t *testing.T) {
	const kib, mib = 1 << 10, 1 << 20
	for _, c := range []struct{ size, want uintptr }{
		{0, 0}, {1, 4 * kib}, {4 * kib, 4 * kib}, {4*kib + 1, 8 * kib},
		{512*kib - 1, 512 * kib}, {512 * kib, 512 * kib}, {512*kib + 1, 576 * kib},
		{2*mib - 1, 2 * mib}, {2 * mib, 2 * mib}, {2*mib + 1, 2*mib + 256*kib},
		{8*mib - 1, 8 * mib}, {8 * mib, 8 * mib}, {8*mib + 1, 9 * mib},
		{32*mib - 1, 32 * mib}, {32 * mib, 32 * mib}, {32*mib + 1, 36 * mib},
		{sizeMax - 4*mib, sizeMax - 4*mib}, {sizeMax - 1, sizeMax - 1}, {sizeMax, sizeMax},
		{sizeMax - 4*mib - 1, sizeMax - 4*mib + 1},
	} {
		require.Equal(t, c.want, osGoodSize(c.size), "size %d", c.size)
	}
}

func TestOSGoodSizeWastesAtMostAnEighth(t *testing.T) {
	for size := uintptr(64 << 10); size < 64<<20; size += 4093 {
		good := osGoodSize(size)
		require.GreaterOrEqual(t, good, size)
		require.LessOrEqual(t, good-size, size/8, "size %d", size)
		require.Equal(t, good, osGoodSize(good), "rounding again changes nothing")
	}
}

// Every direct entry belongs to exactly one bin: the smallest that holds its size.
func TestDirectEntries(t *testing.T) {
	served := map[uintptr]uintptr{}
	for bin := uintptr(1); bin <= binSmallMax; bin++ {
		if binOf(binSize(bin), mediumMax20) != bin {
			continue
		}
		for k := directFrom[bin]; k <= directTo[bin]; k++ {
			require.NotContains(t, served, k)
			served[k] = bin
		}
	}
	for k := uintptr(0); k <= smallMax/wordSize; k++ {
		require.Equal(t, binOf(k*wordSize, mediumMax20), served[k], "entry %d", k)
	}
	require.EqualValues(t, smallMax, binSize(binSmallMax))
}

func TestPowersOfTwo(t *testing.T) {
	for x, want := range map[uintptr]bool{0: true, 1: true, 2: true, 3: false, 4: true, 6: false,
		1 << 63: true, sizeMax: false} {
		require.Equal(t, want, isPowerOfTwo(x), "%d", x)
	}
}
