// What the explorer sees of the stores of 2.0.
// Counterpart: none, the rig's view. See doc.go for an overview.

//go:build explore

package goalloc

import "midiff/goalloc/internal/raw"

func (c *cachedSource) slotArea() (from, to, step uintptr) {
	from = uintptr(raw.Of(&c.slots[0]))
	step = uintptr(raw.Of(&c.slots[1])) - from
	return from, from + uintptr(len(c.slots))*step, step
}
