package fuzz

import (
	"testing"

	"midiff/corpus"
	"midiff/diff/prog"
)

func FuzzLockstep(f *testing.F) { lockstep(f, lockstepPrograms) }

func FuzzThreads(f *testing.F) { lockstep(f, threadPrograms) }

func FuzzHeaps(f *testing.F) { lockstep(f, heapPrograms) }

func FuzzAligned(f *testing.F) { lockstep(f, alignedPrograms) }

func FuzzText(f *testing.F) {
	for _, folder := range corpus.Folders() {
		for _, file := range corpus.Programs(folder) {
			f.Add(file.Text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := checkText(text); err != nil {
			t.Fatal(err)
		}
	})
}

func lockstep(f *testing.F, c prog.DecodeConfig) {
	target, err := newTarget(c)
	if err != nil {
		f.Fatal(err)
	}
	inputs, err := seeds()
	if err != nil {
		f.Fatal(err)
	}
	for _, data := range inputs {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := target.check(data); err != nil {
			t.Fatal(err)
		}
	})
}
