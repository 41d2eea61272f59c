package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

type recordFlags struct {
	ref, out       string
	programs, seed int
	port           bool
}

// runRecord writes what a library does on programs, or runs goalloc against that.
func runRecord(c *command, args []string) int {
	var f recordFlags
	fs := flag.NewFlagSet("record", flag.ContinueOnError)
	fs.StringVar(&f.ref, "ref", "", "the library to record, so:PATH; without it, goalloc is run against traces")
	fs.StringVar(&f.out, "o", "", "the folder for the traces, one file each (default: standard output)")
	fs.IntVar(&f.programs, "programs", 0, "so many random programs, too")
	fs.IntVar(&f.seed, "seed", 1, "the seed of the first of these")
	fs.BoolVar(&f.port, "port", false, "make programs of other profiles such of the library's, where that can be")
	files, err := c.parse(fs, args)
	if err != nil {
		return exitInput
	}
	problem := refProblem(f.ref)
	if problem == "" && len(files) == 0 && f.programs == 0 {
		problem = "no file: name at least one program or trace"
	}
	if problem == "" && f.ref == "" && (f.programs != 0 || f.out != "") {
		problem = "-programs and -o are for recording: give -ref so:PATH"
	}
	if problem != "" {
		fmt.Fprintln(os.Stderr, "midiff:", problem)
		return exitInput
	}
	if f.ref == "" {
		return replayTraces(files)
	}
	return f.record(files)
}

func (f *recordFlags) record(files []string) int {
	r, err := diff.NewRecorder(strings.TrimPrefix(f.ref, diff.SharedPrefix))
	if err != nil {
		return failRef(f.ref, err)
	}
	programs, code := readPrograms(files)
	if code != exitAgree {
		return code
	}
	names := slices.Clone(files)
	if mine := r.Library().Profiles(); f.port && len(mine) > 0 {
		names, programs = ported(mine[0], names, programs)
	}
	for i := range f.programs {
		seed := f.seed + i
		programs = append(programs, diff.DrawForTrace(uint64(seed), prog.Later[0]))
		names = append(names, fmt.Sprintf("random-%03d", seed))
	}
	for i, p := range programs {
		code = max(code, f.one(r, names[i], p))
	}
	return code
}

// ported gives the programs that there are in a profile.
func ported(profile string, names []string, programs []*prog.Program) (kept []string, all []*prog.Program) {
	for i, p := range programs {
		q, err := p.Ported(profile)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: left out: %v\n", names[i], err)
			continue
		}
		kept, all = append(kept, names[i]), append(all, q)
	}
	return kept, all
}

// one records a program.
func (f *recordFlags) one(r *diff.Recorder, name string, p *prog.Program) int {
	t, err := r.Record(p)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return exitInput
	}
	text := t.Text()
	if f.out == "" {
		fmt.Print(text)
		return exitAgree
	}
	base := strings.TrimSuffix(filepath.Base(name), ".midiff") + ".midiff"
	if err := diff.WriteFile(filepath.Join(f.out, base), text); err != nil {
		return fail(err)
	}
	return exitAgree
}

// replayTraces runs goalloc against traces.
func replayTraces(files []string) int {
	code := exitAgree
	var r *diff.Replayer
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return fail(err)
		}
		t, err := diff.ParseTrace(name, text)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitInput
		}
		if r == nil {
			if r, err = diff.NewReplayer(t.Program.Profile); errors.Is(err, diff.ErrNoProfile) {
				fmt.Fprintln(os.Stderr, "midiff:", err)
				return exitInput
			} else if err != nil {
				return fail(err)
			}
			defer r.Close()
		}
		v := r.Check(t)
		if v.Class == diff.Agree {
			fmt.Printf("%s: agree, %d operations\n", name, v.Steps)
			continue
		}
		code = max(code, v.ExitCode())
		fmt.Println(r.Tell(name, t, &v))
	}
	return code
}
