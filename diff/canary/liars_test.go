package canary

import (
	"slices"

	"midiff/diff"
	"midiff/diff/prog"
)

// liar is a fault in what subjects report: lie changes the results of a batch, and tells that it did
// by returning true; it lies once in a run. With both, both sides tell the same lie, so that only the
// contract can tell.
type liar struct {
	name   string
	oracle diff.Oracle
	why    string
	both   bool
	lie    func(steps []prog.Step, out []diff.Result, i int) bool
	mapped []diff.Range           // what it says is mapped, too
	stats  []diff.StateEntry      // what it says is counted, too
	called func(c *diff.Callback) // what it says of a call of the callback for deferred frees
}

// on makes a lie about the results of one operation that gave something.
func on(op string, change func(s *prog.Step, r *diff.Result)) func([]prog.Step, []diff.Result, int) bool {
	k, ok := prog.KindOf(op)
	if !ok {
		panic("no operation " + op)
	}
	return func(steps []prog.Step, out []diff.Result, i int) bool {
		if steps[i].Kind != k || out[i].Null != 0 {
			return false
		}
		before := out[i]
		change(&steps[i], &out[i])
		return out[i] != before
	}
}

var liars = []liar{
	{
		name: "overlapping-blocks", oracle: diff.Overlap, both: true,
		why: "a block is handed out that is in use",
		lie: func(steps []prog.Step, out []diff.Result, i int) bool {
			k, _ := prog.KindOf("malloc")
			if i == 0 || steps[i].Kind != k || steps[i-1].Kind != k || steps[i].A != steps[i-1].A ||
				out[i].Null != 0 || out[i-1].Null != 0 {
				return false
			}
			out[i].Value = out[i-1].Value
			return true
		},
	},
	{
		name: "short-usable-size", oracle: diff.Usable, both: true,
		why: "the usable size is a byte less than asked",
		lie: on("malloc", func(s *prog.Step, r *diff.Result) {
			if s.A > 0 {
				r.Usable = s.A - 1
			}
		}),
	},
	{
		name: "misaligned-block", oracle: diff.Align, both: true,
		why: "a block of 16 bytes or more lies at a multiple of 8 only",
		lie: on("malloc", func(s *prog.Step, r *diff.Result) {
			if s.A >= 16 {
				r.Value += 8
			}
		}),
	},
	{
		name: "untrue-assertion", oracle: diff.Assertion, both: true,
		why: "an assertion fails on both sides",
		lie: on("free", func(_ *prog.Step, r *diff.Result) { r.BadWhat = diff.BadAssertion }),
	},
	{
		name: "misplaced-block", oracle: diff.Place,
		why: "one side reports the block's neighbour",
		lie: on("malloc", func(_ *prog.Step, r *diff.Result) { r.Value += r.Usable }),
	},
	{
		name: "needless-null", oracle: diff.Null, both: true,
		why: "null although there is memory",
		lie: on("malloc", func(_ *prog.Step, r *diff.Result) { r.Null, r.Value, r.Usable = 1, 0, 0 }),
	},
	{
		name: "dirty-zalloc", oracle: diff.Zero, both: true,
		why: "memory promised as zero is not, on both sides",
		lie: on("zalloc", func(s *prog.Step, r *diff.Result) {
			r.Bad, r.BadWhat, r.BadSlot = 1, diff.BadZero, s.Dst
		}),
	},
	{
		name: "corrupted-block", oracle: diff.Contents, both: true,
		why: "a word of a live block changed, on both sides",
		lie: on("free", func(s *prog.Step, r *diff.Result) {
			if s.Src != prog.NoSlot {
				r.Bad, r.BadWhat, r.BadSlot = 9, diff.BadContents, s.Src
			}
		}),
	},
	{
		name: "unmapped-block", oracle: diff.Mapped, both: true,
		why: "a block lies where nothing is mapped",
		lie: on("malloc", func(_ *prog.Step, r *diff.Result) { r.Value += 32 << 30 }),
	},
	{
		name: "wrong-destroy", oracle: diff.Owner, both: true,
		why: "heap_destroy ends a block too many",
		lie: on("heap_destroy", func(_ *prog.Step, r *diff.Result) { r.Value++ }),
	},
	{
		name: "wrong-error-code", oracle: diff.ErrorCode, both: true,
		why: "an array that is refused has another code than ENOMEM",
		lie: func(steps []prog.Step, out []diff.Result, i int) bool {
			k, _ := prog.KindOf("reallocarr")
			if steps[i].Kind != k || out[i].Null == 0 {
				return false
			}
			out[i].Usable++
			return true
		},
	},
	{
		name: "stranger-owned", oracle: diff.Owner, both: true,
		why: "a block is said to be in a heap that it is not in, or the other way round",
		lie: on("heap_contains_block", func(s *prog.Step, r *diff.Result) {
			if s.Src != prog.NoSlot && r.Value != 0 {
				r.Value = 0
			}
		}),
	},
	{
		name: "stranger-default", oracle: diff.Owner, both: true,
		why: "the default heap is not the one that was set",
		lie: on("heap_get_default", func(_ *prog.Step, r *diff.Result) { r.Value += 64 }),
	},
	{
		name: "visit-counts-more", oracle: diff.ResultValue, both: true,
		why: "a heap counts a block more than it tells of",
		lie: on("heap_visit_blocks", func(_ *prog.Step, r *diff.Result) { r.Value++ }),
	},
	{
		name: "byte-not-mapped", oracle: diff.ResultValue, both: true,
		why: "the last byte of a block is not in the region",
		lie: on("is_in_heap_region", func(_ *prog.Step, r *diff.Result) { r.Value &^= 4 }),
	},
	{
		name: "block-in-exclusive-arena", oracle: diff.Arena, both: true,
		why: "a block of a plain heap lies in an exclusive arena",
		lie: func(steps []prog.Step, out []diff.Result, i int) bool {
			alloc, _ := prog.KindOf("malloc")
			reserve, _ := prog.KindOf("reserve_os_memory_ex")
			if steps[i].Kind != alloc || steps[i].Heap != prog.BackingSlot || out[i].Null != 0 {
				return false
			}
			for j, s := range steps[:i] { // one that is committed and exclusive
				if s.Kind == reserve && out[j].Null == 0 && s.B != 0 && s.D != 0 {
					out[i].Value = out[j].Usable + 24<<20
					return true
				}
			}
			return false
		},
	},
	{
		name: "small-good-size", oracle: diff.GoodSize, both: true,
		why: "good_size is less than the size",
		lie: on("good_size", func(s *prog.Step, r *diff.Result) {
			if s.A > 0 && s.A < 1<<40 {
				r.Value = s.A - 1
			}
		}),
	},
	{
		name: "heartbeat-stands", oracle: diff.Deferred, both: true,
		why:    "the heartbeat does not grow from call to call, on both sides",
		called: func(c *diff.Callback) { c.Heartbeat = 1 },
	},
	{
		name: "callback-by-itself", oracle: diff.Deferred, both: true,
		why:    "the callback is called inside itself, on both sides",
		called: func(c *diff.Callback) { c.Wrong = 1 },
	},
	// Memory that one side alone leaves mapped shows in its OS calls at once, and a count in the statistics or the
	// state, where these are compared: of the faults in the source, L4 is the first to see only one in a count, as
	// segment-stays-counted, in a run that does not compare counts. What it is there for is what both sides leave.
	{
		name: "lost-segment", oracle: diff.Teardown, both: true,
		why:    "a segment stays mapped when all was given back, on both sides",
		mapped: []diff.Range{{Addr: 32 << 20, Size: 32 << 20}},
	},
	{
		name: "lost-thread-record", oracle: diff.Teardown, both: true,
		why:    "a thread's record stays mapped and nobody keeps it, on both sides",
		mapped: []diff.Range{{Addr: 61 << 30, Size: 8 << 10}},
	},
	{
		name: "lost-count", oracle: diff.Teardown, both: true,
		why:   "a segment counts as there when all was given back, on both sides",
		stats: []diff.StateEntry{{Pos: 3, Value: 1}},
	},
}

// tell gives the sides with the lie in them.
func (l *liar) tell(c, g diff.Subject) (diff.Subject, diff.Subject) {
	if l.both {
		c = &lying{Subject: c, liar: l}
	}
	return c, &lying{Subject: g, liar: l}
}

// lying is a subject behind a liar.
type lying struct {
	diff.Subject
	liar *liar
	lied bool
}

// Begin is the subject's; a new run, a new lie.
func (l *lying) Begin(code *prog.Code) error {
	l.lied = false
	return l.Subject.Begin(code)
}

// Run is the subject's, with one result changed.
func (l *lying) Run(steps []prog.Step, out []diff.Result) {
	l.Subject.Run(steps, out)
	for i := 0; i < len(steps) && !l.lied && l.liar.lie != nil; i++ {
		l.lied = l.liar.lie(steps, out, i)
	}
}

// Mapped is the subject's, and what the liar says.
func (l *lying) Mapped() []diff.Range { return append(l.Subject.Mapped(), l.liar.mapped...) }

// Callbacks is the subject's, as the liar says.
func (l *lying) Callbacks() []diff.Callback {
	all := slices.Clone(l.Subject.Callbacks())
	for i := range all {
		if l.liar.called != nil {
			l.liar.called(&all[i])
		}
	}
	return all
}

// Stats is the subject's, and what the liar says.
func (l *lying) Stats() []diff.StateEntry { return append(l.Subject.Stats(), l.liar.stats...) }
