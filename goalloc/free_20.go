// How blocks are freed in 2.0. See doc.go for an overview.

package goalloc

// frees20 is the free policy of 2.0.
type frees20 struct{}

// blockOf looks for the start of a block only in a page that has handed out others, whoever asks.
//
// Counterpart: none, a part of _mi_free_generic.
func (frees20) blockOf(t *Thread, s *segment, pg *page, p Addr, _ bool) Addr {
	if pg.anyAligned() {
		return t.unalign(s, pg, p)
	}
	return p
}
