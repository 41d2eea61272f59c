// Package explore runs goalloc under a controlled scheduler and a simulated C11 weak memory: it tries the
// executions of a program that differ in who runs when and in which store a load sees, and looks for one
// that goes wrong. What it finds is a short string of choices that replays for ever.
//
//   - sim: the simulator: weak memory, threads as coroutines, choices.
//   - search: the engines over it: systematic, random, minimiser, replays, reports, comparisons.
//   - kernel: scenarios written by hand, of a few operations each.
//   - rewrite: makes goalloc's source into one whose plain accesses can be seen.
//   - change: named changes of goalloc: mutants, harmless ones, fixes.
//   - run: programs on goalloc in the simulator, and the oracles.
//   - child: the binary with all that, built with the tag explore. This package builds it.
package explore
