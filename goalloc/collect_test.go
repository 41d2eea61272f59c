// Collection, by level. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCollectLevels(t *testing.T) {
	s := tell(t, 1)
	m, other := s.threads[0], s.threads[1]
	b := m.mallocN(8, 512)
	m.Free(m.Malloc(48))
	m.Free(b[0])
	b = append(b, m.mallocN(4, 16<<10)...)
	m.mallocN(1, 16<<10)
	m.freeAll(m.mallocN(3, 16<<20)...)
	other.freeAll(b[1], b[2], b[8], b[9])
	s.shh()
	s.say("before")
	s.show()
	s.lists(b[3])
	s.say("collect(false): delayed blocks are freed, empty pages go, even retired ones; local lists wait")
	m.Collect(false)
	s.system()
	s.show()
	s.lists(b[3])
	m.freeAll(b[3])
	s.say("collect(true): local lists, too, are free for use, and cached segments go to the OS")
	m.Collect(true)
	s.system()
	s.show()
	s.lists(b[4])
	s.end()
}

// What others freed comes back as if the owner had freed it: a full page returns to its queue.
func TestCollectUnfullsPages(t *testing.T) {
	p := simulated(t)
	m, other := p.Main(), p.NewThread()
	b := m.mallocN(4, 16<<10)
	m.mallocN(1, 16<<10)
	require.Equal(t, inFull, pageOfBlock(b[0]).flags)
	other.freeAll(b[0], b[1])
	require.Equal(t, inFull, pageOfBlock(b[0]).flags)
	m.Collect(false)
	require.Zero(t, pageOfBlock(b[0]).flags)
	require.EqualValues(t, 2, pageOfBlock(b[0]).used)
}

// Expired cache slots are dropped by any collect, and by a few pushes.
func TestCollectDropsExpiredSegments(t *testing.T) {
	s := tell(t, 0)
	m := s.p.Main()
	m.freeAll(m.mallocN(3, 16<<20)...)
	s.shh()
	s.say("499 ms later nothing has expired")
	s.p.Tick(499)
	m.Collect(false)
	s.system()
	s.show()
	s.say("500 ms: decommitted, and kept")
	s.p.Tick(1)
	m.Collect(false)
	s.system()
	s.show()
	s.say("taken again, a segment is committed as it is needed")
	m.Malloc(48)
	s.system()
	s.show()
	s.end()
}

func TestCollectOfANewThread(t *testing.T) {
	p := simulated(t)
	th := p.NewThread()
	th.Collect(true)
	th.Default().Collect(false)
	require.Zero(t, p.OSCalls())
	require.Zero(t, th.heartbeat)
}

func TestHeartbeat(t *testing.T) {
	m := simulated(t).Main()
	m.Malloc(48)
	require.EqualValues(t, 1, m.heartbeat)
	m.Malloc(48)
	require.EqualValues(t, 1, m.heartbeat, "generic allocations only")
	m.Collect(false)
	m.Malloc(5000)
	require.EqualValues(t, 3, m.heartbeat)
}
