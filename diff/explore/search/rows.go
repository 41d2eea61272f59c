// Which events of an execution a report shows. See doc.go for an overview.

package search

import (
	"slices"

	"midiff/diff/explore/sim"
)

// maxRows is how many events a report shows, from the end; those before are counted.
const maxRows = 100

// shown are the events to show: those from the first thread's start on, of plain accesses only those to the word
// that the failure is about, and of what comes before the stores that they see.
func shown(res *sim.Result) []int {
	var rows []int
	start := max(0, slices.IndexFunc(res.Events, func(e sim.Event) bool { return e.Op.IsThread() }))
	for i := start; i < len(res.Events); i++ {
		if e := &res.Events[i]; !isPlain(e) || fails(e, res.Failure) {
			rows = append(rows, i)
		}
	}
	rows = rows[max(0, len(rows)-maxRows):]
	is := map[int]bool{}
	for _, i := range rows {
		is[i] = true
	}
	for _, i := range rows {
		if e := &res.Events[i]; e.Reads() && e.From >= 0 {
			is[e.From] = true
		}
	}
	rows = rows[:0]
	for i := range res.Events {
		if is[i] {
			rows = append(rows, i)
		}
	}
	return rows
}

func isPlain(e *sim.Event) bool { return !e.Op.IsAtomic() && !e.Op.IsThread() && !e.Op.IsLock() }

// fails tells whether a plain access is to the word that a failure is about.
func fails(e *sim.Event, f *sim.Failure) bool {
	if f == nil || f.Addr == 0 || !f.HasBefore() {
		return false
	}
	word := f.Addr &^ 7
	return e.Addr < word+8 && word < e.Addr+e.Size
}
