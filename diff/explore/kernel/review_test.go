package kernel

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff/explore/search"
)

// of23 are the scenarios of version 2.3.
func of23() (all []*search.Scenario) {
	for _, sc := range Scenarios() {
		if sc.Version == "2.3" {
			all = append(all, sc)
		}
	}
	return all
}

// TestReview: as C11 reads the reference, neither fix alters an outcome. Where thread_id is no atomic word, the
// reference has a race, and it is always the store that both fixes drop.
func TestReview(t *testing.T) {
	trial, err := search.RunTrial(of23(), Stands(), memory, search.Limits{Bound: 2})
	require.NoError(t, err)
	raced := 0
	for i, name := range trial.Names {
		for j, s := range trial.Stands {
			r := &trial.Rulings[i][j]
			require.Equal(t, 2, r.Bound)
			if s.Name != "plain word" {
				require.True(t, r.Same(), "%s, %s: %+v", name, s.Name, r)
				continue
			}
			for _, c := range r.New {
				raced++
				require.Contains(t, c.Text, "data race: ")
				require.Contains(t, c.Text, "own-abandon", "%s, %s", name, s.Name)
			}
		}
	}
	require.NotZero(t, raced)
}

// TestReasons: each access of thread_id has a reason, and what the reason says is what the scenarios show.
func TestReasons(t *testing.T) {
	own := func(s search.SiteInfo) bool { return strings.HasPrefix(s.Name, "own-") || s.Name == "free-owner" }
	needs, err := search.Needs(of23(), own, memory, search.Limits{Bound: 2})
	require.NoError(t, err)
	got := map[string]string{}
	for _, n := range needs {
		if n.Weakest != "" {
			got[n.Site.Name] = n.Weakest
			require.NotEmpty(t, Reason(n.Site.Name), n.Site.Name)
		}
	}
	require.Equal(t, map[string]string{
		"free-owner": "relaxed", "own-abandon": "relaxed", "own-mark": "relaxed", "own-peek": "relaxed", "own-claim": "relaxed",
		"own-reclaimed": "relaxed", "own-huge-claim": "relaxed", "own-release": "plain", "own-coalesce": "plain",
		"own-look": "plain", "own-alloc": "plain", "own-huge": "plain",
	}, got)
	require.Len(t, reasons, len(got))
}
