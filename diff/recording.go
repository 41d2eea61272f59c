// What a run did, kept for the report. See doc.go for an overview.

package diff

// Recording holds the results of a run.
type Recording struct {
	C, Go         []Result   // by step, as far as the run got
	Wants         []Want     // by step: what the contract asks
	CCalls, Calls []OSCall   // C's and goalloc's, the first MaxCalls
	CLeft, Left   []Leftover // what is left after a teardown, if that is what diverged
	Taken         []Taken    // the block slots that heap_destroy made null
	CSays, Says   string     // their last messages
	State         []string   // what of their states and statistics differs, if that is what diverged
}

// Recording gives what the last run did, if Record was on or the run diverged. It is valid until the
// next run.
func (e *Engine) Recording() *Recording { return &e.rec }

func (r *Recording) begin() {
	*r = Recording{C: r.C[:0], Go: r.Go[:0], Wants: r.Wants[:0], CCalls: r.CCalls[:0], Calls: r.Calls[:0], Taken: r.Taken[:0]}
}

func (r *Recording) take(c, g []Result) {
	r.C = append(r.C, c...)
	r.Go = append(r.Go, g...)
}

func (r *Recording) finish(c, g Subject) {
	r.CCalls = append(r.CCalls, c.Calls(0)...)
	r.Calls = append(r.Calls, g.Calls(0)...)
	r.Taken = append(r.Taken, g.Taken()...)
	r.CSays, r.Says = c.Message(), g.Message()
}
