// Pictures of a process as text, for golden files. See doc.go for an overview.

package goalloc

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"midiff/goalloc/internal/osmem"
	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// story drives a process and writes down what it looks like; the text is compared with a golden file
// named after the test. Lines of a picture:
//
//	seg 0 of t0: [hdr][48: 1/85/1358][20K x8: 2/4/25 full][free 502]
//
// A page is its block size, its slices if there are more than one, the blocks used, threaded so far,
// and fitting, and then what is special about it. Addresses are segment.slice.
//
//	t0 heap: 48 [0.1] full [0.2 0.10]        pages by queue, in their order
//	t0 free: 31 [0.10]                       free spans by queue
type story struct {
	*testing.T
	p       *Process
	threads []*Thread
	out     strings.Builder
	calls   int // OS calls told already
}

// tell starts a story with a main thread and more.
func tell(t *testing.T, more int) *story {
	return tellOf(t, Profile20(), more)
}

func tellOf(t *testing.T, profile *Profile, more int) *story {
	s := &story{T: t, p: simulatedAs(t, profile)}
	s.threads = []*Thread{s.p.Main()}
	for range more {
		s.threads = append(s.threads, s.p.NewThread())
	}
	return s
}

// say writes what happens next.
func (s *story) say(format string, args ...any) {
	fmt.Fprintf(&s.out, "\n# "+format+"\n", args...)
}

// line adds a line to the text.
func (s *story) line(format string, args ...any) {
	fmt.Fprintf(&s.out, format+"\n", args...)
}

// show draws the process, and checks its invariants.
func (s *story) show() {
	s.Helper()
	requireInvariants(s.T, s.p, s.threads, nil)
	s.out.WriteString(picture(s.p, s.threads))
}

// system writes the OS calls for memory since the last time.
func (s *story) system() {
	calls := s.p.Calls()[s.calls:]
	s.calls += len(calls)
	for _, c := range calls {
		if c.Kind <= osmem.CallReset {
			s.line("os: %s", callText(c))
		}
	}
}

// shh forgets the OS calls so far.
func (s *story) shh() { s.calls = len(s.p.Calls()) }

// end compares the story with the golden file.
func (s *story) end() {
	s.Helper()
	golden(s.T, strings.TrimPrefix(s.out.String(), "\n"))
}

// golden compares a text with testdata/NAME.golden; with -update it writes the file instead.
func golden(t *testing.T, text string) {
	t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(t.Name(), "/", "_")+".golden")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run go test with -update to make the golden files")
	require.Equal(t, string(want), text, "the picture differs from %s", path)
}

func picture(p *Process, threads []*Thread) string {
	c := take(p, threads)
	var out strings.Builder
	for _, at := range c.segments() {
		fmt.Fprintf(&out, "%s\n", c.segmentText(segmentAt(at)))
	}
	for i, t := range threads {
		if t.heap != p.emptyHeap {
			c.threadText(&out, i, t)
		}
	}
	for _, l := range []struct {
		name string
		all  []Addr
	}{{"abandoned", c.abandoned}, {"visited", c.visited}} {
		if len(l.all) > 0 {
			fmt.Fprintf(&out, "%s:%s\n", l.name, c.namesOf(l.all))
		}
	}
	source := p.source.(*cachedSource)
	for i := range source.slots {
		if slot := &source.slots[i]; slot.at != 0 {
			fmt.Fprintf(&out, "cache slot %d: %s, committed%s, expires %d\n", i,
				c.ordinal(slot.at), maskText(&slot.commit), slot.expire.LoadSC(look))
		}
	}
	return out.String()
}

func (c *census) segmentText(s *segment) string {
	var out strings.Builder
	at := raw.Of(s)
	fmt.Fprintf(&out, "seg %s of %s: ", c.ordinal(at), c.threadName(s.threadID.LoadSC(look)))
	if s.huge {
		fmt.Fprintf(&out, "%d slices ", s.segmentSlices)
	}
	for i := uintptr(0); i < s.sliceEntries; i += max(uintptr(s.slice(i).sliceCount), 1) {
		switch r := s.slice(i); {
		case i == 0:
			out.WriteString("[hdr]")
		case r.blockSize == 0:
			fmt.Fprintf(&out, "[free %d]", r.sliceCount)
		default:
			fmt.Fprintf(&out, "[%s]", c.pageText(s, r))
		}
	}
	if !s.commitMask.isFull() {
		fmt.Fprintf(&out, " committed%s", maskText(&s.commitMask))
	}
	if !s.decommitMask.isEmpty() {
		fmt.Fprintf(&out, " to decommit%s at %d", maskText(&s.decommitMask), s.decommitExpire)
	}
	return out.String()
}

func (c *census) pageText(s *segment, r *page) string {
	text := bytesText(c.threads[0].blockSizeOf(s, r))
	if r.sliceCount > 1 {
		text += fmt.Sprintf(" x%d", r.sliceCount)
	}
	text += fmt.Sprintf(": %d/%d/%d", r.used, r.capacity, r.reserved)
	if r.flags&inFull != 0 {
		text += " full"
	}
	if r.flags&hasAligned != 0 {
		text += " aligned"
	}
	if r.used == 0 {
		text += fmt.Sprintf(" retired %d", r.retireExpire)
	}
	return text + [...]string{"", " DELAYING", " none", " never"}[r.threadFree.LoadSC(look)&freeFlagMask]
}

func (c *census) threadText(out *strings.Builder, i int, t *Thread) {
	for a := t.heaps; a != 0; a = heapAt(a).next {
		h := heapAt(a)
		fmt.Fprintf(out, "t%d %s:", i, c.heapName(t, h))
		for bin := range h.queues {
			if first := h.queues[bin].first; first != 0 {
				fmt.Fprintf(out, " %s%s", binText(uintptr(bin)), c.chainText(first))
			}
		}
		if d := Addr(h.delayed.LoadSC(look)); d != 0 {
			fmt.Fprintf(out, " delayed%s", c.blocksText(d))
		}
		if h.retiredMin <= h.retiredMax {
			fmt.Fprintf(out, " retired %d..%d", h.retiredMin, h.retiredMax)
		}
		out.WriteString("\n")
	}
	fmt.Fprintf(out, "t%d free:", i)
	for bin := range t.spans {
		if first := t.spans[bin].first; first != 0 {
			fmt.Fprintf(out, " %d%s", bin, c.chainText(first))
		}
	}
	out.WriteString("\n")
}

// heapName is heap for the backing heap, and heap at ADDRESS for others.
func (c *census) heapName(t *Thread, h *heap) string {
	if h == t.backing {
		return "heap"
	}
	return "heap at " + c.name(raw.Of(h))
}

func (c *census) chainText(first Addr) string {
	var all []Addr
	for a := first; a != 0; a = pageAt(a).next {
		all = append(all, a)
	}
	return c.namesOf(all)
}

func (c *census) blocksText(first Addr) string {
	var all []Addr
	for a := first; a != 0; a = raw.Load(a) {
		all = append(all, a)
	}
	return c.namesOf(all)
}

func (c *census) namesOf(all []Addr) string {
	var names []string
	for _, a := range all {
		names = append(names, c.name(a))
	}
	return " [" + strings.Join(names, " ") + "]"
}

// lists shows the lists of the page that holds b, as block numbers, heads first.
func (s *story) lists(b Addr) {
	seg := segmentOf(b)
	pg := seg.pageOf(b)
	start, _ := s.threads[0].pageStart(seg, pg)
	size := s.threads[0].blockSizeOf(seg, pg)
	text := ""
	for _, l := range []struct {
		name string
		head Addr
	}{
		{"free", pg.free}, {"local", pg.localFree},
		{"thread", Addr(pg.threadFree.LoadSC(look) &^ freeFlagMask)},
	} {
		text += " " + l.name + " ["
		for a := l.head; a != 0; a = raw.Load(a) {
			text += fmt.Sprint(" ", uintptr(a-start)/size)
		}
		text += " ]"
	}
	s.line("page of %s blocks:%s", bytesText(size), text)
}

func binText(bin uintptr) string {
	switch bin {
	case binHuge:
		return "large"
	case binFull:
		return "full"
	}
	return bytesText(binSize(bin))
}

func bytesText(n uintptr) string {
	switch {
	case n != 0 && n%(1<<20) == 0:
		return fmt.Sprint(n>>20, "M")
	case n != 0 && n%(1<<10) == 0:
		return fmt.Sprint(n>>10, "K")
	}
	return fmt.Sprint(n)
}

// maskText gives the runs of a mask.
func maskText(m *commitMask) string {
	text := ""
	for i, n := m.next(0); n > 0; i, n = m.next(i + n) {
		text += fmt.Sprintf(" %d..%d", i, i+n-1)
	}
	if text == "" {
		return " nothing"
	}
	return text
}

// callText spells an OS call, with addresses from the base in hexadecimal.
func callText(c OSCall) string {
	text := fmt.Sprintf("%v %s at %#x", c.Kind, bytesText(uintptr(c.Size)), c.Addr)
	switch {
	case c.Kind == osmem.CallMap && c.Arg&1 == 0, c.Kind == osmem.CallProtect && c.Arg == 0:
		text += " reserved"
	case c.Kind == osmem.CallMap || c.Kind == osmem.CallProtect:
		text += " committed"
	}
	if c.Kind == osmem.CallMap && c.Arg&2 != 0 {
		text += " hinted"
	}
	if c.Errno != 0 {
		text += fmt.Sprintf(" fails: errno %d", c.Errno)
	}
	return text
}
