// Programs that fail in parallel, as folders. See doc.go for an overview.

package diff

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"midiff/diff/prog"
)

// ParallelJournals is the folder, among the failures, of the journals of parallel runs.
var ParallelJournals = filepath.Join(JournalsFolder, "parallel")

// ParallelFailure is a program that failed in parallel.
type ParallelFailure struct {
	Title   string // what the folder is named after, behind the word parallel
	Program *prog.Program
	Verdict *Verdict // what the failing run came to
	Report  string   // without the commands
	Rate    Rate
	Without []string
}

// SaveParallel keeps a program that failed in parallel in a folder, and gives that. A folder that is there stands
// if it holds the same program. Where it holds another, which may fail for another reason, the next number is
// taken: runs in parallel cannot tell whether it does.
func SaveParallel(st *Store, f *ParallelFailure) (folder string, err error) {
	header := fmt.Sprintf("# fails in parallel: %s\n", f.Title)
	for n := 1; ; n++ {
		dir := FolderName("parallel "+f.Title, n)
		folder = filepath.Join(st.Folder, dir)
		kept, err := os.ReadFile(filepath.Join(folder, ProgramFile))
		if err == nil && string(kept) == header+f.Program.Text() {
			return folder, nil
		}
		err = WriteFolder(folder, f.files(st, filepath.Join(st.Shown, dir), header))
		if !errors.Is(err, fs.ErrExist) {
			return folder, err
		}
	}
}

// leastTimes is how often a replay runs a program at most, if it fails in every run.
const leastTimes = 100

// files gives the files of the folder.
func (f *ParallelFailure) files(st *Store, shown, header string) map[string]string {
	o := st.Origin
	o.Mode, o.Rate = "parallel", &f.Rate
	file := filepath.Join(shown, ProgramFile)
	times := leastTimes * max(1, f.Rate.Runs/max(1, f.Rate.Hits))
	commands := ParallelCommandLines(file, f.Without, times)
	if f.Rate.Lockstep != Agree.String() { // which fails every time
		inLockstep := CommandLines(file, f.Without)
		commands += "in lockstep, where it fails, too:\n" + inLockstep
	}
	verdict := f.Verdict.JSON(file)
	verdict.Outcome = f.Title
	rate := fmt.Sprintf("fails in %d of %d runs; in lockstep: %s\n", f.Rate.Hits, f.Rate.Runs, f.Rate.Lockstep)
	files := Evidence(shown, f.Program, header+f.Program.Text(), verdict, f.Report+rate+commands, o, f.Without)
	files["commands.txt"] = commands
	return files
}
