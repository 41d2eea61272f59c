package fuzz

// Nothing but the standard library and the rig is imported here: what else a test binary needs would be
// compiled with counters before the first execution, which takes longer than all the rest.

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"midiff/fuzz/seeds"
)

func FuzzLockstep(f *testing.F) { lockstep(f, "FuzzLockstep") }

func FuzzThreads(f *testing.F) { lockstep(f, "FuzzThreads") }

func FuzzHeaps(f *testing.F) { lockstep(f, "FuzzHeaps") }

func FuzzAligned(f *testing.F) { lockstep(f, "FuzzAligned") }

// TestReach prints what the corpus and a folder of inputs reach of both sides, for who measures it.
func TestReach(t *testing.T) {
	target, folder, ok := strings.Cut(os.Getenv(ReachVar), ":")
	if !ok {
		t.Skip("runs where " + ReachVar + "=TARGET:FOLDER is set only")
	}
	r, err := ReachOf(target, folder)
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%s%s\n", ReachPrefix, out)
}

// TestMain lets the binary be the process that runs FuzzParallel's programs.
func TestMain(m *testing.M) {
	if !Serves() {
		os.Exit(m.Run())
	}
	if err := ServeParallel(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

func FuzzParallel(f *testing.F) {
	target := NewParallelTarget()
	f.Cleanup(target.Close)
	inputs, err := Seeds()
	if err != nil {
		f.Fatal(err)
	}
	for _, data := range inputs {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := target.Check(data); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzText(f *testing.F) {
	texts, err := seeds.For(seeds.Text)
	if err != nil {
		f.Fatal(err)
	}
	for _, in := range texts {
		f.Add(in.Data)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := CheckText(text); err != nil {
			t.Fatal(err)
		}
	})
}

func lockstep(f *testing.F, name string) {
	target, err := NewTarget(name)
	if err != nil {
		f.Fatal(err)
	}
	inputs, err := Seeds()
	if err != nil {
		f.Fatal(err)
	}
	for _, data := range inputs {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := target.Check(data); err != nil {
			t.Fatal(err)
		}
	})
}
