package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"midiff/corpus"
	"midiff/diff"
	"midiff/diff/evolve"
	"midiff/diff/prog"
	"midiff/diff/soak"
)

type mergeFlags struct {
	out, target, profile string
	jobs                 int
	asJSON               bool
}

// mergedJSON is what a merge came to, for machines.
type mergedJSON struct {
	Folder   string        `json:"folder"`
	Programs int           `json:"programs"` // that differ
	Kept     int           `json:"kept"`     // of these: they reach all that any does
	Stays    int           `json:"failing"`  // of these: not looked at, since they fail
	Reached  evolve.Counts `json:"reached"`
	Failures []*soak.Group `json:"failures"`
	Broke    []string      `json:"broke"`
}

// merging is the programs of a merge, each once.
type merging struct {
	programs []merged
	seen     map[string]bool
}

// merged is a program and the file it is from.
type merged struct {
	file    string
	text    []byte // as it will be kept
	p       *prog.Program
	ran     bool // and both sides agreed
	reached []uint32
}

// runMerge keeps, of many programs, a set of small ones that reaches all that they do.
func runMerge(c *command, args []string) int {
	var f mergeFlags
	fs := flag.NewFlagSet("merge", flag.ContinueOnError)
	fs.StringVar(&f.out, "o", "", "the folder to keep programs in: new or empty, or one of those that are merged, which then loses what is not needed")
	fs.StringVar(&f.target, "target", "", "the fuzz target that bytes are for; left out, the folder's name says it")
	fs.StringVar(&f.profile, "profile", "", "run the programs for this profile; left out, each for its own")
	fs.IntVar(&f.jobs, "jobs", 1, "processes; the programs are shared out")
	fs.BoolVar(&f.asJSON, "json", false, "print the figures for a machine")
	from, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	if err := f.problem(from); err != nil {
		fmt.Fprintln(os.Stderr, "midiff:", err)
		return exitInput
	}
	m := &merging{seen: map[string]bool{}}
	for _, name := range from {
		if err := m.read(name, &f); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitInput
		}
	}
	return f.merge(m)
}

func (f *mergeFlags) problem(from []string) error {
	switch {
	case len(from) == 0 || f.out == "":
		return errors.New("merge takes folders or files, and a folder for what is needed of them: merge -o OUT FOLDER...")
	case f.target != "" && !isTarget(f.target):
		return fmt.Errorf("unknown target %q: expected one of %s", f.target, targets())
	case f.profile != "" && !slices.Contains(prog.Profiles, f.profile):
		return fmt.Errorf("unknown profile %q: expected one of %v", f.profile, prog.Profiles)
	case f.jobs < 1:
		return errors.New("-jobs must be at least 1")
	}
	there, err := inputs(f.out)
	if err == nil && len(there) > 0 && !slices.ContainsFunc(from, func(name string) bool { return filepath.Clean(name) == filepath.Clean(f.out) }) {
		return fmt.Errorf("%s has files: name it among the folders to merge, or choose a new one", f.out)
	}
	return nil
}

// read takes in a file, or all of a folder.
func (m *merging) read(name string, f *mergeFlags) error {
	files := []string{name}
	if info, err := os.Stat(name); err != nil {
		return err
	} else if info.IsDir() {
		if files, err = inputs(name); err != nil {
			return err
		}
	}
	for _, file := range files {
		text, err := (&convertFlags{to: "text", target: f.target}).convert(file)
		if err != nil {
			return err
		}
		p, err := prog.Parse(file, text)
		if err != nil {
			return err
		}
		if original, err := os.ReadFile(file); err == nil && looksLikeText(original) {
			text = original // with its comments
		}
		if f.profile != "" {
			if p.Profile = f.profile; p.Check() != nil {
				continue // what the profile does not take
			}
		}
		if key := evolve.FileName(p); !m.seen[key] {
			m.seen[key] = true
			m.programs = append(m.programs, merged{file: file, text: text, p: p})
		}
	}
	return nil
}

// merge runs the programs and keeps what is needed. One that fails is among the failures, as a soak's are.
func (f *mergeFlags) merge(m *merging) int {
	folder, err := os.MkdirTemp("", "midiff-merge-*")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(folder)
	for i := range m.programs {
		if err := diff.WriteFile(filepath.Join(folder, fmt.Sprintf("%08d%s", i, corpus.Extension)), m.programs[i].p.Text()); err != nil {
			return fail(err)
		}
	}
	c, err := soakConfig(soak.Work{Measure: folder, State: 64, Folder: failures, Shown: failures, Origin: diff.Origin{By: "merge"}})
	if err != nil {
		return fail(err)
	}
	c.Jobs = f.jobs
	c.Measured = func(i int, reached []uint32) { m.programs[i].ran, m.programs[i].reached = true, reached }
	sum := watch(c, soak.Run, newStatus(nil))
	came := mergedJSON{Folder: f.out, Programs: len(m.programs), Failures: sum.Groups, Broke: sum.Broke}
	if sum.ExitCode() != exitRig {
		if err := f.keep(m, &came); err != nil {
			return fail(err)
		}
	}
	if f.asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(&came); err != nil {
			return fail(err)
		}
		return sum.ExitCode()
	}
	printSummary(os.Stdout, sum)
	if sum.ExitCode() != exitRig {
		fmt.Printf("%d different programs, of which %d in %s reach all that any does: %s\n", came.Programs, came.Kept, f.out,
			reached(came.Reached))
	}
	return sum.ExitCode()
}

// keep writes what is needed, and takes away what is not.
func (f *mergeFlags) keep(m *merging, came *mergedJSON) error {
	var all []evolve.Measured
	stays := map[string]bool{}
	for i := range m.programs {
		if !m.programs[i].ran { // it fails: that is no reason to take it away
			stays[filepath.Clean(m.programs[i].file)] = true
			came.Stays++
		}
		all = append(all, evolve.Measured{Index: i, Size: len(m.programs[i].p.Ops), Reached: m.programs[i].reached})
	}
	needed, reached := evolve.Minimise(all)
	came.Kept, came.Reached = len(needed), evolve.CountsOf(reached)
	for _, i := range needed {
		one := &m.programs[i]
		name := filepath.Join(f.out, filepath.Base(one.file))
		if filepath.Clean(one.file) != name { // from elsewhere
			name = filepath.Join(f.out, evolve.FileName(one.p))
			if err := diff.WriteFile(name, string(one.text)); err != nil {
				return err
			}
		}
		stays[name] = true
	}
	there, err := inputs(f.out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, file := range there {
		if !stays[filepath.Clean(file)] {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	return nil
}
