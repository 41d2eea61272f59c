// The lists of blocks in the canonical state.
// Counterpart: none, the rig's view of both. See doc.go for an overview.

package goalloc

import "midiff/goalloc/internal/raw"

// lists are the heads of a page's lists of blocks, in the order of their fields.
func lists(p *page) [3]Addr {
	return [3]Addr{p.free, p.localFree, Addr(p.threadFree.AtRest() &^ freeFlagMask)}
}

// blockRange are the blocks of a page: those that may be in its lists lie in [start, stop), size apart.
type blockRange struct {
	start, stop, size Addr
	most              int
}

func (p *Process) blockRange(s *segment, pg *page) blockRange {
	start, _ := p.pageStart(s, pg)
	return blockRange{
		start: start, stop: start + Addr(pg.capacity)*Addr(pg.blockSize),
		size: Addr(pg.blockSize), most: int(pg.capacity),
	}
}

// blocks is a list of blocks, as offsets from the page's start. It ends at an offset that cannot be. In
// the hash a word stands for a run of neighbours. Where there is but one, to is its end.
func (w *stateWalk) blocks(f StateField, p *page, b Addr, in blockRange) (to Addr) {
	for n := 0; b != 0 && n <= in.most; {
		if b-in.start >= in.stop-in.start {
			w.put(f, 0, n, uint64(b-in.start))
			return 0
		}
		var end, next Addr
		if w.p.profile.encoded {
			end, next = w.p.neighboursEncoded(p, b, in.size, in.stop)
		} else {
			end, next = neighbours(b, in.size, in.stop)
		}
		if n == 0 && next == 0 {
			to = end - in.start
		}
		n += w.run(f, n, b-in.start, end-in.start, in.size)
		b = next
	}
	return to
}

// neighbours gives the end of the run of blocks that starts at b, each of which leads to the one behind
// it, and where the last one leads. Where a block should lead is known before it is read, so that the
// reads do not wait for each other; mostly four are right at once.
func neighbours(b, size, stop Addr) (end, next Addr) {
	end, next = b+size, raw.Load(b)
	for ; next == end && end+3*size < stop; end += 4 * size {
		wrong := raw.Load(end) ^ (end + size)
		wrong |= raw.Load(end+size) ^ (end + 2*size)
		wrong |= raw.Load(end+2*size) ^ (end + 3*size)
		if wrong != 0 {
			break
		}
		next = raw.Load(end + 3*size)
	}
	for ; next == end && end < stop; end += size {
		next = raw.Load(end)
	}
	return end, next
}

// neighboursEncoded is neighbours where links are encoded.
func (p *Process) neighboursEncoded(pg *page, b, size, stop Addr) (end, next Addr) {
	end, next = b+size, p.link(pg, b)
	for ; next == end && end < stop; end += size {
		next = p.link(pg, end)
	}
	return end, next
}

// run is a run of neighbours [from, to), the n-th word of a list of blocks. It gives how many words it is.
func (w *stateWalk) run(f StateField, n int, from, to, size Addr) int {
	if !w.keep {
		w.put(f, 0, 0, uint64(from)|uint64(to)<<32)
		return 1
	}
	words := 0
	for ; from < to; from += size {
		w.note(f, 0, n+words, uint64(from))
		words++
	}
	return words
}
