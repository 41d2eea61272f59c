// The list of statics is complete, in every build. See flavours.go for an overview.

package flavours

import (
	"debug/elf"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
)

// inert are the writable statics that no list names, each with the reason why a reset need not. All
// are inside functions, where they cannot be named.
var inert = map[string]string{
	"tls_initialized":         "set when the library is loaded, never again",
	"process_done":            "set by the exit handler only, which is not installed",
	"mi_huge_pages_available": "cleared when a 1 GiB page is refused: large pages cannot be had",
	"advice":                  "latched at its first write, see MID_LATCHED",
	"no_getrandom":            "latched at its first write",
	"large_page_try_ok":       "latched at its first write",
}

// builds are all of them: profile, folder and the file of its translation unit.
var builds = []struct{ profile, folder, file string }{
	{"2.0", "..", "library.c"},
	{"2.0-abandon", ".", "abandon.c"},
	{"2.0-stats", ".", "stats.c"},
	{"2.0-secure", ".", "secure.c"},
	{"2.0-padded", ".", "padded.c"},
	{"2.0-checked", ".", "checked.c"},
}

// goFlags are what the go command adds to the flags of the package.
var goFlags = []string{"-g", "-O2", "-fPIC", "-m64", "-pthread"}

// object compiles a library's translation unit as its package is compiled.
func object(t *testing.T, folder, file string) *elf.File {
	flags, err := exec.Command("go", "list", "-f", `{{join .CgoCFLAGS "\n"}}`, folder).Output()
	require.NoError(t, err)
	cc, err := exec.Command("go", "env", "CC").Output()
	require.NoError(t, err)
	out := filepath.Join(t.TempDir(), "library.o")
	args := append(append([]string{}, goFlags...), strings.Fields(string(flags))...)
	text, err := exec.Command(strings.TrimSpace(string(cc)),
		append(args, "-c", filepath.Join(folder, file), "-o", out)...).CombinedOutput()
	require.NoError(t, err, "%s", text)
	f, err := elf.Open(out)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// writable gives the objects that a run could change, but not the shim's own.
func writable(t *testing.T, f *elf.File) map[string]int {
	symbols, err := f.Symbols()
	require.NoError(t, err)
	objects := map[string]int{}
	for _, s := range symbols {
		kind := elf.ST_TYPE(s.Info)
		require.NotEqual(t, elf.STT_TLS, kind, "%s is thread-local: threads.c cannot swap it", s.Name)
		if kind != elf.STT_OBJECT || strings.HasPrefix(s.Name, "mid_") {
			continue
		}
		require.Less(t, int(s.Section), len(f.Sections), "%s is in no section", s.Name)
		in := f.Sections[s.Section]
		if in.Flags&elf.SHF_WRITE != 0 && !strings.HasPrefix(in.Name, ".data.rel.ro") {
			objects[s.Name] = int(s.Size)
		}
	}
	return objects
}

func TestStaticsAreComplete(t *testing.T) {
	numbered, own := regexp.MustCompile(`\.\d+$`), regexp.MustCompile(`^[a-z]+_(_?mi_)`)
	for _, b := range builds {
		t.Run(b.profile, func(t *testing.T) {
			ref, err := cref.OpenProfile(b.profile)
			require.NoError(t, err)
			listed := map[string]int{}
			for _, s := range ref.Statics() {
				listed[s.Name] = s.Size
			}
			found := writable(t, object(t, b.folder, b.file))
			require.Greater(t, len(found), 40)
			for symbol, size := range found {
				name := numbered.ReplaceAllString(symbol, "")
				if name != symbol {
					require.Contains(t, inert, name, "static %s in a function: is it inert? Then say why", symbol)
					continue
				}
				name = own.ReplaceAllString(name, "$1")
				require.Equal(t, size, listed[name], "static %s: add it to MID_STATICS in statics.h", symbol)
				delete(listed, name)
			}
			for name := range inert {
				delete(listed, name) // latched by a test that ran before
			}
			require.Empty(t, listed, "statics that the object does not have")
		})
	}
}
