// Counterpart: none, the explorer's tables. They are empty here: package rewrite makes the file anew for
// the explorer's build. See doc.go for an overview.

//go:build explore

package goalloc
