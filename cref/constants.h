// Sizes and limits of the library as compiled, and of this package's structs. Part of library.c,
// because the library defines most of them in its source files. See doc.go for an overview.

static const mid_constant mid_constant_table[] = {
#define SIZE(name, type) {#name "_record_size", sizeof(type)}
  SIZE(segment, mi_segment_t),
  SIZE(page, mi_page_t),
  SIZE(heap, mi_heap_t),
  SIZE(thread_data, mi_thread_data_t),
  SIZE(page_queue, mi_page_queue_t),
  SIZE(commit_mask, mi_commit_mask_t),
  SIZE(cache_slot, mi_cache_slot_t),
#undef SIZE
  {"segment_next_offset", offsetof(mi_segment_t, next)},
  {"segment_slices_offset", offsetof(mi_segment_t, slices)},
  {"segment_slice_entries", sizeof(((mi_segment_t *)0)->slices) / sizeof(mi_slice_t)},

  {"segment_size", MI_SEGMENT_SIZE},
  {"slice_size", MI_SEGMENT_SLICE_SIZE},
  {"slices_per_segment", MI_SLICES_PER_SEGMENT},
  {"small_page_size", MI_SMALL_PAGE_SIZE},
  {"medium_page_size", MI_MEDIUM_PAGE_SIZE},
  {"max_slice_offset", MI_MAX_SLICE_OFFSET},
  {"span_bin_max", MI_SEGMENT_BIN_MAX},

  {"small_size_max", MI_SMALL_SIZE_MAX},
  {"small_object_max", MI_SMALL_OBJ_SIZE_MAX},
  {"medium_object_max", MI_MEDIUM_OBJ_SIZE_MAX},
  {"large_object_max", MI_LARGE_OBJ_SIZE_MAX},
  {"huge_block_size", MI_HUGE_BLOCK_SIZE},
  {"bin_huge", MI_BIN_HUGE},
  {"bin_full", MI_BIN_FULL},
  {"pages_direct", MI_PAGES_DIRECT},
  {"alignment_max", MI_ALIGNMENT_MAX},
  {"align_guarantee", MI_MAX_ALIGN_GUARANTEE},
  {"natural_align", MI_MAX_ALIGN_SIZE},
  {"max_extend_size", MI_MAX_EXTEND_SIZE},
  {"min_extend", MI_MIN_EXTEND},
  {"retire_cycles", MI_RETIRE_CYCLES},

  {"commit_size", MI_COMMIT_SIZE},
  {"minimal_commit_size", MI_MINIMAL_COMMIT_SIZE},
  {"commit_mask_bits", MI_COMMIT_MASK_BITS},
  {"cache_fields", MI_CACHE_FIELDS},
  {"cache_max", MI_CACHE_MAX},
  {"cache_purge_max", MI_MAX_PURGE_PER_PUSH},
  {"thread_data_cache", TD_CACHE_SIZE},
  {"arena_max", MI_MAX_ARENAS},
  {"arena_block_size", MI_ARENA_BLOCK_SIZE},
  {"arena_min_object", MI_ARENA_MIN_OBJ_SIZE},
  {"map_max_address", MI_MAX_ADDRESS},
  {"hint_base", MI_HINT_BASE},
  {"hint_area", MI_HINT_AREA},
  {"hint_max", MI_HINT_MAX},
  {"version", MI_MALLOC_VERSION},
};

static const mid_constant mid_layout_table[] = {
#define AT(type, field) {#type "." #field, offsetof(type, field)}
  {"mid_op", sizeof(mid_op)},
  AT(mid_op, code), AT(mid_op, thread), AT(mid_op, heaped), AT(mid_op, flags), AT(mid_op, id),
  AT(mid_op, dst), AT(mid_op, src), AT(mid_op, heap), AT(mid_op, a), AT(mid_op, b), AT(mid_op, c), AT(mid_op, d),
  {"mid_result", sizeof(mid_result)},
  AT(mid_result, value), AT(mid_result, usable), AT(mid_result, bad), AT(mid_result, os_hash),
  AT(mid_result, state), AT(mid_result, stats),
  AT(mid_result, os_calls), AT(mid_result, bad_slot), AT(mid_result, bad_what), AT(mid_result, null),
  AT(mid_result, errors), AT(mid_result, warnings), AT(mid_result, err), AT(mid_result, quirks),
  {"mid_fault", sizeof(mid_fault)},
  AT(mid_fault, n), AT(mid_fault, call), AT(mid_fault, sticky), AT(mid_fault, err),
  {"mid_call", sizeof(mid_call)},
  AT(mid_call, kind), AT(mid_call, arg), AT(mid_call, err), AT(mid_call, step), AT(mid_call, addr),
  AT(mid_call, size),
  {"mid_entry", sizeof(mid_entry)},
  AT(mid_entry, field), AT(mid_entry, a), AT(mid_entry, b), AT(mid_entry, c), AT(mid_entry, pos),
  AT(mid_entry, value),
#undef AT
};

#define MID_COUNT(table) (sizeof(table) / sizeof((table)[0]))

const mid_constant *mid_constants(unsigned i) {
  return i < MID_COUNT(mid_constant_table) ? &mid_constant_table[i] : NULL;
}

const mid_constant *mid_layout(unsigned i) {
  return i < MID_COUNT(mid_layout_table) ? &mid_layout_table[i] : NULL;
}

size_t mid_bin_size(unsigned bin) {
  return bin <= MI_BIN_FULL ? _mi_heap_empty.pages[bin].block_size : 0;
}

size_t mid_span_bin_slices(unsigned bin) {
  return bin <= MI_SEGMENT_BIN_MAX ? tld_empty.segments.spans[bin].slice_count : 0;
}

const char *mid_option_name(unsigned i) { return i < _mi_option_last ? options[i].name : NULL; }

// Whatever a run has set since.
int64_t mid_option_default(unsigned i) {
  const mi_option_desc_t *all = (const void *)mid_pristine.options;
  if (all[0].name == NULL) all = options;  // not loaded yet
  return i < _mi_option_last ? all[i].value : 0;
}

void mid_option_put(unsigned i, int64_t value) { mi_option_set((mi_option_t)i, value); }

const char *mid_source_version(void) { return MID_SOURCE_VERSION; }
const char *mid_source_sha(void) { return MID_SOURCE_SHA; }
