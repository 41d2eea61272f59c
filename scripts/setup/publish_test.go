// What package cref is told, and when it is told again.
package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func noNames(tree, scratch string) ([]string, error) { return nil, nil }

// The names are asked for anew only with another source.
func TestSymbolsAreListedOncePerTree(t *testing.T) {
	root, tree, asked := t.TempDir(), writeTree(t, t.TempDir(), goodTree), 0
	list := func(string, string) ([]string, error) { asked++; return []string{"mi_free"}, nil }
	path := filepath.Join(root, "cref", "symbols.h")
	for _, want := range []int{1, 1} {
		require.NoError(t, publish(root, tree, list))
		require.Equal(t, want, asked)
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), "#define mi_free ")
	require.NoError(t, os.Remove(path))
	require.NoError(t, publish(root, tree, list))
	require.Equal(t, 2, asked)
	require.FileExists(t, path)
	writeTree(t, tree, map[string]string{"src/page.c": "int page;\n"})
	require.NoError(t, publish(root, tree, list))
	require.Equal(t, 3, asked)
}

func TestChangedTreeChangesOnlyTheHeader(t *testing.T) {
	root, tree := t.TempDir(), writeTree(t, t.TempDir(), goodTree)
	header := func() string {
		require.NoError(t, publish(root, tree, noNames))
		text, err := os.ReadFile(filepath.Join(root, "cref", "source.h"))
		require.NoError(t, err)
		return string(text)
	}
	first := header()
	writeTree(t, tree, map[string]string{"readme.md": "no source\n"})
	require.Equal(t, first, header(), "a file that the compiler never reads counts")
	writeTree(t, tree, map[string]string{"src/page.c": "int page;\n"})
	require.NotEqual(t, first, header(), "a new source file does not count")
}

func TestLinkFollowsTheChoiceOfTree(t *testing.T) {
	root := t.TempDir()
	inside := writeTree(t, filepath.Join(root, ".reference", "a tree"), goodTree)
	outside := writeTree(t, t.TempDir(), goodTree)
	for _, c := range []struct{ tree, want string }{
		{inside, filepath.Join("..", ".reference", "a tree")},
		{outside, outside},
		{inside, filepath.Join("..", ".reference", "a tree")},
	} {
		require.NoError(t, publish(root, c.tree, noNames))
		target, err := os.Readlink(filepath.Join(root, "cref", "mimalloc"))
		require.NoError(t, err)
		require.Equal(t, c.want, target)
		_, err = os.Stat(filepath.Join(root, "cref", "mimalloc", "src", "static.c"))
		require.NoError(t, err)
	}
}

func TestTreeSumIsTheShellLinesSum(t *testing.T) {
	tree := writeTree(t, t.TempDir(), goodTree)
	writeTree(t, tree, map[string]string{"src/a-b.c": "1", "src/a/b.c": "2", "src/A.c": "3"})
	cmd := exec.Command("sh", "-c",
		"LC_ALL=C find include src -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-64")
	cmd.Dir = tree
	want, err := cmd.Output()
	require.NoError(t, err)
	sum, err := treeSum(tree)
	require.NoError(t, err)
	require.Equal(t, string(want), sum+"\n")
}
