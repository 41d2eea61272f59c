// Programs to bytes, the exact inverse of decoding. See doc.go for an overview.

package prog

import (
	"slices"
	"sort"
)

// Encode gives bytes that decode, under Everything and every bound the program keeps, to the same
// program up to the names of its handles. The program must be valid.
func (p *Program) Encode() []byte {
	e := encoder{opening: openingOf(IsLater(p.Profile))}
	e.reset()
	e.about = make([]aboutVar, len(p.Vars))
	profile := slices.Index(allProfiles, p.Profile)
	b := append([]byte(nil), byte(profile*MaxThreads+p.Threads-1), 0)
	for _, o := range p.Options {
		b = append(b, firstLead+leadOption, byte(slices.Index(OptionNames, o.Name)))
		b = appendNumberCode(b, OptionValue, uint64(o.Value))
	}
	for _, f := range p.Faults {
		how := slices.Index(errnos[:], f.Errno)
		if f.Sticky {
			how += len(errnos)
		}
		b = append(b, firstLead+leadFault, byte(f.Call), byte(how))
		b = appendNumberCode(b, faultNum, uint64(f.N))
	}
	for i := range p.Ops {
		b = e.op(b, &p.Ops[i])
	}
	return b
}

// encoder mirrors what the decoder will know at each operation.
type encoder struct {
	ledger
	opening *opening
}

func (e *encoder) op(b []byte, o *Op) []byte {
	row := &Table[o.Kind]
	who := o.Thread
	switch {
	case row.Like != "":
		who += e.opening.likeDigit(o)
	case o.Heaped:
		who += heapedDigit
	}
	b = append(b, e.opening.first[o.Kind], who)
	if o.Heaped {
		b = e.appendHandle(b, o.Heap)
	}
	for _, kind := range row.Operands {
		if kind >= Size {
			break
		}
		if wants[kind].sort == HeapVar {
			b = e.appendHandle(b, o.Heap)
		} else {
			b = e.appendHandle(b, o.Src)
		}
	}
	place := 0
	if row.Result >= BlockResult {
		if o.moves(row) {
			place = e.about[o.Src].place
		} else {
			place = e.shelves[row.Result-BlockResult].nextFree(0)
			b = appendPlace(b, place)
		}
	}
	num := 0
	for _, kind := range row.Operands {
		if kind >= Size {
			b = appendNumberCode(b, kind, o.Num[num])
			num++
		}
	}
	e.end(o, row)
	if row.Result >= BlockResult {
		e.bind(o, row, place)
	}
	return b
}

func (e *encoder) appendHandle(b []byte, h Handle) []byte {
	if h == Missing {
		return appendPlace(b, missingPlace)
	}
	if !h.IsVar() {
		return appendPlace(b, literalPlace)
	}
	return appendPlace(b, e.about[h].place)
}

// EncodeWithin is Encode of the longest beginning of the program that takes at most so many bytes; 0 is no
// bound. Where not even the header fits, it is cut, too.
func (p *Program) EncodeWithin(bytes int) []byte {
	b := p.Encode()
	if bytes <= 0 || len(b) <= bytes {
		return b
	}
	short := *p
	fits := sort.Search(len(p.Ops), func(n int) bool {
		short.Ops = p.Ops[:n+1]
		return len(short.Encode()) > bytes
	})
	short.Ops = p.Ops[:fits]
	b = short.Encode()
	return b[:min(len(b), bytes)]
}
