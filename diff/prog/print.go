// The printer: one spelling for every program. See doc.go for an overview.

package prog

import (
	"io"
	"strconv"
)

// Name gives the name of a handle: the one in the text it was read from or, for a handle that has
// none, the letter of its sort and its number (b0, h1, k2, a3, s4).
func (p *Program) Name(h Handle) string {
	switch {
	case h == Null:
		return wordNull
	case h == Backing:
		return wordBacking
	case h == Missing:
		return wordMissing
	case !h.IsVar() || int(h) >= len(p.Vars):
		return "?"
	case p.Vars[h].Name != "":
		return p.Vars[h].Name
	}
	return string("bhkas"[p.Vars[h].Sort]) + strconv.Itoa(int(h))
}

// Text gives the program as text. Parsing it gives the program back.
func (p *Program) Text() string {
	b := p.appendHeader(nil)
	for i := range p.Ops {
		b = append(p.appendOp(b, &p.Ops[i]), '\n')
	}
	return string(b)
}

// Print writes the text with what annotate says of each operation as a trailing comment ("# -> ..."),
// none where it says "" or is nil.
func (p *Program) Print(w io.Writer, annotate func(op int) string) error {
	b := p.appendHeader(nil)
	for i := range p.Ops {
		start := len(b)
		b = p.appendOp(b, &p.Ops[i])
		if annotate != nil {
			if note := annotate(i); note != "" {
				for len(b)-start < noteColumn {
					b = append(b, ' ')
				}
				b = append(append(b, "  # -> "...), note...)
			}
		}
		b = append(b, '\n')
	}
	_, err := w.Write(b)
	return err
}

// noteColumn is where annotations line up.
const noteColumn = 40

// OpText gives one operation as it stands in the text.
func (p *Program) OpText(op int) string { return string(p.appendOp(nil, &p.Ops[op])) }

func (p *Program) appendHeader(b []byte) []byte {
	b = append(b, "midiff 1\nprofile "...)
	b = append(b, p.Profile...)
	b = append(b, "\nthreads "...)
	b = strconv.AppendInt(b, int64(p.Threads), 10)
	b = append(b, '\n')
	for _, o := range p.Options {
		b = append(append(append(b, "option "...), o.Name...), '=')
		b = append(strconv.AppendInt(b, o.Value, 10), '\n')
	}
	for _, f := range p.Faults {
		b = append(append(b, f.String()...), '\n')
	}
	if len(p.Ops) > 0 {
		b = append(b, '\n')
	}
	return b
}

// String gives the header line of the fault.
func (f Fault) String() string {
	sticky := ""
	if f.Sticky {
		sticky = " " + wordSticky
	}
	return "fault " + f.Call.String() + " " + strconv.Itoa(int(f.N)) + sticky + " " + f.Errno.String()
}

func (p *Program) appendOp(b []byte, o *Op) []byte {
	if o.Kind == kindBarrier {
		return append(b, wordBarrier...)
	}
	b = append(b, 't')
	b = strconv.AppendInt(b, int64(o.Thread), 10)
	b = append(b, ' ')
	if o.Dst != NoHandle {
		b = append(append(b, p.Name(o.Dst)...), " = "...)
	}
	row := &Table[o.Kind]
	if o.Heaped {
		b = append(b, heapPrefix...)
	}
	b = append(append(b, row.Name...), '(')
	if o.Heaped {
		b = append(b, p.Name(o.Heap)...)
	}
	num := 0
	for i, kind := range row.Operands {
		if i > 0 || o.Heaped {
			b = append(b, ", "...)
		}
		switch kind {
		case BlockUse, BlockFree, BlockMove, BulkDrain, ArenaUse, ArenaMay, SubprocUse, SubprocEnd:
			b = append(b, p.Name(o.Src)...)
			continue
		case HeapUse, HeapEnd:
			b = append(b, p.Name(o.Heap)...)
			continue
		case Bool:
			b = strconv.AppendBool(b, o.Num[num] != 0)
		case Millis, HeapTag, Percent:
			b = strconv.AppendUint(b, o.Num[num], 10)
		case OptionName, MovableName:
			b = append(b, OptionNames[o.Num[num]]...)
		case CallbackName:
			b = append(b, CallbackNames[o.Num[num]]...)
		case HandlerName:
			b = append(b, HandlerNames[o.Num[num]]...)
		case OptionValue, VisitTag:
			b = strconv.AppendInt(b, int64(o.Num[num]), 10)
		default:
			b = appendNumber(b, o.Num[num])
		}
		num++
	}
	return append(b, ')')
}
