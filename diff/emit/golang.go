// A program as a Go test of goalloc. See doc.go for an overview.

package emit

import (
	"fmt"
	"go/format"
	"path"
	"slices"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

// goFile is a test in the making. The simulated memory makes each run the same, so that what every variable
// holds is known: what goalloc gave is what it will give.
type goFile struct {
	namer
	c       *Case
	b       strings.Builder
	need    needs
	known   map[prog.Handle]bool
	blocks  map[uint32]held // by slot
	heaps   map[prog.Handle]bool
	threads map[uint8]bool
	bulks   map[prog.Handle]*bulk
	queue   []uint32 // slots of the blocks that wait for the callback
	defers  bool     // there is a callback
	crashed bool     // goalloc stops in the last operation, as the reference does
	last    int      // the operation that diverged, -1
}

// held is a block as it was last given.
type held struct {
	at, usable uint64
	mark       int // what it is filled with
}

// bulk is how a bulk was made.
type bulk struct {
	size uint64
	mark int
	left int
}

// Go gives the program as a Go test. It goes up to where the sides differ, and expects there what the
// contract is with: C, or goalloc as it is with the quirks that the run was without.
func (c *Case) Go() string {
	f := &goFile{namer: namer{c.Program, goReserved}, c: c, need: needs{}, known: map[prog.Handle]bool{},
		blocks: map[uint32]held{}, heaps: map[prog.Handle]bool{}, threads: map[uint8]bool{},
		bulks: map[prog.Handle]*bulk{}, last: -1}
	if d := c.verdict.Div; d != nil && d.Op < len(c.Program.Ops) {
		f.last = d.Op
	}
	f.defers = slices.ContainsFunc(c.Program.Ops, func(o prog.Op) bool {
		return o.Kind.String() == "register_deferred_free" || o.Kind.String() == "defer_free"
	})
	for i := range c.Program.Ops {
		if c.first[i+1] > len(c.c) || f.last >= 0 && i > f.last {
			break
		}
		f.op(i)
	}
	f.end()
	text, err := format.Source([]byte(f.header() + f.b.String() + "}\n"))
	if err != nil {
		panic(fmt.Sprintf("emit: %s gives no Go: %v", c.Name, err))
	}
	return string(text)
}

func (f *goFile) line(format string, args ...any) { fmt.Fprintf(&f.b, "\t"+format+"\n", args...) }

// result gives what is expected of a step.
func (f *goFile) result(step int) *diff.Result {
	if d := f.c.verdict.Div; d != nil && step == d.Step && d.Blame == diff.BlameC {
		return &f.c.g[step]
	}
	return &f.c.c[step]
}

func (f *goFile) header() string {
	var b strings.Builder
	name := testName(f.c.Name)
	imports := "\t\"testing\"\n"
	if f.need["strings"] {
		imports = "\t\"strings\"\n" + imports
	}
	fmt.Fprintf(&b, "package goalloc_test\n\nimport (\n%s\n\t\"github.com/stretchr/testify/require\"\n\n"+
		"\t\"midiff/goalloc\"\n)\n\n", imports)
	fmt.Fprintf(&b, "// %s does what %s does, and expects of goalloc what C gave.\n", name, f.c.Name)
	if len(f.c.About) > 0 {
		b.WriteString("//\n")
	}
	for _, line := range f.c.About {
		fmt.Fprintf(&b, "// %s\n", strings.TrimSpace(line))
	}
	f.findings(&b)
	fmt.Fprintf(&b, "func %s(t *testing.T) {\n", name)
	f.process(&b)
	for _, c := range closures {
		if f.need[c.name] {
			b.WriteString(c.text)
		}
	}
	b.WriteString("\n")
	return b.String()
}

func (f *goFile) findings(b *strings.Builder) {
	for i := range f.c.found {
		x := &f.c.found[i]
		known := ""
		if x.known != "" {
			known = " (known: " + x.known + ")"
		}
		fmt.Fprintf(b, "//\n// Found: %s%s\n", x.signature, known)
	}
}

// testName makes a test's name of a file's.
func testName(file string) string {
	base := strings.TrimSuffix(path.Base(file), path.Ext(file))
	var b strings.Builder
	b.WriteString("TestEmitted")
	for _, word := range strings.FieldsFunc(base, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
	}) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// process makes the process as the program wants it.
func (f *goFile) process(b *strings.Builder) {
	p := f.c.Program
	fmt.Fprintf(b, "\tprofile, err := goalloc.ProfileByName(%q)\n\trequire.NoError(t, err)\n", p.Profile)
	b.WriteString("\tp, err := goalloc.New(goalloc.Config{Profile: profile, Simulate: true})\n\trequire.NoError(t, err)\n" +
		"\tdefer func() { require.NoError(t, p.Close()) }()\n")
	for _, q := range f.c.Without {
		fmt.Fprintf(b, "\tquirk, err := goalloc.QuirkByName(%q)\n\trequire.NoError(t, err)\n\tp.Without(quirk)\n", q)
	}
	for _, o := range p.Options {
		fmt.Fprintf(b, "\trequire.NoError(t, p.SetOption(%q, %d))\n", o.Name, o.Value)
	}
	if len(p.Faults) > 0 {
		b.WriteString("\tp.SetFaults([]goalloc.Fault{\n")
		for _, x := range p.Faults {
			fmt.Fprintf(b, "\t\t{Kind: %q, N: %d, Sticky: %t, Errno: %d}, // %s\n", x.Call, x.N, x.Sticky, x.Errno, x.Errno)
		}
		b.WriteString("\t})\n")
	}
	if f.threads[0] {
		b.WriteString("\tt0 := p.Main()\n")
	}
}

// closures are the helpers of a test, each in the tests that need it.
var closures = []struct{ name, text string }{
	{"at", "\tat := func(segment, offset goalloc.Addr) goalloc.Addr { return p.Base() + segment<<25 + offset }\n"},
	{"shown", `	// shown is all of a block, or both ends of a large one.
	shown := func(a goalloc.Addr, n uintptr) [][]byte {
		if n <= 64<<10 {
			return [][]byte{goalloc.Bytes(a, n)}
		}
		return [][]byte{goalloc.Bytes(a, 4096), goalloc.Bytes(a+goalloc.Addr(n-4096), 4096)}
	}
`},
	{"fill", `	fill := func(a goalloc.Addr, mark byte) {
		for _, part := range shown(a, p.Main().UsableSize(a)) {
			for i := range part {
				part[i] = mark
			}
		}
	}
`},
	{"holds", `	holds := func(a goalloc.Addr, n uintptr, mark byte) bool {
		for _, part := range shown(a, n) {
			for _, c := range part {
				if c != mark {
					return false
				}
			}
		}
		return true
	}
`},
	{"sum", `	// sum adds up where blocks lie.
	sum := func(blocks []goalloc.Addr) (n goalloc.Addr) {
		for _, a := range blocks {
			if a != 0 {
				n += a - p.Base()
			}
		}
		return n
	}
`},
	{"drain", `	// drain frees the first of the blocks and every stride-th after it, and gives the others.
	drain := func(th *goalloc.Thread, blocks []goalloc.Addr, stride int, mark byte) (left []goalloc.Addr) {
		for i, a := range blocks {
			if i%stride != 0 {
				left = append(left, a)
				continue
			}
			require.True(t, a == 0 || holds(a, th.UsableSize(a), mark))
			th.Free(a)
		}
		return left
	}
`},
	{"called", `	// Blocks wait in the queue for the callback, the oldest first.
	type queued struct {
		a    goalloc.Addr
		mark byte
	}
	var queue []queued
	frees, allocates, atEnd, ending, inside, next := false, false, false, false, false, 0
	called := func(th *goalloc.Thread, force bool, _ uint64) {
		require.True(t, frees && (!inside || ending)) // a thread that ends may have been started anew
		if inside {
			return
		}
		inside = true
		for most := 4; next < len(queue) && (force || most > 0); next++ {
			if x := queue[next]; x.a != 0 {
				require.True(t, holds(x.a, th.UsableSize(x.a), x.mark))
				th.Free(x.a)
				most--
			}
		}
		if allocates && (atEnd || !ending) {
			th.Free(th.Malloc(2000))
		}
		inside = false
	}
	_ = called
`},
	{"visited", `	// visited counts the blocks in use that a heap tells of, or their numbers in its areas.
	visited := func(h goalloc.Heap, blocks bool) (n uintptr, all bool) {
		all = h.VisitBlocks(blocks, func(a *goalloc.Area, block goalloc.Addr, _ uintptr) bool {
			if block != 0 {
				n++
			} else if !blocks {
				n += a.Used
			}
			return true
		})
		return n, all
	}
`},
	{"catch", `	// catch makes a call that throws where there is no memory, or has the handler do so.
	returns, calls, tries := 0, 0, 0
	handler := func() {
		calls++
		if tries--; tries < 0 {
			panic(goalloc.ErrNoMemory)
		}
	}
	_ = handler
	catch := func(call func() goalloc.Addr) (a goalloc.Addr) {
		calls, tries = 0, returns
		defer func() {
			if e := recover(); e != nil {
				require.Equal(t, goalloc.ErrNoMemory, e)
			}
		}()
		return call()
	}
	_ = catch
`},
	{"manage", `	// manage makes memory of the program an arena.
	manage := func(th *goalloc.Thread, size uintptr, committed, large, zero, exclusive bool) (goalloc.ArenaID, bool) {
		memory := p.Take(size, committed || large)
		if memory == 0 {
			return goalloc.NoArena, false
		}
		id, ok := th.ManageOSMemory(memory, size, committed, large, zero, exclusive)
		if !ok {
			p.Drop(memory, size)
		}
		return id, ok
	}
`},
}

// end looks at what is live.
func (f *goFile) end() {
	var slots []uint32
	for slot, x := range f.blocks {
		if x.at != 0 {
			slots = append(slots, slot)
		}
	}
	slices.Sort(slots)
	for _, slot := range slots {
		if f.crashed {
			break
		}
		f.looks(f.blocks[slot], f.slotName(slot))
	}
	f.need.completeGo()
}

// completeGo adds what closures need of each other.
func (n needs) completeGo() {
	n["holds"] = n["holds"] || n["drain"] || n["called"]
	n["shown"] = n["shown"] || n["fill"] || n["holds"]
}

// looks checks the contents of a block.
func (f *goFile) looks(x held, name string) {
	if x.at != 0 && x.mark != 0 {
		f.need["holds"] = true
		f.line("require.True(t, holds(%s, %s, %d), \"contents of %s\")", name, goNumber(x.usable), x.mark, name)
	}
}

// slotName gives the variable of a block slot.
func (f *goFile) slotName(slot uint32) string {
	text := f.c.Program.SlotName(f.c.code, slot)
	name, index, isBulk := strings.Cut(text, "[")
	for f.reserved[name] || threadName(name) {
		name += "_"
	}
	if isBulk {
		return name + "[" + index
	}
	return name
}

// place writes an address.
func (f *goFile) place(at uint64) string {
	const segment = 25
	f.need["at"] = true
	return fmt.Sprintf("at(%d, %#x)", at>>segment, at&(1<<segment-1))
}
