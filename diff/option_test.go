// The options of programs against those of the two sides. See doc.go for an overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/cref"
	"midiff/diff/prog"
	"midiff/goalloc"
)

// TestOptionsOfSteps: the number of an option means the same to programs and to C, and goalloc has all.
func TestOptionsOfSteps(t *testing.T) {
	require.Equal(t, prog.OptionNames, cref.StepOptions())
	p, err := goalloc.New(goalloc.Config{Simulate: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, p.Close()) }()
	for _, i := range prog.OptionsOf(prog.Profiles[0]) {
		name := prog.OptionNames[i]
		v, err := p.Option(name)
		require.NoError(t, err)
		on, err := p.OptionIsEnabled(name)
		require.NoError(t, err)
		require.Equal(t, v != 0, on)
		require.NoError(t, p.SetOption(name, v))
	}
	_, err = p.Option("verbose")
	require.ErrorContains(t, err, "expected one of")
}
