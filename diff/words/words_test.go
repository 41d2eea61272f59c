package words

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFillAndDiffer: all lengths around those that loops take at once, at every offset of a word in a line of the
// cache; what lies before and behind is not touched; a difference of one bit in any word is seen, and which bit.
func TestFillAndDiffer(t *testing.T) {
	const v, step, guard = 0xfedcba9876543210, 0xd1b54a32d192ed03, 0x5a5a5a5a5a5a5a5a
	for n := range 100 {
		for off := range 8 {
			all := make([]uint64, off+n+3)
			for i := range all {
				all[i] = guard
			}
			w := all[off : off+n]
			Fill(w, v, step)
			want := uint64(v)
			for i := range w {
				require.Equal(t, want, w[i], "word %d of %d", i, n)
				want += step
			}
			for i := range all {
				if i < off || i >= off+n {
					require.EqualValues(t, guard, all[i])
				}
			}
			require.Zero(t, Differ(w, v, step))
			for i := range w {
				w[i] ^= 1 << (i % 64)
				require.EqualValues(t, uint64(1)<<(i%64), Differ(w, v, step), "word %d of %d", i, n)
				w[i] ^= 1 << (i % 64)
			}
		}
	}
}

// TestPlainAgrees: machines without the wide loops get the same.
func TestPlainAgrees(t *testing.T) {
	for _, step := range []uint64{0, 1, 0xd1b54a32d192ed03} {
		a, b := make([]uint64, 77), make([]uint64, 77)
		Fill(a, 5, step)
		fill(b, 5, step)
		require.Equal(t, a, b)
		require.Equal(t, differ(a, 6, step), Differ(a, 6, step))
	}
}

func BenchmarkDiffer(b *testing.B) {
	for _, n := range []int{8, 32, 128, 1024} {
		w := make([]uint64, n)
		Fill(w, 5, 7)
		for name, f := range map[string]func([]uint64, uint64, uint64) uint64{"plain": differ, "fast": Differ} {
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				b.SetBytes(int64(8 * n))
				for b.Loop() {
					if f(w, 5, 7) != 0 {
						b.Fatal("they differ")
					}
				}
			})
		}
	}
}
