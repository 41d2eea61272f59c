// Package cost has the allocator's hot accesses twice: through package atom, and as they would be without it.
// A test compares the machine code of each function with that of its twin, which has Direct in its name.
package cost

import (
	"sync/atomic"

	"midiff/goalloc/internal/atom"
)

type record struct {
	threadID   atom.U64
	threadFree atom.U64
	used       uint32
}

type recordDirect struct {
	threadID   uint64
	threadFree uint64
	used       uint32
}

// Owner is the test at the head of Free.
func Owner(r *record, id uint64) bool { return r.threadID.LoadRlx(atom.OwnerFree) == id }

// OwnerDirect is its twin.
func OwnerDirect(r *recordDirect, id uint64) bool { return atomic.LoadUint64(&r.threadID) == id }

// Abandon is a store.
func Abandon(r *record) { r.threadID.StoreSC(atom.OwnerAbandon, 0) }

// AbandonDirect is its twin.
func AbandonDirect(r *recordDirect) { atomic.StoreUint64(&r.threadID, 0) }

// Count is an addition.
func Count(r *record) uint64 { return r.threadID.AddRlx(atom.ReadersEnter, 1) }

// CountDirect is its twin.
func CountDirect(r *recordDirect) uint64 { return atomic.AddUint64(&r.threadID, 1) - 1 }

// Swap is an exchange.
func Swap(r *record) uint64 { return r.threadFree.SwapAcqRel(atom.RevisitTake, 0) }

// SwapDirect is its twin.
func SwapDirect(r *recordDirect) uint64 { return atomic.SwapUint64(&r.threadFree, 0) }

// Claim sets bits.
func Claim(r *record, bits uint64) bool {
	return r.threadFree.OrAcqRel(atom.BitmapClaim, bits)&bits == 0
}

// ClaimDirect is its twin.
func ClaimDirect(r *recordDirect, bits uint64) bool {
	return atomic.OrUint64(&r.threadFree, bits)&bits == 0
}

// Push is the loop of a free by another thread.
func Push(r *record, block uint64) {
	w := r.threadFree.LoadRlx(atom.ThreadFreePushLoad)
	for !r.threadFree.CasRel(atom.ThreadFreePush, &w, block|w&3) {
	}
}

// PushDirect is its twin.
func PushDirect(r *recordDirect, block uint64) {
	w := atomic.LoadUint64(&r.threadFree)
	for !swap(&r.threadFree, &w, block|w&3) {
	}
}

func swap(p, old *uint64, v uint64) bool {
	if atomic.CompareAndSwapUint64(p, *old, v) {
		return true
	}
	*old = atomic.LoadUint64(p)
	return false
}
