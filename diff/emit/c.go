// The C file as a whole. See doc.go for an overview.

package emit

import (
	"fmt"
	"slices"
	"strings"

	"midiff/diff/prog"
)

// cFile is a C file in the making.
type cFile struct {
	namer
	c         *Case
	need      needs
	main      *runner
	others    []*runner
	stretches []stretch
	lead      int              // turns of the main thread before the program's first
	b         *strings.Builder // the body that is written
	at        *runner          // whose it is
	known     map[prog.Handle]bool
	sizes     map[prog.Handle]uint64 // of bulks: the largest count
	owners    owners
	unused    map[prog.Handle]bool
	queued    int  // blocks, for the callback
	large     bool // a size that the compiler would warn of
	notes     []string
}

// C gives the program as a C file.
func (c *Case) C() string {
	f := &cFile{namer: namer{c.p, cReserved}, c: c, need: needs{}, known: map[prog.Handle]bool{},
		sizes: map[prog.Handle]uint64{}, owners: newOwners()}
	f.need["padded"], f.need["later"] = prog.Padded(c.p.Profile), prog.IsLater(c.p.Profile)
	f.need["faults"] = f.strikes(prog.FaultCalls)
	f.need["random"] = f.strikes(prog.FaultGetrandom)
	f.need["counts"] = len(c.counts) > 0
	f.need["mapped"] = slices.Contains(c.left, "memory")
	f.need["committed"] = slices.Contains(c.left, "committed")
	f.need["threads"] = slices.Contains(c.left, "threads")
	for _, x := range c.missed() {
		f.note("%s, which strikes nowhere in the program", x)
	}
	ops := c.ops()
	if left := len(c.p.Ops) - ops; left > 0 {
		f.note("the last %d operations are left out, since nothing is known of what is promised there", left)
	}
	for i := range ops {
		f.survey(i)
	}
	f.need.complete()
	f.findUnused(ops)
	f.schedule(ops)
	f.run()
	var b strings.Builder
	f.header(&b)
	f.includes(&b)
	b.WriteString(f.need.text())
	f.declarations(&b)
	f.threadFunctions(&b)
	f.mainFunction(&b)
	return b.String()
}

func (f *cFile) line(format string, args ...any) {
	fmt.Fprintf(f.b, "  "+format+"\n", args...)
}

// libraries says what each profile's library is built with.
var libraries = map[string]string{
	"2.0-abandon": "-DMI_HUGE_PAGE_ABANDON=1", "2.0-secure": "-DMI_SECURE=4", "2.0-padded": "-DMI_DEBUG=1",
	"2.0-checked": "-DMI_DEBUG=3", "2.0-stats": "-DMI_STAT=2",
}

// LibraryFlags gives the compiler's flags for the library of a profile.
func LibraryFlags(profile string) []string {
	if flag := libraries[profile]; flag != "" {
		return []string{flag}
	}
	return nil
}

func (f *cFile) header(b *strings.Builder) {
	fmt.Fprintf(b, "// What %s does, in C.\n//\n", f.c.Name)
	for _, line := range f.c.About {
		fmt.Fprintf(b, "// %s\n", strings.TrimSpace(line))
	}
	if len(f.c.About) > 0 {
		fmt.Fprintf(b, "//\n")
	}
	f.findings(b)
	f.obtain(b)
	fmt.Fprintf(b, "// Exit code 1, and a line of this file, if a promise of the API is broken; 0 if none is.\n")
	for _, note := range f.notes {
		fmt.Fprintf(b, "//\n// Not as in the program: %s.\n", note)
	}
	b.WriteString("\n")
}

// findings says what was found, in the header.
func (f *cFile) findings(b *strings.Builder) {
	if f.c.Died != "" {
		fmt.Fprintf(b, "// mimalloc %s in this program.\n//\n", f.c.Died)
	}
	for i := range f.c.found {
		x := &f.c.found[i]
		known := ""
		if x.known != "" {
			known = " (known: " + x.known + ")"
		}
		fmt.Fprintf(b, "// Found: %s%s\n", x.signature, known)
		if x.op >= len(f.c.Program.Ops) {
			fmt.Fprintf(b, "//   expected: %s\n//   actual:   %s\n", x.expected, x.actual)
		}
		if !f.c.visible(*x) {
			fmt.Fprintf(b, "//   This file cannot show it: %s.\n", f.c.hidden(x))
		}
	}
	if len(f.c.found) > 0 {
		fmt.Fprintf(b, "//\n")
	}
}

func (f *cFile) includes(b *strings.Builder) {
	if f.need["os"] || f.need["own"] {
		b.WriteString("#define _GNU_SOURCE\n")
	}
	b.WriteString("#include <mimalloc.h>\n\n")
	headers := []string{"signal.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "string.h", "unistd.h"}
	for need, names := range map[string][]string{
		"os": {"errno.h", "limits.h", "sys/mman.h", "sys/syscall.h", "time.h"}, "own": {"sys/mman.h"},
		"turns": {"pthread.h"}, "errno": {"errno.h"}, "news": {"setjmp.h"}, "env": {"stdlib.h"},
	} {
		if f.need[need] {
			headers = append(headers, names...)
		}
	}
	slices.Sort(headers)
	for _, h := range slices.Compact(headers) {
		fmt.Fprintf(b, "#include <%s>\n", h)
	}
	if f.large {
		b.WriteString("\n// Some sizes are too large on purpose.\n#pragma GCC diagnostic ignored \"-Walloc-size-larger-than=\"\n")
	}
	fmt.Fprintf(b, "\n#define MOST_LIVE %d\n", f.c.code.Blocks+f.c.code.Heaps+2)
	if f.need["visits"] {
		fmt.Fprintf(b, "#define MOST_DEAD %d\n", len(f.c.code.Steps)+1)
	}
	if f.need["deferred"] {
		fmt.Fprintf(b, "#define MOST_QUEUED %d\n", f.queued+1)
	}
	if f.need["faults"] {
		fmt.Fprintf(b, "#define MOST_FAULTS %d\n", f.struck())
	}
	b.WriteString("\n")
}

func (f *cFile) mainFunction(b *strings.Builder) {
	b.WriteString("\nint main(void) {\n  catch_crashes();\n  mi_register_error(on_error, NULL);\n")
	for _, r := range f.others {
		fmt.Fprintf(b, "  %s = start(run_%s);\n", r.name, r.name)
	}
	for _, o := range f.c.p.Options {
		fmt.Fprintf(b, "  mi_option_set(mi_option_%s, %d);\n", o.Name, o.Value)
	}
	f.before(b)
	if f.lead > 0 {
		b.WriteString("  pass();\n")
	}
	b.WriteString(f.main.body.String())
	f.after(b)
	b.WriteString("  everything_holds(__LINE__);\n  return failures > 0;\n}\n")
}

// before keeps what a teardown is compared with.
func (f *cFile) before(b *strings.Builder) {
	if f.need["mapped"] {
		b.WriteString("  size_t mapped_before = mapped;\n")
	}
	if f.need["committed"] {
		b.WriteString("  size_t committed_before = committed();\n")
	}
	if f.need["threads"] {
		b.WriteString("  long threads_before = threads();\n")
	}
}

// records is how many bytes the library may keep of threads that have ended: 8 KiB each, of eight at most.
func (f *cFile) records() string {
	ended := 0
	for i := range f.c.ops() {
		if f.c.p.Ops[i].Kind.Row().EndsTied {
			ended++
		}
	}
	return fmt.Sprintf("%d * 8192", min(ended, 8))
}

// after compares what is left.
func (f *cFile) after(b *strings.Builder) {
	if f.need["mapped"] {
		fmt.Fprintf(b, "  CHECK(mapped <= mapped_before + %s);  // it keeps the records of some ended threads\n", f.records())
	}
	if f.need["committed"] {
		fmt.Fprintf(b, "  CHECK(committed() >= committed_before && committed() <= committed_before + %s);\n", f.records())
	}
	if f.need["threads"] {
		b.WriteString("  CHECK(threads() == threads_before);\n")
	}
}
