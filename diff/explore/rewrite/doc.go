// Package rewrite makes the allocator's source into the one that the explorer is built from. The source
// itself stays clean of it: the result goes into a folder of its own, with an overlay for the go command.
//
//   - plain.go: every plain access to a record that can change owner (a page, a segment, a heap, an arena,
//     a slot of the segment cache) and to what lies in blocks becomes a call that tells the current
//     memory, with the number of its place.
//   - patch.go: named changes of the source, each behind a test of its number, so that one binary has
//     them all.
//   - tables.go: the table of places, and the names of the atomic sites.
//   - overlay.go: reads and checks the packages, writes the files.
//
// Only texts are inserted and no line is added, so that places are those of the source.
package rewrite
