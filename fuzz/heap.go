// How large a fuzzing process's heap may grow. See doc.go for an overview.

package fuzz

import (
	"flag"
	"os"
	"runtime/debug"
	"sync"
)

// heapGrowth is by how many percent the heap of a process that fuzzes may grow before garbage is collected. Go's
// mutator holds 100 MB there that it hardly touches. By Go's own rule as much garbage again would pile up before a
// collection, and a worker would grow for a hundred thousand executions until the first.
const heapGrowth = 20

// boundHeap heeds heapGrowth where `go test -fuzz` runs, unless the user has a rule of his own.
var boundHeap = sync.OnceFunc(func() {
	f := flag.Lookup("test.fuzz")
	if f == nil || f.Value.String() == "" || os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(heapGrowth)
})
