// Live regions: which bytes of the simulated address space belong to a live block or heap record. See
// doc.go for an overview.

package diff

// Regions are kept in granules of 8 bytes, one bit each, in slices of 64 KiB; a slice that lies inside
// one region has no bits, only its full count. Regions of largeRegion bytes and more are in a list.
const (
	granuleShift   = 3
	sliceShift     = 16
	sliceGranules  = 1 << (sliceShift - granuleShift)
	sliceWords     = sliceGranules / 64
	segmentSlices  = 1 << (segmentShift - sliceShift)
	largeRegion    = 1 << 20
	regionSegments = spaceSize >> segmentShift
)

// regions is a set of disjoint byte ranges. Adding and removing a small range costs a few
// nanoseconds; memory is kept from run to run.
type regions struct {
	segments [regionSegments]*regionSegment
	large    []span
}

// span is the bytes from start up to end.
type span struct{ start, end uint64 }

func (s span) meets(t span) bool { return s.start < t.end && t.start < s.end }

type regionSegment struct {
	granules uint32 // live granules of small regions
	large    uint32 // large regions that touch it
	slices   [segmentSlices]regionSlice
}

type regionSlice struct {
	granules uint32 // live granules; sliceGranules with bits clear: covered by one region
	bits     *[sliceWords]uint64
}

// add adds [a, a+size), unless part of it is in the set already: then it changes nothing and gives
// false. size is not 0 and the range lies in the space.
func (r *regions) add(a, size uint64) bool {
	g, end := a>>granuleShift, (a+size+7)>>granuleShift
	seg := r.segment(a)
	if (end-1)>>(sliceShift-granuleShift) == g>>(sliceShift-granuleShift) && size < largeRegion {
		if seg.large != 0 && r.meetsLarge(span{a, a + size}) {
			return false
		}
		sl := &seg.slices[a>>sliceShift&(segmentSlices-1)]
		if sl.granules == sliceGranules || !sl.set(g&(sliceGranules-1), end-g) {
			return false
		}
		seg.granules += uint32(end - g)
		return true
	}
	return r.addWide(a, size)
}

func (r *regions) addWide(a, size uint64) bool {
	if r.any(span{a, a + size}) {
		return false
	}
	if size >= largeRegion {
		r.large = append(r.large, span{a, a + size})
		r.eachSegment(a, size, func(seg *regionSegment) { seg.large++ })
		return true
	}
	r.eachSlice(a, size, func(seg *regionSegment, sl *regionSlice, first, n uint64) {
		seg.granules += uint32(n)
		if n == sliceGranules {
			sl.granules = sliceGranules
			return
		}
		sl.set(first, n)
	})
	return true
}

// remove takes out a range that add put in.
func (r *regions) remove(a, size uint64) {
	g, end := a>>granuleShift, (a+size+7)>>granuleShift
	if (end-1)>>(sliceShift-granuleShift) == g>>(sliceShift-granuleShift) && size < largeRegion {
		seg := r.segment(a)
		seg.slices[a>>sliceShift&(segmentSlices-1)].unset(g&(sliceGranules-1), end-g)
		seg.granules -= uint32(end - g)
		return
	}
	r.removeWide(a, size)
}

func (r *regions) removeWide(a, size uint64) {
	if size < largeRegion {
		r.eachSlice(a, size, func(seg *regionSegment, sl *regionSlice, first, n uint64) {
			seg.granules -= uint32(n)
			if n == sliceGranules {
				sl.granules = 0
				return
			}
			sl.unset(first, n)
		})
		return
	}
	for i := range r.large {
		if r.large[i].start == a {
			last := len(r.large) - 1
			r.large[i] = r.large[last]
			r.large = r.large[:last]
			break
		}
	}
	r.eachSegment(a, size, func(seg *regionSegment) { seg.large-- })
}

// any tells whether some byte of s is in the set.
func (r *regions) any(s span) bool {
	if r.meetsLarge(s) {
		return true
	}
	for a := s.start; a < s.end; {
		if seg := r.segments[a>>segmentShift]; seg == nil || seg.granules == 0 {
			a = (a>>segmentShift + 1) << segmentShift
			continue
		}
		stop := min((a>>segmentShift+1)<<segmentShift, s.end)
		found := false
		r.eachSlice(a, stop-a, func(_ *regionSegment, sl *regionSlice, first, n uint64) {
			found = found || sl.any(first, n)
		})
		if found {
			return true
		}
		a = stop
	}
	return false
}

func (r *regions) meetsLarge(s span) bool {
	for _, l := range r.large {
		if l.meets(s) {
			return true
		}
	}
	return false
}

func (r *regions) segment(a uint64) *regionSegment {
	seg := r.segments[a>>segmentShift]
	if seg == nil {
		seg = new(regionSegment)
		r.segments[a>>segmentShift] = seg
	}
	return seg
}

func (r *regions) eachSegment(a, size uint64, visit func(*regionSegment)) {
	for i := a >> segmentShift; i <= (a+size-1)>>segmentShift; i++ {
		visit(r.segment(i << segmentShift))
	}
}

// eachSlice visits the slices of a range with the part of each, in granules from its start.
func (r *regions) eachSlice(a, size uint64,
	visit func(seg *regionSegment, sl *regionSlice, first, n uint64)) {
	g, end := a>>granuleShift, (a+size+7)>>granuleShift
	for g < end {
		stop := min((g/sliceGranules+1)*sliceGranules, end)
		seg := r.segment(g << granuleShift)
		sl := &seg.slices[g/sliceGranules&(segmentSlices-1)]
		visit(seg, sl, g&(sliceGranules-1), stop-g)
		g = stop
	}
}

// wordsOf gives the words of the bits that n granules from first on lie in, and the masks of the first
// and the last of them; both masks are the same where there is one word.
func wordsOf(first, n uint64) (from, to, head, tail uint64) {
	last := (first + n - 1) & (sliceGranules - 1)
	from, to = first>>6, last>>6
	head, tail = ^uint64(0)<<(first&63), ^uint64(0)>>(63-last&63)
	if from == to {
		head &= tail
		tail = head
	}
	return from, to, head, tail
}

// set marks n granules from first on, unless one of them is marked.
func (s *regionSlice) set(first, n uint64) bool {
	if s.bits == nil {
		s.bits = new([sliceWords]uint64)
	}
	from, to, head, tail := wordsOf(first, n)
	b := s.bits
	if b[from]&head != 0 {
		return false
	}
	if from != to {
		met := b[to] & tail
		for _, w := range b[from+1 : to] {
			met |= w
		}
		if met != 0 {
			return false
		}
		fill(b[from+1:to], ^uint64(0))
	}
	b[from] |= head
	b[to] |= tail
	s.granules += uint32(n)
	return true
}

// unset is the inverse of set.
func (s *regionSlice) unset(first, n uint64) {
	from, to, head, tail := wordsOf(first, n)
	s.bits[from] &^= head
	s.bits[to] &^= tail
	if from != to {
		fill(s.bits[from+1:to], 0)
	}
	s.granules -= uint32(n)
}

// any tells whether one of n granules from first on is marked.
func (s *regionSlice) any(first, n uint64) bool {
	if s.granules == 0 || s.granules == sliceGranules {
		return s.granules != 0
	}
	from, to, head, tail := wordsOf(first, n)
	met := s.bits[from]&head | s.bits[to]&tail
	if from != to {
		for _, w := range s.bits[from+1 : to] {
			met |= w
		}
	}
	return met != 0
}

func fill(words []uint64, v uint64) {
	for i := range words {
		words[i] = v
	}
}

// empty tells whether nothing is in the set; for tests.
func (r *regions) empty() bool {
	for _, seg := range r.segments {
		if seg == nil {
			continue
		}
		for i := range seg.slices {
			s := &seg.slices[i]
			if s.granules != 0 {
				return false
			}
			if s.bits == nil {
				continue
			}
			if *s.bits != [sliceWords]uint64{} {
				return false
			}
		}
	}
	return len(r.large) == 0
}
