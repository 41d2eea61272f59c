package fuzz

// Nothing but the standard library and the rig is imported here: what else a test binary needs would be
// compiled with counters before the first execution, which takes longer than all the rest.

import (
	"testing"

	"midiff/corpus"
)

func FuzzLockstep(f *testing.F) { lockstep(f, "FuzzLockstep") }

func FuzzThreads(f *testing.F) { lockstep(f, "FuzzThreads") }

func FuzzHeaps(f *testing.F) { lockstep(f, "FuzzHeaps") }

func FuzzAligned(f *testing.F) { lockstep(f, "FuzzAligned") }

func FuzzText(f *testing.F) {
	for _, folder := range corpus.Folders() {
		for _, file := range corpus.Programs(folder) {
			f.Add(file.Text)
		}
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
