// The fixed parts of a C file, of which each gets what it needs. See doc.go for an overview.

package emit

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed parts/*.c
var partFiles embed.FS

// parts are in the order of the file; each is for files that need it, or for all.
var parts = []struct{ file, need string }{
	{"os", "os"}, {"os_counts", "counts"}, {"visits_before", "visits"}, {"arenas_before", "arenas"}, {"tells", "tells"},
	{"checks", ""}, {"errors", ""}, {"text", "text"}, {"news", "news"}, {"multiple", "multiple"}, {"reallocs", "reallocs"}, {"bulk", "drain"}, {"heaps", "opened"}, {"owners", "owners"},
	{"left", "left"}, {"parts", "asked"}, {"deferred", "deferred"}, {"visits", "visits"}, {"arenas", "arenas"},
	{"abandoned", "abandoned"}, {"own_memory", "own"}, {"leaks", "leaks"}, {"turns", "turns"}, {"crashes", ""},
}

// needs are the parts that a file needs, and what goes with them.
type needs map[string]bool

// implied are needs that come with others.
var implied = [][2]string{
	{"visits", "heaps"}, {"destroys", "heaps"}, {"destroys", "owners"}, {"leaving", "owners"}, {"left", "destroys"}, {"deferred", "gone"}, {"closing", "opened"},
	{"drain", "gone"}, {"gone", "drops"}, {"closing", "drops"}, {"reallocs", "drops"}, {"reallocs", "blocks"},
	{"made", "blocks"}, {"blocks", "things"}, {"opened", "things"}, {"committed", "leaks"},
	{"threads", "leaks"}, {"counts", "os"}, {"faults", "os"}, {"mapped", "os"},
}

func (n needs) complete() {
	for changed := true; changed; {
		changed = false
		for _, i := range implied {
			if n[i[0]] && !n[i[1]] {
				n[i[1]], changed = true, true
			}
		}
	}
}

// text gives the parts.
func (n needs) text() string {
	n.complete()
	var b strings.Builder
	for _, p := range parts {
		if p.need != "" && !n[p.need] {
			continue
		}
		text, err := partFiles.ReadFile("parts/" + p.file + ".c")
		if err != nil {
			panic(fmt.Sprintf("emit: %v", err))
		}
		n.cut(&b, string(text))
	}
	return b.String()
}

// cut writes the lines that are needed.
func (n needs) cut(b *strings.Builder, text string) {
	skipping := false
	for line := range strings.Lines(text) {
		if mark, ok := strings.CutPrefix(line, "//@ "); ok {
			mark = strings.TrimSpace(mark)
			skipping = mark != "end" && !n.has(mark)
			continue
		}
		line, mark, marked := strings.Cut(strings.TrimSuffix(line, "\n"), "//@")
		if skipping || marked && !n.has(mark) {
			continue
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// has understands "!name".
func (n needs) has(mark string) bool {
	if name, not := strings.CutPrefix(mark, "!"); not {
		return !n[name]
	}
	return n[mark]
}
