// Sizes, limits and defaults by the reference's names, for the rig to prove them equal.
// Counterpart: none, macros there. See doc.go for an overview.

package goalloc

import (
	"fmt"

	"midiff/goalloc/internal/osmem"
)

// Constants gives the sizes, limits and option defaults of the profile by the names under which the C
// side of the rig tells those of the library. Those that come in rows have a number in the name:
// bin_size_1, span_bin_slices_1; option_NAME is an option's default.
func (p *Profile) Constants() map[string]uint64 {
	m := map[string]uint64{
		"page_record_size":        uint64(p.refPageBytes),
		"heap_record_size":        uint64(p.refHeapBytes),
		"thread_data_record_size": uint64(p.refThreadDataBytes),
		"heap_random_offset":      uint64(p.refRandomOffset),
		"segment_slices_offset":   refSlicesOffset,
		"commit_mask_record_size": uint64(len(commitMask{}) * 8),
		"segment_slice_entries":   uint64(len(segment{}.slices)),

		"segment_size":       segmentSize,
		"slice_size":         sliceSize,
		"slices_per_segment": slicesPerSegment,
		"small_page_size":    sliceSize,
		"medium_page_size":   uint64(p.mediumPage),
		"max_slice_offset":   maxSliceOfs,
		"span_bin_max":       spanBins - 1,

		"small_size_max":    smallMax,
		"small_object_max":  uint64(p.objSmallMax),
		"medium_object_max": uint64(p.objMediumMax),
		"large_object_max":  uint64(p.objLargeMax),
		"huge_block_size":   hugeBlockMark,
		"bin_huge":          binHuge,
		"bin_full":          binFull,
		"pages_direct":      uint64(len(heap{}.direct)) + uint64(p.padding/wordSize),
		"alignment_max":     alignMax,
		"align_guarantee":   uint64(p.alignGuarantee),
		"max_extend_size":   uint64(p.extendBytes),
		"min_extend":        uint64(p.extendMin),
		"retire_cycles":     uint64(p.retireSmall - 1),

		"commit_size":         commitSize,
		"minimal_commit_size": uint64(p.minimalCommit),
		"commit_mask_bits":    uint64(len(commitMask{}) * 64),
		"cache_fields":        cacheFields,
		"cache_max":           uint64(p.cacheSlots),
		"cache_purge_max":     uint64(p.cachePurges),
		"thread_data_cache":   uint64(p.threadDataKept),
		"hint_base":           osmem.HintBase,
		"hint_area":           osmem.HintArea,
		"hint_max":            osmem.HintMax,
	}
	for bin := uintptr(0); bin < binHuge; bin++ {
		m[fmt.Sprintf("bin_size_%d", bin)] = uint64(binSize(bin))
	}
	for count := uintptr(1); count <= 2*slicesPerSegment; count++ {
		m[fmt.Sprintf("span_bin_slices_%d", spanBin(count))] = uint64(count) // the last one stays
	}
	for i, name := range p.optionNames {
		if name != "" {
			m["option_"+name] = uint64(p.Options[i])
		}
	}
	return m
}
