// What operations cost. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkPair is malloc and free of one size; the fast path both times.
func BenchmarkPair(b *testing.B) {
	for _, size := range []uintptr{64, 1024, 5000} {
		b.Run(bytesText(size), func(b *testing.B) {
			m := simulated(b).Main()
			m.Malloc(size)
			b.ReportAllocs()
			for b.Loop() {
				m.Free(m.Malloc(size))
			}
		})
	}
}

// BenchmarkMixed keeps a window of blocks of many classes.
func BenchmarkMixed(b *testing.B) {
	m := simulated(b).Main()
	var window [256]Addr
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		x := shuffle(i)
		slot := &window[x%256]
		m.Free(*slot)
		*slot = m.Malloc(uintptr(x>>8) % (8 << ((x >> 32) % 12)))
	}
}

// BenchmarkRemote is a free by another thread, collected by the owner.
func BenchmarkRemote(b *testing.B) {
	p := simulated(b)
	m, other := p.Main(), p.NewThread()
	b.ReportAllocs()
	for b.Loop() {
		other.Free(m.Malloc(2000))
	}
}

// BenchmarkReset is a short run and the return to the start.
func BenchmarkReset(b *testing.B) {
	p := simulated(b)
	b.ReportAllocs()
	for b.Loop() {
		p.Main().Malloc(48)
		require.NoError(b, p.Reset())
	}
}

// What the checks of invariants cost, in a process with some thousand blocks.
func BenchmarkCheck(b *testing.B) {
	p := simulated(b)
	m := p.Main()
	held := held{}
	for i := range 4000 {
		a := m.Malloc(uintptr(i * 37 % 9000))
		held[a] = m.UsableSize(a)
	}
	a := m.Malloc(100)
	held[a] = m.UsableSize(a)
	threads := []*Thread{m}
	b.Run("near", func(b *testing.B) {
		for b.Loop() {
			p.CheckNear(threads, a)
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			p.Check(threads, held)
		}
	})
}
