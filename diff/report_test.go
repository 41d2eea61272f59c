// Golden tests of the report, with subjects that lie. See doc.go for an overview.

package diff

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
	"midiff/diff/prog"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// reports are runs whose report is kept in testdata/report, by file name.
var reports = map[string]struct {
	text  string
	c, g  func(f *fake) func(int, *prog.Step, *Result)
	known *KnownList
}{
	"place": {
		text: tour,
		g:    once(5, func(_ *fake, r *Result) { r.Value += 1 << 20 }),
	},
	"usable-short": {
		text: "t0 a = malloc(100)\n",
		c:    once(0, func(_ *fake, r *Result) { r.Usable = 96 }),
	},
	"null-on-both": {
		text: "t0 a = malloc(10)\nt1 b = malloc_aligned(100, 64)\n",
		c:    once(1, func(_ *fake, r *Result) { r.Value, r.Usable, r.Null = 0, 0, 1 }),
		g:    once(1, func(_ *fake, r *Result) { r.Value, r.Usable, r.Null = 0, 0, 1 }),
	},
	"overlap": {
		text: "t1 a = zalloc(100)\nt0 b = malloc(8)\n",
		c:    once(1, func(_ *fake, r *Result) { r.Value = fakeStart + 32 }),
		g:    once(1, func(_ *fake, r *Result) { r.Value = fakeStart + 32 }),
	},
	"contents": {
		text: "t0 a = malloc(100)\nt0 k = bulk(20, 64)\nt0 bulk_free(k, 2)\nt0 b = realloc(a, 4K)\n",
		g:    func(f *fake) func(int, *prog.Step, *Result) { f.rot, f.rotAt = 7, 18; return nil },
	},
	"os-calls": {
		text: "t0 a = malloc(100)\nt0 clock(5)\nt0 collect(true)\n",
		g: once(1, func(f *fake, r *Result) {
			f.calls = append(f.calls,
				OSCall{Kind: cref.DecommitCall, Addr: 1 << 26, Size: 65536, Step: 1},
				OSCall{Kind: cref.MapCall, Arg: 7, Errno: 12, Size: 1 << 25, Step: 1})
			r.OSCalls, r.OSHash = 3, 4711
		}),
	},
}

// once lies in one step of every run.
func once(step int, lie func(*fake, *Result)) func(*fake) func(int, *prog.Step, *Result) {
	return func(f *fake) func(int, *prog.Step, *Result) {
		return func(n int, _ *prog.Step, r *Result) {
			if n == step {
				lie(f, r)
			}
		}
	}
}

func TestReports(t *testing.T) {
	for name, c := range reports {
		t.Run(name, func(t *testing.T) {
			cs, gs := newFake(), newFake()
			if c.c != nil {
				cs.lie = c.c(cs)
			}
			if c.g != nil {
				gs.lie = c.g(gs)
			}
			s := &Session{Engine: NewEngine(cs, gs, c.known)}
			p := parse(t, c.text)
			v := s.Check(p)
			require.Equal(t, Diverge, v.Class)
			var got bytes.Buffer
			require.NoError(t, s.WriteReport(&got, "p.midiff", p, &v))
			golden(t, filepath.Join("testdata", "report", name+".txt"), got.String())
		})
	}
}

// golden compares with a file, or with -update rewrites it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o777))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o666))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run with -update to write it")
	require.Equal(t, string(want), got, "run with -update if it should say so")
}

// TestNotes: the words for results of each kind of operation.
func TestNotes(t *testing.T) {
	s := &Session{Engine: NewEngine(newFake(), newFake(), nil)}
	p := parse(t, tour)
	v := s.Recorded(p)
	require.Equal(t, Agree, v.Class)
	var got bytes.Buffer
	require.NoError(t, p.Print(&got, s.Note))
	golden(t, filepath.Join("testdata", "report", "notes.txt"), got.String())
}
