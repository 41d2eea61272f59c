// Comparing states: when, and what of them differs. See doc.go for an overview.

package diff

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"midiff/cref"
	"midiff/diff/prog"
)

// flagEvery sets a flag on every n-th step and on the last one; on none if n is 0.
func flagEvery(steps []prog.Step, flag uint8, n int) {
	if n == 0 {
		return
	}
	for i := n - 1; i < len(steps); i += n {
		steps[i].Flags |= flag
	}
	if len(steps) > 0 {
		steps[len(steps)-1].Flags |= flag
	}
}

// flagStates has the state hashed after every n-th step, and read whole after the last.
func flagStates(steps []prog.Step, n int) {
	flagEvery(steps, FlagState, n)
	if n > 0 && len(steps) > 0 {
		steps[len(steps)-1].Flags |= FlagWhole
	}
}

// comparesState tells whether the state is compared after any of the steps.
func comparesState(steps []prog.Step) bool {
	for i := range steps {
		if steps[i].Flags&FlagState != 0 {
			return true
		}
	}
	return false
}

// stateLines is how many differences a report names.
const stateLines = 10

// stateKey is where a word of the state stands.
type stateKey struct {
	field, a, b, c uint16
	pos            uint32
}

func byPlace(all []StateEntry) map[stateKey]uint64 {
	m := make(map[stateKey]uint64, len(all))
	for _, e := range all {
		m[keyOf(&e)] = e.Value
	}
	return m
}

func keyOf(e *StateEntry) stateKey { return stateKey{e.Field, e.A, e.B, e.C, e.Pos} }

// StateDifference is a word of the state in which two sides differ, or that one does not have: then its
// value is "none".
type StateDifference struct {
	Place string `json:"place"` // whose word it is, and which
	C     string `json:"c"`     // its values
	Go    string `json:"go"`
}

const noWord = "none"

// stateDifference names the words in which two states differ.
func stateDifference(c, g []StateEntry) []StateDifference {
	return differences(c, g, statePlace, stateWord)
}

// differences names the words in which two lists differ; place and word put one into words.
func differences(c, g []StateEntry, place, word func(*StateEntry) string) (all []StateDifference) {
	inC, inGo := byPlace(c), byPlace(g)
	for i := range c {
		v, ok := inGo[keyOf(&c[i])]
		if !ok {
			all = append(all, StateDifference{place(&c[i]), word(&c[i]), noWord})
		} else if v != c[i].Value {
			other := c[i]
			other.Value = v
			all = append(all, StateDifference{place(&c[i]), word(&c[i]), word(&other)})
		}
	}
	for i := range g {
		if _, ok := inC[keyOf(&g[i])]; !ok {
			all = append(all, StateDifference{place(&g[i]), noWord, word(&g[i])})
		}
	}
	return all
}

// lines writes differences, as many as a report has room for.
func lines(all []StateDifference) (lines []string) {
	for i, d := range all {
		if i == stateLines {
			return append(lines, fmt.Sprintf("and %d more", len(all)-stateLines))
		}
		lines = append(lines, fmt.Sprintf("%s: C %s, goalloc %s", d.Place, d.C, d.Go))
	}
	return lines
}

var stateFields = sync.OnceValue(func() []string {
	names := cref.StateFields()
	for i := range names {
		names[i] = strings.ReplaceAll(names[i], "_", " ")
	}
	return names
})

// statePlace is the path of a word: whose it is, then its field and the place in it.
func statePlace(e *StateEntry) string {
	name := stateFields()[e.Field]
	switch {
	case slices.Contains([]string{"spans", "spans last"}, name):
		return fmt.Sprintf("t%d %s, bin %d, place %d", e.A, name, e.C, e.Pos)
	case strings.HasPrefix(name, "thread ") && name != "thread data" && name != "thread free":
		return fmt.Sprintf("t%d %s", e.A, name)
	case strings.HasPrefix(name, "heap "), name == "delayed":
		return fmt.Sprintf("t%d heap %d, %s, place %d", e.A, e.B, name, e.Pos)
	case name == "direct":
		return fmt.Sprintf("t%d heap %d, direct from %d bytes", e.A, e.B, e.C*8)
	case name == "queue", name == "queue last":
		return fmt.Sprintf("t%d heap %d, %s, bin %d, place %d", e.A, e.B, name, e.C, e.Pos)
	case strings.HasPrefix(name, "arena "):
		return fmt.Sprintf("arena %d, %s, word %d", e.A+1, name, e.C)
	case name == "segment commit", name == "segment decommit":
		return fmt.Sprintf("segment %d, %s, word %d", e.A, name, e.C)
	case strings.HasPrefix(name, "segment ") && name != "segment map":
		return fmt.Sprintf("segment %d, %s", e.A, name)
	case name == "span":
		return fmt.Sprintf("segment %d, span at slice %d", e.A, e.B)
	case name == "links":
		return fmt.Sprintf("segment %d, span at slice %d, %s %s", e.A, e.B, name, [...]string{"to the next", "to the one before"}[e.C&1])
	case strings.HasPrefix(name, "page "):
		return fmt.Sprintf("segment %d, page at slice %d, %s", e.A, e.B, name)
	case strings.HasSuffix(name, "free"):
		return fmt.Sprintf("segment %d, page at slice %d, %s, place %d", e.A, e.B, name, e.Pos)
	}
	return sharedPlace(name, e)
}

// sharedPlace is the path of a word that no thread and no segment owns.
func sharedPlace(name string, e *StateEntry) string {
	switch name {
	case "cache inuse", "cache available", "cache large", "thread data", "segment map":
		return fmt.Sprintf("%s, word %d", name, e.C)
	case "cache commit", "cache decommit":
		return fmt.Sprintf("slot %d, %s, word %d", e.A, name, e.C)
	case "cache at", "cache memory", "cache expire":
		return fmt.Sprintf("slot %d, %s", e.A, name)
	case "abandoned", "visited":
		return fmt.Sprintf("segments %s, place %d", name, e.Pos)
	}
	return name
}

var spanKinds = [...]string{"free", "used", "header", "?"}

// stateWord is the value of a word.
func stateWord(e *StateEntry) string {
	v := e.Value
	switch stateFields()[e.Field] {
	case "span":
		return fmt.Sprintf("%s %d slices", spanKinds[v&3], v>>2)
	case "page use":
		return fmt.Sprintf("used %d of size %d", uint32(v), v>>32)
	case "page shape":
		return fmt.Sprintf("capacity %d, reserved %d, flags %d, retire %d, delay %d, reset %d",
			uint16(v), uint16(v>>16), uint8(v>>32), uint8(v>>40), v>>48&3, v>>50)
	case "segment use":
		return fmt.Sprintf("used %d, abandoned %d, visits %d", v&0xfffff, v>>20&0xfffff, v>>40)
	case "heap retired":
		return fmt.Sprintf("bins %d to %d, no reclaim %d", uint16(v), uint16(v>>16), v>>32)
	case "queue", "queue last", "spans", "spans last", "direct", "abandoned", "visited", "delayed", "links",
		"cache at", "arena at":
		return PlaceName(v)
	case "segment is", "segment commit", "segment decommit", "cache commit", "cache decommit",
		"cache inuse", "cache available", "cache large", "cache memory", "segment memory", "arena is",
		"arena blocks", "arena inuse", "arena dirty", "arena committed", "segment map":
		return fmt.Sprintf("%#x", v)
	}
	return fmt.Sprint(v)
}
