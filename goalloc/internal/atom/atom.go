// The operations, by sync/atomic. See doc.go for what they are.

//go:build !explore

package atom

import (
	"runtime"
	"sync/atomic"
)

// U64 is a 64-bit word shared between threads: a counter, a flag word or an address. It lies in
// off-heap memory or in a Go struct.
type U64 struct{ v uint64 }

// LoadRlx loads, relaxed.
func (w *U64) LoadRlx(_ Site) uint64 { return atomic.LoadUint64(&w.v) }

// LoadAcq loads, acquire.
func (w *U64) LoadAcq(_ Site) uint64 { return atomic.LoadUint64(&w.v) }

// LoadSC loads, sequentially consistent: what C does for a plain read of an atomic object.
func (w *U64) LoadSC(_ Site) uint64 { return atomic.LoadUint64(&w.v) }

// StoreRlx stores, relaxed.
func (w *U64) StoreRlx(_ Site, v uint64) { atomic.StoreUint64(&w.v, v) }

// StoreRel stores, release.
func (w *U64) StoreRel(_ Site, v uint64) { atomic.StoreUint64(&w.v, v) }

// StoreSC stores, sequentially consistent: what C does for a plain write of an atomic object.
func (w *U64) StoreSC(_ Site, v uint64) { atomic.StoreUint64(&w.v, v) }

// AddRlx adds, relaxed, and returns the old value.
func (w *U64) AddRlx(_ Site, d uint64) uint64 { return atomic.AddUint64(&w.v, d) - d }

// SubRlx subtracts, relaxed, and returns the old value.
func (w *U64) SubRlx(_ Site, d uint64) uint64 { return atomic.AddUint64(&w.v, -d) + d }

// AddAcqRel adds, acquire-release, and returns the old value.
func (w *U64) AddAcqRel(_ Site, d uint64) uint64 { return atomic.AddUint64(&w.v, d) - d }

// SubAcqRel subtracts, acquire-release, and returns the old value.
func (w *U64) SubAcqRel(_ Site, d uint64) uint64 { return atomic.AddUint64(&w.v, -d) + d }

// OrAcqRel sets bits, acquire-release, and returns the old value.
func (w *U64) OrAcqRel(_ Site, bits uint64) uint64 { return atomic.OrUint64(&w.v, bits) }

// AndAcqRel keeps only the bits given, acquire-release, and returns the old value.
func (w *U64) AndAcqRel(_ Site, bits uint64) uint64 { return atomic.AndUint64(&w.v, bits) }

// SwapAcqRel exchanges, acquire-release, and returns the old value.
func (w *U64) SwapAcqRel(_ Site, v uint64) uint64 { return atomic.SwapUint64(&w.v, v) }

// CasRel replaces *old by v: release on success, relaxed on failure, and may fail spuriously (the
// weak form). On failure *old receives the value found, so that the caller's loop can go on with it.
func (w *U64) CasRel(_ Site, old *uint64, v uint64) bool { return w.cas(old, v) }

// CasStrongRel is CasRel that never fails spuriously.
func (w *U64) CasStrongRel(_ Site, old *uint64, v uint64) bool { return w.cas(old, v) }

// CasAcqRel is CasRel with acquire-release on success and acquire on failure.
func (w *U64) CasAcqRel(_ Site, old *uint64, v uint64) bool { return w.cas(old, v) }

// CasStrongAcqRel is CasAcqRel that never fails spuriously.
func (w *U64) CasStrongAcqRel(_ Site, old *uint64, v uint64) bool { return w.cas(old, v) }

func (w *U64) cas(old *uint64, v uint64) bool {
	if atomic.CompareAndSwapUint64(&w.v, *old, v) {
		return true
	}
	*old = atomic.LoadUint64(&w.v)
	return false
}

// Yield lets other threads run, in a loop that waits for what the site's load is to find.
func Yield(_ Site) { runtime.Gosched() }

// AtRest reads the word while no other thread changes it: the rig's looks at the state between two
// operations. It is no site, since the reference has none there.
func (w *U64) AtRest() uint64 { return w.v }

// Reset sets the word while no other thread can see it: start-up, and the return to the pristine
// state between runs.
func (w *U64) Reset(v uint64) { w.v = v }
