package page

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/prog"
)

func session(t *testing.T, without ...string) *diff.Session {
	s, err := diff.NewSession(without...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	s.Careful = true
	if len(without) == 0 {
		s.StateEvery = 1
	}
	return s
}

func parsed(t *testing.T, ops string) *prog.Program {
	p, err := prog.Parse("p.midiff", []byte("midiff 1\nprofile 2.0\nthreads 2\n\n"+ops))
	require.NoError(t, err)
	return p
}

// dataOf reads what a page carries for its script.
func dataOf(t *testing.T, page string) (d data) {
	m := regexp.MustCompile(`(?s)<script>const data = (.*?);</script>`).FindStringSubmatch(page)
	require.NotNil(t, m)
	require.NoError(t, json.Unmarshal([]byte(m[1]), &d))
	return d
}

const destroyed = `t0 x = malloc(48)
t1 a = malloc(5000)
t1 exit()
t0 h = heap_new()
t0 b = heap_malloc(h, 16M)
t0 c = heap_malloc(h, 16M)
t0 heap_destroy(h)
t0 d = malloc(5000)
`

// TestPage: every step up to the failing one is there, with both heaps and what differs.
func TestPage(t *testing.T) {
	var b bytes.Buffer
	v, err := Write(&b, session(t, "destroy-reclaimed"), "p.midiff", parsed(t, destroyed))
	require.NoError(t, err)
	require.Equal(t, diff.Diverge, v.Class)
	for _, word := range []string{"http", "url(", "@import", "fetch(", "src="} {
		require.False(t, strings.Contains(b.String(), word), "the page must not need the network: %s", word)
	}
	has(t, b.String(), "signature L0.value heap_destroy value")
	has(t, b.String(), "<pre>go run ./diff/cmd/midiff run -v -without destroy-reclaimed p.midiff</pre>")
	has(t, b.String(), "<pre>midiff 1\nprofile 2.0\nthreads 2\n\nt0 x = malloc(48)\n")

	d := dataOf(t, b.String())
	require.Len(t, d.Ops, 8)
	require.Len(t, d.Frames, 7)
	require.Equal(t, 6, d.Failing)
	last := d.Frames[6]
	require.Equal(t, 6, last.Op)
	require.NotEqual(t, last.C, last.Go)
	require.Contains(t, last.Different, diff.StateDifference{Place: "t0 thread segments", C: "1", Go: "2"})
	require.Equal(t, []int{1}, d.Heaps[last.C].Cached)
	require.Empty(t, d.Heaps[last.Go].Cached)
	require.Equal(t, []string{"a"}, d.Heaps[last.Go].Segments[1].Spans[1].Names)
	require.Len(t, d.Heaps[last.C].Segments, 1)
	require.Len(t, d.Heaps[last.Go].Segments, 2)
	first := d.Frames[0]
	require.Equal(t, first.C, first.Go, "equal pictures are kept once")
	require.Equal(t, -1, d.Heaps[d.Frames[2].C].Segments[1].Owner, "thread 1's segment is abandoned")
}

// TestHeap: blocks are drawn as they are.
func TestHeap(t *testing.T) {
	var b bytes.Buffer
	p := parsed(t, "t0 a = malloc(5000)\nt0 b = malloc(5000)\nt0 c = malloc(5000)\nt1 free(b)\nt0 free(c)\nt1 free(a)\n")
	v, err := Write(&b, session(t), "p.midiff", p)
	require.NoError(t, err)
	require.Equal(t, diff.Agree, v.Class)
	d := dataOf(t, b.String())
	require.Equal(t, -1, d.Failing)
	page := func(step int) *Span { return d.Heaps[d.Frames[step].C].Segments[0].Spans[1] }
	for step, want := range []string{"lfff", "llff", "lllf", "lllf", "llff", "rlff"} {
		s := page(step)
		require.Equal(t, want+"nnnnnnnn", s.Blocks, "step %d", step)
		require.Equal(t, 5120, s.Size)
		require.Equal(t, 12, s.Room)
	}
	header := d.Heaps[0].Segments[0].Spans[0]
	require.Equal(t, "header", header.Kind)
	require.Equal(t, 1, header.Slices)
}

// TestCells: many blocks share cells.
func TestCells(t *testing.T) {
	s := &Span{Size: 64}
	s.shape(300 | 1000<<16)
	s.mark(64*299, 'f')
	s.cells()
	require.Equal(t, 11, s.Per)
	require.Len(t, s.Blocks, 91)
	require.Equal(t, strings.Repeat("l", 27)+"m"+strings.Repeat("n", 63), s.Blocks)
}

// TestLongRun: of a run that is too long the last steps are shown.
func TestLongRun(t *testing.T) {
	var b bytes.Buffer
	_, err := Write(&b, session(t), "p.midiff", parsed(t, strings.Repeat("t0 good_size(1)\n", mostFrames+50)))
	require.NoError(t, err)
	d := dataOf(t, b.String())
	require.Len(t, d.Frames, mostFrames)
	require.Equal(t, mostFrames+49, d.Frames[mostFrames-1].Op)
}

// browser gives a headless browser, if there is one.
func browser(t *testing.T) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no browser to look with; on Debian: apt-get install chromium")
	return ""
}

// dom gives a page as the browser has it after its script ran.
func dom(t *testing.T, browser, file, step string) string {
	cmd := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+t.TempDir(), "--dump-dom", "file://"+file+step)
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

// has looks for a text in a page, which is too long to print.
func has(t *testing.T, page, want string) {
	t.Helper()
	require.True(t, strings.Contains(page, want), want)
}

// TestBrowser: the page opens at the failing step, any step can be gone to, and what is there is seen.
func TestBrowser(t *testing.T) {
	chromium := browser(t)
	var b bytes.Buffer
	_, err := Write(&b, session(t, "destroy-reclaimed"), "p.midiff", parsed(t, destroyed))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "page.html")
	// look opens the page at a step and, when it has loaded, runs more script in it.
	look := func(step, script string) string {
		text := strings.Replace(b.String(), "</body>", "<script>"+script+"</script></body>", 1)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		return dom(t, chromium, file, step)
	}

	failing := look("", "")
	has(t, failing, "step 7 of 7, line 11")
	has(t, failing, `<li class="failing now">`)
	has(t, failing, `<tr class="bad"><td>t0 thread segments</td><td>1</td><td>2</td></tr>`)
	has(t, failing, `class="segment differs"`)
	has(t, failing, `<p class="aside differs">kept in the cache: segment 1</p>`)
	has(t, failing, `<span class="names" title="a">a</span>`)

	const hatched = `byID("where").title = getComputedStyle(document.querySelector(".abandoned .strip")).backgroundImage`
	third := look("#3", hatched)
	has(t, third, "step 3 of 7, line 7")
	has(t, third, `<li class="now"><span>   7  t1 exit()`)
	has(t, third, `<tr><td>nothing</td></tr>`)
	has(t, third, `class="segment abandoned"`)
	require.False(t, strings.Contains(third, `class="segment differs"`), "nothing differs yet")
	require.Equal(t, 2*2, strings.Count(third, `class="strip"`), "two segments on both sides")

	has(t, third, `title="repeating-linear-gradient(45deg`)
	has(t, look("", `byID("back").click()`), "step 6 of 7, line 10")
}

// TestKeys: keys step, once each wherever the focus is, and the timeline's fields can be clicked.
func TestKeys(t *testing.T) {
	chromium := browser(t)
	var b bytes.Buffer
	_, err := Write(&b, session(t), "p.midiff", parsed(t,
		"t0 a = malloc(48)\nt0 b = malloc(48)\nt1 free(a)\nt1 exit()\n"+strings.Repeat("t0 good_size(1)\n", 20)))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "page.html")
	// The script presses each key and notes where the page is then.
	const press = `<script>
const seen = [];
for (const key of ["Home", "ArrowRight", "PageDown", "PageUp", "End", "ArrowLeft", "f", "x"]) {
  const e = new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
  byID("step").dispatchEvent(e);
  seen.push(key + " " + (now + 1) + (e.defaultPrevented ? "" : " not ours"));
}
document.querySelectorAll("#timeline .field")[2].dispatchEvent(new MouseEvent("click"));
seen.push("click " + (now + 1) + " cursor " + byID("cursor").getAttribute("x"));
byID("where").title = seen.join(", ");
</script></body>`
	text := strings.Replace(b.String(), "</body>", press, 1)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	page := dom(t, chromium, file, "")
	has(t, page, `title="Home 1, ArrowRight 2, PageDown 12, PageUp 2, End 24, ArrowLeft 23, f 23 not ours, `+
		`x 23 not ours, click 3 cursor `)
	require.Equal(t, 1, strings.Count(page, `<path class="arc"`), "a block goes from thread 0 to thread 1")
	require.Equal(t, 1, strings.Count(page, `class="field ends"`))
	require.Equal(t, 2, strings.Count(page, `class="field makes"`))
	require.Equal(t, 2, strings.Count(page, `class="lane"`))
}
