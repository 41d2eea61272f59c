// Command fuzz runs the project's fuzz targets one after the other, which `go test -fuzz` cannot
// do, and shares a given time out among them. `make fuzz` runs it:
//
//	fuzz [-time 60s] [TARGET...]
//
// Without targets it runs all of plan.go's table. It stops at the first that fails, with that one's
// exit code; exit code 2 is wrong usage, 3 an interruption. Progress lines carry the target's name;
// all else stands as it was printed, so that the commands in a failure's report can be pasted.
//
// What a worker was running when it died, midiff looks at after the turn (left.go), and before the first
// one what an earlier session left.
package main
