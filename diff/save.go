// Failing programs as files. See doc.go for an overview.

package diff

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"midiff/diff/prog"
)

// Failure is a failing program as it was saved, and what it came to when run from there.
type Failure struct {
	File    string
	Program *prog.Program
	Verdict Verdict
}

// Save writes a program that failed into a folder and runs it from there, so that the report speaks of
// the file. Operations behind the failing one are cut off if it fails without them. The file is named
// after the signature: the same failure a thousand times leaves one file. It appears whole or not at
// all.
func (s *Session) Save(folder string, p *prog.Program, v *Verdict) (*Failure, error) {
	p = s.cut(p, v)
	header, name := "# no verdict: "+strings.ReplaceAll(v.Reason, "\n", " ")+"\n", "unknown"
	if v.Div != nil {
		header = "# diverges: " + v.Div.Signature.String() + "\n"
		name = strings.ReplaceAll(v.Div.Signature.String(), " ", "-")
	}
	text := header + p.Text()
	f := &Failure{File: filepath.Join(folder, name+".midiff")}
	if err := WriteFile(f.File, text); err != nil {
		return nil, fmt.Errorf("cannot save the failing program: %w", err)
	}
	if v.Div != nil && v.Div.Oracle == Teardown { // which looks after careful runs only
		defer func(was bool) { s.Careful = was }(s.Careful)
		s.Careful = true
	}
	var err error
	if f.Program, err = prog.Parse(f.File, []byte(text)); err != nil {
		return nil, fmt.Errorf("the failing program does not survive being printed: %w", err)
	}
	if f.Verdict = s.Recorded(f.Program); f.Verdict.Class == Agree {
		f.Verdict = *v
		f.Verdict.Reason = "the program failed once and does not fail when run from its file"
		f.Verdict.Class, f.Verdict.Div = Unknown, nil
	}
	return f, nil
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

// WriteFile writes a file by way of another, so that it is never seen half written; folders are made.
func WriteFile(name, text string) error {
	folder := filepath.Dir(name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(folder, ".midiff-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := temp.Chmod(0o644); err != nil { // others may read what a program was told to write
		return err
	}
	_, err = temp.WriteString(text)
	if e := temp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}
