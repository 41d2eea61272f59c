// Package feed lets Go's fuzzer see what it cannot: code and state of the C library.
//
// `go test -fuzz` gives every case of a switch a counter. Here is a switch whose cases do nothing else, in cases.go,
// which scripts/feed prints. A number that is fed counts as if a piece of Go code had run, so that an input which
// reaches something new in C is kept and mutated further.
package feed

//go:generate sh -c "go run ../../scripts/feed > cases.go"

// Feed takes numbers, each once. Those beyond Edges and Features share counters with smaller ones.
func Feed(edges, features []uint16) {
	for _, n := range edges {
		edge(n % Edges)
	}
	for _, n := range features {
		feature(n % Features)
	}
}
