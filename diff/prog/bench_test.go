// Benchmarks of what the fuzz loop does per program. See doc.go for an overview.

package prog

import (
	"math/rand/v2"
	"testing"
)

// perOp reports nanoseconds per operation.
func perOp(b *testing.B, ops int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(ops), "ns/operation")
}

func fuzzBounds() DecodeConfig {
	return DecodeConfig{MaxOps: 50, MaxThreads: 4, MaxSize: 16 * kibi, MaxTouched: 64 * mebi, MaxBulk: 256,
		MaxSlow: 2, Heaps: true, Aligned: true, Exits: true}
}

func BenchmarkDecode(b *testing.B) {
	data := Generate(5, everyKind(50)).Encode()
	decoder := NewDecoder(fuzzBounds())
	b.ReportAllocs()
	for b.Loop() {
		decoder.Decode(data)
	}
	perOp(b, 50)
}

func BenchmarkDecodeRandom(b *testing.B) {
	data := randomBytes(rand.New(rand.NewPCG(1, 1)), 300)
	decoder := NewDecoder(fuzzBounds())
	ops := len(decoder.Decode(data).Ops)
	b.ReportAllocs()
	for b.Loop() {
		decoder.Decode(data)
	}
	perOp(b, ops)
}

func BenchmarkEncode(b *testing.B) {
	p := Generate(5, everyKind(50))
	b.ReportAllocs()
	for b.Loop() {
		p.Encode()
	}
	perOp(b, 50)
}

func BenchmarkParse(b *testing.B) {
	text := []byte(Generate(5, everyKind(1000)).Text())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("b", text); err != nil {
			b.Fatal(err)
		}
	}
	perOp(b, 1000)
}

func BenchmarkText(b *testing.B) {
	p := Generate(5, everyKind(1000))
	b.ReportAllocs()
	for b.Loop() {
		p.Text()
	}
	perOp(b, 1000)
}

func BenchmarkGenerate(b *testing.B) {
	seed := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		Generate(seed, everyKind(1000))
		seed++
	}
	perOp(b, 1000)
}

func BenchmarkLower(b *testing.B) {
	p := Generate(5, everyKind(50))
	var c Code
	b.ReportAllocs()
	for b.Loop() {
		p.LowerInto(&c)
	}
	perOp(b, len(c.Steps))
}
