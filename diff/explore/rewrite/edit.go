package rewrite

import (
	"go/token"
	"slices"
	"strings"
)

// edit replaces [from, to) of a file by a text.
type edit struct {
	from, to int
	text     string
	order    int
}

// edits are changes of one file. Those at the same place come in the order in which they were made.
type edits struct {
	base token.Pos // of offset 0
	all  []edit
}

func (e *edits) offset(at token.Pos) int { return int(at - e.base) }

func (e *edits) insert(at token.Pos, text string) { e.replace(at, at, text) }

func (e *edits) replace(from, to token.Pos, text string) {
	e.all = append(e.all, edit{e.offset(from), e.offset(to), text, len(e.all)})
}

func (e *edits) apply(source string) string {
	slices.SortFunc(e.all, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.order - b.order
	})
	var out strings.Builder
	at := 0
	for _, c := range e.all {
		out.WriteString(source[at:c.from])
		out.WriteString(c.text)
		at = c.to
	}
	out.WriteString(source[at:])
	return out.String()
}
