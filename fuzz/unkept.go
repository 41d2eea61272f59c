// A target whose caller keeps the inputs. See doc.go for an overview.

package fuzz

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"sync"

	"midiff/diff"
	"midiff/diff/prog"
)

// unkeptSession is the process's.
var unkeptSession = sync.OnceValues(func() (*diff.Session, error) {
	s, err := diff.NewSession()
	if err != nil {
		return nil, err
	}
	s.StateEvery, s.LookEvery = stateEvery, 0
	return s, nil
})

// Unkept runs inputs of one kind and writes no file: who calls it keeps the inputs, as libFuzzer does.
type Unkept struct {
	name    string
	decoder *prog.Decoder
	session *diff.Session
}

// NewUnkept makes the target of a name in Programs. All of a process share one session, so only one may run
// at a time.
func NewUnkept(name string) (*Unkept, error) {
	bounds, ok := Programs[name]
	if !ok {
		return nil, fmt.Errorf("there is no target %q", name)
	}
	s, err := unkeptSession()
	if err != nil {
		return nil, err
	}
	return &Unkept{name, prog.NewDecoder(bounds), s}, nil
}

// Failure is an input that failed.
type Failure struct {
	Title  string // what failures are grouped by
	Report string
}

// Error gives the title.
func (f *Failure) Error() string { return "midiff: " + f.Title }

// Check runs an input. If it fails, the error is a *Failure, with a report that names the input as libFuzzer does.
func (u *Unkept) Check(data []byte) error {
	p := u.decoder.Decode(data)
	u.session.Careful = chosen(data)
	v := u.session.Check(p)
	if v.Class == diff.Invalid {
		return &Failure{"invalid", "an input became a program that cannot be run: " + v.Reason + "\n"}
	}
	title := v.Title()
	if title == "" {
		return nil
	}
	file := u.crashFile(data)
	again := u.session.Recorded(p)
	if again.Title() != title {
		return &Failure{"flaky " + title, fmt.Sprintf("midiff: %s: it failed (%s) and did not when run again\n", file, title)}
	}
	var report bytes.Buffer
	if err := u.session.WriteReport(&report, file, p, &again); err != nil {
		return err
	}
	return &Failure{title, report.String()}
}

// crashFile is the name under which libFuzzer keeps an input that failed, in a folder that says whose it is:
// midiff takes it for the program that the target makes of it.
func (u *Unkept) crashFile(data []byte) string {
	return fmt.Sprintf("%s/crash-%x", u.name, sha1.Sum(data))
}
