// Tests of generated programs, and of the bounds that decoding keeps. See doc.go for an overview.

package prog

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGenerateIsDeterministic(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(200) {
		text := Generate(seed, everyKind(40)).Text()
		require.Equal(t, text, Generate(seed, everyKind(40)).Text())
		require.False(t, seen[text], "seeds differ")
		seen[text] = true
	}
	golden(t, "generated.golden", Generate(12, everyKind(40)).Text())
}

func TestGenerateIsValid(t *testing.T) {
	eachGenerated(t, 1000, func(t *testing.T, p *Program) {
		require.NoError(t, p.Check())
		require.Equal(t, p.Renamed().Text(), p.Text(), "handles are numbered by birth")
	})
}

func TestGenerateLength(t *testing.T) {
	for _, ops := range []int{1, 7, 50, 500} {
		require.Len(t, Generate(1, GenConfig{Ops: ops}).Ops, ops)
	}
	require.Len(t, Generate(1, GenConfig{}).Ops, 50)
}

// TestGenerateSwarm: every operation comes up, and most programs lack some.
func TestGenerateSwarm(t *testing.T) {
	programs := make([]int, len(Table)) // how many have the operation
	const all = 300
	for seed := range uint64(all) {
		has := make([]bool, len(Table))
		for _, kind := range kindsOf(Generate(seed, everyKind(300))) {
			has[kind] = true
		}
		for k := range has {
			if has[k] {
				programs[k]++
			}
		}
	}
	for k, n := range programs {
		if Table[k].Later {
			require.Zero(t, n, Table[k].Name)
			continue
		}
		require.Greater(t, n, all/50, Table[k].Name)
		if g := Table[k].Group; g != Plain && g != Release && Kind(k) != kindCollect {
			require.Less(t, n, all*9/10, Table[k].Name)
		}
	}
}

// TestGenerateRations: slow operations are few, but for the programs, about one in four, in which every
// kind is as likely as any other.
func TestGenerateRations(t *testing.T) {
	even := 0
	for seed := range uint64(100) {
		p := Generate(seed, everyKind(1000))
		exits, collects, bulk, arenas := 0, 0, uint64(0), 0
		for i := range p.Ops {
			switch row := p.Ops[i].Kind.Row(); {
			case makesArena(row):
				arenas++
			case row.Group == Exiting:
				exits++
			case row.Group == Collecting:
				collects++
			case row.Result == BulkResult:
				bulk += p.Ops[i].Num[0]
			}
		}
		if exits > 1+1000/400 {
			even++
			require.LessOrEqual(t, exits, 1+1000/25)
			require.LessOrEqual(t, collects, 2+1000/25+1)
			require.LessOrEqual(t, bulk, uint64(1000/4))
			require.LessOrEqual(t, arenas, mostArenas+1000/20)
			continue
		}
		require.LessOrEqual(t, collects, 2+1000/25+1)
		require.LessOrEqual(t, arenas, mostArenas)
		require.LessOrEqual(t, bulk, uint64(256+2000))
	}
	require.Greater(t, even, 10)
	require.Less(t, even, 40)
}

// TestGenerateBounds: what the config turns off or bounds is kept, and live memory is bounded.
func TestGenerateBounds(t *testing.T) {
	cfg := GenConfig{Ops: 300, MaxSize: 16 * kibi, MaxAlign: 4096, MaxLive: mebi}
	for seed := range uint64(100) {
		p := Generate(seed, cfg)
		for i := range p.Ops {
			o := &p.Ops[i]
			row := o.Kind.Row()
			require.NotEqual(t, Heaps, row.Group)
			require.NotEqual(t, Arenas, row.Group)
			require.NotEqual(t, Aligned, row.Group)
			require.NotEqual(t, Exiting, row.Group)
			require.False(t, o.Heaped)
			if r, ok := requestOf(o, row); ok && row.Result == BlockResult {
				require.True(t, r.touches() <= 2*cfg.MaxSize || r.refusals() > 0, p.OpText(i))
			}
		}
		require.LessOrEqual(t, mostLive(p), uint64(2*mebi))
	}
	for seed := range uint64(100) {
		require.LessOrEqual(t, mostLive(Generate(seed, everyKind(1000))), uint64(288*mebi))
	}
}

// mostLive gives the largest number of bytes that live blocks make resident.
func mostLive(p *Program) uint64 {
	c := p.Lower()
	sizes := make([]uint64, c.Blocks)
	live, most := uint64(0), uint64(0)
	for i := range c.Steps {
		s := &c.Steps[i]
		row := s.Kind.Row()
		if s.Src != NoSlot && !slices.Contains(row.Operands, BlockUse) && row.Operands[0] != ArenaUse {
			live -= sizes[s.Src]
		}
		if row.Result == BlockResult {
			o := Op{Num: [4]uint64{s.A, s.B, s.C, s.D}, Src: NoHandle}
			r, _ := requestOf(&o, row)
			sizes[s.Dst] = r.touches()
			live += sizes[s.Dst]
			most = max(most, live)
		}
	}
	return most
}

func TestDecodeBounds(t *testing.T) {
	cfg := DecodeConfig{
		MaxOps: 60, MaxThreads: 3, MaxSize: 16 * kibi, MaxAlign: 1024, MaxTouched: mebi, MaxBulk: 100,
		MaxSlow: 2, Aligned: true, Exits: true,
	}
	r := rand.New(rand.NewPCG(9, 10))
	for range 1000 {
		data := randomBytes(r, 800)
		p := Decode(data, cfg)
		require.NoError(t, p.Check())
		require.LessOrEqual(t, len(p.Ops), cfg.MaxOps)
		require.LessOrEqual(t, p.Threads, cfg.MaxThreads)
		require.Empty(t, p.Options)
		require.Empty(t, p.Faults)
		bulk, touched, exits := uint64(0), uint64(0), 0
		for i := range p.Ops {
			o := &p.Ops[i]
			row := o.Kind.Row()
			require.False(t, o.Heaped || needsHeap(row) || row.Result == HeapResult)
			if row.Group == Exiting {
				exits++
			}
			q, ok := requestOf(o, row)
			if !ok {
				continue
			}
			require.True(t, *q.size <= cfg.MaxSize || *q.size >= impossible, p.OpText(i))
			require.True(t, q.align == nil || *q.align <= cfg.MaxAlign)
			touched += q.touches()
			if q.bulk {
				bulk += *q.count
			}
		}
		require.LessOrEqual(t, exits, cfg.MaxSlow)
		require.LessOrEqual(t, bulk, cfg.MaxBulk)
		require.LessOrEqual(t, touched, cfg.MaxTouched+60*2*sliceSize)
	}
}

// TestDecodeWithinBounds: a program that keeps the bounds decodes as it was encoded.
func TestDecodeWithinBounds(t *testing.T) {
	cfg := DecodeConfig{MaxOps: 60, MaxThreads: 4, MaxSize: 16 * kibi, MaxAlign: 4096, MaxBulk: 256 + 120,
		MaxTouched: 512 * mebi, MaxSlow: 20, Heaps: true, Aligned: true, Exits: true}
	for seed := range uint64(300) {
		p := Generate(seed, GenConfig{Ops: 60, Threads: 4, MaxSize: 16 * kibi, MaxAlign: 4096,
			Heaps: true, Aligned: true, Exits: true})
		require.Equal(t, p.Text(), Decode(p.Encode(), cfg).Text())
	}
}

// TestSwitches: the second header digit takes themes out.
func TestSwitches(t *testing.T) {
	for bit, groups := range switches {
		for seed := range uint64(20) {
			data := Generate(seed, everyKind(200)).Encode()
			data[1] = 1 << bit
			p := Decode(data, Everything())
			require.NoError(t, p.Check())
			for _, kind := range kindsOf(p) {
				require.NotContains(t, groups, Table[kind].Group)
			}
		}
	}
}
