package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the project's folder, where users run commands.
const root = "../../.."

// binary is the command, built once by TestMain.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "midiff")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "midiff")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// midiff runs the command in the project's folder.
func midiff(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &out, &errs
	err := cmd.Run()
	if _, ok := err.(*exec.ExitError); !ok {
		require.NoError(t, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// write makes a program file and returns its path.
func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "p.midiff")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	return name
}

const header = "midiff 1\nprofile 2.0\nthreads 2\n\n"

// A program that is wrong never reaches C: exit 2, the place, and what was expected.
func TestBadPrograms(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty file":    {"", `:1:1: expected "midiff 1"`},
		"random bytes":  {"\x7f\x00\xc3\x28\xff", `:1:1: expected "midiff 1", found`},
		"unknown op":    {header + "t0 a = maloc(1)\n", `:5:8: unknown operation "maloc"; near: malloc`},
		"double free":   {header + "t0 a = malloc(1)\nt0 free(a)\nt0 free(a)\n", ":7:9: expected a live block"},
		"dead heap":     {header + "t0 h = heap_new()\nt0 heap_delete(h)\nt0 heap_collect(h, true)\n", ":7:17: expected a live heap"},
		"others' heap":  {header + "t0 h = heap_new()\nt1 a = heap_malloc(h, 8)\n", ":6:20: expected a live heap"},
		"no such file":  {"", ""},
		"thread number": {header + "t7 a = malloc(1)\n", ":5:1: "},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, c.text)
			if name == "no such file" {
				file, c.want = file+".gone", "no such file"
			}
			out, errs, code := midiff(t, "run", file)
			require.Equal(t, 2, code)
			require.Empty(t, out)
			require.Contains(t, errs, c.want)
			require.Equal(t, 1, strings.Count(errs, "\n"), "one line: %s", errs)
		})
	}
}

func TestBadCommandLines(t *testing.T) {
	good := write(t, header+"t0 a = malloc(8)\nt0 free(a)\n")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no command":      {nil, "usage:"},
		"unknown command": {[]string{"walk"}, `unknown command "walk"`},
		"unknown flag":    {[]string{"run", good, "-x"}, "-x"},
		"no file":         {[]string{"run", "-v"}, "no file"},
		"unknown mode":    {[]string{"run", "-mode", "fast", good}, `unknown mode "fast"`},
		"unknown quirk":   {[]string{"run", good, "-without", "q"}, `unknown quirk "q"`},
		"endless soak":    {[]string{"soak"}, "never end"},
		"soak of a file":  {[]string{"soak", "-for", "1s", good}, "no files"},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs, code := midiff(t, c.args...)
			require.Equal(t, 2, code)
			require.Contains(t, errs, c.want)
		})
	}
}

func TestRun(t *testing.T) {
	agree := write(t, header+"t0 a = malloc(48)\nt1 free(a)\n")
	out, _, code := midiff(t, "run", agree)
	require.Equal(t, 0, code)
	require.Contains(t, out, ": agree, 2 operations, fingerprint ")

	out, _, code = midiff(t, "run", agree, "-v") // flags may follow files
	require.Equal(t, 0, code)
	require.Contains(t, out, "t0 a = malloc(48)                         # -> seg0+0x10180 usable 48\n")

	out, _, code = midiff(t, "run", "-json", "corpus/known/natural-align.midiff")
	require.Equal(t, 1, code)
	require.Contains(t, out, `"class":"agree"`)
	require.Contains(t, out, `"known":{"natural-align":1}`)
}

// The same program has the same fingerprint in every process.
func TestSameEverywhere(t *testing.T) {
	file := "corpus/smoke/reclaim-third-look.midiff"
	first, _, code := midiff(t, "run", file)
	require.Equal(t, 0, code)
	second, _, _ := midiff(t, "run", file)
	require.Equal(t, first, second)
}

func TestSoak(t *testing.T) {
	out, errs, code := midiff(t, "soak", "-programs", "20", "-ops", "200", "-threads", "3", "-jobs", "2")
	require.Equal(t, 0, code, errs)
	require.Contains(t, out, "20 programs, ")
	require.Contains(t, out, "no new divergence\n")
}

// update rewrites the outputs.
var update = flag.Bool("update", false, "rewrite the outputs in README.md and docs")

// TestPages runs the commands of the console blocks in README.md and docs that begin with `$ go run`, and expects
// what stands below them, the go command's own last line included.
func TestPages(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	shown := 0
	for _, file := range append(pages, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		blocks := strings.Split(string(text), console)
		shown += len(blocks) - 1
		for i, block := range blocks[1:] {
			old, rest, _ := strings.Cut(block, "```")
			now := shownNow(t, old)
			if !*update {
				require.Equal(t, old, now, "%s; -update rewrites it", file)
			}
			blocks[i+1] = now + "```" + rest
		}
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(strings.Join(blocks, console)), 0o644))
		}
	}
	require.GreaterOrEqual(t, shown, 4)
}

const console = "```console\n"

// shownNow is what a console block should show: its command, and what that prints.
func shownNow(t *testing.T, block string) string {
	command, _, _ := strings.Cut(block, "\n")
	args, ok := strings.CutPrefix(command, "$ go run ./diff/cmd/midiff ")
	require.True(t, ok, "the test cannot run %q", command)
	out, errs, code := midiff(t, strings.Fields(args)...)
	if code != 0 {
		errs += fmt.Sprintf("exit status %d\n", code)
	}
	return command + "\n" + out + errs
}
