package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// standIn builds a library of an unknown version, with a fault if plant is not 0: see testdata/standin.c.
func standIn(t *testing.T, plant int) string {
	lib := filepath.Join(t.TempDir(), "libstandin.so")
	out, err := exec.Command("gcc", "-O1", "-Wall", "-shared", "-fPIC", "-fvisibility=hidden", "-DPLANT="+strconv.Itoa(plant),
		"testdata/standin.c", "-o", lib).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return "so:" + lib
}

// standInProgram has blocks that move and that are used again, and operations that the library lacks.
const standInProgram = `midiff 1
profile 2.0
threads 2
option page_reset=1

t0 a = malloc(1000)
t1 b = zalloc(2000)
t0 h = heap_new()
t0 c = heap_malloc(h, 64)
t0 expand(a, 900)
t0 free(b)
t1 a = realloc(a, 5000)
t1 d = zalloc(2000)
t0 e = malloc_aligned(3000, 4096)
t0 f = heap_malloc(backing, 3000)
t1 exit()
t0 free(d)
t0 free(e)
t0 free(f)
t0 g = malloc(3000)
t0 i = malloc(3000)
`

const standInSays = "mimalloc 4.2.1: goalloc does not follow it, so outcomes alone are judged, by what all versions promise"

// TestStandIn: a library of a version that nobody knows, which maps memory when it is loaded and lacks most operations, is
// judged by the contract alone; what it lacks is left out and counted.
func TestStandIn(t *testing.T) {
	ref, file := standIn(t, 0), write(t, standInProgram)
	out, errs, code := midiff(t, "run", "-ref", ref, file, file)
	require.Zero(t, code, out+errs)
	require.Contains(t, out+errs, standInSays)
	require.Contains(t, out, file+": left out, since the library lacks it: expand 1 heap_new 1 option page_reset 1\n")
	agreed := regexp.MustCompile(`agree, 13 operations, fingerprint (\w+)`).FindAllStringSubmatch(out, -1)
	require.Len(t, agreed, 2, out)
	require.Equal(t, agreed[0], agreed[1], "a run does not depend on the one before")
	again, _, _ := midiff(t, "run", "-ref", ref, file)
	require.Contains(t, again, agreed[0][0], "nor on the process")

	out, errs, code = midiff(t, "soak", "-ref", ref, "-programs", "20", "-ops", "100", "-json")
	require.Zero(t, code, out+errs)
	require.Contains(t, errs+out, standInSays)
	for _, part := range []string{`"programs":20,"invalid":0,`, `"lacked":{`, `"heap_new":20`, `"expand":20`} {
		require.Contains(t, out, part)
	}
}

// TestPlantedInStandIn: each fault is found where it shows, the report speaks of the library and the contract, and it is
// made small.
func TestPlantedInStandIn(t *testing.T) {
	for plant, want := range map[int]struct{ signature, line string }{
		1: {"L1.preserve realloc contents", "a moved block holds what its old place held"},
		2: {"L1.zero zalloc contents", "the block reads zero where the operation promises it"},
		3: {"L1.contents malloc contents", "every live block holds what was last written to it"},
	} {
		t.Run(want.signature, func(t *testing.T) {
			ref, file := standIn(t, plant), write(t, standInProgram)
			out, _, code := midiff(t, "run", "-ref", ref, file)
			require.Equal(t, exitDiverge, code, out)
			for _, part := range []string{"  library   ", "  contract  " + want.line, "  mimalloc 4.2.1 breaks the contract\n",
				"  signature " + want.signature + "\n", "midiff run -ref " + ref + " -v "} {
				require.Contains(t, out, part)
			}
			require.NotContains(t, out, "goalloc   ")
			small := filepath.Join(t.TempDir(), "small.midiff")
			out, errs, code := midiff(t, "shrink", "-ref", ref, file, "-o", small)
			require.Equal(t, exitDiverge, code, out+errs)
			require.Regexp(t, `16 operations to [1-4], .* candidates`, out+errs)
		})
	}
}
