// Who does what, and when. See doc.go for an overview.

package mutate

import "midiff/diff/prog"

// rethreadHeader now and then makes a thread more or less.
func (e *edit) rethreadHeader(header *prog.Program) {
	switch most := min(e.cfg.Threads, prog.MaxThreads); {
	case header.Threads < most && (header.Threads == 1 || e.oneIn(3)):
		header.Threads++
	case header.Threads > 1 && e.oneIn(6):
		header.Threads--
	}
}

// rethread moves operations to other threads or places, or has threads end.
func rethread(e *edit) {
	threads := e.w.Program().Threads
	if threads == 1 {
		later(e)
		return
	}
	switch e.IntN(7) {
	case 0:
		swapThreads(e, uint8(e.IntN(threads)), uint8(e.IntN(threads)))
	case 1:
		from, to := e.stretch(len(e.p.Ops))
		thread := uint8(e.IntN(threads))
		e.change(func(i int, o *prog.Op) bool {
			if from <= i && i < to {
				o.Thread = thread
			}
			return true
		})
	case 2:
		from, to := e.stretch(len(e.p.Ops))
		e.change(func(i int, o *prog.Op) bool {
			if from <= i && i < to && e.oneIn(2) {
				o.Thread = uint8(e.IntN(threads))
			}
			return true
		})
	case 3:
		handOver(e, threads)
	case 4, 5:
		endThreads(e, threads)
	case 6:
		later(e)
	}
}

// swapThreads gives all that one thread does to another, and the other way round, in some stretch or everywhere.
func swapThreads(e *edit, a, b uint8) {
	from, to := 0, len(e.p.Ops)
	if e.oneIn(2) {
		from, to = e.stretch(len(e.p.Ops))
	}
	e.change(func(i int, o *prog.Op) bool {
		switch {
		case i < from || i >= to:
		case o.Thread == a:
			o.Thread = b
		case o.Thread == b:
			o.Thread = a
		}
		return true
	})
}

// handOver has blocks freed by another thread than they were, in some stretch or everywhere.
func handOver(e *edit, threads int) {
	from, to := 0, len(e.p.Ops)
	if e.oneIn(2) {
		from, to = e.stretch(len(e.p.Ops))
	}
	turn := uint8(1 + e.IntN(threads-1))
	e.change(func(i int, o *prog.Op) bool {
		for _, kind := range o.Kind.Row().Operands {
			if from <= i && i < to && (kind == prog.BlockFree || kind == prog.BulkDrain) {
				o.Thread += turn
			}
		}
		return true
	})
}

// endings are what ends a thread or begins it, with what is often the first thing that shows it.
var endings = []prog.Kind{kindOf("exit"), kindOf("exit"), kindOf("exit_once"), kindOf("thread_done"), kindOf("thread_init")}

// endThreads has up to three threads end or begin, and now and then another one collect afterwards, which
// is what takes over what they left.
func endThreads(e *edit, threads int) {
	at := map[int]int{} // how many end behind an operation
	for range e.few(3) {
		at[e.below(len(e.p.Ops))]++
	}
	for i := range e.p.Ops {
		e.copy(i, i+1)
		for range at[i] {
			e.w.Take(plain(pick(e, endings), uint8(e.IntN(threads))), e.names)
			if e.oneIn(4) {
				collect := plain(kindOf("collect"), uint8(e.IntN(threads)))
				collect.Num[0] = uint64(e.IntN(2))
				e.w.Take(collect, e.names)
			}
		}
	}
}

// later moves a stretch behind another one.
func later(e *edit) {
	from, to := e.stretch(len(e.p.Ops))
	behind := to + e.below(len(e.p.Ops)-to+1)
	e.copy(0, from)
	e.copy(to, behind)
	e.copy(from, to)
	e.copy(behind, len(e.p.Ops))
}
