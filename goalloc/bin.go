// Sizes: units, size classes of blocks and of spans. See doc.go for an overview.

package goalloc

import (
	"math/bits"

	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"
)

// What follows from the geometry (geometry.go), in bytes unless said otherwise.
const (
	wordSize         = 8
	osPageSize       = osmem.PageSize
	sliceSize        = 1 << sliceShift
	segmentSize      = 1 << segmentShift
	segmentMask      = segmentSize - 1
	slicesPerSegment = segmentSize / sliceSize

	// alignMax is the largest alignment served by over-allocation; beyond it a block gets a segment
	// of its own, whose header lies exactly one segment size before the block.
	alignMax      = segmentSize / 2
	maxSliceOfs   = alignMax/sliceSize - 1 // slices whose records point back to the first
	hugeBlockMark = 2 << 30                // page.blockSize saturates here
	sizeMax       = ^uintptr(0)
	ptrdiffMax    = sizeMax >> 1
)

// Bins: the first hold one size class each, binHuge everything larger, binFull the pages without a free
// block, whatever their size.
const (
	binFull  = binHuge + 1
	binCount = binFull + 1
)

// wordsOf rounds a size up to words.
//
// Counterpart: _mi_wsize_from_size.
func wordsOf(size uintptr) uintptr { return (size + wordSize - 1) / wordSize }

// binOf gives the size class of a block of size bytes: exact up to 8 words (rounded to 2 words so
// that blocks are 16-byte aligned), then four classes per power of two.
//
// Counterpart: mi_bin.
func binOf(size, mediumMax uintptr) uintptr {
	w := wordsOf(size)
	switch {
	case w <= 1:
		return 1
	case w <= 8:
		return (w + 1) &^ 1
	case w > mediumMax/wordSize:
		return binHuge
	}
	w--
	b := uintptr(bits.Len64(uint64(w)) - 1)
	return b<<2 + w>>(b-2)&3 - 3
}

// binSize gives the block size of a bin below binHuge, in bytes.
//
// Counterpart: _mi_bin_size.
func binSize(bin uintptr) uintptr {
	if bin <= 8 {
		return wordSize * max(bin, 1)
	}
	n := bin + 3
	return wordSize * ((5 + n&3) << (n>>2 - 2))
}

// directStart gives the first direct entry that a bin serves: one past the words of the next smaller
// bin that sizes are mapped to.
//
// Counterpart: mi_heap_queue_first_update.
func directStart(bin uintptr) uintptr {
	words := binSize(bin) / wordSize
	if words <= 1 {
		return 0
	}
	prev := bin - 1
	for prev > 0 && binOf(binSize(prev), mediumMax20) == bin {
		prev--
	}
	return min(1+binSize(prev)/wordSize, words)
}

// spanBin gives the span queue for a count of slices: exact up to 7, then four per power of two.
//
// Counterpart: mi_slice_bin8.
func spanBin(count uintptr) uintptr {
	if count <= 1 {
		return count
	}
	count--
	s := uintptr(bits.Len64(uint64(count)) - 1)
	if s <= 2 {
		return count + 1
	}
	return s<<2 | count>>(s-2)&3 - 4
}

// osGoodSize rounds a request to the OS up, to steps that waste at most an eighth.
//
// Counterpart: _mi_os_good_alloc_size.
func osGoodSize(size uintptr) uintptr {
	step := uintptr(4 << 20)
	switch {
	case size < 512<<10:
		step = osPageSize
	case size < 2<<20:
		step = 64 << 10
	case size < 8<<20:
		step = 256 << 10
	case size < 32<<20:
		step = 1 << 20
	}
	if size >= sizeMax-step {
		return size
	}
	return raw.AlignUp(size, step)
}

// isPowerOfTwo counts 0 as one.
//
// Counterpart: _mi_is_power_of_two.
func isPowerOfTwo(x uintptr) bool { return x&(x-1) == 0 }
