package stable

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"midiff/cref"
	"midiff/fuzz/feed"
	"midiff/scripts/fuzz/instrument"
)

// planted is a library that gives a wrong answer for one number in 2^32, which it compares byte by byte.
const planted = `
size_t mid_planted_good_size(size_t size) {
  const unsigned char *b = (const unsigned char *)&size;
#define IS(i, c) (b[i] == (c) && ({ __asm__ volatile(""); 1; }))  /* not all at once */
  if (IS(0, 'm') && IS(1, 'i') && IS(2, 'd') && IS(3, 'i')) return 1;
  return mi_good_size(size);
}

mid_library mid_library_covered;

__attribute__((__constructor__)) void mid_plant(void) {
  memcpy(&mid_library_covered, &mid_library_inner, sizeof(mid_library));
  mid_library_covered.mi.good_size = mid_planted_good_size;
}
`

// plantedOverlay puts it in the place of the one that tells what ran.
func plantedOverlay(t *testing.T, dir string) string {
	name, err := filepath.Abs("../../cref/covered/covered.c")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "#define MID_LIBRARY mid_library_covered", "#define MID_LIBRARY mid_library_inner", 1)
	if changed == string(text) {
		t.Fatal("covered.c has another name for its library")
	}
	to, list := filepath.Join(dir, "covered.c"), filepath.Join(dir, "overlay.json")
	files, err := json.Marshal(map[string]any{"Replace": map[string]string{name: to}})
	if err == nil {
		err = os.WriteFile(to, []byte(changed+planted), 0o644)
	}
	if err == nil {
		err = os.WriteFile(list, files, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// FuzzNested asks C for the good size of a number. Nothing of Go depends on the number.
func FuzzNested(f *testing.F) {
	if os.Getenv(insideVar) != f.Name() {
		f.Skip("runs inside TestNestedComparison only")
	}
	ref, err := cref.Open()
	if err != nil {
		f.Fatal(err)
	}
	code, ok := cref.Code("good_size")
	if !ok {
		f.Fatal("C has no good_size")
	}
	var c cref.Coverage
	out := make([]cref.Result, 1)
	f.Add(make([]byte, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		var number [8]byte
		copy(number[:4], data)
		if err := ref.Begin(&cref.Setup{Threads: 1}); err != nil {
			t.Fatal(err)
		}
		ref.Run([]cref.Op{{Code: code, ID: 1, Dst: cref.NoSlot, Src: cref.NoSlot, Heap: cref.NoSlot,
			A: binary.LittleEndian.Uint64(number[:])}}, out)
		ref.Covered(&c)
		if os.Getenv("MIDIFF_CCOVER") != "0" {
			feed.Feed(c.Edges, c.Features)
		}
		if out[0].Value == 1 {
			t.Fatal("the number is found")
		}
	})
}

// TestNestedComparison: a number that C alone compares, byte by byte, is found where C guides the fuzzer, and not
// without.
func TestNestedComparison(t *testing.T) {
	const runs = "400000x"
	dir := t.TempDir()
	bin := filepath.Join(dir, "stable.test")
	build := exec.Command("go", instrument.Build("", bin, ".", "-overlay", plantedOverlay(t, dir))...)
	build.Env = instrument.Env()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, guide := range []string{"0", "1"} {
		run := exec.Command(bin, instrument.Run("FuzzNested", runs, filepath.Join(dir, "kept"+guide), "-test.parallel=1")...)
		run.Dir = t.TempDir()
		run.Env = append(os.Environ(), insideVar+"=FuzzNested", "GODEBUG=fuzzseed=1", "MIDIFF_CCOVER="+guide)
		out, err := run.CombinedOutput()
		found := bytes.Contains(out, []byte("the number is found"))
		if found != (guide == "1") || err == nil == found && !instrument.EndedLate(out) {
			t.Fatalf("MIDIFF_CCOVER=%s: found %v, %v\n%s", guide, found, err, out)
		}
		t.Logf("MIDIFF_CCOVER=%s: found %v in at most %s executions", guide, found, runs)
	}
}
