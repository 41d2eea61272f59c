package replay

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/fuzz"
	"midiff/fuzz/seeds"
)

// folderVar names a folder of inputs, as libFuzzer keeps them. OSS-Fuzz's coverage job sets it.
const folderVar = "FUZZ_CORPUS_DIR"

// TestFolder has a target run every file of the folder that the variable names.
func TestFolder(t *testing.T) {
	folder := os.Getenv(folderVar)
	if folder == "" {
		t.Skip("runs with " + folderVar + " only")
	}
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	run := func(check func(data []byte) error) func(t *testing.T) {
		return func(t *testing.T) {
			for _, f := range files {
				data, err := os.ReadFile(filepath.Join(folder, f.Name()))
				require.NoError(t, err)
				if err := check(data); err != nil {
					t.Errorf("%s: %v", f.Name(), err)
				}
			}
			t.Logf("%d inputs", len(files))
		}
	}
	t.Run(seeds.Text, run(fuzz.CheckText))
	for name := range fuzz.Programs {
		t.Run(name, func(t *testing.T) {
			target, err := fuzz.NewUnkept(name)
			require.NoError(t, err)
			run(func(data []byte) error { return target.Check(data) })(t)
		})
	}
}
