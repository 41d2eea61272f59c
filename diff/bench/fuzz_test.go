package bench

import (
	"testing"

	"midiff/diff"
	"midiff/diff/prog"
)

// The two targets that FuzzRates compares: a program of 50 operations with sizes up to 16 KiB in
// lockstep, and nothing at all. They are for measuring; the targets that look for bugs are in fuzz.

const benchOps, benchSize = 50, 16 << 10

func benchSeeds(f *testing.F) {
	cfg := prog.GenConfig{Ops: benchOps, Threads: 1, MaxSize: benchSize, MaxBulk: 1}
	for seed := uint64(1); seed <= 64; seed++ {
		f.Add(prog.Generate(seed, cfg).Encode())
	}
}

func FuzzLockstep50(f *testing.F) {
	benchSeeds(f)
	c, err := diff.NewC()
	if err != nil {
		f.Fatal(err)
	}
	g, err := diff.NewGo()
	if err != nil {
		f.Fatal(err)
	}
	e := diff.NewEngine(c, g, nil)
	d := prog.NewDecoder(prog.DecodeConfig{MaxOps: benchOps, MaxThreads: 1, MaxSize: benchSize,
		MaxTouched: 16 << 20, MaxBulk: 1})
	var code prog.Code
	f.Fuzz(func(t *testing.T, data []byte) {
		d.Decode(data).LowerInto(&code)
		if v := e.Run(&code); v.Class != diff.Agree {
			t.Fatal(v.Class)
		}
	})
}

func FuzzNothing(f *testing.F) {
	benchSeeds(f)
	f.Fuzz(func(*testing.T, []byte) {})
}
