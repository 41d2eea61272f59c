// Package words fills words in memory with a sequence, each a step from the one before, and looks whether they hold
// one: most of what a run does with the contents of blocks. On amd64 with AVX2 it is sixteen words at a time, in
// assembly; builds with the race detector or a sanitizer, which do not see what assembly reads and writes, have the
// plain loops that other machines have.
package words
