// Tests with every build of the reference: the smoke corpus and random programs. See doc.go for an
// overview.

package diff

import (
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/corpus"
	_ "midiff/cref/flavours"
	"midiff/diff/prog"
)

// eachFlavour runs f as a subtest for every profile but the first, which the other tests are about.
func eachFlavour(t *testing.T, f func(t *testing.T, profile string)) {
	for _, profile := range prog.Profiles[1:] {
		t.Run(profile, func(t *testing.T) { f(t, profile) })
	}
}

// TestFlavoursSmoke: every build agrees with its profile on every smoke program, with states compared and
// all contents and invariants verified after every step.
func TestFlavoursSmoke(t *testing.T) {
	s, err := NewSession()
	require.NoError(t, err)
	defer s.Close()
	s.Careful, s.StateEvery = true, 1
	eachFlavour(t, func(t *testing.T, profile string) {
		for _, f := range corpus.Programs("smoke") {
			t.Run(f.Name, func(t *testing.T) {
				p := corpusProgram(t, &f)
				p.Profile = profile
				if err := p.Check(); err != nil {
					require.ErrorContains(t, err, "profile "+profile)
					t.Skip(err)
				}
				v := s.Check(p)
				if v.Class == Invalid {
					require.Contains(t, v.Reason, "fault getrandom")
					return
				}
				requireAgree(t, p, v)
			})
		}
	})
}

// TestFlavoursRandom: so do random programs.
func TestFlavoursRandom(t *testing.T) {
	programs := uint64(20)
	if testing.Short() {
		programs = 4
	}
	eachFlavour(t, func(t *testing.T, profile string) {
		e := realEngine(t)
		for _, name := range []string{"plain", "aligned", "all"} {
			cfg := configs[name]
			cfg.Profile = profile
			for seed := uint64(1); seed <= programs; seed++ {
				p := prog.Generate(seed, cfg)
				code := p.Lower()
				flagEvery(code.Steps, FlagState, 1)
				requireAgree(t, p, e.Run(code))
			}
		}
		require.Equal(t, Agree, e.CheckPristine().Class)
	})
}

// TestFlavoursAreIndependent: a program gives the same run whatever builds ran before it.
func TestFlavoursAreIndependent(t *testing.T) {
	e := realEngine(t)
	run := func(profile string) Verdict {
		cfg := configs["all"]
		cfg.Profile = profile
		return e.Run(prog.Generate(4711, cfg).Lower())
	}
	first := map[string]Verdict{}
	for range 2 {
		for _, profile := range prog.Profiles {
			v := run(profile)
			require.Equal(t, Agree, v.Class, "%s: %+v", profile, v.Div)
			require.Equal(t, Agree, e.CheckPristine().Class)
			if was, ok := first[profile]; ok {
				require.Equal(t, was.Fingerprint, v.Fingerprint, profile)
			}
			first[profile] = v
		}
	}
}
