// Package covered holds the release build of the library once more, compiled so that it tells what of it ran. A
// program that imports it runs programs of profile 2.0 on this build in the place of cref's own.
//
// It is empty without the build tag ccover, so that no other program pays. The tag asks for compiler flags that the
// go command must be told to allow, which scripts/fuzz and `make coverage` do (package instrument says how).
//
//  1. covered.c compiles the library (library.c of package cref) with -fsanitize-coverage=trace-pc: gcc puts a call
//     at the start of every basic block. What is the rig's own in that file is left out, by an attribute.
//  2. sites.c has what is called. It marks the place that called in a byte map, one byte to each, by its distance from
//     the first: no two share one. The places are found in the program's code when it starts, and
//     numbered in the order of their addresses, which is the same in every process that runs the same program. Flags
//     keep the code in one piece, and calls from being jumps, behind which nothing tells where they came from.
//  3. looks.h looks, every 16 operations, at where pages, spans, abandoned segments and cached ones are, and marks
//     what it sees in a map of its own.
//  4. cref.Ref.Covered gives both as numbers: those of places, then those of features.
//
// With the tag clines, too, nothing is optimised: package coverage (diff/coverage) tells then which line each place stands for.
package covered
