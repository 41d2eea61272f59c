// Copies of strings and C++'s new, in C. See doc.go for an overview.

package emit

import (
	"fmt"
	"strings"

	"midiff/diff"
	"midiff/diff/prog"
)

// copies writes a call that copies a string, and looks at the copy before the block is filled.
func (f *cFile) copies(o *prog.Op, want *diff.Want) {
	n := cNumber(o.Num[0])
	text, bytes := fmt.Sprintf("text(%s)", n), fmt.Sprintf("%s + 1", n)
	args := text
	switch o.Kind.String() {
	case "strndup":
		args += ", " + cNumber(o.Num[1])
		bytes = cNumber(min(o.Num[0], o.Num[1]))
	case "mbsdup":
		args = "(const unsigned char *)" + text
	case "wcsdup":
		text, bytes = fmt.Sprintf("wide_text(%s)", n), fmt.Sprintf("2 * (%s + 1)", n)
		args = text
	case "realpath":
		text, bytes = `"/"`, "2"
		args = map[bool]string{true: `"/.", NULL`, false: `"/dev/null/none", NULL`}[o.Num[0] != 0]
	}
	if o.Heaped {
		args = f.heap(o) + ", " + args
	}
	call := fmt.Sprintf("mi_%s(%s)", o.Name(), args)
	if o.Heaped && f.mayLack(o) {
		call = fmt.Sprintf("%s != NULL ? %s : NULL", f.name(o.Heap), call)
	}
	f.line("%s(void *)(%s);", f.assign(o.Dst), call)
	name := f.name(o.Dst)
	if want.Null != diff.MustBeNull {
		f.line("CHECK(%s == NULL || memcmp(%s, %s, %s) == 0);", name, name, text, bytes)
		if o.Kind.String() == "strndup" {
			f.line("CHECK(%s == NULL || ((char *)%s)[%s] == 0);", name, name, bytes)
		}
	}
	f.line("made(%s, %s);", name, f.promised(o, want))
}

func (f *cFile) dupenv(o *prog.Op, want *diff.Want) {
	f.declare(o.Dst, "NULL")
	name := f.name(o.Dst)
	f.line("{")
	f.line("  char *copy = (char *)&copy;")
	f.line("  size_t size = 1;")
	if o.Num[0] == 0 {
		f.line("  CHECK(mi_dupenv_s(&copy, &size, \"MIDIFF_NO_TEXT\") == 0 && copy == NULL && size == 0);")
	} else {
		f.line("  setenv(\"MIDIFF_TEXT\", \"some text\", 1);")
		f.line("  int code = mi_dupenv_s(&copy, &size, \"MIDIFF_TEXT\");")
		size := len("some text")
		if prog.IsLater(f.c.p.Profile) { // there it counts the zero, too
			size++
		}
		f.line("  CHECK(code == 0 ? size == %d && strcmp(copy, \"some text\") == 0 : code == ENOMEM && copy == NULL);", size)
		f.line("  %s = copy;", name)
	}
	f.line("}")
	w := *want
	if o.Num[0] != 0 {
		w.Size = uint64(len("some text") + 1)
	}
	f.line("made(%s, %s);", name, f.promised(o, &w))
}

// news writes a call that throws where there is no memory. The file's handler throws, too, so that nothing aborts.
func (f *cFile) news(o *prog.Op, want *diff.Want) {
	call := fmt.Sprintf("%s(mi_%s, %s)", surveyed[o.Kind.String()][1], o.Kind, f.arguments(o))
	if o.Heap.IsVar() && f.mayLack(o) {
		call = fmt.Sprintf("%s != NULL ? %s : NULL", f.name(o.Heap), call)
	}
	if strings.HasPrefix(o.Kind.String(), "new_realloc") {
		f.resized(o, f.block(o.Src), call, want)
		return
	}
	f.line("%s%s;", f.assign(o.Dst), call)
	f.line("made(%s, %s);", f.name(o.Dst), f.promised(o, want))
}

// setNewHandler says how often the file's handler returns before it throws.
func (f *cFile) setNewHandler(o *prog.Op, _ *diff.Want) {
	tries := 0
	if o.Num[0] == prog.HandlerRetries {
		tries = prog.HandlerTries
	}
	f.line("returns = %d;", tries)
}

// freeSized tells a call of the size of the block, or of what its address is a multiple of.
func (f *cFile) freeSized(o *prog.Op, _ *diff.Want) {
	name, args := f.block(o.Src), []string{f.block(o.Src)}
	size, align := "0", "8"
	if o.Src.IsVar() {
		size, align = fmt.Sprintf("mi_usable_size(%s)", name), fmt.Sprintf("multiple_of(%s)", name)
		f.line("gone(%s);", name)
	}
	if strings.HasPrefix(o.Kind.String(), "free_size") {
		args = append(args, size)
	}
	if strings.HasSuffix(o.Kind.String(), "aligned") {
		args = append(args, align)
	}
	f.line("mi_%s(%s);", o.Kind, strings.Join(args, ", "))
}
