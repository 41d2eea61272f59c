// The geometry of the explorer: the same shape, small. See doc.go for an overview.

//go:build explore

package goalloc

// An execution costs what it touches, so everything is as small as keeps its kind: segments of 16 slices,
// of which the record takes two, pages of a few blocks, few size classes, a cache of four slots. Ratios are
// the reference's where the algorithm uses them: a slice is an eighth of a medium page, and so on.
const (
	sliceShift   = 10
	segmentShift = sliceShift + 4

	smallMax          = 128
	binSmallMax       = 12
	binHuge           = 29 // bin 28 is the last of a shared page
	spanBins          = 12
	maxAlignGuarantee = 16

	cacheFields    = 1
	cacheUnused    = 60
	purgeProbes    = 2
	threadDataMost = 2
	// delayingYields is 0, since a thread that looks again sees what it would have seen by looking later.
	delayingYields = 0

	// A collect looks at an abandoned segment in use again and again until its tries are used up.
	threadDataKept20    = threadDataMost
	threadDataKept23    = threadDataMost
	collectTries20      = 2
	collectForceTries20 = 3

	extendBytes20        = 256
	minimalCommit20      = 1 << sliceShift
	refHeapBytes         = 1 << 10
	refThreadDataBytes20 = 1 << 10
	refHeapBytes23       = 1 << 10
	refThreadDataBytes23 = 1 << 10
	smallPageStart23     = 16
	mediumPageStart23    = 32

	mapReach      = 64 << 20
	partsReach    = 64 << 20
	pretendedBase = 16 << 20
)
