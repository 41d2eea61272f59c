// The list of statics fits this build, too. See doc.go for an overview.

package pthreads

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// local are the thread-local variables: new with every thread.
var local = []string{"_mi_heap_default", "recurse"}

// inert are statics in functions, which cannot be named. They say what the system is like, which is the same in
// every run, or are set when the library is loaded or at the exit of the process.
var inert = []string{"tls_initialized", "process_done", "mi_huge_pages_available", "advice", "no_getrandom",
	"large_page_try_ok"}

// TestStaticsAreComplete: every writable static of the library is put back, or is thread-local.
func TestStaticsAreComplete(t *testing.T) {
	list, err := os.ReadFile("../staticlist.h")
	require.NoError(t, err)
	var listed []string
	for _, m := range regexp.MustCompile(`X\((\w+)\)`).FindAllStringSubmatch(string(list), -1) {
		listed = append(listed, m[1])
	}
	numbered := regexp.MustCompile(`\.\d+$`)
	found := 0
	for _, s := range symbols(t) {
		kind := elf.ST_TYPE(s.Info)
		name := strings.TrimPrefix(s.Name, "pthreads_")
		switch plain := numbered.ReplaceAllString(name, ""); {
		case strings.HasPrefix(name, "mid_") || name == "":
		case kind == elf.STT_TLS:
			require.Contains(t, local, name)
			found++
		case kind == elf.STT_OBJECT && plain != name:
			require.Contains(t, inert, plain)
		case kind == elf.STT_OBJECT:
			require.Contains(t, listed, name)
			found++
		}
	}
	require.Greater(t, found, 40)
}

// symbols compiles library.c and gives what lies in writable sections, and what is thread-local.
func symbols(t *testing.T) (all []elf.Symbol) {
	flags, err := exec.Command("go", "list", "-f", `{{join .CgoCFLAGS "\n"}}`, ".").Output()
	require.NoError(t, err)
	cc, err := exec.Command("go", "env", "CC").Output()
	require.NoError(t, err)
	out := filepath.Join(t.TempDir(), "library.o")
	args := append(strings.Fields(string(flags)), "-g", "-fPIC", "-c", "library.c", "-o", out)
	text, err := exec.Command(strings.TrimSpace(string(cc)), args...).CombinedOutput()
	require.NoError(t, err, "%s", text)
	f, err := elf.Open(out)
	require.NoError(t, err)
	defer f.Close()
	symbols, err := f.Symbols()
	require.NoError(t, err)
	for _, s := range symbols {
		if int(s.Section) >= len(f.Sections) {
			continue
		}
		in := f.Sections[s.Section]
		if in.Flags&elf.SHF_WRITE != 0 && !strings.HasPrefix(in.Name, ".data.rel.ro") {
			all = append(all, s)
		}
	}
	return all
}
