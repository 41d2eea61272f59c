// Drawing numbers of operands near the edges. See doc.go for an overview.

package prog

// classEdges gives the edges inside a class of sizes.
var classEdges = func() [badSizes + 1][]uint64 {
	var by [badSizes + 1][]uint64
	for _, n := range append(append([]uint64(nil), binSizes...), beyondBins...) {
		switch {
		case n == 0:
		case n <= MaxSmallSize:
			by[tinySizes] = append(by[tinySizes], n)
		case n <= smallMax:
			by[smallSizes] = append(by[smallSizes], n)
		case n <= mediumMax:
			by[mediumSizes] = append(by[mediumSizes], n)
		case n <= largeMax:
			by[largeSizes] = append(by[largeSizes], n)
		case n <= 128*mebi:
			by[hugeSizes] = append(by[hugeSizes], n)
		case n <= 64*gibi:
			by[sparseSizes] = append(by[sparseSizes], n)
		default:
			by[badSizes] = append(by[badSizes], n)
		}
		if 4*mebi <= n && n <= largeMax {
			by[wideSizes] = append(by[wideSizes], n)
		}
	}
	return by
}()

// classSize draws a size: an edge, next to an edge, or anything between two.
func (g *generator) classSize(class sizeClass) uint64 {
	edges := classEdges[class]
	i := g.below(len(edges))
	switch g.below(8) {
	case 0, 1:
		return edges[i]
	case 2:
		return edges[i] + 1
	case 3:
		return edges[i] - 1
	case 4:
		return edges[i] + uint64(g.below(65)) - min(32, edges[i])
	case 5:
		if class == tinySizes && g.oneIn(4) {
			return 0
		}
	}
	low := edges[i]
	high := low + low/4
	if i+1 < len(edges) {
		high = max(edges[i+1], low)
	}
	if class == badSizes {
		return low
	}
	return g.between(low, high)
}

// size draws the size of a request that touches (whole or in part) at most room bytes.
func (g *generator) size(whole bool, room uint64) uint64 {
	var n uint64
	if g.below(8) < g.swarm.favour {
		n = pick(&g.random, g.swarm.favoured)
	} else {
		n = g.classSize(pick(&g.random, g.swarm.sizes))
	}
	most := room
	if whole && !g.oneIn(64) {
		most = min(most, 256*kibi)
	}
	if g.cfg.MaxSize > 0 && n < impossible {
		most = min(most, g.cfg.MaxSize)
	}
	if n >= impossible {
		if g.refusals == 0 {
			return g.classSize(tinySizes)
		}
		g.refusals--
		return n
	}
	if whole && n > most || !whole && sampled(n) > most || n > g.maxSize() {
		return g.between(0, max(1, min(most, n)>>g.below(12)))
	}
	return n
}

func (g *generator) maxSize() uint64 {
	if g.cfg.MaxSize > 0 {
		return g.cfg.MaxSize
	}
	return largestUint
}

// sampled estimates the bytes that a block of n bytes makes resident when it is looked at in part.
func sampled(n uint64) uint64 {
	r := request{size: &n}
	return r.touches()
}

// alignment draws an alignment: mostly a power of two up to a slice.
func (g *generator) alignment(room uint64) uint64 {
	var n uint64
	switch k := g.below(64); {
	case k < 20:
		n = 1 << g.below(8)
	case k < 44:
		n = 1 << g.below(13)
	case k < 54:
		n = 1 << g.below(17)
	case k < 58:
		n = 1 << (17 + g.below(8))
	case k < 59:
		n = segmentSize << g.below(6)
	default:
		n = pick(&g.random, alignments)
	}
	if g.cfg.MaxAlign > 0 && n > g.cfg.MaxAlign || n > room && n <= alignMax {
		n = 1 << g.below(8)
	}
	return n
}

// offset draws an offset: none, odd, some words, next to the alignment, or beyond the block.
func (g *generator) offset(size, align uint64) uint64 {
	switch g.below(8) {
	case 0:
		return 0
	case 1:
		return 1 + 2*uint64(g.below(64))
	case 2, 3:
		return 8 * uint64(g.below(64))
	case 4:
		return align + uint64(g.below(3)) - 1
	case 5:
		return size + uint64(g.below(4096))
	case 6:
		return uint64(g.below(1 + int(min(size, mebi))))
	}
	return pick(&g.random, offsets)
}

// count splits a size into a count and an element, now and then one that overflows.
func (g *generator) count(size uint64) (count, each uint64) {
	switch k := g.below(32); {
	case k == 0 && g.refusals > 0:
		g.refusals--
		return pick(&g.random, scales[Count].edges), pick(&g.random, []uint64{0, 1 << 61, largestUint})
	case k < 8:
		return 1, size
	case k < 20:
		each = 1 << g.below(10)
	default:
		each = 1 + uint64(g.below(300))
	}
	if size >= impossible {
		return 1, size
	}
	return size / each, each
}

// arenaSize draws the size of an arena: mostly of a few blocks, so that it runs full.
func (g *generator) arenaSize() uint64 {
	switch k := g.below(16); {
	case k < 12:
		return segmentSize * (1 + uint64(g.below(8)))
	case k < 14:
		return g.between(segmentSize/2, 4*segmentSize)
	case k < 15 && g.oneIn(4):
		return segmentSize * (60 + uint64(g.below(12)))
	}
	return pick(&g.random, arenaSizes)
}

// length draws the characters of a string that takes at most room bytes.
func (g *generator) length(room uint64) uint64 {
	most := min(room, MaxLength, g.maxSize())
	if n := g.classSize(pick(&g.random, g.swarm.sizes)); n <= most {
		return n
	}
	return g.between(0, most>>g.below(12))
}

// most draws how many characters of a string of so many are copied: about as many, fewer, or all.
func (g *generator) most(length uint64) uint64 {
	switch g.below(4) {
	case 0:
		return length + uint64(g.below(3)) - 1
	case 1:
		return uint64(g.below(1 + int(length)))
	case 2:
		return length
	}
	return pick(&g.random, scales[Most].edges)
}

// millis draws a step of the clock, near the delays of the allocator.
func (g *generator) millis() uint64 {
	if g.oneIn(3) {
		return uint64(g.below(60))
	}
	return pick(&g.random, []uint64{0, 1, 2, 24, 25, 26, 27, 50, 499, 500, 501, 525, 1000})
}

// bulkCount draws how many blocks of size a bulk has: about what fills a page, or a few.
func (g *generator) bulkCount(size uint64) uint64 {
	page := uint64(sliceSize)
	if size > smallMax {
		page = 8 * sliceSize
	}
	full := max(page/max(size, 8), 1)
	var n uint64
	switch g.below(6) {
	case 0, 1:
		n = 2 + uint64(g.below(12))
	case 2:
		n = full + uint64(g.below(3)) - 1
	case 3:
		n = 2*full + uint64(g.below(4))
	case 4:
		n = full/2 + 1
	default:
		n = g.between(1, full+8)
	}
	return max(1, min(n, MaxBulk))
}
