// What package cref is told, and when it is told again.
package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChangedTreeChangesOnlyTheHeader(t *testing.T) {
	root, tree := t.TempDir(), writeTree(t, t.TempDir(), goodTree)
	header := func() string {
		require.NoError(t, publish(root, tree))
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
		require.NoError(t, publish(root, c.tree))
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
