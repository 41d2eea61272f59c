// Operations on arenas in C. See doc.go for an overview.

package emit

import (
	"fmt"

	"midiff/diff"
	"midiff/diff/prog"
)

// surely is up to which size an arena is refused for the same reasons everywhere: beyond it, the simulated
// system may not have what the real one has.
const surely = 1 << 30

// tooLarge leaves out an arena that the simulated system has no memory for, where the real one may.
func (f *cFile) tooLarge(o *prog.Op, want *diff.Want) bool {
	if want.Null != diff.MustBeNull || o.Num[0] <= surely {
		return false
	}
	f.line("// not called: mi_%s, for more memory than there is in the rig", o.Kind)
	if o.Dst.IsVar() && !f.unused[o.Dst] {
		f.declare(o.Dst, "0")
	}
	return true
}

// reserve makes an arena of the system's memory. The thread must have started, or the library crashes.
func (f *cFile) reserve(o *prog.Op, want *diff.Want) {
	if f.tooLarge(o, want) {
		return
	}
	f.line("mi_thread_init();  // for mi_reserve_os_memory, which crashes as a thread's first call")
	args := f.arguments(o)
	if o.Dst.IsVar() {
		f.declare(o.Dst, "0")
		args += ", &" + f.name(o.Dst)
	}
	f.arena(o, want, fmt.Sprintf("mi_%s(%s)", o.Kind, args), " == 0", " != 0")
}

// manage makes an arena of the program's memory. Large pages are always committed.
func (f *cFile) manage(o *prog.Op, want *diff.Want) {
	if f.tooLarge(o, want) {
		return
	}
	committed, large, last := boolean(o.Num[1]), boolean(o.Num[2]), boolean(o.Num[3])
	call := fmt.Sprintf("mi_manage_os_memory(memory, %s, %s, %s, %s, -1)", cNumber(o.Num[0]), committed, large, last)
	if o.Dst.IsVar() {
		f.declare(o.Dst, "0")
		call = fmt.Sprintf("mi_manage_os_memory_ex(memory, %s, %s, %s, true, -1, %s, &%s)", cNumber(o.Num[0]),
			committed, large, last, f.name(o.Dst))
	}
	f.line("{")
	f.line("  void *memory = take(%s, %t);", cNumber(o.Num[0]), o.Num[1] != 0 || o.Num[2] != 0)
	f.line("  bool is_arena = memory != NULL && %s;", call)
	f.line("  if (memory != NULL && !is_arena) munmap(memory, %s);", cNumber(o.Num[0]))
	f.arena(o, want, "is_arena", "", "")
	f.line("}")
}

// arena checks whether there is one; yes and no are what is behind the call for each.
func (f *cFile) arena(o *prog.Op, want *diff.Want, call, yes, no string) {
	not := ""
	if no == "" {
		not = "!"
	}
	entered := ""
	if o.Dst.IsVar() {
		entered = fmt.Sprintf("arena_made(%s, %s, %t);", f.name(o.Dst), cNumber(want.Size), o.Num[3] != 0)
	}
	switch {
	case want.Null == diff.MustBeNull:
		f.line("CHECK(%s%s%s);", not, call, no)
		return
	case want.Null == diff.NeverNull && len(f.c.faults) == 0:
		f.line("CHECK(%s%s);", call, yes)
	case entered != "":
		f.line("if (%s%s) %s  // or not: the system may refuse", call, yes, entered)
		return
	default:
		f.line("(void)(%s%s);  // the system may refuse", call, yes)
		return
	}
	if entered != "" {
		f.line("%s", entered)
	}
}

func (f *cFile) arenaArea(o *prog.Op, want *diff.Want) {
	name := f.name(o.Src)
	f.line("{")
	f.line("  size_t size = 0;")
	if want.Size == 0 {
		f.line("  CHECK(mi_arena_area(%s, &size) == NULL && size == 0);", name)
	} else {
		f.line("  CHECK((uintptr_t)mi_arena_area(%s, &size) == arenas[%s].start && size == %s);", name, name, cNumber(want.Size))
	}
	f.line("}")
}
