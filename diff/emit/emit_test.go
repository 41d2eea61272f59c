package emit

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	_ "midiff/cref/flavours"
	"midiff/diff"
	"midiff/diff/prog"
)

// all emits every program of the corpus; without it, all findings and every sampled-th of the others.
var all = os.Getenv("EMIT") == "all"

const sampled = 8

// emitter is a session with what goes with it.
type emitter struct {
	lock  *diff.Session
	fixed *diff.Fixed
}

func newEmitter(t *testing.T, without ...string) *emitter {
	lock, err := diff.NewSession(without...)
	require.NoError(t, err)
	lock.Careful = true
	fixed, err := diff.NewFixed()
	require.NoError(t, err)
	return &emitter{lock, fixed}
}

func (e *emitter) close(t *testing.T) {
	require.NoError(t, e.lock.Close())
	require.NoError(t, e.fixed.Close())
}

func (e *emitter) gather(t *testing.T, name, text string, without ...string) *Case {
	p, err := prog.Parse(name, []byte(text))
	require.NoError(t, err)
	c, err := Gather(e.lock, e.fixed, Input{Name: name, About: About([]byte(text)), Program: p, Without: without})
	require.NoError(t, err)
	return c
}

// cases are the programs to emit, gathered once.
func cases(t *testing.T) []*Case {
	list, err := gathered()
	require.NoError(t, err)
	require.NotEmpty(t, list)
	return list
}

var gathered = sync.OnceValues(func() (list []*Case, err error) {
	lock, err := diff.NewSession()
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	lock.Careful = true
	fixed, err := diff.NewFixed()
	if err != nil {
		return nil, err
	}
	defer fixed.Close()
	for _, folder := range corpus.Folders() {
		for i, file := range corpus.Programs(folder) {
			if folder != "known" && !all && i%sampled != 0 {
				continue
			}
			name := "corpus/" + file.Path()
			p, err := prog.Parse(name, file.Text)
			if err != nil {
				return nil, err
			}
			if prog.IsLater(p.Profile) { // there is no source of that version to gather from
				continue
			}
			c, err := Gather(lock, fixed, Input{Name: name, About: About(file.Text), Program: p})
			if err != nil {
				return nil, err
			}
			list = append(list, c)
		}
	}
	return list, nil
})

// objects is where the libraries are.
var objects string

func TestMain(m *testing.M) {
	var err error
	if objects, err = os.MkdirTemp("", "emit"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(objects)
	os.Exit(code)
}

// reference is the source tree that make setup fetched.
func reference(t *testing.T) string {
	tree, err := filepath.Abs("../../cref/mimalloc")
	require.NoError(t, err)
	return tree
}

// library builds the object of a profile's library, once.
func library(t *testing.T, profile string) string {
	object := filepath.Join(objects, "mimalloc-"+profile+".o")
	if _, err := os.Stat(object); err == nil {
		return object
	}
	tree := reference(t)
	args := append([]string{"-O1", "-DNDEBUG", "-c", "-I", tree + "/include", "-o", object, tree + "/src/static.c"},
		LibraryFlags(profile)...)
	gcc(t, args...)
	return object
}

func gcc(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.Command("gcc", args...).CombinedOutput()
	require.NoError(t, err, "gcc %s\n%s", strings.Join(args, " "), out)
	require.Empty(t, string(out), "gcc %s", strings.Join(args, " "))
}

// build compiles a C file without a warning and gives the program.
func build(t *testing.T, file string, args ...string) string {
	t.Helper()
	program := strings.TrimSuffix(file, ".c")
	gcc(t, append([]string{"-Wall", "-Wextra", "-o", program, file}, args...)...)
	return program
}

// run gives a program's exit code and what it says.
func run(t *testing.T, program string) (int, string) {
	t.Helper()
	cmd := exec.Command(program)
	out, err := cmd.CombinedOutput()
	if _, ok := err.(*exec.ExitError); !ok {
		require.NoError(t, err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// inC compiles and runs cases in C: those with a finding that shows must exit with 1, the others with 0.
func inC(t *testing.T, cases []*Case, args func(c *Case) []string) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	slots := make(chan bool, runtime.NumCPU())
	for _, c := range cases {
		file := filepath.Join(dir, strings.ReplaceAll(strings.TrimSuffix(c.Name, ".midiff"), "/", "-")+".c")
		require.NoError(t, os.WriteFile(file, []byte(c.C()), 0o644))
		libs := args(c)
		wg.Add(1)
		slots <- true
		go func() {
			defer func() { <-slots; wg.Done() }()
			t.Run(c.Name, func(t *testing.T) { checkC(t, c, file, libs) })
		}()
	}
	wg.Wait()
}

func checkC(t *testing.T, c *Case, file string, libs []string) {
	code, said := run(t, build(t, file, libs...))
	want := 0
	if c.Shows() {
		want = 1
		require.Regexp(t, `(?m)^`+file+`:\d+: `, said, "the message names the line")
	}
	require.Equal(t, want, code, "%s", said)
}

// TestCorpusInC: against the reference's source, for all the optimisations that may spoil a check.
func TestCorpusInC(t *testing.T) {
	list := cases(t)
	shows := 0
	for _, c := range list {
		if c.Shows() {
			shows++
		}
	}
	require.Greater(t, shows, 15, "findings that show")
	inC(t, list, func(c *Case) []string {
		return []string{"-O1", "-I", reference(t) + "/include", library(t, c.p.Profile), "-lpthread"}
	})
}

// TestRandomFails: calls for random numbers fail in C as the program says, and nothing else does.
func TestRandomFails(t *testing.T) {
	e := newEmitter(t)
	defer e.close(t)
	const name = "smoke/fault-getrandom.midiff"
	for _, file := range corpus.Programs("smoke") {
		if file.Path() != name {
			continue
		}
		text := e.gather(t, name, string(file.Text)).C()
		for old, now := range map[string]string{ // counts what strikes
			"static int n_planned;":           "static int n_planned, struck;",
			"    errno = planned[i].error;\n": "    errno = planned[i].error;\n    struck++;\n",
			"return failures > 0;":            "return failures > 0 ? 100 : struck;",
		} {
			require.Equal(t, 1, strings.Count(text, old), old)
			text = strings.Replace(text, old, now, 1)
		}
		at := filepath.Join(t.TempDir(), "random.c")
		require.NoError(t, os.WriteFile(at, []byte(text), 0o644))
		code, said := run(t, build(t, at, "-O1", "-I", reference(t)+"/include", library(t, prog.Profiles[0]), "-lpthread"))
		require.Equal(t, 2, code, said)
		return
	}
	require.Fail(t, "there is no "+name)
}

// TestFindingsOnTheDistributionsLibrary: each finding shows on the library that users have, but for
// those of other builds.
func TestFindingsOnTheDistributionsLibrary(t *testing.T) {
	if _, err := os.Stat("/usr/include/mimalloc.h"); err != nil {
		t.Skip("libmimalloc-dev is not installed; TestCorpusInC runs the same files on the source")
	}
	var list []*Case
	for _, c := range cases(t) {
		if strings.HasPrefix(c.Name, "corpus/known/") && len(LibraryFlags(c.p.Profile)) == 0 {
			list = append(list, c)
		}
	}
	inC(t, append(list, quirks(t)...), func(*Case) []string { return []string{"-O2", "-lmimalloc", "-lpthread"} })
}

// quirks are the findings that break no promise: what shows them is goalloc with the quirk off.
func quirks(t *testing.T) (list []*Case) {
	for _, name := range []string{"absorbed-retired", "exit-counts-twice", "record-lost"} {
		text, err := corpus.Read("known/" + name)
		require.NoError(t, err)
		e := newEmitter(t, name)
		c := e.gather(t, "corpus/known/"+name+"-without.midiff", string(text), name)
		e.close(t)
		require.True(t, c.Shows(), name)
		list = append(list, c)
	}
	return list
}

// TestEveryFindingShows: each has a file that exits with 1, as it is or with its quirk off.
func TestEveryFindingShows(t *testing.T) {
	list := quirks(t)
	inC(t, list, func(c *Case) []string {
		return []string{"-O2", "-I", reference(t) + "/include", library(t, c.p.Profile), "-lpthread"}
	})
	shown := map[string]bool{}
	for _, c := range append(list, cases(t)...) {
		shown[strings.TrimSuffix(c.Name, "-without.midiff")] = c.Shows()
		shown[strings.TrimSuffix(c.Name, ".midiff")] = shown[strings.TrimSuffix(c.Name, ".midiff")] || c.Shows()
	}
	page, err := os.ReadFile("../../corpus/known/README.md")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(page), "\n* aligned-counted, ")
	unseen, _, ok := strings.Cut("aligned-counted, "+rest, ":")
	require.True(t, ok)
	for _, file := range corpus.Programs("known") {
		require.NotEqual(t, slices.Contains(strings.Split(unseen, ", "), file.Name), shown["corpus/known/"+file.Name],
			"%s: the file shows it, or corpus/known/README.md says why it cannot", file.Name)
	}
}

// TestCorpusInGo: the tests pass, all in one package.
func TestCorpusInGo(t *testing.T) {
	const root, build = "../..", ".build"
	require.NoError(t, os.MkdirAll(filepath.Join(root, build), 0o755))
	dir, err := os.MkdirTemp(filepath.Join(root, build), "emitted")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	names := map[string]string{}
	for _, c := range cases(t) {
		name := testName(c.Name) + "Of" + filepath.Base(filepath.Dir(c.Name)) // folders may have files of one name
		text := strings.ReplaceAll(c.Go(), testName(c.Name), name)
		require.Empty(t, names[name], "two tests of one name: %s", c.Name)
		names[name] = c.Name
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+"_test.go"), []byte(text), 0o644))
	}
	cmd := exec.Command("go", "test", "-v", "./"+build+"/"+filepath.Base(dir))
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, len(names), strings.Count(string(out), "--- PASS: TestEmitted"))
}
