// A thread's way through the abandoned segments. See doc.go for an overview.

package goalloc

// round is where a thread is. Stores that are stacks need none of it.
type round struct {
	thread     *Thread
	subproc    Addr   // whose segments; for no heap, it is set when the round begins
	start, end int    // arenas to visit; the number wraps around
	bit        int    // the next bit to look at in the first of them
	left       uint64 // segments of the OS to look at
	all        bool   // it waits for those who are in the way
	holds      bool   // it has the lock for visits of the segments of the OS
}
