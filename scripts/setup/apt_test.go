// The real package tool with nothing to reach: what a machine without network sees.
package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNothingToFetchFrom(t *testing.T) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Skip("no apt-get here")
	}
	// Port 9 of this machine discards or refuses: no packet leaves it.
	t.Setenv("http_proxy", "")
	cases := map[string]struct {
		lists map[string]string
		want  string // part of apt-get's own reason
	}{
		"no package lists": {nil, "E: "},
		"lists that cannot be reached": {
			map[string]string{"sources.list": "deb [trusted=yes] http://127.0.0.1:9/debian bookworm main\n"},
			"Failed to fetch http://127.0.0.1:9/debian/",
		},
		"stanzas that cannot be reached": {
			map[string]string{"sources.list.d/a.sources": "Types: deb\nURIs: http://127.0.0.1:9/debian\n" +
				"Suites: bookworm\nComponents: main\nTrusted: yes\n"},
			"Failed to fetch http://127.0.0.1:9/debian/",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, _ := fakeMachine(t)
			etc := writeTree(t, t.TempDir(), c.lists)
			m.fetch = newMachine(m.root, etc, "", io.Discard).fetch
			line := failure(t, t.Context(), m)
			require.Contains(t, line, "apt-get cannot fetch the source package mimalloc=2.0.9+ds-2: ")
			require.Contains(t, line, c.want)
			require.Contains(t, line, "check the network")
			requireAbsent(t, m.root, referenceFolder, "cref")
			log, err := os.ReadFile(filepath.Join(m.root, ".build", "setup.log"))
			require.NoError(t, err)
			require.Contains(t, string(log), "$ apt-get ")
		})
	}
}
