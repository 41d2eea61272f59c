// Package evolve keeps the programs that reach something new, and makes new ones of them.
//
//   - signal.go: what a run reached, as numbers. A Signal is one source of them: the features of package diff
//     (diff.Reach), and whatever else a build can tell.
//   - seen.go: what was reached so far, a byte per number, in a file that processes share.
//   - folder.go: the programs, as text, in a folder; each appears whole or not at all.
//   - evolve.go: draws a program from the folder by typed mutation (package mutate) or anew, and keeps one that
//     reached what none had; trim.go makes it smaller first, and sees it do so again.
//   - minimise.go: the smallest set of programs that reaches all that many do.
package evolve
