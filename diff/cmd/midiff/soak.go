package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"midiff/diff"
	"midiff/diff/prog"
)

// failures is where soaks save programs that diverge.
const failures = "failures"

type soakFlags struct {
	programs, ops, threads, jobs int
	state, share                 int
	seed                         uint64
	forTime                      time.Duration
	asJSON, faults               bool
	without, profile             string
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
	fs.StringVar(&f.profile, "profile", prog.Profiles[0], "the profile of the programs")
	fs.BoolVar(&f.faults, "faults", false, "instead: let every OS call of every smoke program fail")
	fs.IntVar(&f.state, "state", 64, "compare the states after every n-th operation; 0, or with -without, never")
	fs.IntVar(&f.share, "share", -1, "with -faults: of the programs only every -jobs-th, beginning with this; -jobs uses it")
	fs.BoolVar(&f.asJSON, "json", false, "print the figures for a machine")
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if problem := f.problem(files); problem != "" {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	switch {
	case f.jobs > 1 && f.share < 0:
		return f.parent()
	case f.faults:
		return f.sweep()
	}
	return f.soak()
}

func (f *soakFlags) problem(files []string) string {
	switch {
	case len(files) > 0:
		return "soak takes no files: use run"
	case unknownQuirk(f.without) != nil:
		return unknownQuirk(f.without).Error()
	case !slices.Contains(prog.Profiles, f.profile):
		return fmt.Sprintf("unknown profile %q: expected one of %v", f.profile, prog.Profiles)
	case f.faults && (f.programs != 0 || f.forTime != 0):
		return "-faults goes through the corpus once: it takes no -programs or -for"
	case f.share >= 0 && (!f.faults || f.share >= f.jobs):
		return "-share is for -faults, and less than -jobs"
	case !f.faults && f.programs == 0 && f.forTime == 0:
		return "soak would never end: give -programs or -for"
	case f.threads < 1 || f.threads > prog.MaxThreads:
		return fmt.Sprintf("-threads %d: expected 1 to %d", f.threads, prog.MaxThreads)
	case f.state < 0:
		return fmt.Sprintf("-state %d: expected 0 or more", f.state)
	case f.ops < 1 || f.jobs < 1:
		return "-ops and -jobs must be at least 1"
	}
	return ""
}

func (f *soakFlags) config() prog.GenConfig {
	return prog.GenConfig{Ops: f.ops, Threads: f.threads, Heaps: true, Arenas: true, Aligned: true,
		Exits: f.threads > 1, Options: true, Profile: f.profile}
}

// soak runs programs in this process.
func (f *soakFlags) soak() int {
	s, err := diff.NewSession(list(f.without)...)
	if err != nil {
		return fail(err)
	}
	defer s.Close()
	if f.without == "" { // a quirk that is off changes the state by intent
		s.StateEvery = f.state
	}
	bar := f.bar()
	t := s.Soak(diff.Soak{Programs: f.programs, For: f.forTime, Seed: f.seed, Config: f.config()},
		func(t *diff.Tally) { bar(t) })
	code := exitAgree
	if t.Failed != nil {
		code = failed(s, t)
	}
	f.print(os.Stdout, t)
	return code
}

// failed saves the program and prints the report.
func failed(s *diff.Session, t *diff.Tally) int {
	f, err := s.Save(failures, t.Failed, &t.Verdict)
	if err != nil {
		return fail(err)
	}
	if err := s.WriteReport(os.Stderr, f.File, f.Program, &f.Verdict); err != nil {
		return fail(err)
	}
	if f.Verdict.Class == diff.Unknown {
		return exitRig
	}
	return exitDiverge
}

// bar gives a function that shows progress, on a terminal.
func (f *soakFlags) bar() func(*diff.Tally) {
	if f.asJSON || !term.IsTerminal(int(os.Stderr.Fd())) {
		return func(*diff.Tally) {}
	}
	most := int64(f.programs)
	if f.forTime > 0 {
		most = f.forTime.Milliseconds()
	}
	bar := progressbar.NewOptions64(most, progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetDescription("soak"))
	return func(t *diff.Tally) {
		now := int64(t.Programs)
		if f.forTime > 0 {
			now = min(t.Elapsed.Milliseconds(), most)
		}
		// A bar that cannot be drawn is no reason to stop.
		_ = bar.Set64(now)
	}
}

func (f *soakFlags) print(w io.Writer, t *diff.Tally) {
	if f.asJSON {
		if err := json.NewEncoder(w).Encode(t); err != nil {
			fmt.Fprintln(os.Stderr, "midiff:", err)
		}
		return
	}
	fmt.Fprintf(w, "%d programs, %d operations in %.1f s, %.0f per second\n", t.Programs, t.Operations,
		t.Elapsed.Seconds(), float64(t.Operations)/t.Elapsed.Seconds())
	if t.Invalid > 0 {
		fmt.Fprintf(w, "%d programs could not be run\n", t.Invalid)
	}
	printCounts(w, "operations", t.ByName)
	printCounts(w, "judged", t.ByOracle)
	if f.faults {
		printCounts(w, "failed calls", t.Faults)
		printCounts(w, "of these by variant", t.Variants)
	}
	printCounts(w, "known findings", t.Known)
	switch {
	case t.Failed != nil:
		fmt.Fprintln(w, "new divergence: see above")
	default:
		fmt.Fprintln(w, "no new divergence")
	}
}

// printCounts prints names with their counts, most first.
func printCounts(w io.Writer, what string, counts map[string]uint64) {
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if counts[a] != counts[b] {
			return int(counts[b]) - int(counts[a])
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	fmt.Fprintf(w, "%s:", what)
	for _, name := range names {
		fmt.Fprintf(w, " %s %d", name, counts[name])
	}
	if len(names) == 0 {
		fmt.Fprint(w, " none")
	}
	fmt.Fprintln(w)
}

// parent shares the work out to processes, since a process has one C side.
func (f *soakFlags) parent() int {
	self, err := os.Executable()
	if err != nil {
		return fail(err)
	}
	type result struct {
		code  int
		tally diff.Tally
		err   error
	}
	results := make(chan result)
	for i := 0; i < f.jobs; i++ {
		go func() {
			out, err := f.child(self, i).Output()
			r := result{}
			// Any other code is not one of soak's: the process died.
			if exit, ok := err.(*exec.ExitError); ok &&
				(exit.ExitCode() == exitDiverge || exit.ExitCode() == exitRig) {
				r.code, err = exit.ExitCode(), nil
			}
			if err == nil {
				err = json.Unmarshal(out, &r.tally)
			}
			r.err = err
			results <- r
		}()
	}
	sum := diff.NewTally()
	code := exitAgree
	for i := 0; i < f.jobs; i++ {
		r := <-results
		if r.err != nil {
			code = max(code, fail(fmt.Errorf("a soak process failed: %w", r.err)))
			continue
		}
		code = max(code, r.code)
		sum.Add(&r.tally)
	}
	f.printSum(sum, code)
	return code
}

func (f *soakFlags) printSum(sum *diff.Tally, code int) {
	if code != exitAgree {
		sum.Failed = &prog.Program{}
	}
	f.print(os.Stdout, sum)
}

// child is the i-th process: every jobs-th program's worth, from a seed of its own; of a sweep, every
// jobs-th program.
func (f *soakFlags) child(self string, i int) *exec.Cmd {
	if f.faults {
		cmd := exec.Command(self, "soak", "-json", "-faults", "-without", f.without, "-profile", f.profile,
			"-jobs", strconv.Itoa(f.jobs), "-share", strconv.Itoa(i))
		cmd.Stderr = os.Stderr
		return cmd
	}
	programs := f.programs / f.jobs
	if i < f.programs%f.jobs {
		programs++
	}
	cmd := exec.Command(self, "soak", "-json", "-without", f.without, "-programs", strconv.Itoa(programs),
		"-for", f.forTime.String(), "-ops", strconv.Itoa(f.ops), "-threads", strconv.Itoa(f.threads), "-profile", f.profile,
		"-state", strconv.Itoa(f.state), "-seed", strconv.FormatUint(f.seed+uint64(i)<<32, 10))
	cmd.Stderr = os.Stderr
	return cmd
}
