package emit

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/diff/prog"
)

var update = flag.Bool("update", false, "rewrite testdata/*.golden")

// TestGolden: whole files, to read.
func TestGolden(t *testing.T) {
	e := newEmitter(t)
	defer e.close(t)
	for _, name := range []string{"known/natural-align", "known/destroy-reclaimed"} {
		text, err := corpus.Read(name)
		require.NoError(t, err)
		c := e.gather(t, "corpus/"+name+".midiff", string(text))
		for ending, got := range map[string]string{"c": c.C(), "go": c.Go()} {
			golden := filepath.Join("testdata", filepath.Base(name)+"."+ending+".golden")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got, "%s; -update rewrites it", golden)
		}
	}
}

// TestReadme: what README.md shows is the end of a file as it is emitted.
func TestReadme(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(page), "```c\n")
	shown, _, ok := strings.Cut(rest, "```\n")
	require.True(t, ok)
	golden, err := os.ReadFile("testdata/destroy-reclaimed.c.golden")
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(string(golden), shown), "README.md's example of emit is not the end of the golden file")
	require.Greater(t, strings.Count(shown, "\n"), 30)
}

// TestDied: of a program that the reference does not survive, the file says so; what is expected comes from
// goalloc.
func TestDied(t *testing.T) {
	e := newEmitter(t)
	defer e.close(t)
	p, err := prog.Parse("p", []byte("midiff 1\nprofile 2.0\nthreads 1\n\nt0 a = malloc(48)\nt0 free(a)\n"))
	require.NoError(t, err)
	c, err := Gather(nil, e.fixed, Input{Name: "p.midiff", Program: p, Died: "crashes (signal: segmentation fault)"})
	require.NoError(t, err)
	require.True(t, c.Shows())
	require.Contains(t, c.C(), "// mimalloc crashes (signal: segmentation fault) in this program.\n")
	require.Contains(t, c.C(), "  gone(a);\n  mi_free(a);\n")
	require.Contains(t, c.Go(), "\trequire.Equal(t, at(0, 0x10180), a)\n")
}

// TestEveryOperation: no operation is written by accident. One that is new needs a writer in both languages, or
// follows the pattern of those that give blocks.
func TestEveryOperation(t *testing.T) {
	plain := []string{"heap_set_default", "heap_collect", "collect", "thread_init", "stats_merge", "stats_reset", "option_set",
		"collect_reduce", "subproc_delete", "subproc_add_current_thread",
		"option_set_default", "option_set_enabled", "option_set_enabled_default", "option_enable", "option_disable"}
	for _, row := range prog.Table {
		block := row.Result == prog.BlockResult
		require.True(t, block || cWriters[row.Name] != nil || cLater[row.Name] != nil || slices.Contains(plain, row.Name), "%s in C", row.Name)
		require.True(t, block || row.Later || goWriters[row.Name] != nil, "%s in Go", row.Name)
	}
}

// TestNames: what C or Go would not take for a variable is changed, and nothing else.
func TestNames(t *testing.T) {
	p, err := prog.Parse("p", []byte("midiff 1\nprofile 2.0\nthreads 1\n\nt0 int = malloc(1)\nt0 int_ = malloc(2)\n"+
		"t0 y1 = malloc(3)\nt0 err = malloc(4)\nt0 a = malloc(5)\n"))
	require.NoError(t, err)
	var inC, inGo []string
	for v := range p.Vars {
		inC = append(inC, namer{p, cReserved}.name(prog.Handle(v)))
		inGo = append(inGo, namer{p, goReserved}.name(prog.Handle(v)))
	}
	require.Equal(t, []string{"int__", "int_", "y1_", "err", "a"}, inC)
	require.Equal(t, []string{"int__", "int_", "y1", "err_", "a"}, inGo)
}

func TestNumbers(t *testing.T) {
	for n, want := range map[uint64][2]string{
		0: {"0", "0"}, 5000: {"5000", "5000"}, 1 << 20: {"1 << 20", "1<<20"}, 17 << 20: {"17 << 20", "17<<20"},
		3 << 30: {"(size_t)3 << 30", "3<<30"}, 1<<31 + 1: {"0x80000001", "0x80000001"},
		1<<63 - 1: {"0x7fffffffffffffff", "0x7fffffffffffffff"}, 1 << 63: {"0x8000000000000000u", "0x8000000000000000"},
	} {
		require.Equal(t, want, [2]string{cNumber(n), goNumber(n)})
	}
}
