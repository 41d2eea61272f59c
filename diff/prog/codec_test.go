// Round trips of the codecs. See doc.go for an overview.

package prog

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// randomBytes gives n bytes of which about a quarter open operations.
func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestTextRoundTrip(t *testing.T) {
	eachGenerated(t, 400, func(t *testing.T, p *Program) {
		text := p.Text()
		require.Equal(t, text, mustParse(t, text).Text())
	})
}

func TestParseKeepsNames(t *testing.T) {
	text := `midiff 1
profile 2.0
threads 2
option segment_decommit_delay=0
option eager_commit_delay=-1
fault mmap 3 enomem
fault madvise 1 sticky einval

t0 first = malloc(48)
t1 second = zalloc_aligned(4096, 256)
t0 heap = heap_new()
t0 third = heap_calloc(heap, 4, 0xfffffffffffffff8)
t0 second = realloc(second, 33M)
t0 x_9 = realloc(null, 2G)
t0 many = bulk(10, 64)
t0 bulk_free(many, 3)
t0 expand(first, 100)
t0 free(null)
t0 heap_set_default(backing)
t0 heap_collect(heap, false)
t0 heap_delete(heap)
t1 clock(30)
t1 exit()
t0 first2 = reallocf(first, 1048577)
`
	require.Equal(t, text, mustParse(t, text).Text())
}

// TestTextSpellings: what may be written in several ways prints in one.
func TestTextSpellings(t *testing.T) {
	p := mustParse(t, "# comment\n\n  midiff 1 # version\r\nthreads 0x2\noption page_reset=0x10\n"+
		"\tt01   a=malloc( 0x40 )# tight\nt0 b = malloc(4K)\nt0 c = mallocn(1024K,1024M)\n")
	require.Equal(t, "midiff 1\nprofile 2.0\nthreads 2\noption page_reset=16\n\n"+
		"t1 a = malloc(64)\nt0 b = malloc(4096)\nt0 c = mallocn(1M, 1G)\n", p.Text())
}

func TestBytesRoundTrip(t *testing.T) {
	decoder := NewDecoder(Everything())
	eachGenerated(t, 400, func(t *testing.T, p *Program) {
		data := p.Encode()
		got := decoder.Decode(data)
		require.Equal(t, p.Renamed().Text(), got.Text())
		require.Equal(t, data, got.Encode(), "encoding is canonical")
	})
}

// TestBytesRoundTripOfManyHandles: more live handles than one digit numbers, and odd numbers.
func TestBytesRoundTripOfManyHandles(t *testing.T) {
	text := []byte("midiff 1\nprofile 2.0\nthreads 8\n\n")
	add := func(s string) { text = append(append(text, s...), '\n') }
	for i := range 700 {
		add(fmt.Sprintf("t3 b%d = malloc(%d)", i, uint64(i)*0x9E3779B97F4A7C15))
		add(fmt.Sprintf("t5 h%d = heap_new()", i))
		add(fmt.Sprintf("t2 k%d = bulk(%d, 8)", i, 1+i%128))
	}
	for i := 0; i < 700; i += 2 {
		add(fmt.Sprintf("t5 heap_delete(h%d)", i))
		add(fmt.Sprintf("t1 free(b%d)", i))
		add(fmt.Sprintf("t7 bulk_free(k%d, 18446744073709551615)", i))
		add(fmt.Sprintf("t5 heap_collect(h%d, true)", i|1))
	}
	p := mustParse(t, string(text))
	require.Equal(t, p.Renamed().Text(), Decode(p.Encode(), Everything()).Text())
}

func TestNumberCodes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for kind := Size; kind <= faultNum; kind++ {
		check := func(n uint64) {
			in := newReader(appendNumberCode(nil, kind, n))
			require.Equal(t, n, in.number(kind), "kind %d", kind)
			require.False(t, in.ok, "all digits are taken")
		}
		for _, edge := range scales[kind].edges {
			for delta := range uint64(400) {
				check(edge + delta - 200)
			}
		}
		for shift := range 64 {
			check(r.Uint64() >> shift)
			check(1 << shift)
			check(1<<shift - 1)
		}
		require.Less(t, len(scales[kind].edges), escapeShort, "every edge has a digit")
		require.LessOrEqual(t, scales[kind].common, len(scales[kind].edges))
	}
}

func TestDecodeIsTotal(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	decoder := NewDecoder(Everything())
	for range 3000 {
		data := randomBytes(r, r.IntN(600))
		p := decoder.Decode(data)
		require.NoError(t, p.Check(), p.Text())
		again := Decode(p.Encode(), Everything())
		require.Equal(t, p.Text(), again.Text())
		require.Equal(t, p.Text(), mustParse(t, p.Text()).Text())
	}
}

func TestDecodeOfNothing(t *testing.T) {
	p := Decode(nil, DecodeConfig{})
	require.Equal(t, "midiff 1\nprofile 2.0\nthreads 1\n", p.Text())
	require.Equal(t, p.Text(), Decode(p.Encode(), DecodeConfig{}).Text())
}

// TestDecoderIsReusable: what was decoded before does not show.
func TestDecoderIsReusable(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	cfg := DecodeConfig{MaxOps: 80, MaxThreads: 4, MaxSize: 16 * kibi, MaxSlow: 3, Heaps: true, Exits: true}
	decoder := NewDecoder(cfg)
	for range 500 {
		data := randomBytes(r, r.IntN(600))
		require.Equal(t, Decode(data, cfg).Text(), decoder.Decode(data).Text())
	}
}

// TestBytesSurviveMutation: a byte that is taken out or put in spoils few operations.
func TestBytesSurviveMutation(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	kept, all := 0, 0
	for seed := range uint64(300) {
		p := Generate(seed, everyKind(50))
		data := p.Encode()
		at := 2 + r.IntN(len(data)-2)
		if seed%2 == 0 {
			data = slices.Delete(data, at, at+1)
		} else {
			data = slices.Insert(data, at, byte(r.Uint32()))
		}
		before, after := kindsOf(p), kindsOf(Decode(data, Everything()))
		kept += common(before, after)
		all += len(before)
	}
	share := float64(kept) / float64(all)
	t.Logf("%.1f%% of the operations stay", 100*share)
	require.Greater(t, share, 0.9, "share of operations that stay in order")
}

func kindsOf(p *Program) []Kind {
	var all []Kind
	for i := range p.Ops {
		all = append(all, p.Ops[i].Kind)
	}
	return all
}

// common gives the length of the longest common prefix and suffix together.
func common(a, b []Kind) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	m := 0
	for m < len(a)-n && m < len(b)-n && a[len(a)-1-m] == b[len(b)-1-m] {
		m++
	}
	return n + m
}
