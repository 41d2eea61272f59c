// The way to the faults of the state; the overlay of package canary adds this file to package diff. See
// doc.go for an overview.

package diff

import "midiff/goalloc"

// StateFields names the fields of the canonical state.
func (g *GoSubject) StateFields() []string { return stateFields() }

// Pokes lists the faults: the field of each by name, and what is wrong.
func (g *GoSubject) Pokes() (fields, whys []string) {
	numbers, whys := goalloc.Pokes()
	return fieldNamesOf(numbers), whys
}

// Poke does fault n, if there is something to change. It names the fields that changed and those that
// may, and gives the hash of the state as it is asked for after an operation: of what changed alone.
func (g *GoSubject) Poke(n int) (changed, may []string, hash uint64, done bool) {
	p, done := goalloc.Poke(g.proc, g.threads[:g.used], n)
	if !done {
		return nil, nil, 0, false
	}
	return fieldNamesOf(p.Changed), fieldNamesOf(p.May), g.memo.StateHash(g.threads[:g.used], true, false), true
}

func fieldNamesOf(fields []goalloc.StateField) (names []string) {
	for _, f := range fields {
		names = append(names, stateFields()[f])
	}
	return names
}
