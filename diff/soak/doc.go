// Package soak runs programs for hours and loses nothing that it finds.
//
// # Who does what
//
//   - Children run the programs (work.go), since a process has one C side, and since what is under test may
//     end a process. Each has a journal with the program that runs. What diverges, the child keeps itself:
//     a folder with all there is to know (package diff: Save).
//   - The parent (soak.go, child.go) shares the work out, watches, and starts a child again behind the program
//     that killed it. One that makes no progress any more, it kills. In both cases the journal says what ran
//     and how far it was; death.go makes a failure's folder of that.
//   - Failures are grouped by their title: the signature, or how the process ended and in which operation.
//     The first of a group is kept, the others are counted (summary.go). Each group is looked at in turn
//     while the soak goes on (aftercare.go): how reliably it fails, and if it does so always, a smaller
//     program. What failed with its threads at once is measured first, and reduced in lockstep if it fails there in
//     the same way (parallel.go).
//   - A corpus may evolve meanwhile (evolve.go, and package evolve): programs that reach what none did are kept in a folder,
//     and drawn again, mutated. The children share the folder, and a file with what was reached.
//   - The parent writes how far it is (state.go), so that another process can go on with a soak that was killed.
//   - When parent and children were killed, the next soak, or `midiff recover`, finds the journals and looks
//     at what was running (recover.go). Runs in parallel have journals of their own (atonce.go), whatever command
//     or fuzz target made them.
//
// A child tells its parent what it did in lines of JSON. A child whose parent is gone ends.
package soak
