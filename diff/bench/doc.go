// Package bench measures the rig and the allocators it compares. Everything is a ratio of two things
// measured in turns in one run, since absolute times say more about the machine and its other work
// than about the code. There are no timed tests: `midiff bench` prints a table, and where a goal is
// missed, what the time goes into.
package bench
