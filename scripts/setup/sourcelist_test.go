// Turning the machine's package lists into source lists.
package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSourceLists(t *testing.T) {
	cases := map[string]struct {
		convert  func(string) string
		in, want string
	}{
		"one line": {sourceLines,
			"deb http://mirror.invalid/debian bookworm main\n",
			"deb-src http://mirror.invalid/debian bookworm main\n"},
		"options, tabs, comments": {sourceLines,
			"# deb x\n\ndeb\t[arch=amd64 signed-by=/k.gpg] cdrom:[a]/ bookworm main # disc\n#deb-src y\n",
			"deb-src [arch=amd64 signed-by=/k.gpg] cdrom:[a]/ bookworm main # disc\n"},
		"source line there already": {sourceLines,
			"deb-src u s c\ndeb u s c\ndeb u2 s c\n",
			"deb-src u s c\ndeb-src u2 s c\n"},
		"other words": {sourceLines, "debug a b c\nrpm x\ndeb\n", ""},
		"stanzas": {sourceStanzas,
			"Types: deb\nURIs: u\n\nTypes: deb deb-src\nURIs: v\nEnabled: no\n",
			"Types: deb-src\nURIs: u\n\nTypes: deb-src\nURIs: v\nEnabled: no\n"},
		"folded field, other case": {sourceStanzas,
			"uris: u\ntypes:\n deb\n deb-src\nSuites: s\n",
			"uris: u\nTypes: deb-src\nSuites: s\n"},
		"comment about types": {sourceStanzas,
			"# Types: deb\nTypes: deb\n",
			"# Types: deb\nTypes: deb-src\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, c.convert(c.in)) })
	}
}

func TestWriteSourceListsTakesWhatAptTakes(t *testing.T) {
	etc := writeTree(t, t.TempDir(), map[string]string{
		"sources.list":                       "deb u0 s c\n",
		"sources.list.d/a.list":              "deb u1 s c\n",
		"sources.list.d/b.sources":           "Types: deb\nURIs: u2\n",
		"sources.list.d/c.sources.disabled":  "Types: deb\nURIs: u3\n",
		"sources.list.d/d.list.save":         "deb u4 s c\n",
		"preferences.d/no-package-list.list": "deb u5 s c\n",
	})
	folder := t.TempDir()
	require.NoError(t, writeSourceLists(etc, folder))
	got := map[string]string{}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		got[e.Name()] = string(text)
	}
	require.Equal(t, map[string]string{
		"sources.list": "deb-src u0 s c\n",
		"a.list":       "deb-src u1 s c\n",
		"b.sources":    "Types: deb-src\nURIs: u2\n",
	}, got)
	require.NoError(t, writeSourceLists(t.TempDir(), t.TempDir()), "a machine without lists")
}
