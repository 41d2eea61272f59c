// The rules over the project itself, and tests of what the rules stand on.
package tidy

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProject is the style check: every finding is an error with its remedy.
func TestProject(t *testing.T) {
	files, err := Load("../..")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, f := range files {
		seen[f.Path] = true
	}
	for _, path := range []string{"Makefile", ".ci/run", "go.mod", "goalloc/layout.go", "scripts/tidy/tidy_test.go"} {
		require.True(t, seen[path], "%s was not looked at", path)
	}
	require.False(t, seen["cref/source.h"], "an ignored file was looked at")
	for _, finding := range Check(files) {
		t.Error(finding)
	}
}

// TestLayersPointUp proves that the table of layers has no cycle and names no unknown package.
func TestLayersPointUp(t *testing.T) {
	var above []string
	for _, l := range layers {
		for _, folder := range l.may {
			require.Contains(t, above, folder, "%s may import it, but it is no row above", l.folder)
		}
		require.NotContains(t, above, l.folder, "two rows")
		above = append(above, l.folder)
	}
	for _, l := range layers {
		for _, folder := range l.tests {
			require.Contains(t, above, folder, "the tests of %s may import it, but it has no row", l.folder)
		}
	}
}

func TestFindingPrintsItsRemedy(t *testing.T) {
	f := Finding{Path: "a/b.go", Line: 3, What: "it is wrong", Rule: &Rule{Name: "rule", Remedy: "mend it"}}
	require.Equal(t, "a/b.go:3: it is wrong [rule]\n\tremedy: mend it", f.String())
}

func TestLoad(t *testing.T) {
	root := t.TempDir()
	for path, text := range map[string]string{
		".gitignore": "# made by setup\n/made\n/kept/made.h\n", ".git/config": "x", ".ci/run": "x",
		"made/a.go": "no Go", "kept/made.h": "x", "kept/a.go": "package kept\n", "kept/binary": "a\x00b",
		"kept/made/b.h": "x",
	} {
		path = filepath.Join(root, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	require.NoError(t, os.Symlink(root, filepath.Join(root, "loop")))
	load := func() (paths []string, err error) {
		files, err := Load(root)
		for _, f := range files {
			paths = append(paths, f.Path)
		}
		return paths, err
	}
	paths, err := load()
	require.NoError(t, err)
	require.ElementsMatch(t, []string{".gitignore", ".ci/run", "kept/a.go", "kept/made/b.h"}, paths)

	require.NoError(t, os.WriteFile(filepath.Join(root, "kept", "bad.go"), []byte("not Go"), 0o644))
	_, err = load()
	require.ErrorContains(t, err, "kept/bad.go:1:1")
	require.NoError(t, os.WriteFile(filepath.Join(root, ".gitignore"), []byte("*.o\n"), 0o644))
	_, err = load()
	require.ErrorContains(t, err, `"*.o": write an exact path`)
}

// TestAllowListsNameWhatIsThere keeps rows from outliving what they were for.
func TestAllowListsNameWhatIsThere(t *testing.T) {
	for _, path := range slices.Concat(mayUnsafe, mayC, maySleep, overviewFolders, counterpartFolders) {
		_, err := os.Stat(filepath.Join("../..", path))
		require.NoError(t, err, "remove the row")
	}
}
