package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"midiff/diff"
	"midiff/diff/bench"
	"midiff/diff/evolve"
	"midiff/diff/soak"
)

// fieldsOf lists the JSON names of a struct, and of a divergence in it.
func fieldsOf(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		switch {
		case name == "-", t.Field(i).Anonymous, !t.Field(i).IsExported():
			continue
		case name == "":
			name = t.Field(i).Name
		}
		names = append(names, name)
	}
	return names
}

// TestJSONFieldsAreDocumented: docs/json.md has a table of every command's fields, complete.
func TestJSONFieldsAreDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/json.md"))
	require.NoError(t, err)
	for heading, types := range map[string][]any{
		"| fields of `run` and `report` |": {diff.VerdictJSON{}, diff.DivergenceJSON{}},
		"| fields of `shrink` |":           {shrunkJSON{}},
		"| fields of `bench` |":            {bench.Row{}},
		"| fields of `canary` |":           {canariesJSON{}},
		"| fields of `merge` |":            {mergedJSON{}, evolve.Counts{}},
		"| fields of `soak` |":             {diff.Tally{}, soak.Summary{}, soak.Group{}, soak.Reduced{}},
	} {
		_, table, ok := strings.Cut(string(text), heading)
		require.True(t, ok, heading)
		table, _, _ = strings.Cut(table, "\n\n")
		for _, v := range types {
			for _, name := range fieldsOf(reflect.TypeOf(v)) {
				require.Contains(t, table, "`"+name+"`", heading)
			}
		}
	}
}

// object reads the one JSON object that a command prints.
func object(t *testing.T, out string) (o map[string]any) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(out), &o), "%s", out)
	return o
}

func TestJSON(t *testing.T) {
	const known = "corpus/known/destroy-reclaimed.midiff"
	args := map[string][]string{
		"run":    {"run", "-json", "-without", "destroy-reclaimed", known},
		"report": {"report", "-json", "-without", "destroy-reclaimed", known, "-o", filepath.Join(t.TempDir(), "p.html")},
	}
	for name, a := range args {
		out, errs, code := midiff(t, a...)
		require.Equal(t, 1, code, errs)
		o := object(t, out)
		require.Equal(t, known, o["file"], name)
		require.Equal(t, "diverge", o["class"], name)
		d := o["divergence"].(map[string]any)
		require.Equal(t, []any{"L0.value", "heap_destroy", "value", "c"}, []any{d["oracle"], d["operation"], d["field"], d["blame"]})
		require.Equal(t, "the 2 blocks of the heap end", d["contract"])
		require.EqualValues(t, 3, d["c"].(map[string]any)["Value"])
		require.EqualValues(t, 2, d["goalloc"].(map[string]any)["Value"])
	}
	out, errs, code := midiff(t, "report", "-json", known)
	require.Equal(t, 1, code, errs)
	require.Equal(t, map[string]any{"destroy-reclaimed": 1.0}, object(t, out)["known"], "without a page, too")

	out, errs, code = midiff(t, "soak", "-json", "-programs", "3", "-ops", "20", "-jobs", "2")
	require.Equal(t, 0, code, errs)
	require.EqualValues(t, 3, object(t, out)["programs"])
}
