// Package atom is every access to memory that threads share: words with C11 atomics whose memory
// order is in the method's name and whose place in the program is the Site argument.
//
// Go's atomics are sequentially consistent, so in this build an operation is at least as strong as
// its name says. The name is what the reference asks for at that place, and a test holds it against
// the table in sites.go. The Site argument is a constant that the compiler drops: the layer costs
// nothing beyond the access itself.
//
// Under the build tag explore every operation goes to a Memory instead (explore.go), which may be a
// simulated weak memory.
package atom
