// What a thread knows of the others. See doc.go for an overview.

package sim

// MaxThreads is how many threads an execution may have, the first one included.
const MaxThreads = 8

// clock is a vector clock: of thread u's events the first clock[u] are meant.
type clock [MaxThreads]uint32

// knows is what a thread knows, what a store hands to whoever acquires it, and what a lock keeps.
type knows struct {
	hb  clock  // these events happen before
	coh clock  // what these events wrote or saw may not be read behind of; includes hb
	sc  uint32 // the same for the first sc seq_cst stores of the execution
}

// join takes in what o knows; only the first n threads exist.
func (k *knows) join(o *knows, n int) {
	for u := 0; u < n; u++ {
		if o.hb[u] > k.hb[u] {
			k.hb[u] = o.hb[u]
		}
		if o.coh[u] > k.coh[u] {
			k.coh[u] = o.coh[u]
		}
	}
	if o.sc > k.sc {
		k.sc = o.sc
	}
}

// joinCoherence takes in coherence alone: a fence of seq_cst makes nothing happen before.
func (k *knows) joinCoherence(o *knows, n int) {
	for u := 0; u < n; u++ {
		if o.coh[u] > k.coh[u] {
			k.coh[u] = o.coh[u]
		}
	}
	if o.sc > k.sc {
		k.sc = o.sc
	}
}
