//go:build !race && !msan && !asan

// The way to the assembly. See doc.go for an overview.

package words

import "golang.org/x/sys/cpu"

// wideFrom is how many words it takes for the wide loops to be the faster ones.
const wideFrom = 16

var wide = cpu.X86.HasAVX2

// fillWide and differWide are fill and differ for a multiple of sixteen words.
//
//go:noescape
func fillWide(w []uint64, v, step uint64)

//go:noescape
func differWide(w []uint64, v, step uint64) uint64

// Fill writes v, v+step, ...
func Fill(w []uint64, v, step uint64) {
	if n := len(w) &^ (wideFrom - 1); n != 0 && wide {
		fillWide(w[:n], v, step)
		w, v = w[n:], v+uint64(n)*step
	}
	fill(w, v, step)
}

// Differ is not 0 if a word differs from v, v+step, ...: the or of what they differ by.
func Differ(w []uint64, v, step uint64) (wrong uint64) {
	if n := len(w) &^ (wideFrom - 1); n != 0 && wide {
		wrong = differWide(w[:n], v, step)
		w, v = w[n:], v+uint64(n)*step
	}
	return wrong | differ(w, v, step)
}
