package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/evolve"
	"midiff/diff/prog"
)

// texts gives the programs of a folder as the text of what they are, whatever form they are in.
func texts(t *testing.T, folder, target string) (all []string) {
	t.Helper()
	files, err := inputs(folder)
	require.NoError(t, err)
	for _, file := range files {
		text, err := (&convertFlags{to: "text", target: target}).convert(file)
		require.NoError(t, err)
		p, err := prog.Parse(file, text)
		require.NoError(t, err)
		all = append(all, p.Renamed().Text())
	}
	return all
}

// TestConvertFolders: the smoke programs as Go's fuzz inputs, from there as libFuzzer's files, and back, are the same
// programs; for a target, all but those beyond its bounds, which are named.
func TestConvertFolders(t *testing.T) {
	dir := t.TempDir()
	smoke := filepath.Join(root, "corpus", "smoke")
	want := texts(t, smoke, "")
	from := smoke
	for _, to := range []string{"fuzz", "raw", "fuzz", "text"} {
		into := filepath.Join(dir, "all", to)
		require.NoError(t, os.RemoveAll(into))
		require.Equal(t, exitAgree, (&convertFlags{to: to, out: into}).convertFolder(from), to)
		require.ElementsMatch(t, want, texts(t, into, ""), to)
		from = into
	}
	target := filepath.Join(dir, "FuzzThreads")
	out, errs, code := midiff(t, "convert", "corpus/smoke", "-to", "fuzz", "-o", target)
	require.Equal(t, exitAgree, code)
	require.Regexp(t, `^\d+ files converted into .*; \d+ left out, beyond the target's bounds\n$`, out)
	left := strings.Count(errs, "it lies beyond the target's bounds\n")
	require.Greater(t, left, 20)
	require.Len(t, texts(t, target, ""), len(want)-left)
	raw := filepath.Join(dir, "raw")
	require.Equal(t, exitAgree, (&convertFlags{to: "raw", out: raw}).convertFolder(target))
	require.ElementsMatch(t, texts(t, target, ""), texts(t, raw, "FuzzThreads"))
	require.Subset(t, want, texts(t, raw, "FuzzThreads"))
}

func TestConvertFolderRefuses(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.midiff"), []byte("midiff 1\n\nt0 a = malloc(8)\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.midiff"), []byte("midiff 1\n\nt0 a = maloc(8)\n"), 0o644))
	_, errs, code := midiff(t, "convert", dir, "-to", "raw")
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "a folder wants the form and a folder to write to")
	out, errs, code := midiff(t, "convert", dir, "-to", "raw", "-o", filepath.Join(dir, "raw"))
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "b.midiff:3:")
	require.Contains(t, out, "1 files converted")
}

// TestMerge: of three folders in three forms what reaches the same stays once, the smallest of it; merged again in
// place, all of it stays.
func TestMerge(t *testing.T) {
	dir := t.TempDir()
	one, two, out := filepath.Join(dir, "one"), filepath.Join(dir, "FuzzThreads"), filepath.Join(dir, "out")
	short := []byte("# why it is here\nmidiff 1\n\nt0 a = malloc(48)\nt0 free(a)\n")
	long := []byte("midiff 1\n\nt0 a = malloc(48)\nt0 free(a)\nt0 b = malloc(48)\nt0 free(b)\nt0 c = malloc(48)\nt0 free(c)\n")
	require.NoError(t, os.MkdirAll(one, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(one, "short.midiff"), short, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(one, "README.md"), []byte("what is here\n"), 0o644))
	require.Equal(t, exitAgree, (&convertFlags{to: "fuzz", out: two}).convertFolder(one))
	require.NoError(t, os.WriteFile(filepath.Join(one, "long.midiff"), long, 0o644))
	files := []string{"corpus/smoke/op-exit.midiff", "corpus/smoke/op-collect.midiff"}
	args := append([]string{"merge", "-jobs", "2", "-o", out, one, two}, files...)
	said, errs, code := midiff(t, args...)
	require.Equal(t, exitAgree, code, said+errs)
	require.Regexp(t, `4 different programs, of which \d in .* reach all that any does: \d+ features\n$`, said)
	kept := texts(t, out, "")
	for _, file := range files {
		text, err := corpus.Read(strings.TrimPrefix(file, "corpus/"))
		require.NoError(t, err)
		p, err := prog.Parse(file, text)
		require.NoError(t, err)
		require.Contains(t, kept, p.Renamed().Text())
	}
	_, errs, code = midiff(t, "merge", "-o", out, one)
	require.Equal(t, exitInput, code)
	require.Contains(t, errs, "has files: name it among the folders to merge")
	require.NoError(t, os.WriteFile(filepath.Join(out, "again.midiff"), append(long, "t0 collect(false)\n"...), 0o644))
	_, errs, code = midiff(t, "merge", "-o", out, out)
	require.Equal(t, exitAgree, code, errs)
	require.Subset(t, append(kept, string(long)+"t0 collect(false)\n"), kept)
	names, err := evolve.Names(out)
	require.NoError(t, err)
	require.NotEmpty(t, names)
	require.FileExists(t, filepath.Join(one, "README.md"))

	said, errs, code = midiff(t, "merge", "-json", "-o", out, out)
	require.Equal(t, exitAgree, code, errs)
	o := object(t, said)
	require.Equal(t, []any{out, float64(len(names)), float64(len(names)), 0.0}, []any{o["folder"], o["programs"], o["kept"], o["failing"]})
	require.Greater(t, o["reached"].(map[string]any)["features"], 50.0)
}
