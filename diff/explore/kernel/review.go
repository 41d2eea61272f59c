// The two fixes that a review weighed, and what each access of thread_id needs. See doc.go for an overview.

package kernel

import "midiff/diff/explore/search"

// Stands are the reference and the two fixes, under both readings of an access without an explicit order: that of an
// _Atomic word, which is sequentially consistent, and that of a word that is not atomic. The reference under the first
// is what all are held against.
func Stands() []search.Stand {
	return []search.Stand{
		{Name: "plain word", Changes: []string{"plain-original"}},
		{Name: "fix A", Changes: []string{"one-store", "fix-a"}},
		{Name: "A, plain word", Changes: []string{"one-store", "fix-a", "plain-fix-a"}},
		{Name: "fix B", Changes: []string{"one-store", "fix-b"}},
		{Name: "B, plain word", Changes: []string{"one-store", "fix-b", "plain-fix-b"}},
	}
}

// reasons say why the order that an access of thread_id needs is enough.
var reasons = map[string]string{
	"free-owner": "a thread only asks whether the segment is its own: what it reads is its own store, or one that is not its id",
	"own-alloc":  "nobody can name the segment before a block of it was handed over, and that orders this store before every read",
	"own-abandon": "a free may read the word at that moment; it sees the old id or 0, and pushes the block on its page's list either way. " +
		"Whoever claims the segment acquires through the mark. No order is needed, but a word that is read at the same time must be atomic",
	"own-mark":      "as own-abandon: 0 only says that a claim is worth a try, and the claim acquires through the bitmap",
	"own-release":   "the last block is free, so nobody reads the word; who frees late has pushed, and the owner has acquired that. The arena's bit publishes the rest",
	"own-coalesce":  "only the owner merges spans, or who claimed the segment: they see their own store, or one that the claim acquired",
	"own-peek":      "a hint: the claim decides",
	"own-claim":     "a free by another thread that reads the old value does no harm: it tries to claim and finds the mark gone",
	"own-reclaimed": "as own-claim",
	"own-look":      "the thread's own store, or the claim's",
	"own-huge":      "the block is not handed out yet, and its hand-over orders this store before the free that reads the word",
	"own-huge-claim": "the block's hand-over orders all that went before, and the arena's bit publishes the end; the value alone matters. " +
		"In 2.3.1 this path is compiled out, and does not compile",
}

// Reason says why the order that a site needs is enough; empty where failures say it.
func Reason(site string) string { return reasons[site] }

// Sites23 are the sites that the kernels of version 2.3 may come to; locks have no order.
func Sites23(s search.SiteInfo) bool {
	return s.Name != "none" && s.Counterpart != "" && s.Partner != "" && !isOwn(s)
}

func isOwn(s search.SiteInfo) bool { return len(s.Counterpart) >= 5 && s.Counterpart[:5] == "none:" }
