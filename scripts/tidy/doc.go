// Package tidy is the project's style police: rules over its source that no other tool checks. They
// run as an ordinary test (`make check`), and each finding names its remedy.
//
//   - tidy.go holds the list of rules and applies it; file.go reads the project.
//   - layers.go says which package may import which, and who may use unsafe and C.
//   - version.go says which files may know of versions of the reference, and counts lines by version.
//   - size.go, word.go, comment.go and construct.go hold the other rules.
//
// A rule is a row of Rules and a planted violation in planted_test.go, which must be caught; the
// test demands one for every row, so that silence means something. What differs from folder to
// folder (layers, allow-lists, banned words, limits) is data at the top of the rule's file.
//
// Left alone: files that .gitignore names, version control's own, binary files, and, by the rules on
// Go and C alone, generated files ("Code generated ... DO NOT EDIT.").
package tidy
