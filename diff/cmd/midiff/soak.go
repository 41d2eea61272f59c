package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/prog"
	"midiff/diff/soak"
)

// failures is where soaks keep programs that diverge, crash or hang.
const failures = "failures"

type soakFlags struct {
	programs, ops, threads, jobs int
	state                        int
	seed                         uint64
	forTime, patience            time.Duration
	asJSON, faults, resume       bool
	without, profile, corpus     string
	ref                          string
	mutated                      int
}

func runSoak(c *command, args []string) int {
	var f soakFlags
	fs := flag.NewFlagSet("soak", flag.ContinueOnError)
	fs.IntVar(&f.programs, "programs", 0, "how many programs; 0 for no limit")
	fs.DurationVar(&f.forTime, "for", 0, "how long; 0 for no limit")
	fs.IntVar(&f.ops, "ops", 1000, "operations per program")
	fs.IntVar(&f.threads, "threads", 4, "virtual threads, 1 to 8")
	fs.Uint64Var(&f.seed, "seed", 1, "the seed of the first program; others are derived from it")
	fs.IntVar(&f.jobs, "jobs", 1, "processes; the programs are shared out")
	fs.StringVar(&f.without, "without", "", "quirks to switch off in goalloc, with commas between")
	fs.StringVar(&f.profile, "profile", "", "the profile of the programs (default \""+prog.Profiles[0]+"\", or with -ref the library's)")
	fs.StringVar(&f.corpus, "corpus", "", "a folder of programs to evolve: those that reach something new are kept there, and drawn again, mutated")
	fs.IntVar(&f.mutated, "mutated", 25, "with -corpus: of a hundred programs, how many are mutations; the others are drawn anew")
	fs.BoolVar(&f.resume, "resume", false, "go on with the soak that was ended or killed, whatever it was to do")
	fs.StringVar(&f.ref, "ref", "", refUsage)
	fs.BoolVar(&f.faults, "faults", false, "instead: let every OS call of every smoke program fail")
	fs.IntVar(&f.state, "state", 64, "compare the states after every n-th operation; 0, or with -without, never")
	fs.DurationVar(&f.patience, "patience", 5*time.Second, "how long a program may go without progress, in processor time or asleep; then it hangs")
	fs.BoolVar(&f.asJSON, "json", false, "print the figures for a machine")
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if f.resume {
		return f.goOn(fs)
	}
	if code := f.choose(); code != exitAgree {
		return code
	}
	if problem := f.problem(files); problem != "" {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	if sum, ok := soak.Unfinished(failures); ok && !f.faults {
		fmt.Fprintf(os.Stderr, "midiff: a soak did not end, after %d programs; -resume would have gone on with it\n", sum.Programs)
	}
	return f.soak()
}

// choose settles the profile: the one that was named, the library's, or the first.
func (f *soakFlags) choose() int {
	if f.ref != "" && refProblem(f.ref) == "" {
		library, err := diff.NewShared(strings.TrimPrefix(f.ref, diff.SharedPrefix))
		if err != nil {
			return failRef(f.ref, err)
		}
		tellLibrary(library)
		if f.profile == "" {
			f.profile = library.Nearest()
		}
	}
	if f.profile == "" {
		f.profile = prog.Profiles[0]
	}
	return exitAgree
}

// leastPatience is the least time that can be told from none: processor times come in hundredths of a second.
const leastPatience = 100 * time.Millisecond

func (f *soakFlags) problem(files []string) string {
	switch {
	case len(files) > 0:
		return "soak takes no files: use run"
	case unknownQuirk(f.without) != nil:
		return unknownQuirk(f.without).Error()
	case refProblem(f.ref) != "":
		return refProblem(f.ref)
	case f.ref == "" && prog.IsLater(f.profile):
		return "there is no source of profile " + f.profile + ": give -ref so:PATH"
	case !slices.Contains(prog.Profiles, f.profile) && !prog.IsLater(f.profile):
		return fmt.Sprintf("unknown profile %q: expected one of %v", f.profile, prog.Profiles)
	case f.faults && (f.programs != 0 || f.forTime != 0):
		return "-faults goes through the corpus once: it takes no -programs or -for"
	case !f.faults && f.programs == 0 && f.forTime == 0:
		return "soak would never end: give -programs or -for"
	case f.threads < 1 || f.threads > prog.MaxThreads:
		return fmt.Sprintf("-threads %d: expected 1 to %d", f.threads, prog.MaxThreads)
	case f.mutated < 0 || f.mutated > 100:
		return fmt.Sprintf("-mutated %d: expected 0 to 100", f.mutated)
	case f.faults && f.corpus != "":
		return "-faults goes through the smoke programs: it takes no -corpus"
	case f.state < 0:
		return fmt.Sprintf("-state %d: expected 0 or more", f.state)
	case f.patience < leastPatience:
		return fmt.Sprintf("-patience %v: expected %v or more", f.patience, leastPatience)
	case f.ops < 1 || f.jobs < 1:
		return "-ops and -jobs must be at least 1"
	}
	return ""
}

func (f *soakFlags) config() prog.GenConfig {
	return prog.GenConfig{Ops: f.ops, Threads: f.threads, Heaps: true, Arenas: true, Aligned: true,
		Exits: f.threads > 1, Options: true, Profile: f.profile}
}

// work is what the children are to do.
func (f *soakFlags) work() soak.Work {
	w := soak.Work{Programs: f.programs, For: f.forTime, Seed: f.seed, Config: f.config(), Sweep: f.faults,
		Corpus: f.corpus, Mutated: f.mutated, State: f.state, Without: list(f.without), Ref: f.ref, Folder: failures, Shown: failures,
		Origin: diff.Origin{By: "soak", Flags: map[string]string{}}}
	if f.faults {
		w.State, w.Careful = 1, true
	}
	if f.without != "" { // a quirk that is off changes the state by intent
		w.State = 0
	}
	for name, value := range map[string]any{"ops": f.ops, "threads": f.threads, "seed": f.seed, "jobs": f.jobs,
		"state": f.state, "profile": f.profile, "faults": f.faults, "without": f.without, "corpus": f.corpus,
		"mutated": f.mutated} {
		w.Origin.Flags[name] = fmt.Sprint(value)
	}
	return w
}

// goOn goes on with a soak that another process began.
func (f *soakFlags) goOn(fs *flag.FlagSet) int {
	var given []string
	fs.Visit(func(set *flag.Flag) {
		if set.Name != "resume" && set.Name != "json" {
			given = append(given, "-"+set.Name)
		}
	})
	if len(given)+fs.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "midiff: -resume goes on with what was begun: it takes -json and no %s\n", strings.Join(append(given, fs.Args()...), " "))
		return exitInput
	}
	c, err := soakConfig(soak.Work{Folder: failures})
	if err != nil {
		return fail(err)
	}
	if err := c.Resume(); err != nil {
		fmt.Fprintln(os.Stderr, "midiff: nothing to go on with:", err)
		return exitInput
	}
	f.programs, f.forTime = c.Programs, c.For
	return supervise(c, soak.Run, newStatus(f), f.asJSON)
}

// soak runs programs in child processes and prints what they came to. Ctrl-C ends it in order.
func (f *soakFlags) soak() int {
	c, err := soakConfig(f.work())
	if err != nil {
		return fail(err)
	}
	c.Jobs, c.Patience = f.jobs, f.patience
	return supervise(c, soak.Run, newStatus(f), f.asJSON)
}
