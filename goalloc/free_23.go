// How blocks are freed in 2.3. See doc.go for an overview.

package goalloc

// frees23 is the free policy of 2.3.
type frees23 struct{}

// blockOf looks for the start of any block that is not the thread's: the page's owner may be changing what is
// said of the page.
//
// Counterpart: none, a line of mi_free_generic_local and of mi_free_generic_mt.
func (frees23) blockOf(t *Thread, s *segment, pg *page, p Addr, local bool) Addr {
	if !local || pg.anyAligned() {
		return t.unalign(s, pg, p)
	}
	return p
}
