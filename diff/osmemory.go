// The memory that the simulated OS has given out, followed from the trace of OS calls. See doc.go for
// an overview.

package diff

import "midiff/cref"

// osMemory knows which pages are committed and whether the OS refused something in the last step.
type osMemory struct {
	committed []uint64  // a bit per page of the space
	high      [2]uint64 // per area: the end of the highest range mapped, as a bound for reset
	seen      uint32    // calls followed
	refused   bool      // a call of the last step failed
	blind     bool      // the run made more calls than were kept: nothing is known any more
	// eager: a reset (madvise FREE) failed in this run, and the allocator may use the call that
	// otherwise decommits (madvise DONTNEED) in its place: the memory may be used on.
	eager   bool
	kept    bool   // what is decommitted can be used as if it were not, as real memory can
	busy    bool   // the last step made calls
	dropped []span // ranges whose contents the last step gave up
}

func newOSMemory() *osMemory {
	return &osMemory{
		committed: make([]uint64, spaceSize>>pageShift/64),
		high:      [2]uint64{0, mainSize},
	}
}

func (o *osMemory) reset() {
	clear(o.committed[:o.high[0]>>pageShift/64])
	clear(o.committed[mainSize>>pageShift/64 : o.high[1]>>pageShift/64])
	*o = osMemory{committed: o.committed, high: [2]uint64{0, mainSize}, dropped: o.dropped[:0]}
}

// follow takes in the calls of the step that was just run.
func (o *osMemory) follow(calls []OSCall, total uint32) {
	o.dropped, o.refused, o.busy = o.dropped[:0], false, true
	if total > MaxCalls || int(total-o.seen) > len(calls) {
		o.blind = true
	}
	if o.blind {
		o.seen = total
		return
	}
	for _, c := range calls[:total-o.seen] {
		o.one(c)
	}
	o.seen = total
}

// quiet says that the step that was just run made no call.
func (o *osMemory) quiet() {
	o.dropped, o.refused, o.busy = o.dropped[:0], false, false
}

// one takes in a call. Those that are not about memory refuse none.
func (o *osMemory) one(c OSCall) {
	if c.Kind > cref.ResetCall {
		return
	}
	if c.Errno != 0 {
		o.refused = true
		o.eager = o.eager || c.Kind == cref.ResetCall
		return
	}
	if c.Size == 0 || c.Addr >= spaceSize || c.Size > spaceSize-c.Addr {
		return
	}
	s := span{c.Addr, c.Addr + c.Size}
	switch {
	case c.Kind == cref.MapCall:
		o.mapped(s)
		o.set(s, c.Arg&cref.ArgWritable != 0)
	case c.Kind == cref.ProtectCall && c.Arg&cref.ArgWritable != 0:
		o.set(s, true)
	case c.Kind == cref.ResetCall, (o.eager || o.kept) && c.Kind == cref.DecommitCall:
		o.dropped = append(o.dropped, s)
	case c.Kind == cref.ProtectCall || c.Kind == cref.UnmapCall || c.Kind == cref.DecommitCall:
		o.set(s, false)
		o.dropped = append(o.dropped, s)
	}
}

// mapped widens the bound for reset, in whole words of the bitmap.
func (o *osMemory) mapped(s span) {
	area := 0
	if s.start >= mainSize {
		area = 1
	}
	const word = 64 << pageShift
	o.high[area] = max(o.high[area], (s.end+word-1)/word*word)
}

func (o *osMemory) set(s span, on bool) {
	first, last := s.start>>pageShift, (s.end-1)>>pageShift
	from, to := first>>6, last>>6
	head, tail := ^uint64(0)<<(first&63), ^uint64(0)>>(63-last&63)
	if from == to {
		head &= tail
		tail = head
	}
	if on {
		o.committed[from] |= head
		o.committed[to] |= tail
	} else {
		o.committed[from] &^= head
		o.committed[to] &^= tail
	}
	if from == to {
		return
	}
	v := uint64(0)
	if on {
		v = ^v
	}
	fill(o.committed[from+1:to], v)
}

// holds tells whether [a, a+size) lies in committed memory, as far as that is known. size is not 0.
func (o *osMemory) holds(a, size uint64) bool {
	if a >= spaceSize || size > spaceSize-a {
		return false
	}
	first, last := a>>pageShift, (a+size-1)>>pageShift
	if first == last {
		return o.committed[first>>6]>>(first&63)&1 != 0 || o.blind
	}
	return o.holdsWide(first, last)
}

func (o *osMemory) holdsWide(first, last uint64) bool {
	if o.blind {
		return true
	}
	from, to := first>>6, last>>6
	head, tail := ^uint64(0)<<(first&63), ^uint64(0)>>(63-last&63)
	if from == to {
		return o.committed[from]&head&tail == head&tail
	}
	if o.committed[from]&head != head || o.committed[to]&tail != tail {
		return false
	}
	for _, w := range o.committed[from+1 : to] {
		if w != ^uint64(0) {
			return false
		}
	}
	return true
}
