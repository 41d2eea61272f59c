// The operations, by the current Memory. See doc.go for what they are.

//go:build explore

package atom

import "unsafe"

// U64 is a 64-bit word shared between threads, as in the ordinary build.
type U64 struct{ v uint64 }

func (w *U64) addr() uintptr { return uintptr(unsafe.Pointer(w)) }

func (w *U64) load(s Site) uint64 {
	if current == nil || quiet[s] {
		return w.v
	}
	return current.Load(w.addr(), s)
}

func (w *U64) store(s Site, v uint64) {
	if current == nil || quiet[s] {
		w.v = v
		return
	}
	current.Store(w.addr(), s, v)
	w.v = v
}

func (w *U64) rmw(s Site, f func(old uint64) uint64) uint64 {
	if current == nil || quiet[s] {
		old := w.v
		w.v = f(old)
		return old
	}
	old := current.RMW(w.addr(), s, f)
	w.v = f(old)
	return old
}

func (w *U64) cas(s Site, weak bool, old *uint64, v uint64) bool {
	if current == nil || quiet[s] {
		if w.v != *old {
			*old = w.v
			return false
		}
		w.v = v
		return true
	}
	if !current.CAS(w.addr(), s, weak, old, v) {
		return false
	}
	w.v = v
	return true
}

// LoadRlx loads, relaxed.
func (w *U64) LoadRlx(s Site) uint64 { return w.load(s) }

// LoadAcq loads, acquire.
func (w *U64) LoadAcq(s Site) uint64 { return w.load(s) }

// LoadSC loads, sequentially consistent.
func (w *U64) LoadSC(s Site) uint64 { return w.load(s) }

// StoreRlx stores, relaxed.
func (w *U64) StoreRlx(s Site, v uint64) { w.store(s, v) }

// StoreRel stores, release.
func (w *U64) StoreRel(s Site, v uint64) { w.store(s, v) }

// StoreSC stores, sequentially consistent.
func (w *U64) StoreSC(s Site, v uint64) { w.store(s, v) }

// AddRlx adds, relaxed, and returns the old value.
func (w *U64) AddRlx(s Site, d uint64) uint64 {
	return w.rmw(s, func(old uint64) uint64 { return old + d })
}

// SubRlx subtracts, relaxed, and returns the old value.
func (w *U64) SubRlx(s Site, d uint64) uint64 { return w.AddRlx(s, -d) }

// AddAcqRel adds, acquire-release, and returns the old value.
func (w *U64) AddAcqRel(s Site, d uint64) uint64 { return w.AddRlx(s, d) }

// SubAcqRel subtracts, acquire-release, and returns the old value.
func (w *U64) SubAcqRel(s Site, d uint64) uint64 { return w.AddRlx(s, -d) }

// OrAcqRel sets bits, acquire-release, and returns the old value.
func (w *U64) OrAcqRel(s Site, bits uint64) uint64 {
	return w.rmw(s, func(old uint64) uint64 { return old | bits })
}

// AndAcqRel keeps only the bits given, acquire-release, and returns the old value.
func (w *U64) AndAcqRel(s Site, bits uint64) uint64 {
	return w.rmw(s, func(old uint64) uint64 { return old & bits })
}

// SwapAcqRel exchanges, acquire-release, and returns the old value.
func (w *U64) SwapAcqRel(s Site, v uint64) uint64 {
	return w.rmw(s, func(uint64) uint64 { return v })
}

// CasRel is the weak form with release on success and relaxed on failure.
func (w *U64) CasRel(s Site, old *uint64, v uint64) bool { return w.cas(s, true, old, v) }

// CasStrongRel is CasRel that never fails spuriously.
func (w *U64) CasStrongRel(s Site, old *uint64, v uint64) bool { return w.cas(s, false, old, v) }

// CasAcqRel is the weak form with acquire-release on success and acquire on failure.
func (w *U64) CasAcqRel(s Site, old *uint64, v uint64) bool { return w.cas(s, true, old, v) }

// CasStrongAcqRel is CasAcqRel that never fails spuriously.
func (w *U64) CasStrongAcqRel(s Site, old *uint64, v uint64) bool { return w.cas(s, false, old, v) }

// AtRest reads the word while no other thread changes it.
func (w *U64) AtRest() uint64 { return w.v }

// Reset sets the word while no other thread can see it.
func (w *U64) Reset(v uint64) { w.v = v }

// Yield tells that a loop waits for what the site's load is to find.
func Yield(s Site) {
	if current != nil {
		current.Yield(s)
	}
}
