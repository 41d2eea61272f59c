// Failing programs as folders. See doc.go for an overview.

package diff

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"midiff/diff/prog"
)

// Store is where failures are kept, each in a folder of its own.
type Store struct {
	Folder string // of the folders
	Shown  string // the same, as commands call it that are run in the project's folder
	Origin Origin
}

// Failure is a failing program as it was saved, and what it came to when run from there.
type Failure struct {
	Title   string // what it is grouped by
	Folder  string
	Program *prog.Program
	Verdict Verdict
	Report  string
	Number  uint64 // which of its Keeper's programs
	Again   bool   // the folder was there: it holds another program that fails in the same way
}

// ProgramFile is the name of the program in a failure's folder.
const ProgramFile = "program.midiff"

// Save keeps a program that failed. Operations behind the failing one are cut off if it fails without them,
// and it is run once more from the text that is kept, so that the report speaks of the file; one that does
// not fail then is kept as flaky. The folder is named after the signature, and there is one for each: where
// it is there already, and what it holds still fails in that way, nothing is written. It appears whole or
// not at all.
func (s *Session) Save(st *Store, p *prog.Program, v *Verdict) (*Failure, error) {
	if f := s.saved[v.Title()]; f != nil {
		again := *f
		again.Again = true
		return &again, nil
	}
	if v.Div != nil && v.Div.Oracle == Teardown { // which looks after careful runs only
		defer func(was bool) { s.Careful = was }(s.Careful)
		s.Careful = true
	}
	p = s.cut(p, v)
	changes := 0
	for n := 1; ; {
		dir, title := FolderName(v.Title(), n), v.Title()
		if f := s.same(st, dir, title); f != nil {
			return s.keep(f), nil
		}
		if _, err := os.Stat(filepath.Join(st.Folder, dir)); err == nil {
			n++ // of an earlier build: it does not fail any more, or in another way
			continue
		}
		f, err := s.record(st, dir, p, v)
		if err != nil {
			return nil, err
		}
		if f.Title != title { // what it comes to from its text is what counts
			v, n = wordFor(&f.Verdict, &changes), 1
			continue
		}
		err = WriteFolder(f.Folder, s.evidence(st, f))
		if errors.Is(err, fs.ErrExist) { // another process was faster
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("cannot save the failing program: %w", err)
		}
		return s.keep(f), nil
	}
}

// SaveAsIs is Save of the program that ran last, in a process that cannot run another: nothing is cut off, and
// a folder that is there stands for the group.
func (s *Session) SaveAsIs(st *Store, p *prog.Program, v *Verdict) (*Failure, error) {
	dir := FolderName(v.Title(), 1)
	shown := filepath.Join(st.Shown, dir, ProgramFile)
	f := &Failure{Title: v.Title(), Folder: filepath.Join(st.Folder, dir), Verdict: *v}
	var err error
	if f.Program, err = prog.Parse(shown, []byte(header(v)+p.Text())); err != nil {
		return nil, fmt.Errorf("the failing program does not survive being printed: %w", err)
	}
	f.Report = s.report(shown, f.Program, v)
	err = WriteFolder(f.Folder, s.evidence(st, f))
	if f.Again = errors.Is(err, fs.ErrExist); err != nil && !f.Again {
		return nil, fmt.Errorf("cannot save the failing program: %w", err)
	}
	return f, nil
}

// wordFor gives the verdict of a program that came to another one when run again: its word, but for one that
// changes from run to run.
func wordFor(v *Verdict, changes *int) *Verdict {
	if *changes++; *changes == 1 || v.Class == Unknown {
		return v
	}
	return &Verdict{Class: Unknown, Once: v.Div, Steps: v.Steps, Reason: "the program fails in another way in every run"}
}

// keep remembers a failure, so that the next one with its title is only counted.
func (s *Session) keep(f *Failure) *Failure {
	if s.saved == nil {
		s.saved = map[string]*Failure{}
	}
	s.saved[f.Title] = f
	return f
}

// same gives the failure in a folder, if it still fails in the way that the title says. Of what does not
// repeat itself that is taken for granted.
func (s *Session) same(st *Store, dir, title string) *Failure {
	text, err := os.ReadFile(filepath.Join(st.Folder, dir, ProgramFile))
	if err != nil {
		return nil
	}
	shown := filepath.Join(st.Shown, dir, ProgramFile)
	p, err := prog.Parse(shown, text)
	if err != nil {
		return nil
	}
	f := &Failure{Title: title, Folder: filepath.Join(st.Folder, dir), Program: p, Again: true}
	if f.Verdict = s.Recorded(p); f.Verdict.Title() == title {
		f.Report = s.report(shown, p, &f.Verdict)
		return f
	}
	if !strings.HasPrefix(title, "flaky ") {
		return nil
	}
	report, _ := os.ReadFile(filepath.Join(f.Folder, "report.txt")) // it may be gone, as far as we care
	f.Report = string(report)
	f.Verdict = Verdict{Class: Unknown, Reason: "the program fails in some runs only"}
	return f
}

// record runs a failing program from its text.
func (s *Session) record(st *Store, dir string, p *prog.Program, v *Verdict) (*Failure, error) {
	f := &Failure{Title: v.Title(), Folder: filepath.Join(st.Folder, dir)}
	var err error
	shown := filepath.Join(st.Shown, dir, ProgramFile)
	if f.Program, err = prog.Parse(shown, []byte(header(v)+p.Text())); err != nil {
		return nil, fmt.Errorf("the failing program does not survive being printed: %w", err)
	}
	f.Verdict = s.Recorded(f.Program)
	switch {
	case f.Verdict.Title() == f.Title:
	case v.Class == Unknown:
		f.Verdict = *v
	case f.Verdict.Class == Agree:
		f.Verdict = Verdict{Class: Unknown, Once: v.Div, Steps: v.Steps, Known: f.Verdict.Known,
			Reason: "the program failed once (" + f.Title + ") and does not when run from its text"}
	}
	f.Title = f.Verdict.Title()
	f.Report = s.report(shown, f.Program, &f.Verdict)
	return f, nil
}

// header is the first line of a failing program.
func header(v *Verdict) string {
	if v.Div != nil {
		return "# diverges: " + v.Div.Signature.String() + "\n"
	}
	return "# no verdict: " + strings.ReplaceAll(v.Reason, "\n", " ") + "\n"
}

// cut drops what comes after the failing operation, if that is not needed.
func (s *Session) cut(p *prog.Program, v *Verdict) *prog.Program {
	if v.Div == nil || v.Div.Op < 0 || v.Div.Op+1 >= len(p.Ops) {
		return p
	}
	short := *p
	short.Ops = p.Ops[:v.Div.Op+1]
	if short.Check() != nil {
		return p
	}
	if w := s.Check(&short); w.Div == nil || w.Div.Signature != v.Div.Signature {
		return p
	}
	return &short
}
