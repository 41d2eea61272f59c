// Tests that the programs are what they should be. See doc.go for an overview.

package corpus

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/prog"
)

// eachProgram runs f as a subtest for every program of the corpus.
func eachProgram(t *testing.T, f func(t *testing.T, file *File, p *prog.Program)) {
	t.Helper()
	require.Contains(t, Folders(), "smoke")
	for _, folder := range Folders() {
		programs := Programs(folder)
		require.NotEmpty(t, programs, folder)
		for i := range programs {
			file := &programs[i]
			t.Run(file.Path(), func(t *testing.T) {
				p, err := prog.Parse(file.Path(), file.Text)
				require.NoError(t, err)
				f(t, file, p)
			})
		}
	}
}

// significant gives the lines without comments and blank lines.
func significant(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimRight(line, " \n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestCanonical(t *testing.T) {
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	eachProgram(t, func(t *testing.T, file *File, p *prog.Program) {
		text := string(file.Text)
		require.Regexp(t, name, file.Name)
		require.Equal(t, significant(p.Text()), significant(text), "spelt as the printer does")
		require.True(t, strings.HasPrefix(text, "# "), "opens with a comment that says what it is for")
		require.True(t, strings.HasSuffix(text, "\n"))
		for line := range strings.Lines(text) {
			require.LessOrEqual(t, len(line), 110, "lines are short enough to read")
		}
	})
}

// TestBytes: every program can seed the fuzz targets, bit for bit.
func TestBytes(t *testing.T) {
	decoder := prog.NewDecoder(prog.Everything())
	eachProgram(t, func(t *testing.T, _ *File, p *prog.Program) {
		require.Equal(t, p.Renamed().Text(), decoder.Decode(p.Encode()).Text())
	})
}

// TestEveryOperation: each operation has a smoke program of its name that uses it, also in its heap_
// variant, and each option is set somewhere.
func TestEveryOperation(t *testing.T) {
	for k := range prog.Table {
		row := &prog.Table[k]
		if row.Later {
			continue
		}
		name := "smoke/op-" + strings.ReplaceAll(row.Name, "_", "-")
		if row.Name == "_expand" {
			name = "smoke/op-expand-errno"
		}
		text, err := Read(name)
		require.NoError(t, err)
		p, err := prog.Parse(name, text)
		require.NoError(t, err)
		plain, heaped := false, !row.Heaped
		for i := range p.Ops {
			if o := &p.Ops[i]; o.Kind == prog.Kind(k) {
				plain = plain || !o.Heaped
				heaped = heaped || o.Heaped
			}
		}
		require.True(t, plain && heaped, "%s uses %s in each form", name, row.Name)
	}
	for _, i := range prog.OptionsOf(prog.Profiles[0]) {
		option, found := prog.OptionNames[i], false
		for _, file := range Programs("smoke") {
			found = found || strings.Contains(string(file.Text), "\noption "+option+"=")
		}
		require.True(t, found, "a smoke program sets %s", option)
	}
}

// TestShort: smoke programs are run often and read by people.
func TestShort(t *testing.T) {
	for _, file := range Programs("smoke") {
		p, err := prog.Parse(file.Path(), file.Text)
		require.NoError(t, err)
		require.LessOrEqual(t, len(p.Ops), 30, file.Path())
		require.LessOrEqual(t, len(p.Lower().Steps), 600, file.Path())
	}
}

func TestRead(t *testing.T) {
	a, err := Read("smoke/op-malloc")
	require.NoError(t, err)
	b, err := Read("smoke/op-malloc.midiff")
	require.NoError(t, err)
	require.Equal(t, a, b)
	_, err = Read("smoke/no-such-program")
	var missing *fs.PathError
	require.ErrorAs(t, err, &missing)
	require.Empty(t, Programs("no-such-folder"))
}

// TestPagesCount: what the pages say of how many there are.
func TestPagesCount(t *testing.T) {
	for _, count := range []struct {
		page, says string
		n          int
	}{
		{"../README.md", "from the %d programs of `corpus/smoke`", len(Programs("smoke"))},
		{"../docs/fuzzing.md", "from the %d programs of `corpus/smoke`", len(Programs("smoke"))},
		{"../docs/libraries.md", "`corpus/golden/2.3.1` has %d traces", len(Golden("2.3.1"))},
		{"../docs/libraries.md", "`corpus/golden/2.3.1-abandon` has %d traces", len(Golden("2.3.1-abandon"))},
	} {
		text, err := os.ReadFile(count.page)
		require.NoError(t, err)
		require.Contains(t, string(text), fmt.Sprintf(count.says, count.n), count.page)
	}
}
