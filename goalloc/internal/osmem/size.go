// Sizes of the OS and of the simulated memory. See osmem.go for an overview.

//go:build !explore

package osmem

const (
	// PageSize is the size of an OS page in bytes.
	PageSize = 4096
	// SegmentAlign is what a hinted request is answered aligned to, in bytes.
	SegmentAlign = 32 << 20
	// SimSize is the simulated address space, in bytes. Its main area ends at mainEnd; requests below
	// smallRequest that are not hinted go behind it.
	SimSize      = 64 << 30
	mainEnd      = 60 << 30
	smallRequest = 1 << 20
)
