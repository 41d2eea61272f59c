// The interpreter of the Go side, continued: the callback for deferred frees, and the blocks that wait for it. See
// doc.go for an overview.

package diff

import (
	"math"

	"midiff/cref"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// goDeferred is the callback's side of a run. Steps that queue blocks move them to slots in ascending order: the
// queue is a range of slots, and those without a block are passed over.
type goDeferred struct {
	from, to uint32
	kind     uint64               // the callback registered
	call     goalloc.DeferredFree // GoSubject.called, made once
	ends     bool                 // the thread ends in the step that is running
	inside   bool
	r        *Result    // of that step
	calls    []Callback // of the last batch
}

func (d *goDeferred) step(s *prog.Step, r *Result) {
	d.r, d.ends = r, rules[s.Kind].promise == endThread
}

// called is every callback.
func (g *GoSubject) called(t *goalloc.Thread, force bool, heartbeat uint64) {
	d := &g.deferred
	c := Callback{Heartbeat: heartbeat, Step: g.step - 1}
	if d.inside {
		c.Wrong = cref.Nested
	}
	most := prog.DeferredStep
	if force {
		c.Force, most = 1, math.MaxInt
	}
	d.r.Deferred = cref.AddCallback(d.r.Deferred, &c)
	d.calls = append(d.calls, c)
	if d.inside {
		return
	}
	d.inside = true
	g.freeQueued(t, most)
	if prog.CallbackMakes(d.kind, d.ends) {
		t.Free(t.Malloc(prog.CallbackSize))
	}
	d.inside = false
}

func (g *GoSubject) freeQueued(t *goalloc.Thread, most int) {
	d := &g.deferred
	for ; d.from < d.to && most > 0; d.from++ {
		b := g.blocks[d.from]
		if b.addr == 0 {
			continue
		}
		g.blocks[d.from] = stamped{}
		note(d.r, BadContents, d.from, b.verify(b.usable))
		t.Free(b.addr)
		most--
	}
}

func (g *GoSubject) registerDeferredFree(_ *goalloc.Thread, s *prog.Step, _ *Result) {
	g.deferred.kind = s.A
	if s.A == prog.CallbackNone {
		g.proc.RegisterDeferredFree(nil)
		return
	}
	g.proc.RegisterDeferredFree(g.deferred.call)
}

func (g *GoSubject) deferFree(_ *goalloc.Thread, s *prog.Step, r *Result) {
	d := &g.deferred
	b := g.source(s, r)
	if d.from == d.to {
		d.from = s.Dst
	}
	d.to = s.Dst + 1
	g.blocks[s.Dst] = b
}
