// The records in off-heap memory. See doc.go for an overview.

package goalloc

import (
	"reflect"
	"testing"

	"midiff/goalloc/internal/raw"

	"github.com/stretchr/testify/require"
)

// pointersIn gives the paths of all that the collector would look at in a type.
func pointersIn(path string, t reflect.Type) (all []string) {
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			all = append(all, pointersIn(path+"."+f.Name, f.Type)...)
		}
	case reflect.Array:
		all = pointersIn(path+"[]", t.Elem())
	case reflect.Bool, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Uintptr:
	default:
		all = []string{path + " " + t.String()}
	}
	return all
}

func TestNoGoPointersOffHeap(t *testing.T) {
	for _, record := range []any{page{}, segment{}, heap{}, pageQueue{}, arena{}} {
		rt := reflect.TypeOf(record)
		require.Empty(t, pointersIn(rt.Name(), rt))
	}
	require.Equal(t, []string{"T.x *int"}, pointersIn("T", reflect.TypeFor[struct{ x *int }]()))
}

func TestRecordSizes(t *testing.T) {
	require.EqualValues(t, 80, reflect.TypeFor[page]().Size())
	require.LessOrEqual(t, segmentRecord, uintptr(sliceSize), "the header fills one slice")
	require.EqualValues(t, 1, headerSlices)
	require.LessOrEqual(t, heapRecordBytes, uintptr(refHeapBytes))
	require.Zero(t, refHeapBytes%wordSize)
	require.EqualValues(t, 4096*2, osGoodSize(Profile20().refThreadDataBytes))
}

func TestClearedPartsOfTheRecords(t *testing.T) {
	pageType, segType := reflect.TypeFor[page](), reflect.TypeFor[segment]()
	kept := func(rt reflect.Type, from uintptr) (names []string) {
		for i := range rt.NumField() {
			if f := rt.Field(i); f.Offset < from && f.Name != "_" {
				names = append(names, f.Name)
			}
		}
		return names
	}
	require.Equal(t, []string{"sliceCount", "sliceOffset", "isReset", "zeroInit", "tag"}, kept(pageType, pageClearFrom))
	require.Equal(t, []string{"memID", "memPinned", "memLarge", "memAlignment", "memAlignOffset", "allowDecommit", "decommitExpire",
		"decommitMask", "commitMask", "abandonedNext", "allowPurge", "subproc", "unmapped"}, kept(segType, segClearFrom))
}

func TestSegmentAndPageOfAnAddress(t *testing.T) {
	p := simulated(t)
	m := p.Main()
	small, medium := m.Malloc(48), m.Malloc(100<<10)
	s := segmentOf(small)
	require.Equal(t, p.Base(), raw.Of(s))
	for _, c := range []struct {
		name  string
		at    Addr
		slice uintptr
	}{
		{"the first block", small, 1},
		{"inside the first block", small + 47, 1},
		{"the page's first byte", p.Base() + sliceSize + 1, 1},
		{"the page's last byte", p.Base() + 2*sliceSize - 1, 1},
		{"a page of several slices", medium, 2},
		{"its second slice", medium + sliceSize, 2},
		{"its last byte", p.Base() + 10*sliceSize - 1, 2},
		{"the free span's first byte", p.Base() + 10*sliceSize, 10},
		{"the segment's last byte", p.Base() + segmentSize - 1, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, raw.Of(s), raw.Of(segmentOf(c.at)))
			require.Equal(t, c.slice, s.index(s.pageOf(c.at)))
			require.Equal(t, raw.Of(s.slice(c.slice)), raw.Of(s.pageOf(c.at)))
		})
	}
}

// A block of large alignment lies at a multiple of a segment: its header is the one before, found
// through the record past the last.
func TestSegmentOfABlockAtASegmentBoundary(t *testing.T) {
	p := simulated(t)
	a := p.Main().Default().MallocAligned(100, segmentSize)
	require.Zero(t, uintptr(a)%segmentSize)
	s := segmentOf(a)
	require.Equal(t, a-segmentSize, raw.Of(s))
	require.Equal(t, raw.Of(s.slice(1)), raw.Of(s.pageOf(a)))
	require.EqualValues(t, (slicesPerSegment-1)*pageSize, s.slice(slicesPerSegment).sliceOffset)
	require.Equal(t, a, raw.Of(segmentOf(a+1)), "the block's other bytes do not lead to the header")
}

func TestClearKeepsWhatTheSegmentNeeds(t *testing.T) {
	p := simulated(t)
	a := p.Main().Malloc(48)
	pg := segmentOf(a).pageOf(a)
	pg.isReset = true
	pg.clear()
	require.Equal(t, page{sliceCount: 1, isReset: true}, *pg)
}

func TestViewsOfABlock(t *testing.T) {
	p := simulated(t)
	a := p.Main().Malloc(16)
	copy(Bytes(a, 16), "0123456789abcdef")
	require.Equal(t, []uint64{0x3736353433323130, 0x6665646362613938}, Words(a, 2))
}
