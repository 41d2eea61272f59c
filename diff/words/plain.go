//go:build !amd64 || race || msan || asan

// What there is without assembly. See doc.go for an overview.

package words

// Fill writes v, v+step, ...
func Fill(w []uint64, v, step uint64) { fill(w, v, step) }

// Differ is not 0 if a word differs from v, v+step, ...: the or of what they differ by.
func Differ(w []uint64, v, step uint64) uint64 { return differ(w, v, step) }
