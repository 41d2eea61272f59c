// Tests of what the rest of the package relies on in Table. See doc.go for an overview.

package prog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTableRows(t *testing.T) {
	seen := map[string]bool{}
	for k := range Table {
		row := &Table[k]
		require.False(t, seen[row.Name], "%s has two rows", row.Name)
		seen[row.Name] = true
		require.NotEmpty(t, row.Doc, row.Name)
		require.Positive(t, row.Weight, row.Name)
		require.Less(t, row.Group, numGroups, row.Name)
		kind, ok := KindOf(row.Name)
		require.True(t, ok)
		require.Equal(t, row, kind.Row())
		blocks, heaps, numbers := 0, 0, 0
		for _, operand := range row.Operands {
			switch {
			case operand >= Size:
				numbers++
				continue
			case wants[operand].sort == HeapVar:
				heaps++
			default:
				blocks++
			}
			require.Zero(t, numbers, "%s: handles stand before numbers", row.Name)
			if row.Result == BlockResult && wants[operand].sort != HeapVar {
				require.Equal(t, BlockMove, operand, "%s: a result replaces a block operand", row.Name)
			}
		}
		require.LessOrEqual(t, blocks, 1, row.Name)
		require.LessOrEqual(t, numbers, len(Op{}.Num), row.Name)
		require.True(t, heaps == 0 || heaps == 1 && !row.Heaped, row.Name)
	}
}

func TestTableGolden(t *testing.T) {
	var b strings.Builder
	for k := range Table {
		for _, heaped := range []bool{false, true} {
			o := Op{Kind: Kind(k), Heaped: heaped}
			if heaped && !Table[k].Heaped {
				continue
			}
			doc := Table[k].Doc
			if heaped {
				doc = "the same from a heap"
			}
			result := ""
			if Table[k].Result >= BlockResult {
				result = Sort(Table[k].Result-BlockResult).String() + " = "
			}
			fmt.Fprintf(&b, "%-60s %s\n", result+signature(&o), doc)
		}
	}
	golden(t, "table.golden", b.String())
}

func TestEveryRowHasOpeningBytes(t *testing.T) {
	for _, later := range []bool{false, true} {
		count, o := make([]int, len(Table)), openingOf(later)
		for _, kind := range o.leads {
			count[kind]++
		}
		for k, n := range count {
			row := &Table[k]
			switch {
			case !row.In(map[bool]string{true: Later[0], false: Profiles[0]}[later]):
				require.Zero(t, n, row.Name)
				continue
			case row.Like != "":
				require.Zero(t, n, "%s takes no bytes away from others", row.Name)
				require.Contains(t, o.likes[mustKind(row.Like)], like{kind: Kind(k)})
				continue
			}
			require.Positive(t, n, Table[k].Name)
			require.Equal(t, Kind(k), o.leads[o.first[k]-firstLead], Table[k].Name)
		}
		malloc, _ := KindOf("malloc")
		exit, _ := KindOf("exit")
		require.Greater(t, count[malloc], count[exit], "bytes go to rows by weight")
	}
}

func TestOptionValuesMatchNames(t *testing.T) {
	require.Len(t, optionValues, len(OptionNames))
	require.Len(t, OptionNames, NumOptions)
}

// TestBinSizes checks the edges against the rule for bins: words, rounded up to even up to eight words,
// then four bins to each doubling.
func TestBinSizes(t *testing.T) {
	var want []uint64
	for bin := uint64(1); bin <= 52; bin++ {
		switch n := bin + 3; {
		case bin <= 8 && (bin == 1 || bin%2 == 0):
			want = append(want, 8*bin)
		case bin > 8:
			want = append(want, 8*((5+n&3)<<(n>>2-2)))
		}
	}
	require.Equal(t, want, binSizes)
}
