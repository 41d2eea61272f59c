// Package seeds is the corpus as inputs of the fuzz targets. It needs nothing of the allocators, so that what
// writes seeds for an engine builds without C.
package seeds

import (
	"midiff/corpus"
	"midiff/diff/prog"
)

// Text is the target whose inputs are texts of programs, whole ones or none.
const Text = "FuzzText"

// Input is one input, and the program of the corpus that it comes from: "smoke/op-malloc.midiff".
type Input struct {
	Name string
	Data []byte
}

// For gives the corpus's programs as inputs of a target: as texts for Text, as bytes for any other. What lies
// beyond the target's bounds becomes another program, a seed as good.
func For(target string) (inputs []Input, err error) {
	for _, folder := range corpus.Folders() {
		for _, f := range corpus.Programs(folder) {
			data := f.Text
			if target != Text {
				p, err := prog.Parse(f.Path(), f.Text)
				if err != nil {
					return nil, err
				}
				data = p.Encode()
			}
			inputs = append(inputs, Input{f.Path(), data})
		}
	}
	return inputs, nil
}
