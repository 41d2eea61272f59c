// Package coverage shows what the corpus's programs run of both sides, line by line.
//
//  1. build.go builds child, a program of its own: goalloc with Go's coverage, the C library as package covered has it,
//     not optimised. It runs the programs of the corpus (corpus.go), in lockstep with all oracles.
//  2. lines.go turns places of the library into lines, by what the compiler left for debuggers: the code from one
//     place to the next belongs to the place.
//  3. golang.go reads what Go says of goalloc.
//  4. page.go writes both, side by side, as one page for a browser (page.tmpl).
//  5. reasons.go holds the lines of the library that no program reaches against a list with a reason for each
//     (testdata/uncovered.txt), which must be neither too short nor too long.
//
// `midiff coverage` does all of it.
package coverage
