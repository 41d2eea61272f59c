// Sizes and limits of the library as compiled. Part of library.c, because the library defines most
// of them in its source files. See doc.go for an overview.

static const mid_constant mid_constant_table[] = {
#define SIZE(name, type) {#name "_record_size", sizeof(type)}
  SIZE(segment, mi_segment_t),
  SIZE(page, mi_page_t),
  SIZE(heap, mi_heap_t),
  SIZE(thread_data, mi_thread_data_t),
  SIZE(page_queue, mi_page_queue_t),
  SIZE(commit_mask, mi_commit_mask_t),
  SIZE(cache_slot, mi_cache_slot_t),
  SIZE(arena, mi_arena_t),
#undef SIZE
  {"heap_random_offset", offsetof(mi_heap_t, random)},
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

#define MID_COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const mid_constant *mid_all_constants(unsigned i) {
  return i < MID_COUNT(mid_constant_table) ? &mid_constant_table[i] : NULL;
}

static size_t mid_size_of_bin(unsigned bin) {
  return bin <= MI_BIN_FULL ? _mi_heap_empty.pages[bin].block_size : 0;
}

static size_t mid_slices_of_bin(unsigned bin) {
  return bin <= MI_SEGMENT_BIN_MAX ? tld_empty.segments.spans[bin].slice_count : 0;
}

static const char *mid_name_of_option(unsigned i) { return i < _mi_option_last ? options[i].name : NULL; }

// Whatever a run has set since.
static int64_t mid_default_of_option(unsigned i) {
  const mi_option_desc_t *all = (const void *)mid_pristine.options;
  if (all[0].name == NULL) all = options;  // not loaded yet
  return i < _mi_option_last ? all[i].value : 0;
}

static void mid_put_option(unsigned i, int64_t value) { mi_option_set((mi_option_t)i, value); }

static int64_t mid_get_option(unsigned i) { return mi_option_get((mi_option_t)i); }

static bool mid_option_on(unsigned i) { return mi_option_is_enabled((mi_option_t)i); }
