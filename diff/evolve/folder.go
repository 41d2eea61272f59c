// The programs of a folder. See doc.go for an overview.

package evolve

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"midiff/corpus"
	"midiff/diff"
	"midiff/diff/prog"
)

// Folder is a folder of programs as text, to which other processes add, and programs to begin with. It is
// not for concurrent use.
type Folder struct {
	path    string
	profile string
	known   map[string]bool // files looked at
	entries []*Entry
	looked  time.Time
}

// Entry is a program of the corpus.
type Entry struct {
	Name  string
	since time.Time // when its file was written; zero for one to begin with
	data  []byte    // its bytes, since most of the time it is only kept
	ops   int
	tried int // how often it was drawn
	led   int // of these, to how many that were kept
}

// Program gives the entry's program, a new one each time.
func (e *Entry) Program() *prog.Program { return prog.Decode(e.data, prog.Everything()) }

// OpenFolder makes the folder if need be, and reads its programs for a profile. Those that the profile does not
// take are left out.
func OpenFolder(path, profile string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, err
	}
	f := &Folder{path: path, profile: profile, known: map[string]bool{}}
	return f, f.Refresh()
}

// Entries gives all programs: those to begin with, then the folder's, in the order in which they were met; those
// that were there at once, by name.
func (f *Folder) Entries() []*Entry { return f.entries }

// Begin adds the programs of a folder of the corpus that midiff has built in.
func (f *Folder) Begin(folder string) error {
	for _, file := range corpus.Programs(folder) {
		p, err := prog.Parse(file.Path(), file.Text)
		if err != nil {
			return err
		}
		f.add(file.Path(), p)
	}
	return nil
}

func (f *Folder) add(name string, p *prog.Program) *Entry {
	p.Profile = f.profile
	if p.Check() != nil {
		return nil
	}
	e := &Entry{Name: name, data: p.Encode(), ops: len(p.Ops)}
	f.entries = append(f.entries, e)
	return e
}

// refreshEvery is how often a folder is looked at for what other processes added.
const refreshEvery = 5 * time.Second

// Refresh reads what is new in the folder. A file that is no program is an error that names the place.
func (f *Folder) Refresh() error {
	f.looked = time.Now()
	files, err := os.ReadDir(f.path)
	if err != nil {
		return err
	}
	for _, file := range files {
		name := file.Name()
		if !strings.HasSuffix(name, corpus.Extension) || strings.HasPrefix(name, ".") || f.known[name] {
			continue
		}
		f.known[name] = true
		path := filepath.Join(f.path, name)
		info, err := file.Info()
		if errors.Is(err, os.ErrNotExist) {
			continue // removed in the meantime
		}
		text, e := os.ReadFile(path)
		if err = errors.Join(err, e); err != nil {
			return err
		}
		p, err := prog.Parse(path, text)
		if err != nil {
			return err
		}
		if e := f.add(name, p); e != nil {
			e.since = info.ModTime()
		}
	}
	return nil
}

// Before gives the entries that were there at a time, the same at every call of any process.
func (f *Folder) Before(t time.Time) (all []*Entry) {
	for _, e := range f.entries {
		if e.since.Before(t) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b *Entry) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Keep writes a program into the folder, with a comment of one line before it.
func (f *Folder) Keep(p *prog.Program, comment string) (*Entry, error) {
	name := FileName(p)
	if f.known[name] {
		return nil, nil
	}
	f.known[name] = true
	text := fmt.Sprintf("# %s\n%s", comment, p.Text())
	if err := diff.WriteFile(filepath.Join(f.path, name), text); err != nil {
		return nil, fmt.Errorf("cannot keep a program: %w", err)
	}
	e := f.add(name, p)
	if e != nil {
		e.since = time.Now()
	}
	return e, nil
}

// FileName gives the name of a kept program's file: what it is, whoever finds it.
func FileName(p *prog.Program) string {
	sum := sha256.Sum256([]byte(p.Renamed().Text()))
	return fmt.Sprintf("%x%s", sum[:8], corpus.Extension)
}

// Pick draws an entry: of two, the one that was drawn less often for what it led to.
func (f *Folder) Pick(r *rand.Rand) *Entry {
	a, b := f.entries[r.IntN(len(f.entries))], f.entries[r.IntN(len(f.entries))]
	if b.tried*(1+leads*a.led) < a.tried*(1+leads*b.led) {
		a = b
	}
	a.tried++
	return a
}

// leads is how many more tries an entry is worth for each program that it led to.
const leads = 8

// Names lists the programs of a folder, sorted; none if there is no such folder.
func Names(path string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(path, "*"+corpus.Extension))
	slices.Sort(files)
	return files, err
}
