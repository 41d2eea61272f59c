package journal

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// folderVar makes this test binary a process that fills journals of the folder until it is killed.
const folderVar = "MIDIFF_JOURNAL_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(folderVar); folder != "" {
		fill(folder)
	}
	os.Exit(m.Run())
}

// program is the n-th of fill: its length and bytes follow from the number.
func program(n uint64) []byte {
	return []byte(strings.Repeat(fmt.Sprintf("%d ", n), int(n*7919%3000)))
}

// fill writes programs down; of each it prints the number when Begin has returned.
func fill(folder string) {
	j, err := Open(folder)
	if err != nil {
		panic(err)
	}
	for n := uint64(1); ; n++ {
		if err := j.Begin("text", n, program(n)); err != nil {
			panic(err)
		}
		fmt.Println(n)
	}
}

// A process is killed at random moments: its journal tells of the last program that it began, or of the
// next, which it had not announced yet; or, in the middle of a Begin, of none, and no program ran then.
func TestKilled(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	whole := 0
	for range 30 {
		folder := t.TempDir()
		self, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), folderVar+"="+folder)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		require.True(t, lines.Scan())
		time.AfterFunc(time.Duration(random.IntN(3000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		last := lines.Text()
		for lines.Scan() {
			last = lines.Text()
		}
		require.Error(t, cmd.Wait())
		var n uint64
		_, err = fmt.Sscan(last, &n)
		require.NoError(t, err)
		require.NoError(t, Left(folder, func(e *Entry) error {
			whole++
			require.Contains(t, []uint64{n, n + 1}, e.Number)
			require.Equal(t, string(program(e.Number)), string(e.Program))
			return nil
		}))
		rest, err := filepath.Glob(filepath.Join(folder, "*"))
		require.NoError(t, err)
		require.Empty(t, rest)
	}
	require.Greater(t, whole, 10)
}

func TestEntry(t *testing.T) {
	folder := t.TempDir()
	j, err := Open(folder)
	require.NoError(t, err)
	e, err := Read(j.Path())
	require.NoError(t, err)
	require.Nil(t, e)

	require.NoError(t, j.Begin("FuzzThreads", 7, []byte("abc")))
	view, err := OpenView(j.Path())
	require.NoError(t, err)
	before := view.Progress()
	copy(j.Place(), []byte{5, 0, 0, 0, 4, 0, 0, 0, C, 0, 0, 0})
	require.NotEqual(t, before, view.Progress())
	side, step, ok := view.Place()
	require.Equal(t, []any{C, 5, true}, []any{side, step, ok})
	require.NoError(t, view.Close())
	j.Note("L1.place malloc value")
	e, err = Read(j.Path())
	require.NoError(t, err)
	require.Equal(t, &Entry{Kind: "FuzzThreads", Number: 7, Program: []byte("abc"),
		Note: "L1.place malloc value", Side: C, Step: 5}, e)

	require.NoError(t, j.Begin("text", 8, []byte("a longer one")))
	e, err = Read(j.Path())
	require.NoError(t, err)
	require.Equal(t, &Entry{Kind: "text", Number: 8, Program: []byte("a longer one")}, e)

	j.Done()
	e, err = Read(j.Path())
	require.NoError(t, err)
	require.Nil(t, e)
	require.NoError(t, j.Close())
	require.NoFileExists(t, j.Path())
}

// What has an owner is left alone, what tells of nothing is taken over, and what nobody could look after
// stays.
func TestOwners(t *testing.T) {
	folder := t.TempDir()
	mine, err := Open(folder)
	require.NoError(t, err)
	require.NoError(t, mine.Begin("text", 1, []byte("mine")))
	other, err := Open(folder)
	require.NoError(t, err)
	require.NotEqual(t, mine.Path(), other.Path())
	_, err = OpenAt(mine.Path())
	require.ErrorContains(t, err, "another process has this journal")
	require.NoError(t, Left(folder, func(*Entry) error { t.Error("it has an owner"); return nil }))

	require.NoError(t, other.Begin("text", 2, []byte("other")))
	require.NoError(t, other.Close())
	third, err := Open(folder)
	require.NoError(t, err)
	require.NotEqual(t, other.Path(), third.Path())

	busy := errors.New("busy")
	require.ErrorIs(t, Left(folder, func(*Entry) error { return busy }), busy)
	require.FileExists(t, other.Path())
	looked := 0
	look := func(e *Entry) error { looked++; require.Equal(t, "other", string(e.Program)); return nil }
	require.NoError(t, Left(folder, look))
	require.NoError(t, Left(folder, look))
	require.Equal(t, 1, looked)
	require.NoError(t, Left(filepath.Join(folder, "none"), look))
	require.NoError(t, mine.Close())
	require.NoError(t, third.Close())
}

func BenchmarkBegin(b *testing.B) {
	j, err := Open(b.TempDir())
	require.NoError(b, err)
	p := []byte(strings.Repeat("x", 400))
	for b.Loop() {
		require.NoError(b, j.Begin("FuzzThreads", 1, p))
		j.Done()
	}
	require.NoError(b, j.Close())
}
