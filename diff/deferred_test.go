// Tests of the contract of the callback for deferred frees. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
	"midiff/diff/prog"
)

// TestCallbacksContract: which calls are right, on one side alone, after a call with heartbeat 5.
func TestCallbacksContract(t *testing.T) {
	gentle, force := Callback{Heartbeat: 6}, Callback{Heartbeat: 7, Force: 1}
	late, nested := Callback{Heartbeat: 5}, Callback{Heartbeat: 8, Wrong: cref.Nested}
	block, null := Result{Value: 4096}, Result{Null: 1}
	thread := func(text string) string { return "t1 " + text }
	for name, c := range map[string]struct {
		op    string
		r     Result
		calls []Callback
		right bool
	}{
		"a small block without":       {"b = malloc(1024)", block, nil, true},
		"a small block with":          {"b = malloc(1024)", block, []Callback{gentle}, true},
		"a larger block without":      {"b = malloc(1025)", block, nil, false},
		"a larger block with":         {"b = malloc(1025)", block, []Callback{gentle}, true},
		"no block, without":           {"b = malloc(1025)", null, nil, true},
		"first by force":              {"b = malloc(1025)", block, []Callback{force}, false},
		"then by force":               {"b = malloc(1025)", null, []Callback{gentle, force}, true},
		"three times":                 {"b = malloc(1025)", null, []Callback{gentle, force, {Heartbeat: 9, Force: 1}}, false},
		"a heartbeat of before":       {"b = malloc(1025)", block, []Callback{late}, false},
		"inside itself":               {"b = malloc(1025)", block, []Callback{gentle, nested}, false},
		"a heap without":              {"h = heap_new()", block, nil, false},
		"a heap with":                 {"h = heap_new()", block, []Callback{gentle}, true},
		"moved without":               {"a = realloc(a, 5000)", block, nil, false},
		"in place without":            {"a = realloc(a, 5000)", Result{Value: 64}, nil, true},
		"a collect without":           {"collect(true)", Result{}, nil, false},
		"a collect by force":          {"collect(true)", Result{}, []Callback{force}, true},
		"a collect by force, without": {"collect(true)", Result{}, []Callback{gentle}, false},
		"a collect, by force":         {"collect(false)", Result{}, []Callback{force}, false},
		"a collect, twice":            {"collect(false)", Result{}, []Callback{gentle, {Heartbeat: 7}}, false},
		"a free":                      {"free(a)", Result{}, []Callback{gentle}, false},
		"an end without":              {"exit()", Result{}, nil, false},
		"an end":                      {"exit()", Result{}, []Callback{force}, true},
		"an end, started anew":        {"exit()", Result{}, []Callback{force, {Heartbeat: 1, Force: 1}}, true},
		"an end, gently":              {"exit()", Result{}, []Callback{gentle}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := parse(t, thread("a = malloc(1)\n")+thread(c.op+"\n"))
			code := p.Lower()
			m := newModel()
			m.begin(code)
			m.blocks[code.Steps[0].Dst] = block1At(64)
			m.deferred.kind, m.deferred.started[1], m.deferred.beats[1] = prog.CallbackFrees, true, 5
			f := m.checkCallbacks(&code.Steps[1], &c.r, c.calls)
			require.Equal(t, !c.right, f.oracle == Deferred)
			m.deferred.kind = prog.CallbackNone
			f = m.checkCallbacks(&code.Steps[1], &c.r, c.calls)
			require.Equal(t, len(c.calls) > 0, f.oracle == Deferred, "none is registered")
		})
	}
}

func block1At(a uint64) block { return block{addr: a, usable: 8} }

// TestQueue: what is queued lives until a call frees it: a few of the oldest, or all by force; blocks that ended
// before are passed over, and a call that is wrong frees nothing.
func TestQueue(t *testing.T) {
	p := parse(t, `
t0 a = malloc(1)
t0 b = malloc(1)
t0 c = malloc(1)
t0 d = malloc(1)
t0 e = malloc(1)
t0 f = malloc(1)
t0 g = malloc(1)
t0 defer_free(a)
t0 defer_free(null)
t0 defer_free(b)
t0 defer_free(c)
t0 defer_free(d)
t0 defer_free(e)
t0 defer_free(f)
t0 defer_free(g)
t0 a = malloc(5000)
`)
	code := p.Lower()
	require.Equal(t, 7+8, code.Blocks, "a slot for each that is queued")
	m := newModel()
	m.begin(code)
	for i := range 7 {
		m.blocks[i] = block1At(uint64(4096 * (i + 1)))
		m.mark(m.blocks[i].addr, 8)
	}
	var last *prog.Step
	for i := 7; i < len(code.Steps); i++ {
		if last = &code.Steps[i]; last.Kind.Row().Name == "defer_free" {
			m.apply(last, &Result{})
		}
	}
	require.Equal(t, "b, queued", p.SlotName(code, 9))
	live := func() (slots []int) {
		for i := range m.blocks {
			if m.blocks[i].addr != 0 {
				slots = append(slots, i)
			}
		}
		return slots
	}
	require.Equal(t, []int{7, 9, 10, 11, 12, 13, 14}, live())
	m.dropBlock(&m.blocks[9]) // as heap_destroy does
	m.called(last, []Callback{{Heartbeat: 2, Wrong: cref.Nested, Force: 1}})
	require.Equal(t, []int{7, 10, 11, 12, 13, 14}, live())
	m.called(last, []Callback{{Heartbeat: 3}})
	require.Equal(t, []int{13, 14}, live())
	m.called(last, []Callback{{Heartbeat: 4, Force: 1}})
	require.Empty(t, live())
	require.False(t, m.regions.any(span{0, 1 << 20}))
}
