// Sizes for the explorer's small geometry. See osmem.go for an overview.

//go:build explore

package osmem

// As in size.go, scaled like a segment; a page is smaller than a slice by less, so that there are some in it.
const (
	PageSize     = 256
	SegmentAlign = 16 << 10
	SimSize      = 4 << 20
	mainEnd      = 3 << 20
	smallRequest = 4 << 10
)
