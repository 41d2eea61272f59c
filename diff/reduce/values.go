// The passes that make numbers smaller. See doc.go for an overview.

package reduce

import (
	"midiff/diff/prog"
	"midiff/diff/shrink"
)

// sizeSteps are one size of each class, from the plainest: a block, the edges of the direct pages, of
// small, medium and large blocks, and what has a segment of its own.
var sizeSteps = []uint64{8, 48, 1024, 1025, 5000, 16 << 10, 16<<10 + 1, 100000, 128 << 10, 128<<10 + 1,
	1 << 20, 4 << 20, 8 << 20, 16 << 20, 16<<20 + 1, 32 << 20}

// alignSteps are all alignments.
var alignSteps = func() (all []uint64) {
	for n := uint64(1); n != 0; n *= 2 {
		all = append(all, n)
	}
	return all
}()

// otherSteps are for counts, offsets, times.
var otherSteps = []uint64{0, 1, 2, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 64 << 10, 1 << 20,
	16 << 20, 32 << 20}

func smallerSizes(c *cursor) {
	eachNumber(c, func(kind prog.Operand) bool {
		return kind == prog.Size || kind == prog.SmallSize || kind == prog.ArenaSize
	}, func(now uint64, try func(uint64) bool) {
		shrink.Number(now, sizeSteps, c.Done, try)
	})
}

// smallerAlignments tries powers of two only, unless an alignment is none.
func smallerAlignments(c *cursor) {
	eachNumber(c, func(kind prog.Operand) bool { return kind == prog.Align },
		func(now uint64, try func(uint64) bool) {
			for _, s := range alignSteps {
				if s < now && try(s) {
					return
				}
			}
			if now&(now-1) != 0 {
				shrink.Number(now, nil, c.Done, try)
			}
		})
}

// smallerNumbers lowers what is neither a size nor an alignment, and the values of options and the
// numbers of faults.
func smallerNumbers(c *cursor) {
	eachNumber(c, func(kind prog.Operand) bool {
		switch kind {
		case prog.Count, prog.Bool, prog.Millis, prog.BulkCount, prog.Stride, prog.Offset, prog.OptionValue:
			return true
		}
		return false
	}, func(now uint64, try func(uint64) bool) {
		shrink.Number(now, otherSteps, c.Done, try)
	})
	for i := range c.Best().Options {
		shrink.Number(uint64(c.Best().Options[i].Value), otherSteps, c.Done, func(n uint64) bool {
			return optionChanged(c, i, int64(n))
		})
	}
	for i := range c.Best().Faults {
		shrink.Number(uint64(c.Best().Faults[i].N), otherSteps[1:4], c.Done, func(n uint64) bool {
			return faultChanged(c, i, func(f *prog.Fault) { f.N = uint32(n) })
		})
	}
}

// eachNumber has lower lower every number of a wanted kind.
func eachNumber(c *cursor, wanted func(prog.Operand) bool, lower func(now uint64, try func(uint64) bool)) {
	for i := len(c.Best().Ops) - 1; i >= 0; i-- {
		for n, kind := range c.Best().Ops[i].Kind.Row().Numbers() {
			if !wanted(kind) || c.Done() {
				continue
			}
			lower(c.Best().Ops[i].Num[n], func(v uint64) bool {
				return changed(c, i, func(o *prog.Op) { o.Num[n] = v })
			})
		}
	}
}
