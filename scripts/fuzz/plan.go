// Which targets run, and for how long. See doc.go for an overview.
package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// target is a fuzz target of package fuzz and its share of a session's time. A share is relative to
// the sum of those that run.
type target struct {
	name  string
	share int
}

// targets in the order in which they run. Threads get the most: what they reach, nothing else does.
var targets = []target{
	{"FuzzLockstep", 4},
	{"FuzzThreads", 8},
	{"FuzzHeaps", 3},
	{"FuzzAligned", 3},
	{"FuzzText", 2},
	{"FuzzParallel", 0}, // by name only: its runs guide no fuzzer
}

// turn is one target and what it gets as -fuzztime.
type turn struct{ name, fuzztime string }

var countOfRuns = regexp.MustCompile(`^[1-9][0-9]*x$`)

// plan shares out fuzztime among the named targets, or all of them if none is named. A time is
// divided; a count of runs ("1000x") goes to each target whole.
func plan(fuzztime string, names []string) ([]turn, error) {
	run, err := choose(names)
	if err != nil {
		return nil, err
	}
	shares := 0
	for _, t := range run {
		shares += t.share
	}
	total, err := time.ParseDuration(fuzztime)
	counted := countOfRuns.MatchString(fuzztime)
	if !counted && (err != nil || total <= 0) {
		return nil, fmt.Errorf("%q is no time to fuzz for; give one as 60s, 10m or 1000x", fuzztime)
	}
	var turns []turn
	for _, t := range run {
		part := fuzztime
		if !counted {
			part = (total * time.Duration(t.share) / time.Duration(shares)).String()
		}
		turns = append(turns, turn{t.name, part})
	}
	return turns, nil
}

func choose(names []string) ([]target, error) {
	if len(names) == 0 {
		return slices.DeleteFunc(slices.Clone(targets), func(t target) bool { return t.share == 0 }), nil
	}
	var run []target
	for _, name := range names {
		at := slices.IndexFunc(targets, func(t target) bool { return t.name == name })
		if at < 0 {
			return nil, fmt.Errorf("there is no fuzz target %s; there are %s", name, known())
		}
		run = append(run, targets[at])
		run[len(run)-1].share = max(targets[at].share, 1)
	}
	return run, nil
}

func known() string {
	var names []string
	for _, t := range targets {
		names = append(names, t.name)
	}
	return strings.Join(names, ", ")
}
