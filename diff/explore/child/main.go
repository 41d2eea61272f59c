//go:build explore

// Command child is the explorer: `midiff explore` and `midiff replay` build it and run it with their own
// arguments.
//
//	child explore [-scenario S,...] [-mutant M,...] [-order SITE=ORDER]... [-bound N] [-budget T] ...
//	child explore -sites | -scenarios | -matrix | -compare V1 V2 -scenario S
//	child replay STRING [-order SITE=ORDER]...
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"midiff/diff/explore/run"
	"midiff/diff/explore/search"
)

// Exit codes, as those of midiff.
const (
	exitClean = iota
	exitFound
	exitInput
	exitRig
)

func main() { os.Exit(dispatch(os.Args[1:])) }

func dispatch(args []string) int {
	if len(args) == 0 {
		return input(errors.New("expected explore or replay"))
	}
	debug.SetGCPercent(400)
	m := run.NewMachines()
	defer m.Close()
	switch args[0] {
	case "explore":
		return explore(m, args[1:])
	case "replay":
		return replay(m, args[1:])
	}
	return input(fmt.Errorf("unknown command %q: expected explore or replay", args[0]))
}

func input(err error) int {
	fmt.Fprintln(os.Stderr, "midiff:", err)
	return exitInput
}

func rig(err error) int {
	fmt.Fprintln(os.Stderr, "midiff:", err)
	return exitRig
}

// options are the flags of both commands.
type options struct {
	scenarios, mutants        string
	orders                    orderList
	bound                     int
	budget                    time.Duration
	sites, list, matrix       bool
	review                    bool
	compare, strong, asJSON   bool
	random, programs, brief   bool
	seed                      uint64
	count, ops, threads, jobs int

	runner *search.Runner // of random programs
}

// orderList gathers -order flags.
type orderList []string

func (o *orderList) String() string { return strings.Join(*o, ",") }

// Set implements flag.Value.
func (o *orderList) Set(text string) error {
	if !strings.Contains(text, "=") {
		return fmt.Errorf("expected SITE=ORDER, as in ThreadFreePush=acq_rel")
	}
	*o = append(*o, text)
	return nil
}

func (o *options) flags() *flag.FlagSet {
	fs := flag.NewFlagSet("explore", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.scenarios, "scenario", "", "the scenarios, with commas between, or a file; all if empty")
	fs.StringVar(&o.mutants, "mutant", "", "named changes that are on, with commas between")
	fs.Var(&o.orders, "order", "SITE=ORDER: the order at an atomic site; may be given more than once")
	fs.IntVar(&o.bound, "bound", 3, "how many choices of an execution may differ from the quiet one")
	fs.DurationVar(&o.budget, "budget", 0, "how long to look, for each scenario; 0 for as long as it takes")
	fs.BoolVar(&o.sites, "sites", false, "instead: list the atomic sites")
	fs.BoolVar(&o.list, "scenarios", false, "instead: list the scenarios and the named changes")
	fs.BoolVar(&o.matrix, "matrix", false, "instead: try every mutant and every harmless change in every scenario")
	fs.BoolVar(&o.compare, "compare", false, "instead: compare two variants, V1 V2: changes with commas between, or base")
	fs.BoolVar(&o.review, "verdict", false, "instead: the rival fixes of thread_id side by side, and the order that each access needs")
	fs.BoolVar(&o.strong, "sc", false, "memory is sequentially consistent: loads see the newest store")
	fs.BoolVar(&o.random, "random", false, "executions at random instead of all with few deviations; needs -budget or -count")
	fs.BoolVar(&o.programs, "programs", false, "instead: random programs over the whole allocator; needs -budget or -count")
	fs.Uint64Var(&o.seed, "seed", 1, "with -random and -programs: the seed")
	fs.IntVar(&o.count, "count", 0, "with -random and -programs: how many executions; 0 for no limit")
	fs.IntVar(&o.ops, "ops", 30, "with -programs: operations of each")
	fs.IntVar(&o.threads, "threads", 3, "with -programs: threads, 2 to 8")
	fs.IntVar(&o.jobs, "jobs", 1, "processes that scenarios or random programs are shared out to")
	fs.BoolVar(&o.brief, "brief", false, "name what is found, without making it small and explaining it")
	fs.BoolVar(&o.asJSON, "json", false, "print for a machine")
	return fs
}

// parse reads flags that stand anywhere among the other arguments.
func (o *options) parse(args []string) (rest []string, err error) {
	fs := o.flags()
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				fs.SetOutput(os.Stderr)
				fs.PrintDefaults()
			}
			return nil, err
		}
		if args = fs.Args(); len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	return rest, nil
}

// changes are what -mutant and -order ask for.
func (o *options) changes() []string { return append(list(o.mutants), o.orders...) }

func (o *options) memory() search.Memory { return search.Memory{Newest: o.strong} }

func (o *options) limits() search.Limits {
	l := search.Limits{Bound: o.bound}
	if o.budget > 0 {
		l.Until = time.Now().Add(o.budget)
	}
	return l
}

func (o *options) problem(rest []string) error {
	switch {
	case len(rest) > 0 && !o.compare:
		return fmt.Errorf("unexpected %q", rest[0])
	case o.compare && (len(rest) != 2 || o.scenarios == ""):
		return errors.New("-compare wants two variants and -scenario, as in -compare base M1 -scenario collect-push")
	case o.bound < 0:
		return errors.New("-bound is 0 or more")
	case (o.random || o.programs) && o.budget == 0 && o.count == 0:
		return errors.New("it would never end: give -budget or -count")
	case o.threads < 2 || o.threads > 8 || o.ops < 1 || o.jobs < 1:
		return errors.New("-threads is 2 to 8, -ops and -jobs at least 1")
	}
	return nil
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
