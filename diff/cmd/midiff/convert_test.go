package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

// TestConvertRoundTrips: every program of the corpus, from text to each form and back.
func TestConvertRoundTrips(t *testing.T) {
	dir := t.TempDir()
	for _, folder := range corpus.Folders() {
		for _, file := range corpus.Programs(folder) {
			p, err := prog.Parse(file.Path(), file.Text)
			require.NoError(t, err)
			text := prog.Decode(p.Encode(), prog.Everything()).Text() // names are not kept in bytes
			name := filepath.Join(dir, "p")
			for _, form := range []string{"fuzz", "raw"} {
				require.NoError(t, os.WriteFile(name, file.Text, 0o644))
				converted, err := (&convertFlags{to: form}).convert(name)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(name, converted, 0o644))
				back, err := (&convertFlags{to: "text"}).convert(name)
				require.NoError(t, err)
				require.Equal(t, text, string(back), "%s by way of %s", file.Path(), form)

				other, err := (&convertFlags{to: map[string]string{"fuzz": "raw", "raw": "fuzz"}[form]}).convert(name)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(name, other, 0o644))
				again, err := (&convertFlags{to: form}).convert(name)
				require.NoError(t, err)
				require.Equal(t, converted, again)
			}
		}
	}
}

// TestConvert: files are told by their contents, and targets by their folders.
func TestConvert(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "FuzzThreads")
	input := filepath.Join(folder, "0123")
	text := write(t, header+"t0 a = malloc(48)\nt1 free(a)\n")
	_, errs, code := midiff(t, "convert", text, "-o", input)
	require.Equal(t, 0, code, errs)
	content, err := os.ReadFile(input)
	require.NoError(t, err)
	require.Regexp(t, `^go test fuzz v1\n\[\]byte\(".*"\)\n$`, string(content))

	out, errs, code := midiff(t, "convert", input)
	require.Equal(t, 0, code, errs)
	require.Equal(t, header+"t0 b0 = malloc(48)\nt1 free(b0)\n", out)
	out, _, code = midiff(t, "convert", input, "-to", "raw")
	require.Equal(t, 0, code)
	raw := write(t, out)
	out, _, code = midiff(t, "convert", raw, "-target", "FuzzThreads")
	require.Equal(t, 0, code)
	require.Equal(t, header+"t0 b0 = malloc(48)\nt1 free(b0)\n", out)

	for _, name := range []string{"FuzzThreads/crash-0123", "clusterfuzz-testcase-minimized-FuzzThreads-4567"} {
		crash := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.MkdirAll(filepath.Dir(crash), 0o755))
		content, err := os.ReadFile(raw)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(crash, content, 0o644))
		out, _, code = midiff(t, "convert", crash)
		require.Equal(t, 0, code)
		require.Equal(t, header+"t0 b0 = malloc(48)\nt1 free(b0)\n", out)
		out, errs, code = midiff(t, "run", "-v", crash)
		require.Equal(t, 0, code, errs)
		require.Contains(t, out, "t1 free(b0)")
	}
	unnamed := filepath.Join(t.TempDir(), "crash-0123")
	require.NoError(t, os.WriteFile(unnamed, []byte("\xff\x00"), 0o644))
	_, errs, code = midiff(t, "run", unnamed)
	require.Equal(t, 2, code)
	require.Contains(t, errs, "bytes, and the path names no target that they are for: put the file into a folder named after it (FuzzAligned,")

	out, _, code = midiff(t, "convert", text, "-target", "FuzzText")
	require.Equal(t, 0, code)
	require.Contains(t, out, `[]byte("midiff 1\nprofile 2.0\n`)
}

func TestConvertRefuses(t *testing.T) {
	text := write(t, header+"t0 h = heap_new()\nt0 a = malloc(48)\n")
	broken := write(t, "go test fuzz v1\nint(3)\n")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no file":            {nil, "convert takes one file, or a folder"},
		"unknown form":       {[]string{text, "-to", "json"}, `unknown form "json"`},
		"unknown target":     {[]string{text, "-target", "FuzzAll"}, `unknown target "FuzzAll": expected one of FuzzAligned,`},
		"no such file":       {[]string{text + ".gone"}, "no such file"},
		"a wrong program":    {[]string{write(t, "midiff 1\nt0 a = maloc(1)\n")}, `unknown operation "maloc"`},
		"a wrong input":      {[]string{broken}, ":2:1: expected one line with a []byte"},
		"beyond the bounds":  {[]string{text, "-target", "FuzzLockstep"}, "FuzzLockstep would make another program of it"},
		"no output possible": {[]string{text, "-o", "/dev/null/x"}, "/dev/null"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := midiff(t, append([]string{"convert"}, c.args...)...)
			require.NotZero(t, code)
			require.Empty(t, out)
			require.Contains(t, errs, c.want)
		})
	}
}
