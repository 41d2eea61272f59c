// Copies of strings, C++'s new and what is told of blocks, in Go. See doc.go for an overview.

package emit

import (
	"fmt"
	"strings"

	"midiff/diff/prog"
)

// copies writes a call that copies a string, and looks at the copy before the block is filled.
func (f *goFile) copies(o *prog.Op, step int) {
	n := o.Num[0]
	text := fmt.Sprintf("strings.Repeat(\"x\", %d)", n)
	args, want, zero := text, text, `"\x00"`
	on := f.heap(o)
	switch o.Kind.String() {
	case "strndup":
		args += ", " + goNumber(o.Num[1])
		want = fmt.Sprintf("strings.Repeat(\"x\", %d)", min(n, o.Num[1]))
	case "mbsdup":
		on = f.thread(o)
	case "wcsdup":
		on, args = f.thread(o), fmt.Sprintf("make([]uint16, %d)", n)
		want, zero = fmt.Sprintf("strings.Repeat(\"\\x00\\x00\", %d)", n), `"\x00\x00"`
	case "realpath":
		args, want = map[bool]string{true: `"/."`, false: `"/dev/null/none"`}[n != 0], `"/"`
	}
	call := fmt.Sprintf("%s.%s(%s)", on, camel(o.Kind.String()), args)
	if f.lacks(o) {
		call = "goalloc.Addr(0)"
	}
	f.line("%s%s", f.assign(o.Dst), call)
	f.copied(o, step, want+"+"+zero)
}

// copied looks at a copy.
func (f *goFile) copied(o *prog.Op, step int, want string) {
	if r := f.result(step); r.Null == 0 {
		f.need["strings"] = strings.Contains(want, "strings.") || f.need["strings"]
		f.line("require.True(t, string(goalloc.Bytes(%s, uintptr(len(%s)))) == %s)", f.name(o.Dst), want, want)
	}
	f.gave(o, step)
}

func (f *goFile) dupenv(o *prog.Op, step int) {
	name, value := "MIDIFF_NO_TEXT", ""
	if o.Num[0] != 0 {
		name, value = "MIDIFF_TEXT", "what a variable of the environment holds"
		f.line("t.Setenv(%q, %q)", name, value)
	}
	sign := f.assign(o.Dst)
	f.line("%s", strings.Replace(sign, " ", ", code ", 1)+fmt.Sprintf("%s.DupenvS(%q)", f.thread(o), name))
	f.line("require.EqualValues(t, %d, code)", map[bool]uint64{true: f.result(step).Usable}[f.result(step).Null != 0])
	f.copied(o, step, fmt.Sprintf("%q", value+"\x00"))
}

// thrower makes of a call one that gives null where it throws.
func (f *goFile) thrower(call string) string {
	f.need["catch"] = true
	return fmt.Sprintf("catch(func() goalloc.Addr { return %s })", call)
}

func (f *goFile) news(o *prog.Op, step int) {
	on, name := f.thread(o), camel(o.Kind.String())
	if o.Heap != prog.NoHandle {
		on, name = f.heap(o), camel(strings.TrimPrefix(o.Kind.String(), "heap_"))
	}
	call := f.thrower(fmt.Sprintf("%s.%s(%s)", on, name, f.arguments(o)))
	if strings.HasPrefix(o.Kind.String(), "new_realloc") {
		f.moved(o, step, call)
	} else {
		f.made(o, step, call)
	}
	f.calls(step)
}

// calls checks how often the handler was called.
func (f *goFile) calls(step int) {
	if r := f.result(step); r.Null != 0 {
		f.line("require.Equal(t, %d, calls)", r.Usable)
	}
}

func (f *goFile) setNewHandler(o *prog.Op, _ int) {
	f.need["catch"] = true
	f.line("returns = %d", map[bool]int{true: prog.HandlerTries}[o.Num[0] == prog.HandlerRetries])
	f.line("p.SetNewHandler(%s)", map[bool]string{true: "handler", false: "nil"}[o.Num[0] != prog.HandlerNone])
}

// toldFree tells a call of the size of the block, or of what its address is a multiple of.
func (f *goFile) toldFree(o *prog.Op, step int) {
	x, name := f.operand(o, step)
	args := []string{name}
	if kind := o.Kind.String(); strings.HasPrefix(kind, "free_size") {
		args = append(args, goNumber(x.usable))
	}
	if strings.HasSuffix(o.Kind.String(), "aligned") {
		args = append(args, fmt.Sprintf("uintptr(%s&-%s)", name, name))
		if !o.Src.IsVar() {
			args[len(args)-1] = "8"
		}
	}
	f.line("%s.%s(%s)", f.thread(o), camel(o.Kind.String()), strings.Join(args, ", "))
	delete(f.blocks, f.c.code.Steps[step].Src)
}

func (f *goFile) expandInPlace(o *prog.Op, step int) {
	_, name := f.operand(o, step)
	f.line("{")
	f.line("\tgot, code := %s.ExpandInPlace(%s, %s)", f.thread(o), name, goNumber(o.Num[0]))
	if r := f.result(step); r.Null != 0 {
		f.line("\trequire.Zero(t, got)")
		f.line("\trequire.EqualValues(t, %d, code)", r.Usable)
	} else {
		f.line("\trequire.Zero(t, code)")
		f.line("\trequire.Equal(t, %s, got)", f.place(r.Value))
	}
	f.line("}")
}

// setsOption writes the calls that set an option by other names.
func (f *goFile) setsOption(o *prog.Op, _ int) {
	name := prog.OptionNames[o.Num[0]]
	switch o.Kind.String() {
	case "option_set_default":
		f.line("require.NoError(t, p.SetOptionDefault(%q, %d))", name, int64(o.Num[1]))
	case "option_set_enabled":
		f.line("require.NoError(t, p.EnableOption(%q, %t))", name, o.Num[1] != 0)
	case "option_set_enabled_default":
		f.line("require.NoError(t, p.EnableOptionDefault(%q, %t))", name, o.Num[1] != 0)
	default:
		f.line("require.NoError(t, p.EnableOption(%q, %t))", name, o.Kind.String() == "option_enable")
	}
}
