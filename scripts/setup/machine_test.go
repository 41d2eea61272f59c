// The whole set-up on a made-up machine: what it leaves, and its one line when it fails.
package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// goodTree is the least that passes for the source of 2.0.9.
var goodTree = map[string]string{
	"include/mimalloc.h": "#ifndef X\n#define MI_MALLOC_VERSION 209   // comment\n",
	"src/static.c":       "int all;\n",
}

func writeTree(t *testing.T, folder string, files map[string]string) string {
	t.Helper()
	for path, text := range files {
		path = filepath.Join(folder, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return folder
}

// changed is goodTree with one file replaced, or dropped for an empty text.
func changed(path, text string) map[string]string {
	files := maps.Clone(goodTree)
	files[path] = text
	maps.DeleteFunc(files, func(_, text string) bool { return text == "" })
	return files
}

// archiveOf packs files as Debian does, below one folder (uncompressed: tar sees for itself).
func archiveOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		text := files[path]
		head := &tar.Header{Name: "mimalloc-2.0.9+ds/" + path, Size: int64(len(text)), Mode: 0o644}
		require.NoError(t, w.WriteHeader(head))
		_, err := w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// fakeMachine has every tool and module, a project folder of its own, and an archive of goodTree to
// fetch. fetched counts the fetches.
func fakeMachine(t *testing.T) (m *machine, fetched *int) {
	t.Helper()
	archive := archiveOf(t, goodTree)
	sum, err := treeSum(writeTree(t, t.TempDir(), goodTree))
	require.NoError(t, err)
	fetched = new(int)
	m = newMachine(t.TempDir(), "", "", io.Discard)
	m.pinned = pin{archive: fmt.Sprintf("%x", sha256.Sum256(archive)), tree: sum}
	m.tools = func(context.Context, ...tool) error { return nil }
	m.modules = func(context.Context) error { return nil }
	m.fetch = func(_ context.Context, scratch string) (string, error) {
		*fetched++
		path := filepath.Join(scratch, sourceArchive)
		return path, os.WriteFile(path, archive, 0o644)
	}
	return m, fetched
}

// failure runs the set-up, which must fail, and returns main's line.
func failure(t *testing.T, ctx context.Context, m *machine) string {
	t.Helper()
	err := m.setUp(ctx)
	require.Error(t, err)
	line := report(ctx, err)
	require.NotContains(t, line, "\n")
	require.Contains(t, line, "; ", "no remedy in the line")
	return line
}

func requireAbsent(t *testing.T, folder string, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := os.Lstat(filepath.Join(folder, name))
		require.Error(t, err, name)
	}
}

// state lists every file of a folder with its time, so that any write shows.
func state(t *testing.T, folder string) (list []string) {
	t.Helper()
	require.NoError(t, filepath.Walk(folder, func(path string, f os.FileInfo, err error) error {
		if err == nil && !f.IsDir() {
			list = append(list, fmt.Sprint(path, " ", f.ModTime().UnixNano()))
		}
		return err
	}))
	return list
}

func TestFetchedOnceThenLeftAlone(t *testing.T) {
	m, fetched := fakeMachine(t)
	require.NoError(t, m.setUp(t.Context()))
	require.Equal(t, 1, *fetched)
	header, err := os.ReadFile(filepath.Join(m.root, "cref", "source.h"))
	require.NoError(t, err)
	require.Contains(t, string(header), fmt.Sprintf("MID_SOURCE_SHA %q", m.pinned.tree))
	_, err = os.Stat(filepath.Join(m.root, "cref", "mimalloc", "src", "static.c"))
	require.NoError(t, err, "the link does not lead to the tree")

	before := state(t, m.root)
	require.NoError(t, m.setUp(t.Context()))
	require.Equal(t, 1, *fetched, "the second run used the network")
	require.Equal(t, before, state(t, m.root), "the second run wrote something")
}

func TestUsersOwnTree(t *testing.T) {
	cases := map[string]struct {
		files map[string]string
		want  string // part of the line; empty: accepted
	}{
		"2.0.9":         {files: goodTree},
		"other version": {changed("include/mimalloc.h", "#define MI_MALLOC_VERSION 212\n"), "has MI_MALLOC_VERSION 212, not 209"},
		"later scheme":  {changed("include/mimalloc.h", "#define MI_MALLOC_VERSION 20901\n"), "has MI_MALLOC_VERSION 20901, not 209"},
		"no version":    {changed("include/mimalloc.h", "int x;\n"), "does not define MI_MALLOC_VERSION"},
		"no header":     {changed("include/mimalloc.h", ""), "is no mimalloc source tree (no include/mimalloc.h in it)"},
		"no static.c":   {changed("src/static.c", ""), "has no src/static.c"},
		"empty":         {nil, "is no mimalloc source tree"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, fetched := fakeMachine(t)
			m.source = writeTree(t, t.TempDir(), c.files)
			if c.want == "" {
				require.NoError(t, m.setUp(t.Context()))
				target, err := os.Readlink(filepath.Join(m.root, "cref", "mimalloc"))
				require.NoError(t, err)
				require.Equal(t, m.source, target)
			} else {
				line := failure(t, t.Context(), m)
				require.Contains(t, line, "MIMALLOC_SRC="+m.source)
				require.Contains(t, line, c.want)
				require.Contains(t, line, mendTree)
				requireAbsent(t, m.root, "cref")
			}
			require.Zero(t, *fetched)
			requireAbsent(t, m.root, referenceFolder)
		})
	}
}

func TestFailuresLeaveNothing(t *testing.T) {
	cases := map[string]struct {
		spoil func(t *testing.T, m *machine)
		want  []string // parts of the line
	}{
		"wrong archive": {
			func(_ *testing.T, m *machine) { m.pinned.archive = "beef" },
			[]string{sourceArchive + " has sha256 ", "not beef", "use another network"},
		},
		"wrong tree in the archive": {
			func(_ *testing.T, m *machine) { m.pinned.tree = "beef" },
			[]string{"the unpacked archive has checksum ", "not beef", mendTree},
		},
		"no network": {
			func(_ *testing.T, m *machine) {
				m.fetch = func(context.Context, string) (string, error) {
					return "", wrong(mendNetwork, "apt-get cannot fetch the source package")
				}
			},
			[]string{"cannot fetch the source package", "check the network"},
		},
		"archive not there after all": {
			func(_ *testing.T, m *machine) {
				m.fetch = func(_ context.Context, scratch string) (string, error) {
					return filepath.Join(scratch, sourceArchive), nil
				}
			},
			[]string{"left no " + sourceArchive, mendTree},
		},
		"archive that tar cannot read": {
			func(_ *testing.T, m *machine) {
				m.pinned.archive = fmt.Sprintf("%x", sha256.Sum256([]byte("no archive")))
				m.fetch = func(_ context.Context, scratch string) (string, error) {
					path := filepath.Join(scratch, sourceArchive)
					return path, os.WriteFile(path, []byte("no archive"), 0o644)
				}
			},
			[]string{"tar cannot unpack " + sourceArchive, "log: .build/setup.log", mendAgain},
		},
		"missing tool": {
			func(_ *testing.T, m *machine) {
				m.tools = func(_ context.Context, need ...tool) error {
					if need[0].name == "apt-get" {
						return missingTool(need[2])
					}
					return nil
				}
			},
			[]string{"xz is missing", "apt-get install xz-utils"},
		},
		"folder that cannot be made": {
			func(t *testing.T, m *machine) { writeTree(t, m.root, map[string]string{referenceFolder: ""}) },
			[]string{referenceFolder, "not a directory", mendAgain},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, _ := fakeMachine(t)
			c.spoil(t, m)
			line := failure(t, t.Context(), m)
			for _, want := range c.want {
				require.Contains(t, line, want)
			}
			requireAbsent(t, m.root, "cref", filepath.Join(referenceFolder, "mimalloc-2.0.9"))
			if f, err := os.Lstat(filepath.Join(m.root, referenceFolder)); err == nil {
				require.False(t, f.IsDir(), "a folder was left")
			}
		})
	}
}

func TestModulesThatDoNotComeKeepTheTree(t *testing.T) {
	m, fetched := fakeMachine(t)
	m.modules = func(context.Context) error { return wrong("check the network", "no modules") }
	require.Contains(t, failure(t, t.Context(), m), "no modules; check the network")
	m.modules = func(context.Context) error { return nil }
	require.NoError(t, m.setUp(t.Context()))
	require.Equal(t, 1, *fetched)
}

func TestInterruptedUnpack(t *testing.T) {
	m, _ := fakeMachine(t)
	whole := m.unpack
	ctx, interrupt := context.WithCancel(t.Context())
	m.unpack = func(ctx context.Context, archive, into string) error {
		c := &commands{root: m.root}
		interrupt()
		return c.run(ctx, into, "sh", "-c", "echo half >file; sleep 60")
	}
	require.Contains(t, failure(t, ctx, m), "interrupted; nothing half-made was left")
	requireAbsent(t, m.root, referenceFolder, "cref")

	m.unpack = whole
	require.NoError(t, m.setUp(t.Context()), "the run after an interrupted one")
}

func TestKilledRunsLeftoversGo(t *testing.T) {
	m, _ := fakeMachine(t)
	for _, folder := range []string{buildFolder, referenceFolder} {
		writeTree(t, filepath.Join(m.root, folder, "partial-1"), goodTree)
	}
	require.NoError(t, m.setUp(t.Context()))
	requireAbsent(t, m.root, ".build/partial-1", ".reference/partial-1")
}

func TestEditedFetchedTree(t *testing.T) {
	m, fetched := fakeMachine(t)
	require.NoError(t, m.setUp(t.Context()))
	home := filepath.Join(m.root, ".reference", "mimalloc-2.0.9")
	writeTree(t, home, changed("src/static.c", "int edited;\n"))
	line := failure(t, t.Context(), m)
	require.Contains(t, line, ".reference/mimalloc-2.0.9 has checksum")
	require.Contains(t, line, "remove it to have it fetched again")
	require.NoError(t, os.RemoveAll(home))
	require.NoError(t, m.setUp(t.Context()))
	require.Equal(t, 2, *fetched)
}

func TestTwoAtATimeFetchOnce(t *testing.T) {
	m, _ := fakeMachine(t)
	fetch, fetches := m.fetch, atomic.Int32{}
	m.fetch = func(ctx context.Context, scratch string) (string, error) {
		fetches.Add(1)
		return fetch(ctx, scratch)
	}
	done := make(chan error)
	for range 2 {
		go func() { done <- m.setUp(t.Context()) }()
	}
	require.NoError(t, <-done)
	require.NoError(t, <-done)
	require.EqualValues(t, 1, fetches.Load())
}

func TestWaitForTheLockEndsWithTheContext(t *testing.T) {
	folder := t.TempDir()
	unlock, err := lock(t.Context(), folder)
	require.NoError(t, err)
	defer unlock()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	_, err = lock(ctx, folder)
	require.ErrorIs(t, err, context.Canceled)
}

func TestReportIsOneLine(t *testing.T) {
	require.Equal(t, "setup: disk full on /x; "+mendAgain,
		report(t.Context(), fmt.Errorf("disk full\n\ton %s", "/x")))
	require.Equal(t, "setup: deep: a; b", report(t.Context(), fmt.Errorf("deep: %w", wrong("b", "a"))))
}
