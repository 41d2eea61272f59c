// What a run reached, as numbers, for searches that keep what reaches something new. See doc.go for an
// overview.

package diff

import (
	"math/bits"

	"midiff/diff/prog"
	"midiff/goalloc"
)

// Features is how many numbers there are for what a run can reach. What is of one kind shares them with what is of
// another one by chance: there are some hundred times as many as are ever seen.
const Features = 1 << featureBits

const featureBits = 22

// Reach takes in what a run reached: operations and how they ended, the size classes and spans that came
// and went, OS calls, and which numbers of the allocator changed. It looks at goalloc after every operation; where the sides
// agree, the same is true of C. The same program reaches the same in every process.
type Reach struct {
	list   []Feature
	seen   []uint64 // a bit per feature
	shapes [prog.MaxThreads]goalloc.Shape
	shared [goalloc.ShapeShared]uint64
	calls  uint32 // OS calls before the step
	path   uint64 // of the step: what came, went, rose and fell, a bit each
}

// Feature is something that a run reached, and the first operation that did.
type Feature struct{ Number, Op uint32 }

// NewReach gives one with nothing in it.
func NewReach() *Reach { return &Reach{seen: make([]uint64, Features/64)} }

// List gives what was reached in the last run, in order; it is valid until the next.
func (r *Reach) List() []Feature { return r.list }

// begin forgets the run before.
func (r *Reach) begin() {
	for _, f := range r.list {
		r.seen[f.Number/64] = 0
	}
	r.list = r.list[:0]
	r.shapes = [prog.MaxThreads]goalloc.Shape{}
	r.shared = [goalloc.ShapeShared]uint64{}
	r.calls = 0
}

// The kinds of features.
const (
	reachOutcome = iota + 1
	reachSize
	reachQuirk
	reachCall
	reachBin
	reachSpan
	reachMany
	reachOwn
	reachOwnStep
	reachShared
	reachSharedStep
	reachPath
)

// The bits of a path: queues of either kind that came or went, then the first numbers of the thread and of the process,
// then OS calls.
const (
	pathNumbers = 4
	pathOwn     = 4
	pathCalls   = pathOwn + 2*2*pathNumbers
)

// add takes in a feature of a kind with what tells it from others.
func (r *Reach) add(op uint32, kind, a, b, c uint64) {
	h := (kind<<58 ^ a<<40 ^ b<<20 ^ c) * fingerprintPrime
	h = (h ^ h>>32) * fingerprintPrime
	n := uint32(h >> (64 - featureBits))
	if r.seen[n/64]>>(n%64)&1 == 0 {
		r.seen[n/64] |= 1 << (n % 64)
		r.list = append(r.list, Feature{n, op})
	}
}

// step takes in what a step came to. before is where its block was, 0 if it had none.
func (r *Reach) step(g *GoSubject, s *prog.Step, res *Result, before uint64) {
	kind := uint64(s.Kind)<<1 | uint64(bit(s.Heaped))
	outcome := uint64(res.Null)
	for i, is := range [...]bool{res.Errno != 0, res.Errors != 0, res.Warnings != 0, res.Deferred != 0,
		before != 0 && res.Value == before, res.Bad != 0} {
		outcome |= uint64(bit(is)) << (i + 1)
	}
	r.path = 0
	r.add(s.Op, reachOutcome, kind, outcome, 0)
	if promise := rules[s.Kind].promise; promise == gives || promise == moves {
		r.add(s.Op, reachSize, kind, magnitude(res.Usable), 0)
	}
	for q := res.Quirks; q != 0; q &= q - 1 {
		r.add(s.Op, reachQuirk, kind, uint64(bits.TrailingZeros64(q)), 0)
	}
	if res.OSCalls != r.calls {
		r.osCalls(s.Op, kind, g.Calls(int(r.calls)))
		r.calls = res.OSCalls
	}
	var now goalloc.Shape
	g.proc.Shape(g.threads[s.Thread], &now)
	r.change(s, kind, &now)
	r.add(s.Op, reachPath, kind<<1|uint64(res.Null), r.path>>20, r.path&0xfffff)
}

func (r *Reach) osCalls(op uint32, kind uint64, calls []OSCall) {
	for i := range calls {
		c := &calls[i]
		r.add(op, reachCall, kind<<4|uint64(c.Kind), uint64(bit(c.Errno != 0)), magnitude(c.Size)/4)
		r.path |= 1 << (pathCalls + uint64(c.Kind)<<1&15 + uint64(bit(c.Errno != 0)))
	}
}

// change takes in what differs between a thread's outline and the one after its last step.
func (r *Reach) change(s *prog.Step, kind uint64, now *goalloc.Shape) {
	was := &r.shapes[s.Thread]
	for i := range now.Bins {
		r.queues(s.Op, reachBin, kind, was.Bins[i], now.Bins[i], 64*i)
	}
	r.queues(s.Op, reachSpan, kind, was.Spans, now.Spans, 0)
	main := uint64(bit(s.Thread == 0))
	r.add(s.Op, reachMany, main, uint64(bits.OnesCount64(now.Bins[0])+bits.OnesCount64(now.Bins[1])),
		uint64(bits.OnesCount64(now.Spans)))
	r.numbers(s.Op, reachOwn, kind, was.Own[:], now.Own[:])
	r.numbers(s.Op, reachShared, kind, r.shared[:], now.Shared[:])
	*was, r.shared = *now, now.Shared
}

// queues takes in which queues are not empty any more, or now are.
func (r *Reach) queues(op uint32, feature, kind, was, now uint64, from int) {
	for changed := was ^ now; changed != 0; changed &= changed - 1 {
		i := bits.TrailingZeros64(changed)
		came := now >> i & 1
		r.add(op, feature, kind, uint64(from+i), came)
		r.path |= 1 << (2*(feature-reachBin) + came)
	}
}

// numbers takes in how far each number is that changed, and by how much.
func (r *Reach) numbers(op uint32, feature, kind uint64, was, now []uint64) {
	for i, n := range now {
		if n == was[i] {
			continue
		}
		up := uint64(bit(int64(n-was[i]) > 0))
		by := n - was[i]
		if up == 0 {
			by = -by
		}
		r.add(op, feature, uint64(i), uint64(bits.Len64(n)), 0)
		r.add(op, feature+1, kind, uint64(i)<<1|up, uint64(bits.Len64(by)))
		if i < pathNumbers {
			r.path |= 1 << (pathOwn + pathNumbers*(feature-reachOwn) + 2*uint64(i) + up)
		}
	}
}

// magnitude gives the place of a size among classes of four per power of two.
func magnitude(n uint64) uint64 {
	length := bits.Len64(n)
	if length < 3 {
		return n
	}
	return uint64(length)<<2 | n>>(length-3)&3
}
