// Names that resemble a misspelt one. See doc.go for an overview.

package prog

import (
	"slices"
	"strings"
)

// nearNames gives up to three of names that are few edits away from word, nearest first.
func nearNames(word string, names []string) []string {
	type candidate struct {
		name string
		dist int
	}
	var near []candidate
	most := 1 + min(len(word), 12)/4
	for _, name := range names {
		if d := distance(strings.ToLower(word), name, most); d <= most {
			near = append(near, candidate{name, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.dist - b.dist })
	var best []string
	for _, c := range near[:min(3, len(near))] {
		best = append(best, c.name)
	}
	return best
}

// distance counts the letters to insert, remove or change to turn a into b; above most it may give
// any number above most.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// callNames lists every name a call can have.
func callNames() []string {
	var names []string
	for k := range Table {
		names = append(names, Table[k].Name)
		if Table[k].Heaped {
			names = append(names, heapPrefix+Table[k].Name)
		}
	}
	return names
}

// findCall finds a call by the name it has in the text.
func findCall(name string) (kind Kind, heaped, ok bool) {
	if k, ok := kinds[name]; ok {
		return k, false, true
	}
	plain, cut := strings.CutPrefix(name, heapPrefix)
	if k, ok := kinds[plain]; cut && ok && Table[k].Heaped {
		return k, true, true
	}
	return 0, false, false
}

// unknown says that word is none of names, and which it may have meant.
func unknown(what, word string, names []string, listAll bool) string {
	msg := "unknown " + what + " " + quote(word)
	if near := nearNames(word, names); len(near) > 0 && !listAll {
		return msg + "; near: " + strings.Join(near, ", ")
	}
	if listAll {
		return msg + "; legal: " + strings.Join(names, ", ")
	}
	return msg + "; operations are named as in mimalloc's C API without mi_"
}
