// Verdicts for machines. See doc.go for an overview.

package diff

import "fmt"

// VerdictJSON is a verdict for a machine.
type VerdictJSON struct {
	File        string          `json:"file"`
	Class       string          `json:"class"`
	Outcome     string          `json:"outcome,omitempty"` // of a failure: what it is grouped by
	Operations  int             `json:"operations"`
	Fingerprint string          `json:"fingerprint,omitempty"`
	Known       map[string]int  `json:"known,omitempty"`
	Left        map[string]int  `json:"left_out,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	Divergence  *DivergenceJSON `json:"divergence,omitempty"`
}

// DivergenceJSON is a divergence for a machine.
type DivergenceJSON struct {
	Oracle    string `json:"oracle"`
	Operation string `json:"operation"`
	Field     string `json:"field"`
	Step      int    `json:"step"`
	Blame     string `json:"blame"`
	Contract  string `json:"contract,omitempty"`
	C         Result `json:"c"`
	Go        Result `json:"goalloc"`
}

// JSON gives the verdict on a file for a machine.
func (v *Verdict) JSON(file string) *VerdictJSON {
	j := &VerdictJSON{File: file, Class: v.Class.String(), Operations: v.Steps, Reason: v.Reason,
		Outcome: v.Title(), Fingerprint: fmt.Sprintf("%016x", v.Fingerprint), Known: map[string]int{}, Left: v.Left}
	for _, k := range v.Known {
		j.Known[k.Name] = k.Count
	}
	if d := v.Div; d != nil {
		j.Divergence = &DivergenceJSON{d.Oracle.String(), d.Signature.Op, d.Field.String(), d.Step,
			d.Blame.String(), d.Contract, d.C, d.Go}
	}
	return j
}
