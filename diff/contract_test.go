// Tests of the contract's table. See doc.go for an overview.

package diff

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// TestComplete: every operation that is ever run has a clause, and both sides know it.
// In a padded profile the usable size is what was asked for, and nothing expands.
func TestPaddedContract(t *testing.T) {
	for _, c := range []struct {
		size, usable uint64
		asked        bool
		want         Oracle
	}{
		{100, 100, false, NoOracle}, {100, 104, false, Usable}, {0, 8, false, NoOracle}, {0, 0, false, Usable},
		{1, 1, false, NoOracle}, {1, 8, false, Usable}, {100, 163, true, NoOracle},
	} {
		f := checkExact(&request{size: c.size, asked: c.asked}, &Result{Usable: c.usable})
		require.Equal(t, c.want, f.oracle, "%d asked for, %d usable", c.size, c.usable)
	}
	m := newModel()
	m.blocks = []block{{addr: 4096, usable: 100}}
	stays, gone := Result{Value: 4096, Usable: 100}, Result{Null: 1}
	for _, m.padded = range []bool{false, true} {
		right, wrong := &stays, &gone
		if m.padded {
			right, wrong = wrong, right
		}
		require.Equal(t, NoOracle, m.checkFit(&prog.Step{A: 50}, right).oracle)
		require.Equal(t, Null, m.checkFit(&prog.Step{A: 50}, wrong).oracle)
	}
}

func TestComplete(t *testing.T) {
	lowered := map[string]bool{"bulk": true, "bulk_free": true}
	for k := range prog.Table {
		row := &prog.Table[k]
		if lowered[row.Name] {
			continue
		}
		require.Equal(t, row.Name, rules[k].name)
		require.NotNil(t, runOf[k], row.Name)
	}
	require.Len(t, contract, len(prog.Table)-len(lowered))
}

func TestRequest(t *testing.T) {
	const big = math.MaxInt64
	cases := map[string]struct {
		op      string
		a, b, c uint64
		want    request
	}{
		"plain":               {"malloc", 100, 0, 0, request{size: 100, align: 16, asked: false, legal: true}},
		"small":               {"malloc", 15, 0, 0, request{size: 15, align: 8, asked: false, legal: true}},
		"nothing":             {"malloc", 0, 0, 0, request{size: 0, align: 8, asked: false, legal: true}},
		"PTRDIFF_MAX":         {"malloc", big, 0, 0, request{size: big, align: 16, asked: false, legal: true}},
		"more":                {"malloc", big + 1, 0, 0, request{size: big + 1, align: 16, asked: false, legal: false}},
		"array":               {"calloc", 10, 20, 0, request{size: 200, align: 16, asked: false, legal: true}},
		"array that wraps":    {"calloc", 1 << 33, 1 << 33, 0, request{size: 0, align: 8, asked: false, legal: false}},
		"aligned":             {"malloc_aligned", 100, 4096, 0, request{size: 100, align: 4096, asked: true, legal: true}},
		"less than natural":   {"malloc_aligned", 100, 1, 0, request{size: 100, align: 1, asked: true, legal: true}},
		"alignment 0":         {"malloc_aligned", 100, 0, 0, request{size: 100, align: 1, asked: true, legal: false}},
		"alignment 24":        {"zalloc_aligned", 100, 24, 0, request{size: 100, align: 24, asked: true, legal: false}},
		"alignment 2^63":      {"malloc_aligned", 1, 1 << 63, 0, request{size: 1, align: 1 << 63, asked: true, legal: false}},
		"aligned array":       {"calloc_aligned", 4, 5, 64, request{size: 20, align: 64, asked: true, legal: true}},
		"aligned array, wrap": {"recalloc_aligned", 1 << 63, 2, 64, request{size: 0, align: 64, asked: true, legal: false}},
		"realloc":             {"realloc", 17, 0, 0, request{size: 17, align: 16, asked: false, legal: true}},
		"reallocn":            {"reallocn", 3, 5, 0, request{size: 15, align: 8, asked: false, legal: true}},
		"realloc_aligned":     {"realloc_aligned", 17, 32, 0, request{size: 17, align: 32, asked: true, legal: true}},
		"too large together":  {"malloc_aligned", big - 62, 64, 0, request{size: big - 62, align: 64, asked: true, legal: false}},
		"at an offset": {"malloc_aligned_at", 100, 64, 7,
			request{size: 100, align: 64, asked: true, legal: true, offset: 7}},
		"at an offset, 32 MiB": {"malloc_aligned_at", 100, 32 << 20, 8,
			request{size: 100, align: 32 << 20, asked: true, legal: true, offset: 8, beyond: true}},
		"at offset 0, 32 MiB": {"malloc_aligned_at", 100, 32 << 20, 0,
			request{size: 100, align: 32 << 20, asked: true, legal: true}},
		"alignment first":      {"memalign", 64, 100, 0, request{size: 100, align: 64, asked: true, legal: true}},
		"alignment first, bad": {"aligned_alloc", 3, 100, 0, request{size: 100, align: 3, asked: true, legal: false}},
		"alignment 4":          {"posix_memalign", 4, 100, 0, request{size: 100, align: 4, asked: true, legal: false}},
		"OS page":              {"valloc", 100, 0, 0, request{size: 100, align: 4096, asked: true, legal: true}},
		"OS page, too much":    {"valloc", big - 4094, 0, 0, request{size: big - 4094, align: 4096, asked: true, legal: false}},
		"whole OS pages":       {"pvalloc", 4097, 0, 0, request{size: 8192, align: 4096, asked: true, legal: true}},
		"reallocarr":           {"reallocarr", 3, 5, 0, request{size: 15, align: 8, asked: false, legal: true}},
		"array at an offset": {"calloc_aligned_at", 4, 25, 64,
			request{size: 100, align: 64, asked: true, legal: true, offset: 99}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			k, ok := prog.KindOf(c.op)
			require.True(t, ok)
			require.Equal(t, c.want, rules[k].request(&prog.Step{Kind: k, A: c.a, B: c.b, C: c.c, D: 99}))
		})
	}
}

// TestOracles: IDs are unique and found again, and every oracle says what it is for.
func TestOracles(t *testing.T) {
	seen := map[string]bool{}
	for o := NoOracle + 1; o < numOracles; o++ {
		info := Oracles[o]
		require.False(t, seen[info.ID], info.ID)
		seen[info.ID] = true
		require.NotEmpty(t, info.Doc)
		require.NotEmpty(t, info.Cost)
		found, ok := OracleByID(info.ID)
		require.True(t, ok)
		require.Equal(t, o, found)
	}
}

func TestSignatureText(t *testing.T) {
	for o := NoOracle + 1; o < numOracles; o++ {
		for f := FieldNone; f < numFields; f++ {
			s := Signature{o, "malloc_aligned", f}
			got, err := ParseSignature(s.String())
			require.NoError(t, err)
			require.Equal(t, s, got)
		}
	}
	for _, bad := range []string{"", "L1.place malloc", "L9.place malloc value", "L1.place malloc colour"} {
		_, err := ParseSignature(bad)
		require.ErrorContains(t, err, "signature")
	}
}
