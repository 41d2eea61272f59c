// Tests of the contract's table. See doc.go for an overview.

package diff

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// TestComplete: every operation that is ever run has a clause, and both sides know it.
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
		"plain":               {"malloc", 100, 0, 0, request{100, 16, false, true}},
		"small":               {"malloc", 15, 0, 0, request{15, 8, false, true}},
		"nothing":             {"malloc", 0, 0, 0, request{0, 8, false, true}},
		"PTRDIFF_MAX":         {"malloc", big, 0, 0, request{big, 16, false, true}},
		"more":                {"malloc", big + 1, 0, 0, request{big + 1, 16, false, false}},
		"array":               {"calloc", 10, 20, 0, request{200, 16, false, true}},
		"array that wraps":    {"calloc", 1 << 33, 1 << 33, 0, request{0, 8, false, false}},
		"aligned":             {"malloc_aligned", 100, 4096, 0, request{100, 4096, true, true}},
		"less than natural":   {"malloc_aligned", 100, 1, 0, request{100, 1, true, true}},
		"alignment 0":         {"malloc_aligned", 100, 0, 0, request{100, 1, true, false}},
		"alignment 24":        {"zalloc_aligned", 100, 24, 0, request{100, 24, true, false}},
		"alignment 2^63":      {"malloc_aligned", 1, 1 << 63, 0, request{1, 1 << 63, true, false}},
		"aligned array":       {"calloc_aligned", 4, 5, 64, request{20, 64, true, true}},
		"aligned array, wrap": {"recalloc_aligned", 1 << 63, 2, 64, request{0, 64, true, false}},
		"realloc":             {"realloc", 17, 0, 0, request{17, 16, false, true}},
		"reallocn":            {"reallocn", 3, 5, 0, request{15, 8, false, true}},
		"realloc_aligned":     {"realloc_aligned", 17, 32, 0, request{17, 32, true, true}},
		"too large together":  {"malloc_aligned", big - 62, 64, 0, request{big - 62, 64, true, false}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			k, ok := prog.KindOf(c.op)
			require.True(t, ok)
			require.Equal(t, c.want, rules[k].request(&prog.Step{Kind: k, A: c.a, B: c.b, C: c.c}))
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
