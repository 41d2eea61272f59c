package change

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range All {
		require.False(t, seen[c.Name], c.Name)
		seen[c.Name] = true
		require.NotEmpty(t, c.Text, c.Name)
		require.True(t, len(c.Orders) > 0 || len(c.Patches) > 0 || c.Name == AtomicFlags, "%s changes nothing", c.Name)
	}
	_, err := ByName("M99")
	require.ErrorContains(t, err, "expected one of M1, M2")
}

// Sites are the constants of the table of atomic sites.
func TestOrdersNameSites(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "goalloc", "internal", "atom", "sites.go"))
	require.NoError(t, err)
	for _, c := range All {
		for site, order := range c.Orders {
			require.Contains(t, string(text), "\n\t"+site+"\n", c.Name)
			require.Contains(t, []string{"relaxed", "acquire", "release", "acq_rel", "seq_cst", "plain"}, order, c.Name)
		}
	}
}

func TestPatchesAskForTheirOwnChange(t *testing.T) {
	for _, p := range Patches() {
		require.NotContains(t, p.New, "CHANGED")
		require.Contains(t, p.New, "atom.Changed(")
		require.Equal(t, strings.Count(p.Old, "\n"), strings.Count(p.New, "\n"), p.Old)
	}
}
