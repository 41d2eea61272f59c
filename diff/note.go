// Results in words. See doc.go for an overview.

package diff

import (
	"fmt"
	"slices"
	"strings"

	"midiff/cref"
	"midiff/diff/prog"
)

// noteOf says what an operation gave, "" if the run did not get there. Of a bulk operation, what its
// first block gave, and the number of blocks.
func noteOf(rec *Recording, code *prog.Code, op int) string {
	// Steps are in the order of their operations.
	byOp := func(s prog.Step, op int) int { return int(s.Op) - op }
	first, found := slices.BinarySearchFunc(code.Steps, op, byOp)
	if !found || first >= len(rec.C) || first >= len(rec.Go) {
		return ""
	}
	end, _ := slices.BinarySearchFunc(code.Steps, op+1, byOp)
	count := end - first
	c, g := &rec.C[first], &rec.Go[first]
	note := brief(c, &code.Steps[first])
	if o := brief(g, &code.Steps[first]); o != note {
		note = "C " + note + ", goalloc " + o
	}
	if count > 1 {
		note = fmt.Sprintf("%d calls, the first %s", count, note)
	}
	return note
}

// brief is the result of a step in a few words.
func brief(r *Result, s *prog.Step) string {
	ru := &rules[s.Kind]
	var words []string
	switch {
	case stopped(r):
		return "stopped"
	case r.Null != 0 && ru.codes != noCode:
		words = append(words, fmt.Sprintf("null, code %d", r.Usable))
	case r.Null != 0:
		words = append(words, "null")
	case ru.promise == tellsOption:
		words = append(words, fmt.Sprint(int64(r.Value)))
	case ru.promise == visits:
		words = append(words, visitText(r))
	case ru.promise == tellsHeap:
		words = append(words, heapName(r.Value))
	case ru.promise == owns || ru.promise == inRegion:
		words = append(words, answerText(ru, r.Value))
	case ru.promise == newArena:
		words = append(words, fmt.Sprintf("arena %d at %s", r.Value, areaName(r.Usable)))
	case ru.promise == tellsArea && r.Usable != 0:
		words = append(words, fmt.Sprintf("%s, %d bytes", areaName(r.Value), r.Usable))
	case ru.promise == addsArena:
		words = append(words, fmt.Sprint(r.Value))
	case ru.resultIsRoom && r.Usable != 0:
		words = append(words, fmt.Sprintf("%s usable %d", PlaceName(r.Value), r.Usable))
	case ru.resultIsRoom:
		words = append(words, PlaceName(r.Value))
	case ru.promise == measures, ru.promise == rounds, ru.promise == sweepHeap:
		words = append(words, fmt.Sprint(r.Value))
	}
	if r.Deferred != 0 {
		words = append(words, callbackText(r))
	}
	if r.Bad != 0 {
		words = append(words, badWords(r))
	}
	if r.Errors != 0 || r.Errno != 0 {
		words = append(words, fmt.Sprintf("errno %d", r.Errno))
	}
	if len(words) == 0 {
		return "done"
	}
	return strings.Join(words, ", ")
}

// heapName is what an operation tells of a heap.
func heapName(v uint64) string {
	if v == mainHeapName {
		return "main heap"
	}
	return "heap " + PlaceName(v)
}

// answerText is the answer to a question about the bytes of a block.
func answerText(ru *rule, v uint64) string {
	if v == 0 {
		return "no"
	}
	if ru.name == "heap_contains_block" {
		return "yes"
	}
	var words []string
	for i, word := range []string{"first", "inner", "last", "next"} {
		if v>>i&1 != 0 {
			words = append(words, word)
		}
	}
	return "yes: " + strings.Join(words, " ")
}

// areaName is PlaceName of an arena, which may lie at the very beginning.
func areaName(a uint64) string {
	if a == 0 {
		return "seg0+0x0"
	}
	return PlaceName(a)
}

// callbackText says how often the callback for deferred frees was called.
func callbackText(r *Result) string {
	if n := r.Deferred & 255; n > 1 {
		return fmt.Sprintf("callback %d times", n)
	}
	return "callback"
}

// visitText is what heap_visit_blocks gives.
func visitText(r *Result) string {
	return fmt.Sprintf("%d in use, told as %08x", r.Value, uint32(r.Usable))
}

// badWords says what is wrong with a block.
func badWords(r *Result) string {
	switch r.BadWhat {
	case BadZero:
		return fmt.Sprintf("not zero at byte %d", r.Bad-1)
	case BadPreserve:
		return fmt.Sprintf("not preserved at byte %d", r.Bad-1)
	case BadInside:
		return fmt.Sprintf("%d invariants broken", r.Bad)
	case BadAssertion:
		return "an assertion failed"
	case BadCrash:
		return "a crash"
	}
	return fmt.Sprintf("contents changed at byte %d", r.Bad-1)
}

func assertedWord(r *Result) string {
	if r.BadWhat == BadAssertion {
		return ": an assertion failed"
	}
	return ""
}

// full is brief for the failing step, with everything that is compared.
func (r *reporter) full(res *Result, s *prog.Step) string {
	if stopped(res) {
		return "stopped inside the operation" + assertedWord(res)
	}
	words := r.gave(res, s)
	switch {
	case res.BadWhat == BadInside, res.BadWhat == BadAssertion:
		words = append(words, badWords(res))
	case res.Bad != 0:
		words = append(words, badWords(res)+" of "+r.p.SlotName(r.code, res.BadSlot))
	}
	if res.Errno != 0 || res.Errors != 0 {
		words = append(words, fmt.Sprintf("%d errors, the last errno %d", res.Errors, res.Errno))
	}
	if res.Warnings != 0 {
		words = append(words, fmt.Sprintf("%d warnings", res.Warnings))
	}
	if res.Deferred != 0 {
		words = append(words, callbackText(res))
	}
	words = append(words, fmt.Sprintf("%d OS calls so far", res.OSCalls))
	return strings.Join(words, ", ")
}

// gave is the result itself, by what the operation gives.
func (r *reporter) gave(res *Result, s *prog.Step) []string {
	switch ru := &rules[s.Kind]; {
	case res.Null != 0 && ru.codes != noCode:
		return []string{fmt.Sprintf("null, code %d", res.Usable)}
	case res.Null != 0:
		return []string{"null"}
	case ru.promise == tellsOption:
		return []string{fmt.Sprint(int64(res.Value))}
	case ru.promise == visits:
		return []string{visitText(res)}
	case ru.promise == tellsHeap:
		return []string{heapName(res.Value)}
	case ru.promise == owns || ru.promise == inRegion:
		return []string{answerText(ru, res.Value)}
	case ru.promise == sweepHeap:
		return []string{fmt.Sprintf("%d blocks ended", res.Value)}
	case ru.resultIsRoom && res.Usable != 0:
		return []string{"block at " + PlaceName(res.Value), fmt.Sprintf("usable %d", res.Usable)}
	case ru.resultIsRoom:
		return []string{PlaceName(res.Value)}
	case res.Value != 0:
		return []string{fmt.Sprint(res.Value)}
	}
	return nil
}

// placeOf is PlaceName where 0 is a place.
func placeOf(a uint64) string {
	if a == 0 {
		return "seg0+0x0"
	}
	return PlaceName(a)
}

// callText writes a call as the allocator makes it.
func callText(c *OSCall) string {
	place := placeOf(c.Addr)
	switch c.Kind {
	case cref.ClockCall:
		return failedText(c, fmt.Sprintf("clock, %d ms", c.Size))
	case cref.RandomCall:
		return failedText(c, fmt.Sprintf("random, %d bytes", c.Size))
	case cref.OpenCall:
		return failedText(c, "open the file of random bytes")
	}
	text := fmt.Sprintf("%s %s, %d bytes", CallName(c.Kind), place, c.Size)
	if c.Arg&cref.ArgWritable != 0 {
		text += ", committed"
	}
	if c.Arg&cref.ArgHinted != 0 && c.Kind == cref.MapCall {
		text += ", hinted"
	}
	return failedText(c, text)
}

func failedText(c *OSCall, text string) string {
	if c.Errno != 0 {
		text += fmt.Sprintf(", failed with errno %d", c.Errno)
	}
	return text
}

// Note says what an operation of the last recorded run gave, in a few words.
func (s *Session) Note(op int) string { return noteOf(s.Recording(), s.Code(), op) }

// Actual says what C gave where something was found in the last recorded run, in words.
func (s *Session) Actual(d *Divergence) string {
	r := &reporter{p: s.ran, code: s.Code(), rec: s.Recording()}
	words := r.gave(&d.C, &r.code.Steps[d.Step])
	switch d.C.BadWhat {
	case BadCrash, BadAssertion:
		words = append(words, badWords(&d.C))
	default:
		if d.C.Bad != 0 {
			words = append(words, badWords(&d.C)+" of "+r.p.SlotName(r.code, d.C.BadSlot))
		}
	}
	return strings.Join(words, ", ")
}
