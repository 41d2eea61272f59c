// Command setup makes a fresh clone ready to build: it finds or fetches the C source of mimalloc
// 2.0.9 and tells package cref where it is. `make setup` runs it from the project's folder, and so
// does every target that needs the C side. Once all is in place a run changes nothing, uses no
// network and takes some milliseconds.
//
// The steps, in order (machine.setUp):
//
//  1. Take the lock on the project's folder, so that two makes at a time do the work once.
//  2. Tools: a C compiler with the C library's headers; with the argument clang also what libFuzzer binaries are
//     built with, of the version that CLANG names. As root on Debian a missing tool is installed by
//     apt-get; elsewhere the error line names the package.
//  3. Source tree: MIMALLOC_SRC=DIR if the user names one, else .reference/mimalloc-2.0.9. If that
//     is not there, Debian's source package is fetched by apt-get with its state in a scratch
//     folder (no root needed, the machine's own configuration and package lists stay untouched),
//     its checksum compared with the pinned one, unpacked beside its place and renamed into it.
//  4. Go modules: `go mod download`, which does nothing when they are there.
//  5. Publish: the symbolic link cref/mimalloc and the headers cref/symbols.h and cref/source.h, each
//     written only when it would change, so that Go's build cache stays warm. source.h carries a
//     checksum over the tree, so that a changed tree is compiled anew; symbols.h lists the global
//     names that the tree defines, as the compiler sees them, since several builds of the library go
//     into one program.
//
// Whatever fails gives one line on standard error, what is wrong and how to mend it, and exit code
// 2. What apt-get, tar and go said goes to .build/setup.log, and only on failure. No scratch folder
// outlives a run that ends by an error or a signal; one left by a kill is removed by the next run.
package main
