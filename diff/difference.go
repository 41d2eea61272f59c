// From results that differ to a divergence: which oracle, which field, whose fault. See doc.go for an
// overview.

package diff

import "midiff/diff/prog"

// sidesDiffer names the first difference between two results, nil if it is only in fields that the
// contract ignores. The order is that of consequence: what comes later often follows from what comes
// earlier.
func (e *Engine) sidesDiffer(s *prog.Step, step int, c, g *Result) *Divergence {
	f := difference(&rules[s.Kind], c, g)
	if f.oracle == NoOracle {
		return nil
	}
	d := e.divergence(s, step, c, g, f)
	if c.OSHash != g.OSHash || c.OSCalls != g.OSCalls {
		e.model.os.blind = true // each side has its own memory now
	} else if c.OSCalls != e.model.os.seen {
		e.model.os.follow(e.g.Calls(int(e.model.os.seen)), c.OSCalls)
	}
	fc, fg := e.blame(s, e.c, c), e.blame(s, e.g, g)
	switch {
	case (fc.oracle == NoOracle) == (fg.oracle == NoOracle):
		d.Blame = BlameSide
	case fc.oracle == NoOracle:
		d.Blame = BlameGo
	default:
		d.Blame = BlameC
	}
	d.Contract = e.model.expect(s)
	return d
}

// blame judges the result of one side.
func (e *Engine) blame(s *prog.Step, side Subject, r *Result) finding {
	if f := e.model.checkCallbacks(s, r, e.callbacks(side, r)); f.oracle != NoOracle {
		return f
	}
	e.model.told = side.Visits
	defer func() { e.model.told = e.c.Visits }()
	return e.model.blame(s, r)
}

func difference(ru *rule, c, g *Result) finding {
	j := &judged[ru.promise]
	switch {
	case c.BadWhat == BadCrash || g.BadWhat == BadCrash:
		return finding{Crash, FieldNone}
	case c.BadWhat == BadAssertion && g.BadWhat != BadAssertion:
		return finding{Assertion, FieldNone}
	case c.Deferred != g.Deferred:
		return finding{Deferred, FieldCalls}
	case c.Null != g.Null:
		return finding{ResultClass, FieldNull}
	case c.Value != g.Value && j.value != ignored:
		if ru.resultIsRoom {
			return finding{Place, FieldValue}
		}
		return finding{ResultValue, FieldValue}
	case c.Usable != g.Usable && c.Null != 0 && ru.codes != noCode:
		return finding{ErrorCode, FieldErrno}
	case c.Usable != g.Usable && j.usable != ignored:
		return finding{Usable, FieldUsable}
	case c.Told != g.Told:
		return finding{ResultValue, FieldTold}
	case c.Bad != g.Bad || c.BadWhat != g.BadWhat || c.BadSlot != g.BadSlot:
		return badFinding(max(c.BadWhat, g.BadWhat))
	case c.Errno != g.Errno && j.errno != ignored:
		return finding{ErrorCode, FieldErrno}
	case c.Errors != g.Errors:
		return finding{Messages, FieldErrors}
	case c.Warnings != g.Warnings:
		return finding{Messages, FieldWarnings}
	case c.OSHash != g.OSHash || c.OSCalls != g.OSCalls:
		return finding{OSTrace, FieldCalls}
	case c.State != g.State:
		return finding{State, FieldState}
	case c.Stats != g.Stats:
		return finding{Stats, FieldStats}
	}
	return finding{}
}

// broken deals with a result on which both sides agree and that breaks the contract. A known finding
// is counted, and nil says to go on.
func (e *Engine) broken(s *prog.Step, step int, c, g *Result, f finding) *Divergence {
	i, known := e.known.match(Signature{f.oracle, rules[s.Kind].name, f.field}, e.quirks(s, g, f))
	if !known && f.oracle == Align {
		i, known = e.model.skewedBefore(s, c)
	}
	contract := ""
	if !known || e.Record {
		contract = e.explain(s, c, f) // before the model follows what is known
	}
	if known {
		e.accept(s, step, c, f, i)
		e.hits[i].Count++
		if e.hits[i].Count > 1 {
			return nil
		}
	}
	d := e.divergence(s, step, c, g, f)
	d.Blame, d.Contract = BlameBoth, contract
	if !known {
		return d
	}
	d.Known = e.known.Entries[i].Name
	e.hits[i].Name, e.hits[i].First = d.Known, *d
	return nil
}

// explain says what the contract asks. Where the sides are only compared, it asks for as much as any.
func (e *Engine) explain(s *prog.Step, c *Result, f finding) string {
	if e.SidesOnly {
		return "every operation returns, and contents stay"
	}
	return e.model.explain(s, c, f)
}

// quirks gives the known bugs that took effect in a step, and of those that lasted what may explain the
// finding.
func (e *Engine) quirks(s *prog.Step, g *Result, f finding) uint64 {
	m := e.model
	switch {
	case f.oracle == Arena && (rules[s.Kind].promise == newHeap || m.owner(s) == m.own[s.Thread] || m.later): // any heap of a tag
		return g.Quirks | m.arenas.mixed[s.Thread]
	case f.oracle == Mapped && f.field == FieldValue, rules[s.Kind].promise == inRegion:
		return g.Quirks | m.arenas.refused
	}
	return g.Quirks
}

// accept brings the model in line with a known finding.
func (e *Engine) accept(s *prog.Step, step int, c *Result, f finding, known int) {
	switch f.oracle {
	case Owner:
		e.model.take(e.g.Taken(), uint32(step))
	case Mapped: // of an arena's blocks: what is handed out of them from now on is no news
		if f.field == FieldValue {
			from, to := c.Value/arenaBlock*arenaBlock, (c.Value+max(c.Usable, 1)+arenaBlock-1)/arenaBlock*arenaBlock
			e.model.os.set(span{from, to}, true)
		}
	case Align:
		if p := rules[s.Kind].promise; p == gives || p == moves {
			e.model.skewed = uint16(known) + 1
		}
	}
}

func (e *Engine) divergence(s *prog.Step, step int, c, g *Result, f finding) *Divergence {
	return &Divergence{
		Signature: Signature{f.oracle, rules[s.Kind].name, f.field},
		Op:        int(s.Op), Step: step, C: *c, Go: *g,
	}
}
