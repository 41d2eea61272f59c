// What a child does. See doc.go for an overview.

package soak

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"midiff/corpus"
	"midiff/diff"
	"midiff/diff/journal"
	"midiff/diff/prog"
)

// Work says what to run: random programs, or those of files, or a fault sweep.
type Work struct {
	Programs int            `json:"programs,omitempty"` // random ones, 0 for no limit
	For      time.Duration  `json:"for,omitempty"`      // of random ones, 0 for no limit
	Seed     uint64         `json:"seed,omitempty"`
	Config   prog.GenConfig `json:"config"`
	Sweep    bool           `json:"sweep,omitempty"`
	Part     int            `json:"part"` // of a sweep: of the files every Parts-th, from this one on
	Parts    int            `json:"parts"`
	Files    []string       `json:"files,omitempty"`
	Measure  string         `json:"measure,omitempty"` // a folder: tell what each of its programs reaches
	History  bool           `json:"history,omitempty"` // only print the files with their results

	Corpus  string    `json:"corpus,omitempty"`  // a folder of programs that reach what no other did, to evolve; "" for none
	Mutated int       `json:"mutated,omitempty"` // of a hundred programs, how many are mutations of the corpus's
	Seen    string    `json:"seen,omitempty"`    // the file with what was reached, which the children share
	Begun   time.Time `json:"begun,omitzero"`    // what is older in the corpus is run first
	Skip    uint64    `json:"skip,omitempty"`    // random programs that an earlier soak ran

	State   int      `json:"state"` // compare the states after every n-th operation; 0 for never
	Careful bool     `json:"careful,omitempty"`
	Without []string `json:"without,omitempty"`
	Ref     string   `json:"ref,omitempty"` // the reference, as -ref names it

	Done   uint64      `json:"done,omitempty"` // programs that are behind us
	Folder string      `json:"folder"`         // for failures
	Shown  string      `json:"shown"`          // the same, as commands call it
	Origin diff.Origin `json:"origin"`
}

// event is a line that a child writes: one of these.
type event struct {
	Journal string      `json:"journal,omitempty"`
	Tally   *diff.Tally `json:"tally,omitempty"` // since the last one
	Drawn   uint64      `json:"drawn,omitempty"` // with it: random programs behind it, those of an earlier soak included
	Kept    string      `json:"kept,omitempty"`  // a program that the corpus has now

	Measured *measured    `json:"measured,omitempty"`
	Failure  *failureLine `json:"failure,omitempty"`
	Behind   uint64       `json:"behind,omitempty"` // programs behind it: another child is to go on
}

// failureLine is a failure that a child has kept.
type failureLine struct {
	Title  string `json:"title"`
	Folder string `json:"folder"`
	Number uint64 `json:"number"`
}

// tellEvery is how often a child tells its figures. When it dies, all but the number of programs is lost of
// what it counted since.
const tellEvery = 500 * time.Millisecond

// worker is a child.
type worker struct {
	w    *Work
	k    *diff.Keeper
	out  *json.Encoder
	t    *diff.Tally
	told time.Time
	err  error // of writing
}

// Run does the work and writes events.
func (w *Work) Run(out io.Writer) error {
	s, err := diff.OpenSession(w.Ref, w.Without...)
	if err != nil {
		return err
	}
	defer s.Close()
	if s.Shared() != nil {
		w.Config.Lacks = s.Shared().Lacks(w.Config.Profile)
	}
	s.Careful = w.Careful
	s.StateEvery = w.State
	if w.History {
		return w.histories(s, out)
	}
	j, err := journal.Open(filepath.Join(w.Folder, diff.JournalsFolder))
	if err != nil {
		return err
	}
	s.Watch(j.Place())
	c := &worker{w: w, out: json.NewEncoder(out), t: diff.NewTally(), told: time.Now()}
	c.k = &diff.Keeper{Session: s, Journal: j, Done: w.Done, Failed: c.failed,
		Store: diff.Store{Folder: w.Folder, Shown: w.Shown, Origin: w.Origin}}
	c.write(event{Journal: j.Path()})
	err = c.work()
	if err != nil && !errors.Is(err, diff.ErrStained) {
		return err // the journal keeps what could not be kept elsewhere
	}
	c.tell()
	if err != nil {
		c.write(event{Behind: c.k.Number()})
	}
	if c.err != nil {
		return c.err
	}
	return j.Close()
}

func (c *worker) work() error {
	switch {
	case c.w.Sweep:
		return c.sweep()
	case c.w.Files != nil:
		return c.files()
	case c.w.Measure != "":
		return c.measure()
	case c.w.Corpus != "":
		return c.evolve()
	}
	return c.soak(nil)
}

func (c *worker) soak(source diff.Source) error {
	return c.k.Soak(diff.Soak{Programs: c.w.Programs, For: c.w.For, Seed: c.w.Seed, Skip: c.w.Skip, Config: c.w.Config,
		Source: source}, c.t, c.progress)
}

func (c *worker) sweep() error {
	for i, file := range corpus.Programs("smoke") {
		if i%c.w.Parts != c.w.Part {
			continue
		}
		p, err := prog.Parse(file.Path(), file.Text)
		if err != nil {
			return err
		}
		if p, err = p.As(c.w.Config.Profile); err != nil { // what the build does not take would end the sweep
			fmt.Fprintf(os.Stderr, "midiff: %s left out: %v\n", file.Path(), err)
			continue
		}
		if err := c.k.Sweep(p, c.t, c.progress); err != nil {
			return err
		}
	}
	return nil
}

func (c *worker) files() error {
	for _, file := range c.w.Files {
		p, err := readFile(file)
		if err != nil {
			return err
		}
		if c.k.Next() {
			if _, _, err := c.k.Check(p, c.k.Session.Check); err != nil {
				return err
			}
		}
	}
	return nil
}

func readFile(file string) (*prog.Program, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return prog.Parse(file, text)
}

// histories prints programs with their results. It ends where the last operation did: no teardown.
func (w *Work) histories(s *diff.Session, out io.Writer) error {
	for _, file := range w.Files {
		p, err := readFile(file)
		if err != nil {
			return err
		}
		s.Recorded(p)
		if err := p.Print(out, s.Note); err != nil {
			return err
		}
	}
	return nil
}

// failed tells of a failure at once.
func (c *worker) failed(f *diff.Failure) {
	c.write(event{Failure: &failureLine{f.Title, f.Folder, f.Number}})
}

// progress tells the figures when it is time.
func (c *worker) progress() {
	if time.Since(c.told) >= tellEvery {
		c.tell()
	}
}

func (c *worker) tell() {
	c.write(event{Tally: c.t, Drawn: c.k.Drawn()})
	*c.t = *diff.NewTally()
	c.told = time.Now()
}

func (c *worker) write(e event) {
	if err := c.out.Encode(e); err != nil {
		c.err = err
	}
}

// args gives the arguments of the child.
func (w *Work) args() []string {
	b, err := json.Marshal(w)
	if err != nil {
		panic(err) // nothing here holds what JSON cannot
	}
	return []string{"work", string(b)}
}

// ParseWork reads what a child was given.
func ParseWork(text string) (*Work, error) {
	w := new(Work)
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	return w, d.Decode(w)
}
