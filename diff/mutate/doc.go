// Package mutate makes new programs of old ones. Where a fuzzer's own mutations change bytes, these change
// operations: what comes out is a program whose parts still hang together.
//
//	Splice      a stretch of another program, with what its handles need, between two parts of this one
//	Interleave  two programs at once, in turn, on the same threads or on others
//	Squash      less: runs of operations, a handle with all its operations, mallocs merged into a bulk,
//	            a resize merged into what it resizes
//	Duplicate   a stretch some times over, on the same thread or on others, with handles of its own
//	Rethread    operations moved to other threads or later; threads that end, or begin anew
//	Resize      numbers to the edges of their classes, to neighbours, or to each other
//	Recall      another call with the same operands: zalloc for malloc, the heap_ variant, cfree for free
//	Reset       options and faults of the header
//	Insert      operations drawn as the generator does, by their weights, or in place of some
//	Extend      the beginning of a program, or all of it, and then drawn operations
//
// ways.go has the ways by name, splice.go to insert.go what each does. All put their programs together with
// prog.Weaver, so that they need not care about what is live: every result is valid, and costs no more to run than its
// models, or than a drawn program may. The same seed gives the same result.
//
// Mutator works on programs, Bytes on their byte coding, for the engines that have a hook for mutations.
package mutate
