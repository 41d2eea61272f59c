// The rules of use: ranges of numbers and liveness of handles. See doc.go for an overview.

package prog

import (
	"fmt"
	"slices"
	"strings"
)

// Check reports the first rule that the program breaks, naming the operation. Programs made by Parse,
// Decode and Generate pass; it is for those put together or cut down by other means.
func (p *Program) Check() error {
	if msg := p.headerProblem(); msg != "" {
		return fmt.Errorf("program header: %s", msg)
	}
	c := checker{p: p, lives: make([]life, len(p.Vars))}
	for i := range p.Ops {
		if msg := p.malformed(&p.Ops[i]); msg != "" {
			return fmt.Errorf("operation %d: %s", i+1, msg)
		}
		if bad := c.op(i); bad != nil {
			return fmt.Errorf("operation %d, %s: %s", i+1, p.OpText(i), bad.msg)
		}
	}
	return nil
}

// headerProblem says what is wrong with the header, "" if nothing is.
func (p *Program) headerProblem() string {
	if !isProfile(p.Profile) {
		return "unknown profile " + quote(p.Profile) + "; legal: " + profileNames()
	}
	if p.Threads < 1 || p.Threads > MaxThreads {
		return fmt.Sprintf("threads must be 1 to %d, found %d", MaxThreads, p.Threads)
	}
	for i := range p.Options {
		if msg := p.optionProblem(i); msg != "" {
			return msg
		}
	}
	for i := range p.Faults {
		if msg := p.faultProblem(i); msg != "" {
			return msg
		}
	}
	return ""
}

func (p *Program) optionProblem(i int) string {
	name := p.Options[i].Name
	if names := optionNamesOf(p.Profile); !slices.Contains(names, name) {
		return "unknown option " + quote(name) + "; legal: " + strings.Join(names, ", ")
	}
	for _, o := range p.Options[:i] {
		if o.Name == name {
			return "option " + name + " is given twice"
		}
	}
	return ""
}

func (p *Program) faultProblem(i int) string {
	f := p.Faults[i]
	switch {
	case int(f.Call) >= len(faultCalls):
		return "unknown call to fail; legal: " + strings.Join(faultCalls[:], ", ")
	case f.N == 0:
		return "calls are counted from 1"
	case !slices.Contains(errnos[:], f.Errno):
		return "unknown error; legal: " + strings.Join(errnoNames[:], ", ")
	case f.Call.String() == "madvise" && f.Sticky && f.Errno == Eagain:
		return "the allocator repeats a call that fails with eagain for ever: not sticky, or another error"
	}
	for _, g := range p.Faults[:i] {
		if g.Call == f.Call && g.N == f.N {
			return fmt.Sprintf("a fault for %s %d is given twice", f.Call, f.N)
		}
	}
	return ""
}

// malformed says why o is no operation at all, whatever came before it. The parser cannot make such.
func (p *Program) malformed(o *Op) string {
	if int(o.Kind) >= len(Table) {
		return fmt.Sprintf("kind %d has no row", o.Kind)
	}
	row := &Table[o.Kind]
	if !row.In(p.Profile) {
		return notIn(row, p.Profile)
	}
	if o.Heaped && !row.Heaped {
		return row.Name + " has no heap_ variant"
	}
	if makes := row.Result >= BlockResult; makes != o.Dst.IsVar() {
		return row.Name + " with a wrong kind of result"
	}
	src, heap := false, o.Heaped
	for _, kind := range row.Operands {
		src = src || kind < Size && wants[kind].sort != HeapVar
		heap = heap || kind == HeapUse || kind == HeapEnd
	}
	if src == (o.Src == NoHandle) || heap == (o.Heap == NoHandle) || o.Src == Backing || o.Heap == Null || o.Heap == Missing {
		return row.Name + " with a wrong kind of operand"
	}
	for _, h := range []Handle{o.Dst, o.Src, o.Heap} {
		if h.IsVar() && int(h) >= len(p.Vars) {
			return fmt.Sprintf("handle %d of %d", h, len(p.Vars))
		}
	}
	return ""
}

// notIn says that a profile has no such operation.
func notIn(row *Row, profile string) string {
	have := Later
	if row.Built {
		have = Profiles
	}
	return fmt.Sprintf("profile %s has no %s: profiles %s have", profile, row.Name, strings.Join(have, ", "))
}

// checker walks a program and knows what is live.
type checker struct {
	p      *Program
	lives  []life // per variable
	bulked uint64 // blocks of all bulks so far
}

// life is what is known of a variable.
type life struct {
	made, ended int32 // operations, counted from 1; 0 none yet; live if made > ended
	thread      uint8 // the owner of a heap
	joined      bool  // a thread was in the sub-process
	held        uint64
}

func (l *life) live() bool { return l.made > l.ended }

// problem is a broken rule and the part of the operation that breaks it.
type problem struct {
	at  int // an operand, counted from 0 with the heap of a heap_ variant, or one of the below
	msg string
}

const (
	atThread = -1 - iota
	atResult
)

// op checks operation i and takes in what it does. The operation must not be malformed.
func (c *checker) op(i int) *problem {
	o := &c.p.Ops[i]
	row := &Table[o.Kind]
	if int(o.Thread) >= c.p.Threads {
		return &problem{atThread, noThread(fmt.Sprintf("t%d", o.Thread), c.p.Threads)}
	}
	if o.Kind == kindBarrier && o.Thread != 0 {
		return &problem{atThread, "a barrier is of no thread"}
	}
	at := 0
	if o.Heaped {
		if msg := c.handle(o, HeapUse); msg != "" {
			return &problem{at, msg}
		}
		at++
	}
	num := 0
	for _, kind := range row.Operands {
		msg := ""
		if kind >= Size {
			if msg = numberProblem(c.p.Profile, row, kind, o.Num[num]); msg == "" && Padded(c.p.Profile) {
				msg = strictProblem(c.p.Profile, row, kind, o.Num[num])
			}
			num++
		} else {
			msg = c.handle(o, kind)
		}
		if msg != "" {
			return &problem{at, msg}
		}
		at++
	}
	c.end(i, o, row)
	if msg := c.bind(i, o, row); msg != "" {
		return &problem{atResult, msg}
	}
	return nil
}

func noThread(name string, threads int) string {
	return fmt.Sprintf("%s is not a thread of this program: threads %d means t0 to t%d",
		quote(name), threads, threads-1)
}

// numberProblem checks the range of a number.
func numberProblem(profile string, row *Row, kind Operand, n uint64) string {
	switch {
	case kind == SmallSize && n > MaxSmallSize:
		return fmt.Sprintf("%s takes at most %d bytes", row.Name, MaxSmallSize)
	case kind == Millis && n > MaxMillis:
		return fmt.Sprintf("the clock moves by at most %d ms", uint64(MaxMillis))
	case kind == BulkCount && (n < 1 || n > MaxBulk):
		return fmt.Sprintf("a bulk has 1 to %d blocks", MaxBulk)
	case kind == Stride && n < 1:
		return "a stride is at least 1 (1 frees all)"
	case (kind == OptionName || kind == MovableName) && !slices.Contains(OptionsOf(profile), n):
		return fmt.Sprintf("option %d: profile %s has none of that number", n, profile)
	case kind == MovableName && !slices.Contains(movableOf(profile), n):
		return "option " + OptionNames[n] + " is for the header: it may not change during a run"
	case kind == CallbackName && n >= NumCallbacks:
		return fmt.Sprintf("callback %d of %d", n, NumCallbacks)
	case kind == HandlerName && n >= NumHandlers:
		return fmt.Sprintf("handler %d of %d", n, NumHandlers)
	case kind == Length && n > MaxLength:
		return fmt.Sprintf("a string has at most %d characters", MaxLength)
	case kind == HeapTag && n > MaxTag, kind == VisitTag && n > MaxTag && n != largestUint:
		return fmt.Sprintf("the tag of a heap is 0 to %d", MaxTag)
	case kind == Percent && n > 100:
		return "a percentage is at most 100"
	case kind == Bool && n > 1:
		return "expected true or false"
	}
	return ""
}

// wants says what each kind of handle operand may be.
var wants = [...]struct {
	sort    Sort
	literal Handle // NoHandle: none is allowed
	text    string
}{
	BlockUse:  {BlockVar, Null, "expected a live block or null"},
	BlockFree: {BlockVar, Null, "expected a live block or null"},
	BlockMove: {BlockVar, Null, "expected a live block or null"},
	HeapUse:   {HeapVar, Backing, "expected a live heap of the calling thread or backing"},
	HeapEnd:   {HeapVar, NoHandle, "expected a live heap that heap_new made"},
	BulkDrain: {BulkVar, NoHandle, "expected a live bulk"},
	ArenaUse:  {ArenaVar, NoHandle, "expected an arena"},

	ArenaMay:   {ArenaVar, Null, "expected an arena, null or missing"},
	SubprocUse: {SubprocVar, Null, "expected a live sub-process or null"},
	SubprocEnd: {SubprocVar, NoHandle, "expected a live sub-process"},
}

// handle checks the handle operand of kind.
func (c *checker) handle(o *Op, kind Operand) string {
	want := &wants[kind]
	h := o.Src
	if want.sort == HeapVar {
		h = o.Heap
	}
	if !h.IsVar() {
		if h == want.literal || kind == ArenaMay && h == Missing {
			return ""
		}
		return want.text + "; found " + c.p.Name(h)
	}
	l, name := &c.lives[h], c.p.Name(h)
	switch sort := c.p.Vars[h].Sort; {
	case sort != want.sort:
		return fmt.Sprintf("%s; %s is a %s", want.text, name, sort)
	case l.made == 0:
		return fmt.Sprintf("%s; nothing has made %s", want.text, name)
	case !l.live():
		return fmt.Sprintf("%s; %s ended at %s", want.text, name, c.where(l.ended))
	case sort == HeapVar && l.thread != o.Thread:
		return fmt.Sprintf("%s; %s belongs to t%d", want.text, name, l.thread)
	case kind == SubprocEnd && l.joined:
		return fmt.Sprintf("a sub-process that a thread has joined cannot end, since what the thread abandons may be "+
			"there still; one has joined %s", name)
	}
	return ""
}

// where names an operation, counted from 1.
func (c *checker) where(op int32) string {
	o := &c.p.Ops[op-1]
	text := strings.TrimSpace(c.p.OpText(int(op - 1)))
	if o.Line > 0 {
		return fmt.Sprintf("line %d (%s)", o.Line, text)
	}
	return fmt.Sprintf("operation %d (%s)", op, text)
}

// end takes in which handles die.
func (c *checker) end(i int, o *Op, row *Row) {
	for _, kind := range row.Operands {
		switch {
		case (kind == BlockFree || kind == BlockMove) && o.Src.IsVar():
			c.lives[o.Src].ended = int32(i + 1)
		case kind == HeapEnd:
			c.lives[o.Heap].ended = int32(i + 1)
		case kind == SubprocEnd:
			c.lives[o.Src].ended = int32(i + 1)
		case o.Kind == kindJoin && o.Src.IsVar():
			c.lives[o.Src].joined = true
		case kind == BulkDrain:
			l := &c.lives[o.Src]
			l.held = leftAfter(l.held, o.Num[0])
			if l.held == 0 {
				l.ended = int32(i + 1)
			}
		}
	}
	if !row.EndsTied {
		return
	}
	for v := range c.lives {
		l := &c.lives[v]
		if c.p.Vars[v].Sort == HeapVar && l.live() && l.thread == o.Thread {
			l.ended = int32(i + 1)
		}
	}
}

// leftAfter says how many of held blocks are left when the first and every stride-th after it go.
func leftAfter(held, stride uint64) uint64 {
	if stride >= held {
		return held - min(held, 1)
	}
	return held - (held+stride-1)/stride
}

// bind takes in what the result is bound to.
func (c *checker) bind(i int, o *Op, row *Row) string {
	if row.Result < BlockResult {
		return ""
	}
	sort := Sort(row.Result - BlockResult)
	l, name := &c.lives[o.Dst], c.p.Name(o.Dst)
	if was := c.p.Vars[o.Dst].Sort; was != sort {
		return fmt.Sprintf("%s gives a %s, but %s is the name of a %s: choose another name",
			o.Name(), sort, name, was)
	}
	if l.live() {
		return fmt.Sprintf("%s is still live, made at %s: end it first or choose another name",
			name, c.where(l.made))
	}
	l.made, l.thread = int32(i+1), o.Thread
	l.ended, l.joined = 0, false
	if sort != BulkVar {
		return ""
	}
	l.held = o.Num[0]
	if c.bulked += o.Num[0]; c.bulked > MaxBulkBlocks {
		return fmt.Sprintf("the bulks of a program have at most %d blocks in all", MaxBulkBlocks)
	}
	return ""
}
