// Where a segment's record keeps what its memory held. See doc.go for an overview.

//go:build !explore

package goalloc

import "midiff/goalloc/internal/osmem"

// What a header may keep stands where the reference's has it, since it may be what a block held there. The explorer's
// records are smaller.
var (
	_ [segStaleFrom - osmem.StaleFrom]byte
	_ [osmem.StaleFrom - segStaleFrom]byte
	_ [segStaleTo - osmem.StaleTo]byte
	_ [osmem.StaleTo - segStaleTo]byte
)
