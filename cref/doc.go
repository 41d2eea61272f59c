// Package cref is the reference: C mimalloc 2.0.9, compiled from its own unchanged source and made
// deterministic.
//
// The path of a run, and the file for each part of it:
//
//  1. library.c includes the library's single-file source in one translation unit. Macros turn its
//     system calls, clock, random numbers, thread-local variables and thread id into ours; nothing
//     of the source is changed. staticlist.h lists its writable statics, constants.h its limits.
//     Package flavours compiles it again for other builds (debug, secure, ...), each behind its own
//     table of functions (parts.h: mid_library); this package has the release build.
//  2. runs.c loads a build once per process and takes a snapshot of every static (ref.go: Open). One
//     build is in use at a time.
//  3. ops.c runs a batch of operations per crossing, results go to a flat array (ref.go: Run). There
//     is one table row per operation. api.h is all that the interpreter sees of the library, without
//     the attributes that would let the compiler fold checks away.
//  4. threads.c gives each operation its virtual thread: two variables, an id and a key are swapped.
//     A thread's end calls the destructor of its pthread key as pthreads does.
//  5. slots.c and stamp.c look after the blocks: contents are written when a block is born and
//     checked before it goes. goalloc's side of the rig has the same rule, word for word.
//  6. os.c is the operating system: fixed addresses, ascending and never reused in a run, a trace
//     of every call with a hash, the state of every page, a virtual clock, failures on demand.
//  7. messages.c counts what the library reports.
//  8. A reset puts statics, threads and OS back (statics.h); memory stays resident. Fingerprint
//     proves that nothing is left over, and a test that the list of statics is complete.
//  9. state.h tells the canonical state of the library after any step: as a hash in its result (hash.h,
//     memo.h), and as a list (state.go) when the hashes of the two sides differ. stats.h does so for the
//     statistics.
//
// shim.h is the whole C surface that Go sees. The folder of the source and its checksum come from
// two generated files that are not committed: the link mimalloc and the header source.h.
//
// Addresses in results are relative to the base of the simulated memory; 0 is null.
//
// Builds share the simulated OS, threads and slots, so that one Ref is in use at a time. None of it is
// safe for concurrent use.
package cref
