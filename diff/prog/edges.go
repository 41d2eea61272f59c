// The numbers that allocators get wrong, and a byte coding around them. See doc.go for an overview.

package prog

// The sizes at which the segment allocator changes course.
const (
	sliceSize    = 64 * kibi
	segmentSize  = 32 * mebi
	smallMax     = 16 * kibi  // the largest block of a one-slice page
	mediumMax    = 128 * kibi // the largest block that shares a page
	largeMax     = 16 * mebi  // the largest block inside a normal segment
	alignMax     = 16 * mebi  // the largest alignment that needs no segment of its own
	impossible   = 1 << 40    // more than the simulated OS has: refused, hence cheap
	halfSpace    = 1<<63 - 1  // PTRDIFF_MAX
	largestUint  = 1<<64 - 1  // SIZE_MAX
	sampledAbove = largeMax   // a larger block is touched once per slice, not per page
)

// binSizes are the block sizes of the regular bins: words doubled up to 8, then four steps per
// doubling.
var binSizes = func() []uint64 {
	sizes := []uint64{8, 16, 32, 48, 64}
	for unit := uint64(16); unit*8 <= mediumMax; unit *= 2 {
		for step := uint64(5); step <= 8; step++ {
			sizes = append(sizes, unit*step)
		}
	}
	return sizes
}()

// beyondBins are sizes above the bins: multiples of slices, where the rounding of requests changes,
// what fits in a segment, segments of one huge block, more than there is, and overflow.
var beyondBins = []uint64{
	3 * sliceSize, 256 * kibi, 384 * kibi, 512 * kibi, 9 * sliceSize, mebi, 3 * mebi / 2, 2 * mebi,
	3 * mebi, 4 * mebi, 5 * mebi, 6 * mebi, 8 * mebi, 10 * mebi, 12 * mebi, 15 * mebi, 16 * mebi,
	17 * mebi, 20 * mebi, 24 * mebi, 31 * mebi, segmentSize - sliceSize, segmentSize, 33 * mebi,
	48 * mebi, 64*mebi - sliceSize, 64 * mebi, 128 * mebi, 256 * mebi,
	gibi, 2 * gibi, 4 * gibi, 8 * gibi, 60 * gibi, 64 * gibi,
	impossible, 1 << 47, 1 << 48, 1 << 62, halfSpace, 1<<63 + 4096, largestUint - segmentSize,
	largestUint - sliceSize, largestUint - 4096, largestUint, 0,
}

// alignments holds powers of two up to beyond a segment, and what is no alignment.
var alignments = func() []uint64 {
	var all []uint64
	for shift := 0; shift <= 24; shift++ {
		all = append(all, 1<<shift)
	}
	return append(all, 0, 3, 6, 7, 12, 24, 48, 96, 100, 1000, 1025, 4097, 3*mebi,
		32*mebi, 64*mebi, 128*mebi, gibi, 32*gibi, 1<<40, 1<<62, 1<<63, largestUint)
}()

// offsets holds words, alignments, and what is larger than any block; odd ones are near them.
var offsets = append(upTo(9, 16, 24, 32, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192),
	16*kibi, 32*kibi, 64*kibi, 128*kibi, mebi, 4*mebi, largeMax, segmentSize, 64*mebi,
	gibi, 1<<41, 1<<62, halfSpace, 1<<63, largestUint-4096, largestUint)

// arenaSizes holds what is too small for an arena, what is no multiple of its blocks, up to more blocks
// than a field of a bitmap has, and what must be refused.
var arenaSizes = []uint64{
	segmentSize, 2 * segmentSize, 3 * segmentSize, 4 * segmentSize, 5 * segmentSize, 8 * segmentSize,
	segmentSize + segmentSize/2, segmentSize + 4096, segmentSize - 4096, 0, 1, 4096, 16 * mebi,
	gibi, gibi + segmentSize, 63 * segmentSize, 64 * segmentSize, 65 * segmentSize, 3 * gibi, 4 * gibi,
	60 * gibi, 64 * gibi, impossible, 1 << 62, halfSpace, largestUint - segmentSize, largestUint - 4096,
	largestUint,
}

// The widths of the digits that numbers and handles are coded in. Bytes from firstLead on open an
// operation.
const (
	firstLead = 0xA0
	digits    = firstLead

	escapeShort = digits - 3 // two digits follow
	escapeMid   = digits - 2 // four digits follow
	escapeLong  = digits - 1 // nine digits follow: any number of 64 bits
	deltaSplit  = digits / 2 // a difference is its digit below this, and minus the rest above
)

// scale codes numbers as an index into edges and, if near is set, a difference from that edge of at
// most deltaSplit; others by their digits.
type scale struct {
	edges  []uint64
	common int // an index past the edges folds onto the first so many
	near   bool
}

// scales holds the coding of each kind of number.
var scales = [...]scale{
	Size:      {edges: append(append([]uint64(nil), binSizes...), beyondBins...), common: 41, near: true},
	SmallSize: {edges: append([]uint64{0}, binSizes[:21]...), common: 22, near: true},
	Count: {edges: upTo(64, 100, 127, 128, 255, 256, 1000, 1023, 1024, 4095, 4096, 65535, 65536,
		1<<31, 1<<32, 1<<32+1, 1<<60, 1<<61, halfSpace, 1<<63, largestUint), common: 64},
	Align: {edges: alignments, common: 14},
	Bool:  {edges: []uint64{0, 1}, common: 2},
	Millis: {edges: upTo(51, 99, 100, 101, 250, 499, 500, 501, 525, 526, 1000, 5000, 100000, 1<<32),
		common: 51},
	BulkCount: {edges: upTo(72, 79, 80, 81, 126, 127, 128, 254, 255, 256, 510, 511, 512, 1023, 1024,
		2047, 2048, 4095, 4096, 8143, 8144, 8191, 8192, 16384, MaxBulk), common: 72},
	Offset:       {edges: offsets, common: 24, near: true},
	ArenaSize:    {edges: arenaSizes, common: 13, near: true},
	Stride:       {edges: upTo(33, 64, 100, 128, 256, 1000), common: 9},
	OptionName:   {edges: upTo(NumOptions), common: NumOptions},
	MovableName:  {edges: upTo(NumOptions), common: NumOptions},
	CallbackName: {edges: upTo(NumCallbacks), common: NumCallbacks},
	OptionValue:  {edges: upTo(41, 50, 64, 100, 250, 500, 501, 1000, 1024, 10000, largestUint), common: 27},
	HeapTag:      {edges: upTo(9, MaxTag), common: 4},
	VisitTag:     {edges: upTo(9, MaxTag, largestUint), common: 11},
	Percent:      {edges: upTo(101), common: 101},
	Length:       {edges: append(append([]uint64{0}, binSizes...), 64*kibi+1, 256*kibi), common: 41, near: true},
	Most: {edges: upTo(64, 100, 127, 128, 255, 256, 1000, 1023, 1024, 4095, 4096, 65535, 65536,
		1<<31, 1<<32, halfSpace, 1<<63, largestUint), common: 64},
	HandlerName: {edges: upTo(NumHandlers), common: NumHandlers},
	faultNum:    {edges: upTo(128), common: 32},
}

// Kinds of numbers that are no operands of calls.
const (
	faultNum = HandlerName + 1 + iota
)

// upTo gives 0 to n-1, then more.
func upTo(n uint64, more ...uint64) []uint64 {
	var all []uint64
	for i := range n {
		all = append(all, i)
	}
	return append(all, more...)
}

// Edges gives the numbers worth trying for an operand, in no order; do not change them.
func Edges(kind Operand) []uint64 { return scales[kind].edges }
