// Package search looks for executions of a scenario that go wrong.
//
//   - scenario.go: a Scenario is a body for the simulator (package sim), a table of the orders at its sites,
//     and parts that can be left out; a Variant is a change of orders or of the program.
//   - runner.go runs a variant again and again.
//   - deviate.go: the systematic engine. All executions with D choices that are not the quiet one, for
//     D = 0, 1, 2, ...: it tells the bound that it has exhausted, and the first failure is already near minimal.
//   - outcome.go: the set of ways in which executions end.
//
// litmus_test.go holds the memory model itself against the outcomes of the classic shapes.
package search
