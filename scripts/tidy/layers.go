// Who may import what. See doc.go for an overview.
package tidy

import (
	"slices"
	"strconv"
	"strings"
)

const module = "midiff"

// layer is a package and the project's packages that it, and beyond those its tests, may import.
type layer struct {
	folder string
	may    []string
	tests  []string
}

// layers is the architecture, bottom first: a package may import only rows above its own, which
// TestLayersPointUp proves of the table. A package without a row is a finding.
var layers = []layer{
	{folder: "goalloc/internal/raw"},
	{folder: "goalloc/internal/atom", may: []string{"goalloc/internal/raw"}},
	{folder: "goalloc/internal/osmem", may: []string{"goalloc/internal/raw", "goalloc/internal/atom"}},
	{folder: "goalloc", may: []string{
		"goalloc/internal/raw", "goalloc/internal/atom", "goalloc/internal/osmem"}},
	{folder: "cref"},
	{folder: "cref/flavours", may: []string{"cref"}},
	{folder: "cref/pthreads", may: []string{"cref"}},
	{folder: "cref/shared", may: []string{"cref", "cref/pthreads"}},
	{folder: "cref/covered", may: []string{"cref"}},
	{folder: "diff/prog"},
	{folder: "diff/explore/rewrite"},
	{folder: "diff/shrink"},
	{folder: "diff/journal"},
	{folder: "diff/stall"},
	{folder: "corpus", tests: []string{"diff/prog"}},
	{folder: "diff/mutate", may: []string{"diff/prog"}, tests: []string{"corpus"}},
	{folder: "diff/words"},
	{folder: "diff", may: []string{"goalloc", "cref", "cref/pthreads", "diff/prog", "diff/shrink", "diff/journal",
		"diff/words", "corpus"}, tests: []string{"cref/flavours", "cref/shared"}},
	{folder: "diff/reduce", may: []string{"diff/prog", "diff/shrink", "diff/journal", "diff/stall", "diff"},
		tests: []string{"corpus"}},
	{folder: "diff/evolve", may: []string{"cref", "diff/prog", "diff/mutate", "corpus", "diff"}},
	{folder: "diff/soak", may: []string{
		"diff/prog", "diff/shrink", "diff/evolve", "diff/journal", "diff/stall", "corpus", "diff", "diff/reduce"}},
	{folder: "diff/page", may: []string{"diff/prog", "diff"}, tests: []string{"cref/flavours"}},
	{folder: "diff/emit", may: []string{"diff/prog", "diff"}, tests: []string{"corpus", "cref/flavours", "cref/shared"}},
	{folder: "diff/explore/sim"},
	{folder: "diff/explore/search", may: []string{"diff/shrink", "diff/explore/sim"}},
	{folder: "diff/explore/kernel", may: []string{"diff/explore/sim", "diff/explore/search"}},
	{folder: "diff/explore/change", may: []string{"diff/explore/rewrite"}},
	{folder: "diff/explore/run", may: []string{"goalloc", "diff/prog", "diff/explore/change", "diff/explore/sim",
		"diff/explore/search"}},
	{folder: "diff/explore/child", may: []string{"corpus", "diff/prog", "diff/explore/change", "diff/explore/sim",
		"diff/explore/search", "diff/explore/kernel", "diff/explore/run"}},
	{folder: "diff/explore", may: []string{"diff/explore/rewrite", "diff/explore/change"},
		tests: []string{"corpus", "diff/prog"}},
	{folder: "scripts/fuzz/instrument"},
	{folder: "diff/bench", may: []string{
		"goalloc", "cref", "diff/prog", "corpus", "diff", "scripts/fuzz/instrument"}},
	{folder: "fuzz/feed"},
	{folder: "fuzz/counters"},
	{folder: "fuzz/seeds", may: []string{"diff/prog", "corpus"}},
	{folder: "fuzz", may: []string{"goalloc", "cref", "cref/covered", "diff/prog", "diff/mutate", "diff/shrink",
		"diff/journal", "corpus", "diff", "fuzz/feed", "fuzz/counters", "fuzz/seeds"}},
	{folder: "fuzz/stable", tests: []string{"cref", "diff/prog", "fuzz", "fuzz/feed", "fuzz/counters", "scripts/fuzz/instrument"}},
	{folder: "diff/canary", tests: []string{"cref/flavours", "diff/prog", "diff/journal", "corpus", "diff", "diff/reduce",
		"scripts/fuzz/instrument", "fuzz"}},
	{folder: "diff/coverage", may: []string{"cref", "diff/prog", "corpus", "diff", "scripts/fuzz/instrument"}},
	{folder: "diff/coverage/child", may: []string{"cref/covered", "cref/flavours", "diff/coverage"}},
	{folder: "diff/cmd/midiff", may: []string{
		"goalloc", "cref", "cref/covered", "cref/flavours", "cref/shared", "diff/prog", "diff/mutate", "diff/shrink", "diff/journal",
		"corpus", "diff", "diff/reduce",
		"diff/evolve", "diff/soak", "diff/page", "diff/emit", "diff/explore", "diff/coverage", "diff/bench", "fuzz"}},
	{folder: "fuzz/replay", tests: []string{"fuzz", "fuzz/seeds"}},
	{folder: "fuzz/libfuzzer", may: []string{"diff/mutate", "fuzz", "fuzz/seeds"}},
	{folder: "scripts/ossfuzz", may: []string{"diff/prog", "fuzz/seeds", "scripts/fuzz/instrument"},
		tests: []string{"fuzz"}},
	{folder: "scripts/setup"},
	{folder: "scripts/feed"},
	{folder: "scripts/fuzz", may: []string{"scripts/fuzz/instrument", "diff/journal"}},
	{folder: "scripts/tidy"},
}

// foreign are the modules of others and the folders that may import them; "test" is every test.
var foreign = map[string][]string{
	"golang.org/x/sys": {"goalloc", "goalloc/internal/osmem", "cref", "diff", "diff/words", "diff/bench", "diff/stall",
		"diff/cmd/midiff"},
	"golang.org/x/term":                    {"diff/cmd/midiff"},
	"github.com/schollz/progressbar":       {"diff/cmd/midiff"},
	"github.com/AdaLogics/go-fuzz-headers": {"diff/prog"},
	"github.com/stretchr/testify":          {"test"},
	"go.yaml.in/yaml/v3":                   {"test"},
	"modernc.org/memory":                   {"diff/bench"},
}

// mayUnsafe are the folders and files that may import unsafe.
var mayUnsafe = []string{
	"goalloc/internal/raw", "goalloc/internal/atom", "goalloc/internal/osmem", "goalloc/layout.go", "cref",
	"cref/flavours", "cref/pthreads", "cref/shared", "cref/covered",
	"fuzz/libfuzzer",
}

// mayC are the folders whose Go files may import "C".
var mayC = []string{"cref", "cref/flavours", "cref/pthreads", "cref/shared", "cref/covered",
	"fuzz/libfuzzer"}

func checkLayer(f *File, report reporter) {
	if !f.isGo() || f.isData() {
		return
	}
	at := slices.IndexFunc(layers, func(l layer) bool { return l.folder == f.folder() })
	if at < 0 {
		report(1, "folder %s is in no layer; give it a row", f.folder())
		return
	}
	may := layers[at].may
	if f.isTest() {
		// A test may be outside its package, and then imports it.
		may = slices.Concat(may, layers[at].tests, []string{f.folder()})
	}
	f.imports(func(line int, name string) {
		own, isOwn := strings.CutPrefix(name, module+"/")
		switch {
		case isOwn && !slices.Contains(may, own):
			report(line, "%s may not import %s", f.folder(), name)
		case !isOwn && !mayForeign(f, name):
			report(line, "%s may not import %s", f.folder(), name)
		}
	})
}

// mayForeign tells whether f may import a package that is not the project's: any of Go's own, which
// have no dot in the first part of their names, and what foreign allows.
func mayForeign(f *File, name string) bool {
	first, _, _ := strings.Cut(name, "/")
	if !strings.Contains(first, ".") {
		return true
	}
	for prefix, folders := range foreign {
		if name == prefix || strings.HasPrefix(name, prefix+"/") {
			return slices.Contains(folders, f.folder()) ||
				f.isTest() && slices.Contains(folders, "test")
		}
	}
	return false
}

func checkUnsafe(f *File, report reporter) { only(f, "unsafe", mayUnsafe, report) }

func checkCgo(f *File, report reporter) { only(f, "C", mayC, report) }

// only reports an import of name outside the folders and files that may have it.
func only(f *File, name string, may []string, report reporter) {
	if !f.isGo() || slices.Contains(may, f.folder()) || slices.Contains(may, f.Path) {
		return
	}
	f.imports(func(line int, imported string) {
		if imported == name {
			report(line, "%s may not import %q", f.Path, name)
		}
	})
}

// imports calls do for every import of a Go file.
func (f *File) imports(do func(line int, name string)) {
	for _, spec := range f.Syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			do(f.line(spec.Pos()), name)
		}
	}
}
