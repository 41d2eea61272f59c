// The table that is printed. See doc.go for an overview.

package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Row is one comparison.
type Row struct {
	What     string   `json:"what"`     // what is measured
	Measured string   `json:"measured"` // the figure
	Than     string   `json:"than"`     // what it is compared with, with its figure
	Ratio    float64  `json:"ratio"`    // measured to compared, the way round that the goal is given
	Goal     string   `json:"goal"`     // "" if there is none
	Met      bool     `json:"met"`
	Detail   []string `json:"detail"` // where the time goes, printed when the goal is missed
}

// Print writes the rows as a table.
func Print(w io.Writer, rows []Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tmeasured\tcompared with\tratio\tgoal\t")
	for _, r := range rows {
		verdict := ""
		switch {
		case r.Goal != "" && r.Met:
			verdict = "met"
		case r.Goal != "":
			verdict = "missed"
		}
		ratio := ""
		if r.Ratio != 0 {
			ratio = fmt.Sprintf("%.2f", r.Ratio)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.What, r.Measured, r.Than, ratio, r.Goal, verdict)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Goal == "" || r.Met || len(r.Detail) == 0 {
			continue
		}
		fmt.Fprintf(w, "\nwhere the time goes: %s\n", r.What)
		for _, d := range r.Detail {
			fmt.Fprintln(w, "  "+d)
		}
	}
	return nil
}
