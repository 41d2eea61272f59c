// The names of the library's writable statics. See doc.go for an overview.

#ifndef MID_STATICLIST_H
#define MID_STATICLIST_H

// Copied in full at every reset.
#define MID_SMALL_STATICS(X)                                                                       \
  X(_mi_heap_main) X(tld_main) X(options) X(_mi_stats_main) X(mi_arenas) X(mi_arena_count)         \
  X(cache_inuse) X(cache_available) X(cache_available_large) X(td_cache) X(thread_count)           \
  X(abandoned) X(abandoned_visited) X(abandoned_count) X(abandoned_visited_count)                  \
  X(abandoned_readers) X(aligned_base) X(mi_huge_start) X(_mi_numa_node_count) X(os_page_size)     \
  X(large_os_page_size) X(os_overcommit) X(os_preloading) X(_mi_process_is_initialized)            \
  X(_mi_heap_default_key) X(deferred_free) X(deferred_arg)                                         \
  X(mi_error_handler) X(mi_error_arg) X(mi_out_default) X(mi_out_arg) X(out_len) X(error_count)    \
  X(warning_count) X(mi_max_error_count) X(mi_max_warning_count) X(mi_clock_diff)                  \
  X(mi_process_start)

// Thread-local in the library, and globals where threads are virtual.
#define MID_LOCAL_STATICS(X) X(_mi_heap_default) X(recurse)

// Too large to copy in full: of these only the part that a run can have changed.
#define MID_LARGE_STATICS(X) X(cache) X(mi_segment_map) X(out_buf)

#endif
