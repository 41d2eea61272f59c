// What is kept about a failure besides its program. See doc.go for an overview.

package diff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"midiff/cref"
	"midiff/diff/prog"
)

// Origin says what found a failure.
type Origin struct {
	By     string            `json:"found_by"`         // the command, or the fuzz target
	Flags  map[string]string `json:"flags,omitempty"`  // the command's
	Number uint64            `json:"number,omitempty"` // which of its programs
	Input  []byte            `json:"input,omitempty"`  // the fuzz target's
	Mode   string            `json:"mode,omitempty"`   // ModeParallel; in lockstep it is not said
	Ref    string            `json:"ref,omitempty"`    // of ModeParallel: the reference, as -ref names it
}

// ModeParallel is the mode of runs with threads at once.
const ModeParallel = "parallel"

// optionsFile is the name of the file that says how a failure's program was run.
const optionsFile = "options.json"

// RefOf tells which library a failure's program was run on in parallel, as -ref names it, "" for a build from source.
func RefOf(folder string) (string, error) {
	o, err := howRun(folder)
	return o.Ref, err
}

// HowRun tells how the program of a failure's folder was run: its mode, and the quirks that were off.
func HowRun(folder string) (mode string, without []string, err error) {
	o, err := howRun(folder)
	return o.Mode, o.Without, err
}

func howRun(folder string) (o optionsJSON, err error) {
	text, err := os.ReadFile(filepath.Join(folder, optionsFile))
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return o, fmt.Errorf("%s: %w", filepath.Join(folder, optionsFile), err)
	}
	return o, nil
}

// InFailureFolder tells whether a file lies in a failure's folder, which speaks for it.
func InFailureFolder(file string) bool {
	_, err := os.Stat(filepath.Join(filepath.Dir(file), optionsFile))
	return err == nil
}

// optionsJSON is how a failing program was run.
type optionsJSON struct {
	Origin
	Profile string           `json:"profile"`
	Threads int              `json:"threads"`
	Options map[string]int64 `json:"options"`
	Faults  []string         `json:"faults"`
	Without []string         `json:"without"`
}

// Versions tells what ran: midiff's commit, if it is known, the reference, goalloc's profile and compilers.
func Versions() map[string]string {
	version, sha := cref.Source()
	v := map[string]string{
		"midiff": "unknown", "reference": "mimalloc " + version, "reference_source": sha,
		"go": runtime.Version(), "cc": cref.Compiler(), "program_format": "1",
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			v["midiff"] = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			v["midiff_modified"] = "true"
		}
	}
	return v
}

// Evidence gives the files of a failure's folder, by name, but for the history: the program, its verdict
// (as JSON), the report, how it was run, with which versions, and the commands to go on with. shown is how
// commands call the folder.
func Evidence(shown string, p *prog.Program, text string, verdict any, report string, o Origin,
	without []string) map[string]string {
	options := optionsJSON{Origin: o, Profile: p.Profile, Threads: p.Threads, Options: map[string]int64{},
		Faults: []string{}, Without: append([]string{}, without...)}
	for _, opt := range p.Options {
		options.Options[opt.Name] = opt.Value
	}
	for _, f := range p.Faults {
		options.Faults = append(options.Faults, f.String())
	}
	return map[string]string{
		ProgramFile:     text,
		VerdictFile:     indented(verdict),
		"report.txt":    report,
		optionsFile:     indented(options),
		"versions.json": indented(Versions()),
		CommandsFile:    CommandLines(filepath.Join(shown, ProgramFile), without),
	}
}

// Names of files in a failure's folder: the verdict for machines, and the commands.
const (
	VerdictFile  = "verdict.json"
	CommandsFile = "commands.txt"
)

// SmallFile is the name of the reduced program in a failure's folder.
const SmallFile = "small.midiff"

// commands gives what replays and reduces a program. What is small goes into its folder if that is a failure's.
func commands(file string, without []string) (replay, reduce string) {
	flags, small := "", SmallFile
	if filepath.Base(file) == ProgramFile {
		small = filepath.Join(filepath.Dir(file), SmallFile)
	}
	if len(without) > 0 {
		flags = " -without " + strings.Join(without, ",")
	}
	return fmt.Sprintf("go run ./diff/cmd/midiff run -v%s %s", flags, file),
		fmt.Sprintf("go run ./diff/cmd/midiff shrink%s %s -o %s", flags, file, small)
}

// CommandLines gives the commands as they end a report.
func CommandLines(file string, without []string) string {
	replay, reduce := commands(file, without)
	return fmt.Sprintf("replay: %s\nreduce: %s\n", replay, reduce)
}

func indented(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // nothing here holds what JSON cannot
	}
	return string(b) + "\n"
}

// evidence gives the files about a failure, which was the last run.
func (s *Session) evidence(st *Store, f *Failure) map[string]string {
	shown := filepath.Join(st.Shown, filepath.Base(f.Folder))
	p := f.Program
	files := Evidence(shown, p, header(&f.Verdict)+p.Text(), f.Verdict.JSON(filepath.Join(shown, ProgramFile)), f.Report,
		st.Origin, s.without)
	var history bytes.Buffer
	if err := p.Print(&history, s.Note); err != nil {
		panic(err) // a buffer takes everything
	}
	files["history.txt"] = history.String()
	return files
}

// report is WriteReport's, as text.
func (s *Session) report(name string, p *prog.Program, v *Verdict) string {
	var b bytes.Buffer
	if err := s.WriteReport(&b, name, p, v); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}
