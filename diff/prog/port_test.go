// Tests of programs made into those of another version. See doc.go for an overview.

package prog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPorted(t *testing.T) {
	p := mustParse(t, "midiff 1\nprofile 2.0\nthreads 1\noption decommit_delay=0\noption page_reset=1\n\n"+
		"t0 a = malloc(48)\nt0 option_set(segment_decommit_delay, 5)\nt0 option_set(limit_os_alloc, 1)\nt0 free(a)\n")
	q, err := p.Ported("2.3")
	require.NoError(t, err)
	require.Equal(t, "midiff 1\nprofile 2.3\nthreads 1\noption purge_delay=0\n\n"+
		"t0 a = malloc(48)\nt0 option_set(disallow_os_alloc, 1)\nt0 free(a)\n", q.Text())
	require.Equal(t, "2.0", p.Profile)
	require.Len(t, p.Ops, 4)

	later, err := p.As("2.3")
	require.NoError(t, err)
	require.Equal(t, q.Text(), later.Text())
	other, err := p.As("2.0-stats")
	require.NoError(t, err)
	require.Equal(t, "2.0-stats", other.Profile)
	require.Equal(t, p.Options, other.Options)
}
