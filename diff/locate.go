// Where a divergence began: the run again, with the contents of all blocks verified more often. See
// doc.go for an overview.

package diff

import "midiff/diff/prog"

// sweepSteps is the distance of the full verifications in the first repetition. The second one
// verifies after every step of the stretch in which contents were found changed.
const sweepSteps = 64

// locate repeats a run that diverged. Contents are verified when a block is touched, which may be long
// after they changed; the repetition finds the operation that changed them. A run that does not
// diverge again is Unknown.
func (e *Engine) locate(code *prog.Code, first Verdict) Verdict {
	was := e.Record
	e.Record = true
	defer func() { e.Record = was }()

	if d := first.Div; d.Oracle == Stats && d.C.Stats == d.Go.Stats {
		return e.firstTotals(code, first)
	}
	if comparesState(code.Steps) {
		flagEvery(code.Steps, FlagState|FlagWhole, 1)
	}
	if first.Div.Oracle == Invariant {
		flagEvery(code.Steps[:first.Div.Step+1], FlagInvariants, 1)
	}
	v := e.sweeping(code, 0, first.Div.Step, sweepSteps)
	if v.Class != Diverge {
		return e.flaky(first)
	}
	if v.Div.Oracle == State || v.Div.Oracle == Stats {
		return e.stopping(code, v)
	}
	if v.Div.Oracle != Contents {
		return v
	}
	if near := e.sweeping(code, v.Div.Step-sweepSteps, v.Div.Step, 1); near.Class == Diverge {
		return near
	}
	return e.sweeping(code, 0, first.Div.Step, sweepSteps)
}

func (e *Engine) flaky(first Verdict) Verdict {
	return Verdict{
		Class:  Unknown,
		Reason: "the run diverged once (" + first.Div.Signature.String() + ") and not when repeated",
		Once:   first.Div,
		Steps:  first.Steps,
	}
}

// sweeping runs a program with a full verification after every stride-th step of [from, to].
func (e *Engine) sweeping(code *prog.Code, from, to, stride int) Verdict {
	for i := max(from, 0); i <= to; i += stride {
		code.Steps[i].Flags |= FlagVerify
	}
	v := e.once(code)
	for i := range code.Steps {
		code.Steps[i].Flags &^= FlagVerify
	}
	return v
}

// stopping runs a program up to the step whose states differ and keeps what of them differs.
func (e *Engine) stopping(code *prog.Code, first Verdict) Verdict {
	short := *code
	short.Steps = code.Steps[:first.Div.Step+1]
	e.stop = true
	defer func() { e.stop = false }()
	v := e.once(&short)
	if v.Class != Diverge {
		return e.flaky(first)
	}
	return v
}
