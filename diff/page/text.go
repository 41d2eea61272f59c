// The words of the page. See doc.go for an overview.

package page

import (
	"bytes"
	"fmt"

	"midiff/diff"
	"midiff/diff/prog"
)

// reportText is the report that a terminal gets.
func reportText(s *diff.Session, name string, p *prog.Program, v *diff.Verdict) (string, error) {
	if v.Class == diff.Agree {
		text := fmt.Sprintf("%s: agree, %d operations, fingerprint %016x\n", name, v.Steps, v.Fingerprint)
		for _, k := range v.Known {
			text += fmt.Sprintf("known %s: %s, %d times\n", k.Name, k.First.Signature, k.Count)
		}
		return text, nil
	}
	var b bytes.Buffer
	err := s.WriteReport(&b, name, p, v)
	return b.String(), err
}

// verdictText is the verdict in one line.
func verdictText(v *diff.Verdict) string {
	switch {
	case v.Div != nil:
		return fmt.Sprintf("%s: %s", v.Div.Signature, diff.Oracles[v.Div.Oracle].Doc)
	case v.Class != diff.Agree:
		return v.Class.String() + ": " + v.Reason
	case len(v.Known) > 0:
		return fmt.Sprintf("agree, but for the known finding %s", v.Known[0].Name)
	}
	return "the sides agree"
}
