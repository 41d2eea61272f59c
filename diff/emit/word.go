// Words of C and Go: numbers and names. See doc.go for an overview.

package emit

import (
	"fmt"
	"math"
	"strings"

	"midiff/diff/prog"
)

// cNumber writes a number for a parameter of type size_t.
func cNumber(n uint64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0 && n < 1<<40:
		return fmt.Sprintf("(size_t)%d << 30", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0 && n < 1<<31:
		return fmt.Sprintf("%d << 20", n>>20)
	case n > math.MaxInt64:
		return fmt.Sprintf("%#xu", n)
	case n >= 1<<31:
		return fmt.Sprintf("%#x", n)
	}
	return fmt.Sprint(n)
}

// goNumber writes a number for a parameter of type uintptr.
func goNumber(n uint64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0 && n < 1<<40:
		return fmt.Sprintf("%d<<30", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0 && n < 1<<31:
		return fmt.Sprintf("%d<<20", n>>20)
	case n >= 1<<31:
		return fmt.Sprintf("%#x", n)
	}
	return fmt.Sprint(n)
}

func boolean(n uint64) string { return fmt.Sprint(n != 0) }

// Words that a variable cannot have for a name.
const (
	cWords = "auto break case char const continue default do double else enum extern float for goto if inline " +
		"int long register restrict return short signed sizeof static struct switch typedef union unsigned void " +
		"volatile while bool true false main live lives count marks failures last_line want made moved holds " +
		"gone failed opaque place find drop add fill same zero there aligned begin lock passed turn await pass start " +
		"crashed visit visited told used areas_used dead n_dead reused arenas lies_right arena_made take planned " +
		"n_planned calls since mapped refused now fail fails watch calls_of opened closing destroying leaving left " +
		"queue n_queued next_queued frees allocates at_end ending deferred wait_for_callback forget_ended part drain on_error reported may_report see " +
		"size_told size_before committed threads find_threads errno index rindex signal alarm write read time clock gamma " +
		"exp log log2 sin cos tan pow abs div round select pipe link unlink y0 y1 yn j0 j1 jn usable_of mmap munmap " +
		"mprotect madvise linux unix access sync pause dup exit free malloc calloc realloc valloc NULL"
	goWords = "break case chan const continue default defer else fallthrough for func go goto if import interface map " +
		"package range return select struct switch type var p t err ok code q proc require goalloc testing unix fill holds queue called inside " +
		"zero at i visit true false nil iota uintptr byte uint64 append len cap make new panic min max clear copy " +
		"delete any bool int string error"
)

var cReserved, goReserved = wordSet(cWords), wordSet(goWords)

func wordSet(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(text) {
		m[w] = true
	}
	return m
}

// namer gives the variables of a program names that a language takes.
type namer struct {
	p        *prog.Program
	reserved map[string]bool
}

func (n namer) name(h prog.Handle) string {
	name := n.p.Name(h)
	for n.reserved[name] || threadName(name) || name != n.p.Name(h) && n.taken(name) {
		name += "_"
	}
	return name
}

func (n namer) taken(name string) bool {
	for v := range n.p.Vars {
		if n.p.Name(prog.Handle(v)) == name {
			return true
		}
	}
	return false
}

// threadName tells whether a name is one of those for threads: t1, t2_2, run_t1.
func threadName(name string) bool {
	name = strings.TrimPrefix(name, "run_")
	return len(name) >= 2 && name[0] == 't' && name[1] >= '0' && name[1] <= '9'
}
