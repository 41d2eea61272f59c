// Programs that clean up behind themselves. See doc.go for an overview.

package prog

import "slices"

// The operations of a teardown, and the one of an arena reserved first.
var (
	kindHeapDelete = mustKind("heap_delete")
	kindThreadDone = mustKind("thread_done")
	kindStatsMerge = mustKind("stats_merge")

	kindReservePlain = mustKind("reserve_os_memory")
)

// Reserved gives a valid program with an operation before its first one that makes an arena of size bytes for
// all heaps. p and the result share what that leaves as it is.
func (p *Program) Reserved(size uint64, committed bool) *Program {
	o := Op{Kind: kindReservePlain, Dst: NoHandle, Src: NoHandle, Heap: NoHandle, Num: [4]uint64{size}}
	if committed {
		o.Num[1] = 1
	}
	r := *p
	r.Ops = append([]Op{o}, p.Ops...)
	return &r
}

// TornDown gives a valid program with operations behind its last one that give everything back: every
// live block is freed, those queued for the callback before all others, by the first thread, which always can (a
// build that counts frees crashes in those of a thread that could not start); every heap is deleted; every thread but the first ends, by
// thread_done; then the first thread collects by force and merges its statistics, so that all are in the
// totals. p and the result share what the new operations leave as it is.
func (p *Program) TornDown() *Program {
	c := checker{p: p, lives: make([]life, len(p.Vars))}
	used := make([]bool, p.Threads)
	for i := range p.Ops {
		c.op(i)
		o := &p.Ops[i]
		used[o.Thread] = !Table[o.Kind].EndsTied
	}
	t := *p
	t.Ops = slices.Clone(p.Ops)
	line := int32(0) // the new operations have the lines that they would have in the text
	if n := len(p.Ops); n > 0 {
		line = p.Ops[n-1].Line
	}
	add := func(o Op) {
		if line > 0 {
			line++
			o.Line = line
		}
		t.Ops = append(t.Ops, o)
	}
	plain := func(k Kind, thread uint8) Op {
		return Op{Kind: k, Thread: thread, Dst: NoHandle, Src: NoHandle, Heap: NoHandle}
	}
	collect := plain(kindCollect, 0)
	collect.Num[0] = 1
	if p.leavesQueue() {
		register := plain(kindRegister, 0)
		register.Num[0] = CallbackFrees
		add(register)
		add(collect)
	}
	for v := range c.lives {
		if !c.lives[v].live() {
			continue
		}
		switch p.Vars[v].Sort {
		case BlockVar:
			o := plain(kindFree, 0)
			o.Src = Handle(v)
			add(o)
		case BulkVar:
			o := plain(kindBulkFree, 0)
			o.Src, o.Num[0] = Handle(v), 1
			add(o)
		}
	}
	for v := range c.lives {
		if p.Vars[v].Sort == HeapVar && c.lives[v].live() {
			o := plain(kindHeapDelete, c.lives[v].thread)
			o.Heap = Handle(v)
			add(o)
		}
	}
	for thread := 1; thread < p.Threads; thread++ {
		if used[thread] {
			add(plain(kindThreadDone, uint8(thread)))
		}
	}
	add(collect)
	add(plain(kindStatsMerge, 0))
	return &t
}

// leavesQueue tells whether blocks may be queued for the callback at the end: since the first thread collected last
// by force with a callback.
func (p *Program) leavesQueue() bool {
	queued, called := false, false
	for i := range p.Ops {
		switch o := &p.Ops[i]; {
		case o.Kind == kindDefer:
			queued = true
		case o.Kind == kindRegister:
			called = o.Num[0] != CallbackNone
		case o.Kind == kindCollect && o.Thread == 0 && o.Num[0] != 0 && called:
			queued = false
		}
	}
	return queued
}
