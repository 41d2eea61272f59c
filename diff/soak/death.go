// Failure folders for programs that ended their process. See doc.go for an overview.

package soak

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/prog"
	"midiff/diff/reduce"
)

// death is a program that ended its process, or was ended with it because it hung.
type death struct {
	title string
	p     *prog.Program
	side  int
	op    int    // the operation in which it ended, -1 if it was in none
	said  string // by the process, on standard error
	note  string // what had been found about the program before
	n     uint64 // its number
}

// bury keeps what a dead child's journal has.
func (s *soak) bury(ctx context.Context, e *journal.Entry, c *child) error {
	p, err := s.decode(e)
	if err != nil {
		return err
	}
	where, op := diff.Where(p, e.Side, e.Step)
	d := &death{p: p, side: e.Side, op: op, said: c.said.String(), note: e.Note, n: e.Number}
	if c.hung {
		d.title = string(reduce.Hung(where))
	} else {
		d.title = string(reduce.Died(d.said, c.cmd.ProcessState.String(), where))
	}
	return s.keepDeath(ctx, d)
}

// decode gives the program of a journal.
func (s *soak) decode(e *journal.Entry) (*prog.Program, error) {
	if _, isText := diff.KindWithout(e.Kind); isText {
		return prog.Parse("journal", e.Program)
	}
	return s.c.Decode(e.Kind, e.Program)
}

// keepDeath keeps the first program of a group and counts the others. As for those that diverge, a folder
// that is there already stands for the group if what it holds still ends in the same way.
func (s *soak) keepDeath(ctx context.Context, d *death) error {
	s.mu.Lock()
	folder := s.saved[d.title]
	s.mu.Unlock()
	if folder == "" {
		var err error
		if folder, err = s.writeDeath(ctx, d); err != nil {
			return fmt.Errorf("cannot save the failing program: %w", err)
		}
		s.mu.Lock()
		s.saved[d.title] = folder
		s.mu.Unlock()
	}
	s.failed(d.title, folder)
	return nil
}

func (s *soak) writeDeath(ctx context.Context, d *death) (folder string, err error) {
	for n := 1; ; n++ {
		folder := filepath.Join(s.c.Folder, diff.FolderName(d.title, n))
		text, err := os.ReadFile(filepath.Join(folder, diff.ProgramFile))
		if err == nil {
			if s.ends(ctx, string(text), d.title) {
				return folder, nil
			}
			continue
		}
		s.cut(ctx, d)
		err = diff.WriteFolder(folder, s.deathFiles(ctx, d, s.shown(folder)))
		if !errors.Is(err, fs.ErrExist) {
			return folder, err
		}
	}
}

// ends tells whether a program ends its process as a title says.
func (s *soak) ends(ctx context.Context, text, title string) bool {
	o, _, err := reduce.Alone(ctx, s.c.reduce(lockstep, s.c.Without), text)
	return err == nil && string(o) == title
}

// cut drops what comes after the operation of the death, if that is not needed.
func (s *soak) cut(ctx context.Context, d *death) {
	if d.op < 0 || d.op+1 >= len(d.p.Ops) {
		return
	}
	short := *d.p
	short.Ops = d.p.Ops[:d.op+1]
	if short.Check() == nil && s.ends(ctx, short.Text(), d.title) {
		d.p = &short
	}
}

// deathFiles gives the files of a death's folder.
func (s *soak) deathFiles(ctx context.Context, d *death, shown string) map[string]string {
	header := "# fails: " + d.title + "\n"
	file := filepath.Join(shown, diff.ProgramFile)
	verdict := &diff.VerdictJSON{File: file, Class: diff.Diverge.String(), Outcome: d.title, Reason: d.note,
		Operations: max(d.op, 0)}
	if d.op >= 0 {
		verdict.Divergence = &diff.DivergenceJSON{Oracle: diff.Crash.String(), Step: d.op, Field: "none",
			Operation: d.p.Ops[d.op].Kind.String(), Blame: "go"}
		if d.side == journal.C {
			verdict.Divergence.Blame = "c"
		}
	}
	history := s.history(ctx, d)
	origin := s.c.Origin
	origin.Number = cmp.Or(origin.Number, d.n)
	report := d.report(file, history, s.c.Without)
	files := diff.Evidence(shown, d.p, header+d.p.Text(), verdict, report, origin, s.c.Without)
	files["history.txt"] = history
	files["said.txt"] = d.said
	return files
}

// history gives the program with the results of both sides up to the operation of the death, which another
// process makes. Where it was in no operation, or the results are not to be had, it is the plain program.
func (s *soak) history(ctx context.Context, d *death) string {
	plain := d.p.Text()
	if d.op < 0 {
		return plain
	}
	before := *d.p
	before.Ops = d.p.Ops[:d.op]
	text, err := s.results(ctx, &before)
	if err != nil {
		return plain
	}
	line := fmt.Sprintf("%-40s  # -> %s\n", d.p.OpText(d.op), d.title)
	return text + line + rest(d.p, d.op+1)
}

// rest gives the operations from one on.
func rest(p *prog.Program, from int) string {
	var b strings.Builder
	for i := from; i < len(p.Ops); i++ {
		b.WriteString(p.OpText(i) + "\n")
	}
	return b.String()
}

// resultsPatience is how long the results of a history may take.
const resultsPatience = 30 * time.Second

// results runs a program in a process of its own and gives it with its results.
func (s *soak) results(ctx context.Context, p *prog.Program) (string, error) {
	file, err := os.CreateTemp("", "midiff-*"+filepath.Ext(diff.ProgramFile))
	if err != nil {
		return "", err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(p.Text())
	if err = errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, resultsPatience)
	defer cancel()
	w := Work{History: true, Files: []string{file.Name()}, Without: s.c.Without}
	cmd := s.c.Command(w.args()...)
	stop := context.AfterFunc(ctx, func() {
		if cmd.Process != nil {
			_ = cmd.Process.Kill()
		}
	})
	defer stop()
	out, err := cmd.Output()
	return string(out), err
}
