// Threads in C: who runs which operations, and when. See doc.go for an overview.

package emit

import (
	"fmt"
	"strings"

	"midiff/diff/prog"
)

// runner is a thread from its start to its exit; a number of a program may be several, one after the
// other. The first is the main thread.
type runner struct {
	thread uint8
	name   string // t1; t1_2 is the second of its number
	ended  bool
	body   strings.Builder
}

// stretch is operations of one thread in a row. An exit ends it.
type stretch struct {
	r        *runner
	from, to int // operations
}

// ends tells whether an operation ends a thread, and exits whether the thread really exits there.
func (f *cFile) ends(op int) bool {
	return f.exits(op) || f.c.p.Ops[op].Kind.String() == "exit_once" && f.c.p.Ops[op].Thread != 0
}

func (f *cFile) exits(op int) bool {
	return f.c.p.Ops[op].Kind.String() == "exit" && f.c.p.Ops[op].Thread != 0
}

// schedule cuts the program into stretches.
func (f *cFile) schedule(ops int) {
	f.main = &runner{name: "t0"}
	current := map[uint8]*runner{0: f.main}
	lives := map[uint8]int{}
	for i := range ops {
		t := f.c.p.Ops[i].Thread
		r := current[t]
		if r == nil {
			lives[t]++
			r = &runner{thread: t, name: fmt.Sprintf("t%d", t)}
			if lives[t] > 1 {
				r.name += fmt.Sprintf("_%d", lives[t])
			}
			current[t] = r
			f.others = append(f.others, r)
		}
		if n := len(f.stretches); n == 0 || f.stretches[n-1].r != r || f.stretches[n-1].to != i {
			f.stretches = append(f.stretches, stretch{r: r, from: i})
		}
		f.stretches[len(f.stretches)-1].to = i + 1
		if f.ends(i) {
			delete(current, t)
		}
	}
	f.need["turns"] = len(f.others) > 0
}

// run writes the bodies of all threads.
func (f *cFile) run() {
	var ended *runner
	if len(f.stretches) > 0 && f.stretches[0].r != f.main {
		f.lead = 1
	}
	for n, s := range f.stretches {
		f.b, f.at = &s.r.body, s.r
		if n > 0 || s.r != f.main {
			f.line("await(%d);", n+f.lead)
		}
		if ended != nil {
			f.line("pthread_join(%s, NULL);  // it has ended", ended.name)
			f.left()
			ended = nil
		}
		for i := s.from; i < s.to; i++ {
			f.op(i)
		}
		if f.exits(s.to - 1) {
			ended = s.r
			s.r.ended = true
		}
		if len(f.others) > 0 && (n+1 < len(f.stretches) || s.r != f.main) {
			f.line("pass();")
		}
	}
	f.b, f.at = &f.main.body, f.main
	if n := len(f.stretches); n > 0 && f.stretches[n-1].r != f.main {
		f.line("await(%d);", n+f.lead)
	}
	if ended != nil {
		f.line("pthread_join(%s, NULL);  // it has ended", ended.name)
	}
}

// threadFunctions writes the functions of all threads but the main one.
func (f *cFile) threadFunctions(b *strings.Builder) {
	for _, r := range f.others {
		end := ""
		if !r.ended {
			end = "  await(-1);  // the thread lives on, to the end of the process\n"
		}
		fmt.Fprintf(b, "\nstatic void *run_%s(void *unused) {\n  (void)unused;\n%s%s  return NULL;\n}\n", r.name,
			r.body.String(), end)
	}
}

// declarations writes the variables of a program with threads, which all of them see.
func (f *cFile) declarations(b *strings.Builder) {
	if len(f.others) == 0 {
		return
	}
	fmt.Fprintf(b, "\n// ---- the program ----\n\n")
	for _, r := range f.others {
		fmt.Fprintf(b, "static pthread_t %s;\n", r.name)
	}
	for v := range f.c.p.Vars {
		if h := prog.Handle(v); f.known[h] {
			fmt.Fprintf(b, "static %s;\n", f.declared(h))
		}
	}
}
