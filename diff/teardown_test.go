package diff

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	"midiff/cref"
	"midiff/diff/prog"
)

// Every program of the corpus leaves nothing behind, but for what is known.
func TestTeardownOfTheCorpus(t *testing.T) {
	c, err := NewSession()
	require.NoError(t, err)
	defer c.Close()
	for _, f := range corpus.Programs("smoke") {
		p := corpusProgram(t, &f)
		v := c.tearDown(p.TornDown())
		require.Equal(t, Agree, v.Class, "%s: %+v", f.Path(), v.Div)
	}
}

func TestUnexcused(t *testing.T) {
	failed := func(a, n uint64) OSCall { return OSCall{Kind: cref.UnmapCall, Errno: 22, Addr: a, Size: n} }
	mapped := []Range{{Addr: 100, Size: 100}, {Addr: 300, Size: 50}}
	for name, c := range map[string]struct {
		calls []OSCall
		want  []span
	}{
		"nothing refused": {nil, []span{{100, 200}, {300, 350}}},
		"all of one":      {[]OSCall{failed(100, 100)}, []span{{300, 350}}},
		"a middle":        {[]OSCall{failed(120, 30)}, []span{{100, 120}, {150, 200}, {300, 350}}},
		"both ends":       {[]OSCall{failed(50, 60), failed(190, 150)}, []span{{110, 190}, {340, 350}}},
		"elsewhere":       {[]OSCall{failed(200, 100)}, []span{{100, 200}, {300, 350}}},
		"that succeeded":  {[]OSCall{{Kind: cref.UnmapCall, Addr: 100, Size: 100}}, []span{{100, 200}, {300, 350}}},
		"another call":    {[]OSCall{{Kind: cref.MapCall, Errno: 12, Addr: 100, Size: 100}}, []span{{100, 200}, {300, 350}}},
	} {
		require.ElementsMatch(t, c.want, unexcused(mapped, c.calls, nil), name)
	}
}

// What is left is named with the operation that it goes back to; a report of a program that diverges in
// its teardown shows that, too.
func TestReportOfWhatIsLeft(t *testing.T) {
	s, err := NewSession()
	require.NoError(t, err)
	defer s.Close()
	s.known = new(KnownList)
	s.Careful = true
	p, err := prog.Parse("p.midiff", []byte("midiff 1\noption eager_commit=0\nfault mprotect 1 enomem\n\n"+
		"t0 a = malloc(48)\n"))
	require.NoError(t, err)
	v := s.Recorded(p)
	require.Equal(t, Diverge, v.Class)
	require.Equal(t, Signature{Teardown, "teardown", FieldMemory}, v.Div.Signature)
	require.Equal(t, BlameBoth, v.Div.Blame)
	var b bytes.Buffer
	require.NoError(t, s.WriteReport(&b, "p.midiff", p, &v))
	require.Contains(t, b.String(), "left by C when all was given back:\n"+
		"  seg0+0x0, 33554432 bytes mapped, since p.midiff:5: t0 a = malloc(48)\n")
}

// A reset of the statistics in between is no leak, and a thread's end that is counted twice none either.
func TestTeardownExcuses(t *testing.T) {
	s, err := NewSession()
	require.NoError(t, err)
	defer s.Close()
	s.known = new(KnownList)
	for _, text := range []string{
		"t0 a = malloc(48)\nt0 stats_reset()\n",
		"t1 a = malloc(48)\nt1 exit()\n",
		"t1 a = malloc(48)\nt2 b = malloc(48)\n", // two kept records
	} {
		p, err := prog.Parse("p.midiff", []byte("midiff 1\nthreads 3\n\n"+text))
		require.NoError(t, err)
		require.Equal(t, Agree, s.tearDown(p.TornDown()).Class, text)
	}
}
