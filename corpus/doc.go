// Package corpus embeds the programs that midiff keeps, one folder per purpose:
//
//	smoke   one program per operation (op-*) and per path of the allocator, each opening with a
//	        comment that says which path it takes and why; both allocators agree on all of them
//	regress what once made goalloc or the rig fail; both allocators agree on all of them
//	explore what the explorer runs under weak memory; in lockstep both allocators agree on all of them
//	known   one program per known bug of the reference; its header says the verdict it must get. Those in
//	        known/2.3 are of that version alone
//
// Folder golden has traces, one folder per version and build of the reference: programs with what a library of that version did
// on them (package diff, Trace). They stand in for the library where there is none.
//
// Folder scenarios has templates of programs for threads that run at once (scenario.go): a story, told for a
// number of rounds and threads, with sizes drawn from a seed, for each profile that its header names. What comes out is
// a program like any other.
//
// A file is a program in the text form of package diff/prog, in canonical spelling but for comments.
// The fuzz targets start from these programs. A new folder needs no code.
package corpus
