// The picture of a heap, from the words of its state. See doc.go for an overview.

package page

import (
	"strings"

	"midiff/diff"
)

// Heap is what one side's memory looks like.
type Heap struct {
	Segments []*Segment `json:"segments"`
	Cached   []int      `json:"cached,omitempty"` // numbers of segments without pages, kept for later
	Arenas   []*Arena   `json:"arenas,omitempty"`
}

// Arena is memory for segments, in blocks of 32 MiB.
type Arena struct {
	Number    int  `json:"number"` // from 1
	At        int  `json:"at"`     // the number of its first block, as of a segment
	Blocks    int  `json:"blocks"`
	Used      int  `json:"used"`
	Exclusive bool `json:"exclusive,omitempty"` // for its own heaps only
}

// Segment is 32 MiB of it.
type Segment struct {
	At        int     `json:"at"`    // its number, from the base of memory
	Owner     int     `json:"owner"` // thread, -1 for an abandoned one, -2 for one whose thread has ended
	Huge      bool    `json:"huge"`
	Expire    bool    `json:"expire"` // some of it is due to go back to the OS
	Spans     []*Span `json:"spans"`
	Committed int     `json:"committed"` // of 512 slices
}

// Span is a page, the header, or a free stretch.
type Span struct {
	At     int    `json:"at"` // its first slice
	Slices int    `json:"slices"`
	Kind   string `json:"kind"` // header, free or page
	Size   int    `json:"size"`
	Used   int    `json:"used"`
	Made   int    `json:"made"` // blocks that have been threaded into a list
	Room   int    `json:"room"` // blocks that fit
	Full   bool   `json:"full,omitempty"`
	// Names are the handles of the program whose blocks lie here, in order of address.
	Names []string `json:"names,omitempty"`
	// Blocks has a letter per cell, each of which stands for Per blocks: l live, f free, r freed by
	// another thread, m mixed, n not made yet.
	Blocks string `json:"blocks,omitempty"`
	Per    int    `json:"per,omitempty"`

	states []byte // a letter per block
}

// A segment is 32 MiB, in slices of 64 KiB.
const (
	segmentShift = 25
	sliceShift   = 16
)

// mostCells is how many cells a page is drawn with.
const mostCells = 96

// newHeap draws the words of a state; at is where the program's handles lie.
func newHeap(words []diff.StateEntry, at *handles) *Heap {
	h := &Heap{Segments: []*Segment{}}
	var seg *Segment
	var span *Span
	for i := range words {
		e := &words[i]
		switch name := diff.StateField(e); {
		case name == "cache at":
			h.Cached = append(h.Cached, int(e.Value>>segmentShift))
		case strings.HasPrefix(name, "arena "):
			h.arena(name, e)
		case name == "segment is":
			seg = &Segment{At: int(e.A), Owner: ownerOf(e.Value), Huge: e.Value&1 != 0}
			h.Segments = append(h.Segments, seg)
		case seg == nil || int(e.A) != seg.At:
			// Before the segments come the threads and what they share.
		case name == "segment expire":
			seg.Expire = e.Value != 0
		case name == "segment commit":
			seg.Committed += ones(e.Value)
		case name == "span":
			span = newSpan(e)
			seg.Spans = append(seg.Spans, span)
		case name == "page shape":
			span.shape(e.Value)
		case name == "page use":
			span.Used, span.Size = int(uint32(e.Value)), int(e.Value>>32)
		case name == "free", name == "local free":
			span.mark(e.Value, 'f')
		case name == "thread free":
			span.mark(e.Value, 'r')
		}
	}
	for _, seg := range h.Segments {
		for _, s := range seg.Spans {
			s.cells()
			if s.Kind == "page" {
				from := uint64(seg.At)<<segmentShift + uint64(s.At)<<sliceShift
				s.Names = at.within(from, from+uint64(s.Slices)<<sliceShift)
			}
		}
	}
	return h
}

// arena takes in a word of an arena; the first one opens it.
func (h *Heap) arena(name string, e *diff.StateEntry) {
	if name == "arena is" {
		h.Arenas = append(h.Arenas, &Arena{Number: int(e.A) + 1, Exclusive: e.Value>>32&1 != 0})
	}
	a := h.Arenas[len(h.Arenas)-1]
	switch name {
	case "arena at":
		a.At = int(e.Value >> segmentShift)
	case "arena blocks":
		a.Blocks = int(uint32(e.Value))
		a.Used = a.Blocks - 64*int(e.Value>>32) // what the last field has beyond them counts as used
	case "arena inuse":
		a.Used += ones(e.Value)
	}
}

// ownerOf gives the number of the thread that owns a segment.
func ownerOf(word uint64) int {
	switch o := int(word >> 8 & 0xff); o {
	case 0:
		return -1
	case 255:
		return -2
	default:
		return o - 1
	}
}

func ones(v uint64) (n int) {
	for ; v != 0; v &= v - 1 {
		n++
	}
	return n
}

func newSpan(e *diff.StateEntry) *Span {
	kinds := [...]string{"free", "page", "header"}
	return &Span{At: int(e.B), Slices: int(e.Value >> 2), Kind: kinds[e.Value&3]}
}

// shape takes in how many blocks a page has: all live, until their lists are seen.
func (s *Span) shape(word uint64) {
	s.Made, s.Room = int(uint16(word)), int(uint16(word>>16))
	s.Full = word>>32&1 != 0
	s.states = []byte(strings.Repeat("l", s.Made) + strings.Repeat("n", max(s.Room-s.Made, 0)))
}

// mark says what the block at an offset from the page's first block is.
func (s *Span) mark(offset uint64, state byte) {
	if s.Size > 0 && offset/uint64(s.Size) < uint64(len(s.states)) {
		s.states[offset/uint64(s.Size)] = state
	}
}

// cells draws the blocks, several to a cell where there are many.
func (s *Span) cells() {
	n := len(s.states)
	if n == 0 {
		return
	}
	s.Per = (n + mostCells - 1) / mostCells
	var b strings.Builder
	for from := 0; from < n; from += s.Per {
		cell := s.states[from:min(from+s.Per, n)]
		letter := cell[0]
		for _, other := range cell {
			if other != letter {
				letter = 'm'
			}
		}
		b.WriteByte(letter)
	}
	s.Blocks = b.String()
}
