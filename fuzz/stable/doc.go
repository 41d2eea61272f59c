// Package stable shows that what an input covers depends on the input alone. Its test builds itself with the counters
// of a fuzz session, runs inputs in two orders, and compares which counters each moved.
package stable
