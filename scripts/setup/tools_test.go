// Tools that are missing, broken, or installed on the way.
package main

import (
	"context"
	"errors"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNeedTools(t *testing.T) {
	cases := map[string]struct {
		there     map[string]bool // tools that work from the start
		installer bool
		fails     bool     // the installer does
		asked     []string // packages that the installer is asked for
		want      string   // the error, empty for none
	}{
		"all there": {there: map[string]bool{"gcc": true, "xz": true}, installer: true},
		"no root": {there: map[string]bool{"gcc": true}, want: "xz is missing or does not work; install it" +
			" and run make setup again (Debian, as root: apt-get install xz-utils)"},
		"root installs": {installer: true, asked: []string{"gcc", "libc6-dev", "xz-utils"}},
		"root cannot":   {installer: true, fails: true, asked: []string{"gcc", "libc6-dev", "xz-utils"}, want: "no network"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			works := func(_ context.Context, name string) bool { return c.there[name] }
			var asked []string
			install := func(_ context.Context, packages []string) error {
				asked = packages
				if c.fails {
					return errors.New("no network")
				}
				c.there = map[string]bool{"gcc": true, "xz": true}
				return nil
			}
			if !c.installer {
				install = nil
			}
			err := needTools(t.Context(), install,
				tool{"gcc", []string{"gcc", "libc6-dev"}, works}, tool{"xz", []string{"xz-utils"}, works})
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.want)
			}
			require.Equal(t, c.asked, asked)
		})
	}
}

func TestEmptyPath(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("CC", "")
	require.ErrorContains(t, needTools(t.Context(), nil, compiler()), "apt-get install gcc libc6-dev")
	require.ErrorContains(t, needTools(t.Context(), nil, fetchTools()...), "use Debian 12, or name a mimalloc 2.0.9 source tree")
	require.ErrorContains(t, needTools(t.Context(), nil, clangTools()...),
		"clang is missing or does not work; install it and run make setup again (Debian, as root: apt-get install clang libclang-rt-14-dev)")
	t.Setenv("CLANG", "clang-19")
	require.ErrorContains(t, needTools(t.Context(), nil, clangTools()...), "apt-get install clang-19 libclang-rt-19-dev)")
	t.Setenv("CC", "no-such-compiler -m64")
	require.EqualError(t, needTools(t.Context(), nil, compiler()),
		"no-such-compiler is missing or does not work (CC names it); install it, or unset CC to use gcc")
}

func TestCompilerWithoutHeaders(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no gcc here")
	}
	t.Setenv("CC", "")
	require.NoError(t, needTools(t.Context(), nil, compiler()))
	t.Setenv("CC", "false")
	require.ErrorContains(t, needTools(t.Context(), nil, compiler()), "false is missing or does not work")
}
