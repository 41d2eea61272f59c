// The pass that makes numbers smaller. See doc.go for an overview.

package reduce

import (
	"midiff/diff/prog"
	"midiff/diff/shrink"
)

// sizeSteps are one size of each class, from the plainest: a block, the edges of the direct pages, of
// small, medium and large blocks, and what has a segment of its own.
var sizeSteps = []uint64{8, 48, 1024, 1025, 5000, 16 << 10, 16<<10 + 1, 100000, 128 << 10, 128<<10 + 1,
	1 << 20, 4 << 20, 8 << 20, 16 << 20, 16<<20 + 1, 32 << 20}

// otherSteps are for counts, alignments, offsets, times.
var otherSteps = []uint64{0, 1, 2, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 64 << 10, 1 << 20,
	16 << 20, 32 << 20}

// smallerNumbers lowers every number of every operation and fault.
func smallerNumbers(c *cursor) {
	for i := len(c.Best().Ops) - 1; i >= 0; i-- {
		for n, kind := range c.Best().Ops[i].Kind.Row().Numbers() {
			if i >= len(c.Best().Ops) || c.Done() {
				return
			}
			smaller(c, i, n, kind)
		}
	}
	for i := range c.Best().Faults {
		shrink.Number(uint64(c.Best().Faults[i].N), otherSteps[1:4], c.Done, func(n uint64) bool {
			return faultChanged(c, i, func(f *prog.Fault) { f.N = uint32(n) })
		})
	}
}

// smaller lowers one number of an operation.
func smaller(c *cursor, op, n int, kind prog.Operand) {
	steps := otherSteps
	if kind == prog.Size {
		steps = sizeSteps
	}
	shrink.Number(c.Best().Ops[op].Num[n], steps, c.Done, func(v uint64) bool {
		return changed(c, op, func(o *prog.Op) { o.Num[n] = v })
	})
}
