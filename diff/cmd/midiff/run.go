package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"midiff/diff"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// runner runs files and prints verdicts.
type runner struct {
	s             *diff.Session
	verbose, json bool
	out           io.Writer
}

func runFiles(c *command, args []string) int {
	fs := flag.NewFlagSet("run", flag.ContinueOnError)
	mode := fs.String("mode", modeLockstep, modeUsage)
	times := fs.Int("times", 1, "with -mode parallel: run each program so many times, until a run fails")
	verbose := fs.Bool("v", false, "print the programs with results as comments")
	asJSON := fs.Bool("json", false, "print a verdict per line, for a machine")
	without := fs.String("without", "", "quirks to switch off in goalloc, with commas between")
	ref := fs.String("ref", "", refUsage)
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if problem := modeProblem(*mode, *times, *verbose); problem != "" {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	if len(files) == 0 {
		fmt.Fprintln(os.Stderr, "midiff: no file: name at least one program")
		return exitInput
	}
	if err := unknownQuirk(*without); err != nil {
		fmt.Fprintln(os.Stderr, "midiff:", err)
		return exitInput
	}
	if problem := refProblem(*ref); problem != "" {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	programs, code := readPrograms(files)
	if code != exitAgree {
		return code
	}
	if *mode == modeParallel {
		return runAllAtOnce(files, programs, *ref, *without, *times, *asJSON)
	}
	s, err := newSession(*ref, *without)
	if err != nil {
		return failRef(*ref, err)
	}
	defer s.Close()
	tellShared(s)
	r := &runner{s: s, verbose: *verbose, json: *asJSON, out: os.Stdout}
	for i, p := range programs {
		code = max(code, r.run(files[i], p))
	}
	return code
}

// unknownQuirk tells what is wrong with a -without flag.
func unknownQuirk(without string) error {
	for _, q := range list(without) {
		if _, err := goalloc.QuirkByName(q); err != nil {
			return err
		}
	}
	return nil
}

// readPrograms reads all files before any runs: nothing reaches C when one of them is wrong.
func readPrograms(files []string) ([]*prog.Program, int) {
	var programs []*prog.Program
	code := exitAgree
	for _, f := range files {
		p, err := readProgram(f)
		programs = append(programs, p)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = exitInput
		}
	}
	return programs, code
}

func (r *runner) run(name string, p *prog.Program) int {
	v := r.s.Recorded(p)
	p = r.s.Ran(p, &v)
	if len(v.Left) > 0 && !r.json {
		fmt.Fprintf(r.out, "%s: left out, since the library lacks it:", name)
		for _, what := range slices.Sorted(maps.Keys(v.Left)) {
			fmt.Fprintf(r.out, " %s %d", what, v.Left[what])
		}
		fmt.Fprintln(r.out)
	}
	switch {
	case r.json:
		r.printJSON(name, &v)
	case v.Class != diff.Agree:
		if r.verbose {
			r.printProgram(p)
		}
		if err := r.s.WriteReport(r.out, name, p, &v); err != nil {
			return fail(err)
		}
	default:
		if r.verbose {
			r.printProgram(p)
		}
		r.printKnown(name, p, &v)
		but := ""
		if len(v.Known) > 0 {
			but = " but for known findings"
		}
		fmt.Fprintf(r.out, "%s: agree%s, %d operations, fingerprint %016x\n", name, but, v.Steps,
			v.Fingerprint)
	}
	if v.Class == diff.Unknown {
		return exitRig
	}
	return v.ExitCode()
}

func (r *runner) printProgram(p *prog.Program) {
	if err := p.Print(r.out, r.s.Note); err != nil {
		fmt.Fprintln(os.Stderr, "midiff:", err)
	}
}

func (r *runner) printKnown(name string, p *prog.Program, v *diff.Verdict) {
	for _, k := range v.Known {
		place := name
		if k.First.Op < len(p.Ops) { // else it is the teardown behind the program
			place = fmt.Sprintf("%s:%d", name, p.Ops[k.First.Op].Line)
		}
		fmt.Fprintf(r.out, "%s: known %s: %s: %s (%dx, see corpus/known/README.md)\n", place, k.Name, k.First.Signature, diff.Oracles[k.First.Oracle].Doc, k.Count)
	}
}

func (r *runner) printJSON(name string, v *diff.Verdict) {
	if err := json.NewEncoder(r.out).Encode(v.JSON(name)); err != nil {
		fmt.Fprintln(os.Stderr, "midiff:", err)
	}
}
