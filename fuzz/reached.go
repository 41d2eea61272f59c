// What runs reach, for measuring. See doc.go for an overview.

package fuzz

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"midiff/cref"
	"midiff/fuzz/counters"
	"midiff/fuzz/feed"
)

// ReachedVar names a file to which each place of C is written that is reached for the first time in a process,
// behind the number of the execution and the milliseconds since the first, and "failed" behind those of one that fails.
const ReachedVar = "MIDIFF_REACHED"

// ReachVar has the test TestReach print ReachPrefix and what ReachOf gives, as JSON.
const (
	ReachVar    = "MIDIFF_REACH"
	ReachPrefix = "reach "
)

// reached is what this process reached.
type reached struct {
	to    io.Writer
	begun time.Time
	runs  int
	edges [feed.Edges]bool
}

// openReached gives nil if nobody wants to know.
func openReached() (*reached, error) {
	name := os.Getenv(ReachedVar)
	if name == "" {
		return nil, nil
	}
	to, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	return &reached{to: to, begun: time.Now()}, err
}

func (r *reached) take(c *cref.Coverage, failed bool) error {
	r.runs++
	at := fmt.Sprint(r.runs, time.Since(r.begun).Milliseconds())
	var lines []byte
	for _, e := range c.Edges {
		if !r.edges[e%feed.Edges] {
			r.edges[e%feed.Edges] = true
			lines = fmt.Appendln(lines, at, e)
		}
	}
	if failed {
		lines = fmt.Appendln(lines, at, "failed")
	}
	_, err := r.to.Write(lines)
	return err
}

// Reach is what a set of inputs reaches.
type Reach struct {
	Inputs         int
	Go, GoAll      int // counters of goalloc
	C, CAll        int // places of the library
	Features, Fail int // of the library's state; inputs that fail
}

// ReachOf runs the inputs of a folder, as Go's fuzzer keeps them, and the corpus's. It needs a program with counters.
func ReachOf(target, folder string) (r Reach, err error) {
	inputs, err := Seeds()
	if err != nil {
		return r, err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return r, err
	}
	for _, name := range files {
		data, err := readInput(name)
		if err != nil {
			return r, err
		}
		inputs = append(inputs, data)
	}
	t, err := NewTarget(target)
	if err != nil {
		return r, err
	}
	all, err := counters.Open()
	if err != nil {
		return r, err
	}
	defer all.Close()
	of := all.In("midiff/goalloc")
	moved, edges, features := make([]bool, len(of)), map[uint16]bool{}, map[uint16]bool{}
	for _, data := range inputs {
		now, err := all.Of(func() {
			if t.Check(data) != nil {
				r.Fail++
			}
		})
		if err != nil {
			return r, err
		}
		for i, n := range now {
			moved[i] = moved[i] || n != 0 && of[i]
		}
		for _, e := range t.Covered().Edges {
			edges[e] = true
		}
		for _, f := range t.Covered().Features {
			features[f] = true
		}
	}
	r.Inputs, r.Go, r.GoAll = len(inputs), count(moved), count(of)
	r.C, r.CAll, r.Features = len(edges), t.keeper.Session.Sites(), len(features)
	return r, nil
}

// readInput reads a file of one []byte as Go's fuzzer writes it.
func readInput(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	quoted, begins := strings.CutPrefix(string(text), "go test fuzz v1\n[]byte(")
	quoted, ends := strings.CutSuffix(strings.TrimSpace(quoted), ")")
	data, err := strconv.Unquote(quoted)
	if !begins || !ends || err != nil {
		return nil, fmt.Errorf("%s is no input of a fuzz target", name)
	}
	return []byte(data), nil
}

func count(set []bool) (n int) {
	for _, in := range set {
		if in {
			n++
		}
	}
	return n
}
