// What many runs came to, in figures. See doc.go for an overview.

package diff

import "midiff/diff/prog"

// Tally is what a soak came to.
type Tally struct {
	Programs   int               `json:"programs"`
	Invalid    int               `json:"invalid"`            // of these, programs that could not be run
	Operations uint64            `json:"operations"`         // executed and compared
	ByName     map[string]uint64 `json:"by_name"`            // operations by name
	ByOracle   map[string]uint64 `json:"by_oracle"`          // results judged, by the ID of the oracle
	Faults     map[string]uint64 `json:"faults,omitempty"`   // of a sweep: programs with a call that failed, by the kind of call
	Variants   map[string]uint64 `json:"variants,omitempty"` // the same by the name of the variant
	Known      map[string]uint64 `json:"known"`              // findings by known name
	Lacked     map[string]uint64 `json:"lacked,omitempty"`   // programs without an operation or option, since the library lacks it
}

// NewTally makes an empty tally.
func NewTally() *Tally {
	return &Tally{
		Known: map[string]uint64{}, ByName: map[string]uint64{}, ByOracle: map[string]uint64{},
		Faults: map[string]uint64{}, Variants: map[string]uint64{}, Lacked: map[string]uint64{},
	}
}

// executed knows what an engine had executed and judged when it was last asked.
type executed struct {
	counts []uint64
	looks  [numOracles]uint64
}

// take adds what an engine executed since, by name, and what judged it.
func (c *executed) take(t *Tally, e *Engine) {
	if c.counts == nil {
		c.counts = make([]uint64, len(e.Counts()))
	}
	for o, n := range e.Looks() {
		if n > c.looks[o] {
			t.ByOracle[Oracle(o).String()] += n - c.looks[o]
			c.looks[o] = n
		}
	}
	for k, n := range e.Counts() {
		if n > c.counts[k] {
			t.ByName[prog.Kind(k).Row().Name] += n - c.counts[k]
			c.counts[k] = n
		}
	}
}

// count takes a run in.
func (t *Tally) count(v *Verdict) {
	t.Programs++
	t.Operations += uint64(v.Steps + v.Again)
	if v.Class == Invalid {
		t.Invalid++
	}
	for _, k := range v.Known {
		t.Known[k.Name] += uint64(k.Count)
	}
}

// Add takes another tally in.
func (t *Tally) Add(o *Tally) {
	t.Programs += o.Programs
	t.Invalid += o.Invalid
	t.Operations += o.Operations
	for _, m := range []struct{ to, from map[string]uint64 }{
		{t.Known, o.Known}, {t.ByName, o.ByName}, {t.ByOracle, o.ByOracle}, {t.Faults, o.Faults},
		{t.Variants, o.Variants}, {t.Lacked, o.Lacked}} {
		for name, n := range m.from {
			m.to[name] += n
		}
	}
}
