// The parser of operations. See doc.go for an overview.

package prog

import (
	"fmt"
	"slices"
	"strings"
)

// Parse reads a program and checks it in full. The error, if any, is an *Error that names the file,
// the place and what was expected there.
func Parse(name string, text []byte) (*Program, error) {
	p := parser{
		name: name,
		prog: &Program{Profile: Profiles[0], Threads: 1},
		vars: map[string]Handle{},
	}
	p.check.p = p.prog
	rest := string(text)
	for more := true; more; {
		var one string
		one, rest, more = strings.Cut(rest, "\n")
		p.number++
		p.line = newLine(one)
		if p.line.atEnd() {
			continue
		}
		if err := p.parseLine(); err != nil {
			return nil, err
		}
	}
	if p.stage == stageStart {
		p.number = 1
		return nil, p.fail(1, expectedFormat)
	}
	return p.prog, nil
}

const expectedFormat = `expected "midiff 1"`

// parser reads line by line. The operations read so far are always a valid program.
type parser struct {
	name   string
	prog   *Program
	vars   map[string]Handle
	check  checker
	stage  int // how far the header has come
	line   line
	number int // of the line
	places []int
}

func (p *parser) fail(col int, format string, args ...any) error {
	msg := format
	if len(args) > 0 {
		msg = fmt.Sprintf(format, args...)
	}
	return &Error{Name: p.name, Line: p.number, Col: col, Msg: msg}
}

// parseLine reads a line that is not blank.
func (p *parser) parseLine() error {
	word, col := p.line.word()
	if p.stage == stageStart {
		return p.parseFormat(word, col)
	}
	if isThreadName(word) {
		p.stage = stageOps
		return p.parseOp(word, col)
	}
	if word == wordBarrier {
		p.stage = stageOps
		return p.parseBarrier(col)
	}
	return p.parseHeader(word, col)
}

// parseBarrier reads a barrier, which stands alone on its line.
func (p *parser) parseBarrier(col int) error {
	if err := p.lineEnd(); err != nil {
		return err
	}
	return p.add(Op{Kind: kindBarrier, Dst: NoHandle, Src: NoHandle, Heap: NoHandle, Line: int32(p.number)}, col, col)
}

// parseOp reads what follows the name of the thread and checks the whole operation.
func (p *parser) parseOp(thread string, col int) error {
	o := Op{Dst: NoHandle, Src: NoHandle, Heap: NoHandle, Line: int32(p.number)}
	n, msg := parseNumber(thread[1:])
	if msg != "" || n >= uint64(p.prog.Threads) {
		return p.fail(col, "%s", noThread(thread, p.prog.Threads))
	}
	o.Thread = uint8(n)
	dst, dstCol := "", 0
	call, callCol := p.line.word()
	if p.line.take('=') {
		dst, dstCol = call, callCol
		if !isName(dst) {
			return p.fail(dstCol, `expected a name for the result, found %s`, quote(dst))
		}
		call, callCol = p.line.word()
	}
	if call == "" {
		return p.fail(callCol, "expected an operation such as malloc, found %s", p.line.rest())
	}
	var ok bool
	if o.Kind, o.Heaped, ok = findCall(call); !ok {
		return p.fail(callCol, "%s", unknown("operation", call, callNames(), false))
	}
	if !Table[o.Kind].In(p.prog.Profile) {
		return p.fail(callCol, "%s", notIn(&Table[o.Kind], p.prog.Profile))
	}
	if o.Kind == kindBarrier {
		return p.fail(callCol, "a barrier is for all threads: write it alone on its line, without %s", thread)
	}
	if err := p.parseOperands(&o); err != nil {
		return err
	}
	if !p.line.atEnd() {
		return p.fail(p.line.space(), "expected the end of the line, found %s", p.line.rest())
	}
	if err := p.resolveResult(&o, dst, dstCol, callCol); err != nil {
		return err
	}
	return p.add(o, col, dstCol)
}

// add appends the operation if it keeps the rules.
func (p *parser) add(o Op, threadCol, dstCol int) error {
	p.prog.Ops = append(p.prog.Ops, o)
	for len(p.check.lives) < len(p.prog.Vars) {
		p.check.lives = append(p.check.lives, life{})
	}
	bad := p.check.op(len(p.prog.Ops) - 1)
	switch {
	case bad == nil:
		return nil
	case bad.at == atThread:
		return p.fail(threadCol, "%s", bad.msg)
	case bad.at == atResult:
		return p.fail(dstCol, "%s", bad.msg)
	}
	return p.fail(p.places[bad.at], "%s", bad.msg)
}

// signature shows how a call is written.
func signature(o *Op) string {
	if o.Kind == kindBarrier {
		return wordBarrier
	}
	var words []string
	if o.Heaped {
		words = append(words, "heap")
	}
	for _, kind := range Table[o.Kind].Operands {
		words = append(words, operandWords[kind])
	}
	return o.Name() + "(" + strings.Join(words, ", ") + ")"
}

var operandWords = [...]string{
	BlockUse: "block", BlockFree: "block", BlockMove: "block", HeapUse: "heap", HeapEnd: "heap",
	BulkDrain: "bulk", ArenaUse: "arena", ArenaMay: "arena|null|missing", SubprocUse: "sub-process|null",
	SubprocEnd: "sub-process", ArenaSize: "size", Size: "size", SmallSize: "size", Count: "count", Align: "align",
	Bool: "true|false", Millis: "ms", BulkCount: "n", Stride: "stride", Offset: "offset",
	OptionName: "option", MovableName: "option", OptionValue: "value", CallbackName: "callback",
	HeapTag: "tag", VisitTag: "tag", Percent: "percent", Length: "length", Most: "most", HandlerName: "handler",
}

// parseOperands reads "(...)" by the operand kinds of the row and notes where each stands.
func (p *parser) parseOperands(o *Op) error {
	if !p.line.take('(') {
		return p.fail(p.line.space(), `expected "(" as in %s, found %s`, signature(o), p.line.rest())
	}
	p.places = p.places[:0]
	if o.Heaped {
		if err := p.parseOperand(o, HeapUse, 0); err != nil {
			return err
		}
	}
	num := 0
	for _, kind := range Table[o.Kind].Operands {
		if err := p.parseOperand(o, kind, num); err != nil {
			return err
		}
		if kind >= Size {
			num++
		}
	}
	if !p.line.take(')') {
		return p.fail(p.line.space(), `expected ")" as in %s, found %s`, signature(o), p.line.rest())
	}
	return nil
}

func (p *parser) parseOperand(o *Op, kind Operand, num int) error {
	if len(p.places) > 0 && !p.line.take(',') {
		return p.fail(p.line.space(), `expected "," as in %s, found %s`, signature(o), p.line.rest())
	}
	word, col := p.line.word()
	p.places = append(p.places, col)
	if word == "" {
		return p.fail(col, "expected %s as in %s, found %s", operandWords[kind], signature(o),
			p.line.rest())
	}
	msg := ""
	switch {
	case kind < Size:
		msg = p.resolveHandle(o, kind, word)
	case kind == Bool:
		o.Num[num] = 0
		if word == wordTrue {
			o.Num[num] = 1
		} else if word != wordFalse {
			msg = "expected true or false, found " + quote(word)
		}
	case kind == OptionName || kind == MovableName:
		o.Num[num], msg = p.parseOptionName(word)
	case kind == CallbackName:
		o.Num[num], msg = parseName("callback", word, CallbackNames)
	case kind == HandlerName:
		o.Num[num], msg = parseName("handler", word, HandlerNames)
	case kind == OptionValue || kind == VisitTag:
		o.Num[num], msg = parseSigned(word)
	default:
		o.Num[num], msg = parseNumber(word)
	}
	if msg != "" {
		return p.fail(col, "%s", msg)
	}
	return nil
}

// parseOptionName reads the name of one of the profile's options as its place in OptionNames.
func (p *parser) parseOptionName(word string) (place uint64, msg string) {
	if _, msg := parseName("option", word, optionNamesOf(p.prog.Profile)); msg != "" {
		return 0, msg
	}
	return uint64(slices.Index(OptionNames, word)), ""
}

// parseName reads one of names as its place.
func parseName(what, word string, names []string) (place uint64, msg string) {
	at := slices.Index(names, word)
	if at < 0 {
		return 0, unknown(what, word, names, true)
	}
	return uint64(at), ""
}

// resolveHandle turns a word into the handle operand of kind.
func (p *parser) resolveHandle(o *Op, kind Operand, word string) string {
	want := &wants[kind]
	h, known := p.vars[word]
	switch {
	case known:
	case word == wordNull:
		h = Null
	case word == wordBacking:
		h = Backing
	case word == wordMissing:
		h = Missing
	case isName(word):
		return want.text + "; nothing has made " + quote(word)
	default:
		return want.text + "; found " + quote(word)
	}
	if want.sort == HeapVar {
		o.Heap = h
	} else {
		o.Src = h
	}
	return ""
}

// resolveResult turns the name before "=" into the handle the result is bound to.
func (p *parser) resolveResult(o *Op, dst string, dstCol, callCol int) error {
	row := &Table[o.Kind]
	if row.Result < BlockResult {
		if dst != "" {
			return p.fail(dstCol, "%s gives nothing to keep: write it without %q", o.Name(), dst+" =")
		}
		return nil
	}
	sort := Sort(row.Result - BlockResult)
	if dst == "" {
		return p.fail(callCol, "%s gives a %s, which needs a name: NAME = %s", o.Name(), sort,
			signature(o))
	}
	h, known := p.vars[dst]
	if !known {
		h = Handle(len(p.prog.Vars))
		p.prog.Vars = append(p.prog.Vars, Var{Name: dst, Sort: sort})
		p.vars[dst] = h
	}
	o.Dst = h
	return nil
}
