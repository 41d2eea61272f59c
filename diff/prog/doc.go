// Package prog holds the programs that drive both allocators: what a program is, its text, its bytes,
// how one is drawn at random and how it is lowered to plain calls. It knows nothing of either
// allocator and runs nothing.
//
// # One table
//
// Table has one row per operation: name, operand kinds, result, weight and swarm group. Everything
// else follows from the operand kinds, so a new operation is a new row here and nothing more:
//
//	Parse     text  -> Program      lex.go, parse.go, parse_header.go, number.go, near.go
//	Print     Program -> text       print.go
//	Check     the rules of use      check.go (liveness, ranges); Parse runs the same checker
//	Decode    bytes -> Program      reader.go, decode.go (total: every input is a program)
//	Encode    Program -> bytes      encode.go (the exact inverse of Decode)
//	Generate  seed  -> Program      generate.go, swarm.go, draw.go
//	Lower     Program -> Code       lower.go (plain calls on numbered slots)
//	Untwine   Code -> Strands       strands.go (what each thread runs, and what it waits for)
//	Weaver    parts -> Program      weave.go, cost.go (what package mutate makes programs with)
//
// # Words
//
// A handle is a variable of the program: a block, a heap, a bulk (many blocks of one size) or an arena,
// which lives on to the end. It is live from the operation that makes it to the one that ends it, and may
// be made again after that. Liveness is static: a failed allocation still gives a live handle (the null block), and a block that
// dies with its heap leaves its handle live and null. A heap belongs to the thread that made it and
// ends with it. A slot is a handle's number for the interpreters; a bulk takes one slot per block.
//
// # Text
//
// A program is a header and operations, one to a line; # starts a comment. In this order:
//
//	midiff 1                            the format's version, always the first line
//	profile 2.0                         the reference; left out, this one
//	                                    (strict.go says what programs of profile 2.0-padded may not do)
//	threads 3                           1 to 8; left out, 1
//	option segment_decommit_delay=0     any of OptionNames, each at most once
//	fault mmap 3 sticky enomem          the third mmap fails; sticky: and all after it; also munmap,
//	                                    mprotect, madvise, getrandom, clock (which then gives 0)
//
//	t1 a = malloc(48)                   thread, result, call
//	t0 b = heap_realloc(backing, a, 4K) a call's heap_ variant takes a heap first
//	t0 free(null)
//	t0 option_set(decommit_delay, 0)    an option of OptionNames, from here on
//	t0 register_deferred_free(frees)    the callback, one of CallbackNames
//	t0 set_new_handler(retries)         the handler of new, one of HandlerNames
//	t1 defer_free(b)                    b is queued for it, and no live handle any more
//	barrier                             all threads meet; nothing where they take turns anyway
//
// Numbers are decimal or 0x hex with an optional suffix K, M or G; null is a block, backing a heap.
// The call names are those of the C API without mi_; Table has them all.
//
// # Bytes
//
// The coding is self-synchronising, as UTF-8 is: a byte of at least firstLead opens an operation,
// smaller ones are its operands. A missing operand reads as 0 and a surplus one is skipped, so
// bytes that a mutator removes, inserts or doubles spoil one or two operations and not all that
// follow. Operations that do what another one does, by another name or with another end, share its opening bytes
// (like.go). Handle operands are slot numbers folded onto what is live; numbers are an index into a list
// of edges (edges.go) plus a small difference, or digits when they are near no edge.
package prog
