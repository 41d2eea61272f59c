// Options, quirks, events and profiles: names and defaults. See doc.go for an overview.

package goalloc

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestOptionDefaults(t *testing.T) {
	want := map[string]int64{
		"eager_commit": 1, "eager_commit_delay": 1, "decommit_delay": 25, "decommit_extend_delay": 1,
		"segment_decommit_delay": 500, "allow_decommit": 1, "abandoned_page_decommit": 0,
		"page_reset": 0, "max_segment_reclaim": 8, "limit_os_alloc": 0,
	}
	p := simulated(t)
	for i, name := range optionNames20 {
		if name == "" {
			continue
		}
		value, ok := want[name]
		require.True(t, ok, name)
		require.Equal(t, value, p.option(option(i)), name)
		require.NoError(t, p.SetOption(name, 77))
		require.EqualValues(t, 77, p.option(option(i)), name)
		require.True(t, p.enabled(option(i)))
		delete(want, name)
	}
	require.Empty(t, want)
	require.ErrorContains(t, p.SetOption("", 1), "unknown option")
	require.NoError(t, p.Reset())
	require.Equal(t, Profile20().Options, p.options, "options hold until Reset")
}

func TestUnknownOption(t *testing.T) {
	p := simulated(t)
	err := p.SetOption("eager_comit", 1)
	require.ErrorContains(t, err, `"eager_comit"`)
	require.ErrorContains(t, err, "eager_commit, eager_commit_delay")
	require.Equal(t, Profile20().Options, p.options)
}

func TestQuirkNames(t *testing.T) {
	var all Quirk
	for _, name := range QuirkNames() {
		q, err := QuirkByName(name)
		require.NoError(t, err)
		require.Zero(t, all&q, "%s shares a bit", name)
		all |= q
	}
	var in Quirk
	for _, profile := range profiles {
		in |= profile().Quirks
	}
	require.Equal(t, in, all, "every quirk has a name and is in a profile")
	_, err := QuirkByName("natural_align")
	require.ErrorContains(t, err, `"natural_align"`)
	require.ErrorContains(t, err, "natural-align")
}

func TestWithoutHoldsUntilReset(t *testing.T) {
	p := simulated(t)
	p.Without(NaturalAlign | ZeroAlign)
	require.Equal(t, quirks20&^(NaturalAlign|ZeroAlign), p.quirks)
	require.NoError(t, p.Reset())
	require.Equal(t, quirks20, p.quirks)
}

func TestEvents(t *testing.T) {
	m := simulated(t).Main()
	require.Equal(t, Events{}, m.TakeEvents())
	m.Malloc(ptrdiffMax + 1)
	require.Equal(t, Events{Errors: 3, Errno: uint16(unix.ENOMEM)}, m.TakeEvents(),
		"too large, twice, and then out of memory")
	require.Equal(t, Events{}, m.TakeEvents(), "taken")
	for range 300 {
		m.warn()
		m.fail(unix.EINVAL)
	}
	require.Equal(t, Events{Errors: 255, Warnings: 255, Errno: uint16(unix.EINVAL)}, m.TakeEvents())
}

func TestProfileLimits(t *testing.T) {
	p := Profile20()
	require.Equal(t, "2.0", p.Name)
	require.EqualValues(t, []uintptr{16 << 10, 128 << 10, 16 << 20},
		[]uintptr{p.objSmallMax, p.objMediumMax, p.objLargeMax})
	require.EqualValues(t, 512<<10, p.mediumPage)
	require.Equal(t, []uint8{9, 3}, []uint8{p.retireSmall, p.retireMedium})
	require.Equal(t, []int{1024, 16384}, []int{p.collectTries, p.collectForceTries})
}
