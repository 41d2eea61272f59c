// The callback for deferred frees. See doc.go for an overview.

package goalloc

// DeferredFree is called by each generic allocation and each collection of a thread, before it does anything
// else: the time to free blocks that the program put off freeing; all of them if it is by force, since the
// thread collects by force, is out of memory or ends. heartbeat counts these occasions since the thread's start,
// also those at which nothing was called. It may allocate as well, and is not called by that; but see
// CallbackRestarts.
//
// Counterpart: mi_deferred_free_fun, which has the thread in thread-local storage.
type DeferredFree func(t *Thread, force bool, heartbeat uint64)

// RegisterDeferredFree sets the callback, of all threads; nil for none. No other thread may be in a call of the
// allocator.
//
// Counterpart: mi_register_deferred_free.
func (p *Process) RegisterDeferredFree(f DeferredFree) { p.deferred = f }

// deferredFree counts an occasion, and runs the callback unless the thread is inside it.
//
// Counterpart: _mi_deferred_free.
func (t *Thread) deferredFree(force bool) {
	t.heartbeat++
	if t.proc.deferred == nil || t.deferring {
		return
	}
	t.deferring = true
	switch {
	case t.heap == t.proc.emptyHeap || t.revived != nil:
		t.lastCall(force)
	case t.ended != nil:
		t.quirk(CallbackRestarts) // a call inside a call, which the new record does not know of
		fallthrough
	default:
		t.proc.deferred(t, force, t.heartbeat)
	}
	t.deferring = false
}

// lastCall runs the callback of a thread that ends, and has lost its default heap. With the quirk the callback
// gets another if it asks for one, of a new record.
//
// Counterpart: none, a part of _mi_deferred_free.
func (t *Thread) lastCall(force bool) {
	beat := t.heartbeat
	if t.proc.quirks&CallbackRestarts == 0 {
		h, key := t.heap, t.key
		t.heap = t.backing
		t.proc.deferred(t, force, beat)
		t.heap, t.key = h, key
		return
	}
	if t.revived != nil {
		t.takeOver()
	}
	t.proc.deferred(t, force, beat)
	if t.ended != nil {
		t.giveBack()
	}
}
