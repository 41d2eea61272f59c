// Mutations of the byte coding. See doc.go for an overview.

package mutate

import "midiff/diff/prog"

// Bytes mutates inputs of a fuzz target. It is not for concurrent use.
type Bytes struct {
	m        *Mutator
	one, two *prog.Decoder
}

// opsWithoutBound is how long programs may get where the target has no bound.
const opsWithoutBound = 1000

// NewBytes is for inputs that a target decodes within bounds; what it makes lies within them.
func NewBytes(bounds prog.DecodeConfig) *Bytes {
	cfg := prog.GenConfig{Ops: bounds.MaxOps, Threads: bounds.MaxThreads, MaxSize: bounds.MaxSize, MaxAlign: bounds.MaxAlign,
		MaxLive: bounds.MaxTouched, MaxWork: bounds.MaxTouched, MaxBulk: int(bounds.MaxBulk), Heaps: bounds.Heaps,
		Arenas: bounds.Arenas, Aligned: bounds.Aligned, Exits: bounds.Exits, Options: bounds.Options,
		Faults: bounds.Faults, Barriers: bounds.Barriers, Parallel: bounds.Parallel}
	if cfg.Ops <= 0 {
		cfg.Ops = opsWithoutBound
	}
	if cfg.Threads <= 0 {
		cfg.Threads = prog.MaxThreads
	}
	return &Bytes{m: New(cfg), one: prog.NewDecoder(bounds), two: prog.NewDecoder(bounds)}
}

// Mutate gives an input of at most most bytes, 0 for no bound, that data was changed into. data may be any bytes.
func (b *Bytes) Mutate(data []byte, most int, seed uint64) []byte {
	return b.fit(b.m.Mutate(b.one.Decode(data), nil, seed), most)
}

// Cross gives an input of at most most bytes, 0 for no bound, with parts of two.
func (b *Bytes) Cross(x, y []byte, most int, seed uint64) []byte {
	return b.fit(b.m.Cross(b.one.Decode(x), b.two.Decode(y), seed), most)
}

// fit gives the bytes of a program as the target reads it.
func (b *Bytes) fit(p *prog.Program, most int) []byte {
	return b.one.Decode(p.Encode()).EncodeWithin(most)
}
