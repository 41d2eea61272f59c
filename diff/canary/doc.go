// Package canary shows that the oracles see. It plants faults, one at a time, and each must be caught
// by the oracle that is meant for it; an oracle that no fault is meant for is an error. Silence of the
// rig then means something.
//
// There are two kinds of faults. Those in testdata/faults.txt change the source of goalloc: an overlay
// of the build gives a test binary in which they sleep until one is woken by name. Those in
// liars_test.go are wrappers that change what a subject, or both subjects, report; both are needed for
// the oracles of the contract, which look at each side alone. Nothing of this is in any other build.
//
// Faults of profile 2.3, whose source is not here, are hunted with the traces of corpus/golden: goalloc alone runs, and
// is compared with what a library of that version gave.
//
// The comparison of states has a fault for every field of the state, and for every value that shares a
// word with others (testdata/pokes). Each changes that field alone between two operations of one program,
// story.midiff, and must be caught at that operation, as a difference in that field. A new field needs
// a row in testdata/pokes/goalloc/poketable.go, and the story an operation that gives it a value.
//
// A fault that is found must also be reported in a few lines: shrunk_test.go takes for each the program of
// 1,000 operations in which it was found, and reduces it (package reduce) to ten or fewer that are caught
// in the same way, within a minute. `make test` does so for a sample, `midiff canary -shrink` for all. The faults of
// testdata/deaths.txt end the process, hang, or do not repeat themselves: nothing of them may be lost (deaths_test.go,
// parallel_test.go), and they are reduced, too (deathsshrunk_test.go).
//
// `make canary` prints the other tables.
package canary
