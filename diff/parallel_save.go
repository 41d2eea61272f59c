// Programs that fail in parallel, as folders. See doc.go for an overview.

package diff

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"midiff/diff/prog"
)

// ParallelJournals is the folder, among the failures, of the journals of parallel runs.
var ParallelJournals = filepath.Join(JournalsFolder, "parallel")

// ParallelTitle begins what failures in parallel are grouped by.
const ParallelTitle = "parallel "

// ParallelFailure is a program that failed in parallel.
type ParallelFailure struct {
	Title   string // what the folder is named after, behind the word parallel
	Program *prog.Program
	Verdict *Verdict                 // what the failing run came to
	Report  func(file string) string // with the commands
	Without []string
	Ref     string // as -ref names it
	Ran     int    // which run of the program it was, at least 1
}

// Save keeps the program of the last run, which was the ran-th and failed, as SaveParallel does.
func (x *Parallel) Save(st *Store, p *prog.Program, v *Verdict, ran int) (*Failure, error) {
	p, err := prog.Parse(ProgramFile, []byte("\n"+p.Text())) // so that lines are those of the file, behind its header
	if err != nil {
		return nil, fmt.Errorf("the failing program does not survive being printed: %w", err)
	}
	defer func(was *prog.Program) { x.runs.Program = was }(x.runs.Program)
	x.runs.Program = p
	report := func(file string) string {
		var b bytes.Buffer
		if err := x.WriteReport(&b, file, ran, v); err != nil {
			panic(err) // a buffer takes everything
		}
		return b.String()
	}
	return SaveParallel(st, &ParallelFailure{Title: v.Title(), Program: p, Verdict: v, Report: report,
		Without: x.without, Ref: x.ref, Ran: ran})
}

// SaveParallel keeps a program that failed in parallel in a folder. A folder that is there stands if it holds the
// same program. Where it holds another, which may fail for another reason, the next number is taken: one run in
// parallel cannot tell whether it does.
func SaveParallel(st *Store, f *ParallelFailure) (*Failure, error) {
	header := fmt.Sprintf("# fails in parallel: %s\n", f.Title)
	for n := 1; ; n++ {
		dir := FolderName(ParallelTitle+f.Title, n)
		shown := filepath.Join(st.Shown, dir)
		saved := &Failure{Title: ParallelTitle + f.Title, Folder: filepath.Join(st.Folder, dir), Program: f.Program,
			Verdict: *f.Verdict, Report: f.Report(filepath.Join(shown, ProgramFile))}
		kept, err := os.ReadFile(filepath.Join(saved.Folder, ProgramFile))
		if err == nil && string(kept) == header+f.Program.Text() {
			saved.Again = true
			return saved, nil
		}
		err = WriteFolder(saved.Folder, f.files(st, shown, header, saved.Report))
		if err == nil {
			return saved, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("cannot save the failing program: %w", err)
		}
	}
}

// files gives the files of the folder.
func (f *ParallelFailure) files(st *Store, shown, header, report string) map[string]string {
	o := st.Origin
	o.Mode, o.Ref = ModeParallel, f.Ref
	file := filepath.Join(shown, ProgramFile)
	verdict := f.Verdict.JSON(file)
	verdict.Outcome = f.Title
	files := Evidence(shown, f.Program, header+f.Program.Text(), verdict, report, o, f.Without)
	files[CommandsFile] = ParallelCommandLines(file, f.Ref, f.Without, TimesToSee(1, f.Ran))
	return files
}

// leastTimes is how often a replay runs a program at most, if it fails in every run.
const leastTimes = 100

// TimesToSee is how often a program is to be run, at most, that failed in hits of runs.
func TimesToSee(hits, runs int) int { return max(leastTimes, 10*runs/max(1, hits)) }
