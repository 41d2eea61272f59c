// The geometry: the numbers of the reference. See doc.go for an overview.

//go:build !explore

package goalloc

// Sizes in bytes unless said otherwise. geometry_explore.go has the same names for the explorer.
const (
	sliceShift   = 16
	segmentShift = sliceShift + 9

	smallMax    = 1024 // largest size with a direct page pointer
	binSmallMax = 24   // the bin of smallMax, the last with direct entries
	binHuge     = 73
	spanBins    = 36
	// maxAlignGuarantee: blocks up to this size lie at multiples of their size's powers of two.
	maxAlignGuarantee = 128

	cacheFields    = 16 // 64 slots each
	cacheUnused    = 0  // slots of the last field that are not there
	purgeProbes    = 16 // slots that a push looks at
	threadDataMost = 32 // records of ended threads that are kept for new ones, by any profile
	delayingYields = 4  // how often a page's flag is looked at again while another thread uses its heap

	threadDataKept20    = 8
	threadDataKept23    = threadDataMost
	collectTries20      = 1024 // abandoned segments that a collect looks at
	collectForceTries20 = 16 * 1024

	extendBytes20        = 4096
	minimalCommit20      = 1 << 20
	refHeapBytes         = 3064 // the least that the reference's record of a heap takes in any profile
	refThreadDataBytes20 = 4600
	refHeapBytes23       = 3088
	refThreadDataBytes23 = 8232
	smallPageStart23     = 64  // blocks up to this size keep three of their size off the page's start
	mediumPageStart23    = 512 // blocks up to this size keep one of their size off

	// mapReach is the end of the addresses that the map of segments knows.
	mapReach = 20 << 40
	// partsReach is the same for a map in parts.
	partsReach = 48 << 40
	// pretendedBase is where a simulated memory pretends to lie if nothing else is asked for.
	pretendedBase = 2 << 40
)

// A segment's record fits into one slice, in hardened builds with its pages' keys and a guard page.
var (
	_ [sliceSize - segmentRecord]byte
	_ [sliceSize - osPageSize - linkKeysOffset - linkKeysBytes]byte
)
