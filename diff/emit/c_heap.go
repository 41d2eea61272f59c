// Operations on heaps, threads and options in C. See doc.go for an overview.

package emit

import (
	"fmt"

	"midiff/diff"
	"midiff/diff/prog"
)

func (f *cFile) heapNew(o *prog.Op, want *diff.Want) {
	f.line("%s%s;", f.assign(o.Dst), f.call(o))
	f.line("opened(%s, .null = %s);", f.name(o.Dst), map[bool]string{true: "MAY", false: "NEVER"}[want.Null != diff.NeverNull])
}

func (f *cFile) heapDelete(o *prog.Op, _ *diff.Want) {
	f.line("%s", f.guarded(o, fmt.Sprintf("closing(%s);", f.name(o.Heap))))
	f.line("%s;", f.guarded(o, f.call(o)))
}

// heapDestroy makes null what the blocks of the heap were.
func (f *cFile) heapDestroy(o *prog.Op, _ *diff.Want) {
	f.line("%s", f.guarded(o, fmt.Sprintf("destroying(%s);", f.name(o.Heap))))
	f.line("%s;", f.guarded(o, f.call(o)))
	if f.need["deferred"] {
		f.need["left"] = true
		f.line("forget_ended();")
	}
	for _, b := range f.owners.blocks(o.Heap) {
		f.need["left"] = true
		name := f.name(b)
		if f.p.Vars[b].Sort == prog.BulkVar {
			f.line("for (size_t i = 0; i < %s_n; i++) %s[i] = left(%s[i]);", name, name, name)
		} else {
			f.line("%s = left(%s);", name, name)
		}
	}
}

func (f *cFile) tellHeap(o *prog.Op, want *diff.Want) {
	h, ok := f.owners.defaults[o.Thread]
	switch {
	case want.Null != diff.NeverNull || f.c.nullAt(o):
		f.line("(void)(%s != NULL);  // null is right, too", f.call(o))
	case o.Kind.String() == "heap_get_default" && ok && h.IsVar():
		f.line("CHECK(%s == %s);", f.call(o), f.name(h))
	default:
		f.line("CHECK(%s != NULL);", f.call(o))
	}
}

func (f *cFile) isInHeapRegion(o *prog.Op, want *diff.Want) {
	f.asks(o, want, "mi_is_in_heap_region(%s)", 1)
}

func (f *cFile) checkOwned(o *prog.Op, want *diff.Want) {
	call := "mi_check_owned(%s)"
	if o.Heap != prog.NoHandle {
		call = "mi_heap_check_owned(" + f.heap(o) + ", %s)"
	}
	f.asks(o, want, call, 8)
}

// asks asks of the first, an inner and the last byte, or word, of a block.
func (f *cFile) asks(o *prog.Op, want *diff.Want, call string, unit int) {
	f.holds(o)
	if f.open(want) {
		return
	}
	not := ""
	if want.Value == 0 {
		not = "!"
	}
	if !o.Src.IsVar() {
		f.line("%s", f.guarded(o, fmt.Sprintf("CHECK(%s%s);", not, fmt.Sprintf(call, "NULL"))))
		return
	}
	part := fmt.Sprintf("part(%s, i, %d)", f.name(o.Src), unit)
	f.line("%s", f.guarded(o, fmt.Sprintf("for (int i = 0; i < 3; i++) CHECK(%s%s);", not, fmt.Sprintf(call, part))))
}

// open says that any answer is right.
func (f *cFile) open(want *diff.Want) bool {
	if want.Open {
		f.line("// asked of a block of a thread that has ended: yes and no are right")
	}
	return want.Open
}

func (f *cFile) containsBlock(o *prog.Op, want *diff.Want) {
	f.holds(o)
	if f.open(want) {
		return
	}
	not := ""
	if want.Value == 0 {
		not = "!"
	}
	f.line("%s", f.guarded(o, fmt.Sprintf("CHECK(%s%s);", not, f.call(o))))
}

func (f *cFile) visitBlocks(o *prog.Op, _ *diff.Want) {
	f.line("%s  // %s", f.guarded(o, fmt.Sprintf("visited(%s, %t);", f.heap(o), o.Num[0] != 0)),
		"mi_heap_visit_blocks, with what it must tell")
}

// registerDeferredFree registers the one callback of the file, or none.
func (f *cFile) registerDeferredFree(o *prog.Op, _ *diff.Want) {
	f.line("frees = %t;", o.Num[0] != prog.CallbackNone)
	f.line("allocates = %t;", prog.CallbackMakes(o.Num[0], false))
	f.line("at_end = %t;", prog.CallbackMakes(o.Num[0], true))
	if o.Num[0] == prog.CallbackNone {
		f.line("(void)deferred;  // nobody is called any more")
		f.line("mi_register_deferred_free(NULL, queue);")
		return
	}
	f.line("mi_register_deferred_free(deferred, queue);")
}

func (f *cFile) deferFree(o *prog.Op, _ *diff.Want) {
	f.holds(o)
	f.line("wait_for_callback(%s);", f.block(o.Src))
}

// threadDone ends the thread's heaps; it lives on.
func (f *cFile) threadDone(o *prog.Op, _ *diff.Want) {
	f.leave(o)
	f.line("mi_thread_done();")
	f.left()
}

// leave says goodbye to the heaps of the thread.
func (f *cFile) leave(o *prog.Op) {
	for _, h := range f.owners.of(o.Thread) {
		f.line("if (%s != NULL) closing(%s);", f.name(h), f.name(h))
	}
	if f.need["callback"] {
		f.line("ending = true;  // for the callback, which may be another from here on")
	}
	if f.need["heaps"] && o.Thread != 0 && f.allocated(o.Thread) {
		f.need["leaving"] = true
		f.line("leaving();")
	}
}

// left: the end of the thread is over.
func (f *cFile) left() {
	if f.need["callback"] {
		f.line("ending = false;")
	}
}

// allocated tells whether a thread allocates anything.
func (f *cFile) allocated(thread uint8) bool {
	for i := range f.c.p.Ops {
		if o := &f.c.p.Ops[i]; o.Thread == thread && o.Kind.Row().Result != prog.NoResult {
			return true
		}
	}
	return false
}

// exit is a return from the thread's function; the next thread waits for the end of it.
func (f *cFile) exit(o *prog.Op, _ *diff.Want) {
	f.leave(o)
	if o.Thread == 0 {
		f.note("the main thread cannot end and go on: mi_thread_done stands for its exit")
		f.line("mi_thread_done();  // exit")
		f.left()
		return
	}
	if o.Kind.String() == "exit_once" {
		f.line("mi_thread_done();  // the thread's end, once; pthreads make it twice, so that the thread lives on")
		f.left()
	}
}

func (f *cFile) clock(o *prog.Op, _ *diff.Want) {
	f.line("now += %d;  // milliseconds pass", o.Num[0])
}

func (f *cFile) optionGet(o *prog.Op, want *diff.Want) {
	if want.Open {
		f.line("CHECK(%s == %s);  // whatever it is", f.call(o), f.call(o))
		return
	}
	if o.Kind.String() == "option_is_enabled" {
		f.line("CHECK(%s == %t);", f.call(o), want.Value != 0)
		return
	}
	f.line("CHECK(%s == %d);", f.call(o), int64(want.Value))
}
