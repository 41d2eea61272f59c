package canary

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"midiff/diff/journal"
)

// killsVar says how often testKills kills a soak; without it, a few times.
const killsVar = "MIDIFF_KILLS"

const fewKills = 4

// testKills: a soak that is killed at any moment, all its processes at once or the parent alone, loses no
// failure. The planted fault itself writes down each operation in which it struck; after a recovery there is
// a whole folder for each.
func testKills(t *testing.T, bin string) {
	kills := fewKills
	if text := os.Getenv(killsVar); text != "" {
		var err error
		kills, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	struck, recovered, kept := 0, 0, 0
	for i := range kills {
		m := &plantedMidiff{bin, t.TempDir(), "short-by-one"}
		m.killedSoak(t, i%2 == 0, time.Duration(random.IntN(1500))*time.Millisecond)
		before := m.kept(t)
		recovered += m.recovered(t)
		after := m.kept(t)
		kept += len(after)
		for _, op := range m.fired(t) {
			struck++
			require.Contains(t, after, "L1.usable-"+op+"-usable", "kill %d: kept before: %v", i, before)
		}
		m.wholeFolders(t)
	}
	fmt.Printf("%d kills: the fault struck in %d kinds of operations, all kept (%d folders, %d programs looked at again)\n",
		kills, struck, kept, recovered)
}

// testChildKilled: a child that the kernel kills, as it does when memory is short, leaves its program, and the
// soak goes on.
func testChildKilled(t *testing.T, bin string) {
	m := &plantedMidiff{bin, t.TempDir(), ""}
	cmd := m.command("soak", "-programs", "40", "-ops", "300", "-json")
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	require.NoError(t, cmd.Start())
	killed := 0
	for killed == 0 {
		for _, file := range m.journals(t) {
			e, err := m.running(file)
			require.NoError(t, err)
			for _, pid := range processesIn(m.folder) {
				if e && pid != cmd.Process.Pid && killed == 0 {
					require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
					killed = pid
				}
			}
		}
	}
	require.Error(t, cmd.Wait())
	s := parsed(t, out.String())
	require.Equal(t, 40, s.Programs)
	require.Equal(t, 1, s.Restarts)
	require.Len(t, s.Failures, 1, errs.String())
	require.True(t, strings.HasPrefix(s.Failures[0].Title, "died signal: killed: "), s.Failures[0].Title)
	require.True(t, s.Failures[0].Reduced.Flaky)
	require.Zero(t, s.Failures[0].Reduced.Hits)
	require.NotEmpty(t, m.read(t, s.Failures[0].Folder, "program.midiff"))
}

// running tells whether a journal has a program that runs.
func (m *plantedMidiff) running(file string) (bool, error) {
	e, err := journal.Read(file)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return e != nil, err
}

// killedSoak starts a soak and kills it after a while.
func (m *plantedMidiff) killedSoak(t *testing.T, all bool, after time.Duration) {
	cmd := m.command("soak", "-programs", "100000", "-jobs", "2", "-ops", "100")
	require.NoError(t, cmd.Start())
	<-time.After(after)
	require.NoError(t, cmd.Process.Kill())
	for _, pid := range processesIn(m.folder) {
		if all {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may be gone
		}
	}
	require.Error(t, cmd.Wait())
	require.Eventually(t, func() bool { return len(processesIn(m.folder)) == 0 }, 20*time.Second, 10*time.Millisecond)
}

// processesIn gives the processes that run in a folder: the soak's parent and its children.
func processesIn(folder string) (pids []int) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if at, err := os.Readlink(link); err == nil && at == folder { // else it is gone, or another's
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// recovered looks after what is left, and gives how many programs that were. A process that is being killed
// may be there, and own its journal, a moment longer.
func (m *plantedMidiff) recovered(t *testing.T) (programs int) {
	if _, err := os.Stat(filepath.Join(m.folder, "failures")); err != nil { // killed before it began
		return 0
	}
	for tries := 0; tries == 0 || len(m.journals(t))+len(m.half(t)) > 0; tries++ {
		require.Less(t, tries, 1000)
		out, errs, code := m.run(t, "recover", "-json")
		require.Contains(t, []int{0, 1}, code, "%.2000s%.2000s", out, errs)
		programs += parsed(t, out).Recovered
	}
	return programs
}

// journals gives the journals that are left.
func (m *plantedMidiff) journals(t *testing.T) []string {
	left, err := filepath.Glob(filepath.Join(m.folder, "failures", "journals", "*"))
	require.NoError(t, err)
	return left
}

// fired gives the operations in which the fault struck, each once.
func (m *plantedMidiff) fired(t *testing.T) []string {
	text, err := os.ReadFile(filepath.Join(m.folder, "fired"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	ops := strings.Fields(string(text))
	slices.Sort(ops)
	return slices.Compact(ops)
}

// kept gives the names of the failures' folders.
func (m *plantedMidiff) kept(t *testing.T) (names []string) {
	folders, err := filepath.Glob(filepath.Join(m.folder, "failures", "[^.]*-*"))
	require.NoError(t, err)
	for _, folder := range folders {
		names = append(names, filepath.Base(folder))
	}
	return names
}

// wholeFolders looks whether the folders are whole, and nothing else is left.
func (m *plantedMidiff) wholeFolders(t *testing.T) {
	for _, name := range m.kept(t) {
		for _, file := range evidence {
			require.NotEmpty(t, m.read(t, filepath.Join("failures", name), file), file)
		}
	}
	require.Empty(t, m.journals(t))
	require.Empty(t, m.half(t))
}

// half gives what is half written.
func (m *plantedMidiff) half(t *testing.T) (names []string) {
	for _, pattern := range []string{".midiff*", "*/.midiff*"} {
		some, err := filepath.Glob(filepath.Join(m.folder, "failures", pattern))
		require.NoError(t, err)
		names = append(names, some...)
	}
	return names
}
