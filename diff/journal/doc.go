// Package journal keeps on disk what a process is running, so that whatever ends the process (a crash, the
// kernel when memory is short, kill -9) leaves the program behind.
//
// A journal is a file per process. Its first page is shared with the kernel (a mapping), so that a note in
// it costs a store and outlives the process; the program follows as it was given, text or the bytes of a
// fuzz input. A program is written before it runs; the page says whether it still does, in which step of
// which side, and what was found about it that is not safe elsewhere yet (journal.go).
//
// The owner holds a lock on the file, which goes when it dies. So a journal without an owner in which a
// program still runs is one that somebody has to look at (left.go). The mapping outlives processes, not
// the machine: nothing is forced to the disk.
package journal
