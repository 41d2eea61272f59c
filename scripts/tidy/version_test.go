// Tests of the rule on versions. See doc.go for an overview.
package tidy

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSharedFilesDoNotNameWhatIsOfOneVersion(t *testing.T) {
	var files []*File
	for path, body := range map[string]string{
		"goalloc/of_23.go":   "type only struct{}\nfunc (only) f() {}\nconst limit = 3",
		"goalloc/profile.go": "var p = only{}",
		"goalloc/more_20.go": "var n = limit",
		"goalloc/shared.go":  "func f(x any) bool {\n_, ok := x.(only)\nreturn ok\n}\nfunc g(only int) int { return only }",
	} {
		f, err := NewFile(path, goFile(body))
		require.NoError(t, err)
		files = append(files, f)
	}
	var got []string
	for _, finding := range Check(files) {
		if finding.Rule.Name == "version" {
			got = append(got, finding.Path+": "+finding.What)
		}
	}
	require.Equal(t, []string{"goalloc/shared.go: only is of version 2.3 alone"}, got)
}

// TestLinesByVersion shows what each version costs: go test -v -run LinesByVersion ./scripts/tidy.
func TestLinesByVersion(t *testing.T) {
	files, err := Load("../..")
	require.NoError(t, err)
	lines := LinesByVersion(files)
	t.Logf("lines of goalloc, comments included: %d shared, %d of other builds of 2.0, %d only 2.0, %d only 2.3",
		lines["shared"], lines["builds"], lines["2.0"], lines["2.3"])
	require.Len(t, lines, 4)
	for kind, n := range lines {
		require.Positive(t, n, kind)
	}
	require.Greater(t, lines["shared"], lines["2.0"]+lines["2.3"], "the core is no longer one")
}
