// Package search looks for executions of a scenario that go wrong, and makes what it finds small, exact and
// readable.
//
//   - scenario.go: a Scenario is a body for the simulator (package sim), a table of the orders at its sites,
//     and parts that can be left out; a Variant is a change of orders or of the program.
//   - runner.go runs a variant again and again; outcome.go has the set of ways in which executions end.
//   - deviate.go: the systematic engine. All executions with D choices that are not the quiet one, for
//     D = 0, 1, 2, ...: it tells the bound that it has exhausted, and the first failure is already near minimal.
//   - random.go: priorities with few change points (PCT), a chance per run that a load is stale, and vectors of
//     choices that are changed where they showed a new pair of a store and a load (coverage.go).
//   - text.go: the choice string, which names all that a replay needs, and holds the replay to it.
//   - minimise.go: fewer parts, fewer deviations, until nothing can go.
//   - report.go: a failure with its events and who saw which store; remedy.go: the smallest change of orders under
//     which the same scenario passes.
//   - compare.go: the outcomes of two variants; matrix.go: every change in every scenario; trial.go: rival changes side
//     by side, and the weakest order that each site can do with.
//
// Several processes share a search by Shard.
//
// The memory model itself is tested here, since that takes an engine: litmus_test.go has the outcomes of the classic
// shapes, axiom_test.go holds random programs against the axioms of RC11.
package search
