// The library's functions, without attributes. See doc.go for an overview.
//
// The library's own header promises alignment and freshness of results, and the compiler then
// folds away the very checks made for them. So the interpreter sees these plain types only, and
// lives in another translation unit than the library. It calls through the table of the build in
// use, as mi(malloc)(size). library.c fills the table: a type that does not agree with the library's
// is an error there.

#ifndef MID_API_H
#define MID_API_H

#include <stdbool.h>
#include <stddef.h>

// A call past the table would reach the release build whatever build is in use.
#pragma GCC diagnostic error "-Wimplicit-function-declaration"

typedef struct mi_heap_s mi_heap_t;
typedef int mi_arena_id_t;

typedef void mid_error_handler(int err, void *arg);
typedef void mid_output_handler(const char *text, void *arg);
typedef void mid_deferred_handler(bool force, unsigned long long heartbeat, void *arg);

// One row per function: what it returns, its name without mi_, its parameters.
#define MID_API(X)                                                                                 \
  X(void *, malloc, (size_t size))                                                                 \
  X(void *, zalloc, (size_t size))                                                                 \
  X(void *, calloc, (size_t count, size_t size))                                                   \
  X(void *, mallocn, (size_t count, size_t size))                                                  \
  X(void *, malloc_small, (size_t size))                                                           \
  X(void *, zalloc_small, (size_t size))                                                           \
  X(void *, malloc_aligned, (size_t size, size_t alignment))                                       \
  X(void *, zalloc_aligned, (size_t size, size_t alignment))                                       \
  X(void *, calloc_aligned, (size_t count, size_t size, size_t alignment))                         \
  X(void *, realloc, (void *p, size_t size))                                                       \
  X(void *, reallocn, (void *p, size_t count, size_t size))                                        \
  X(void *, reallocf, (void *p, size_t size))                                                      \
  X(void *, rezalloc, (void *p, size_t size))                                                      \
  X(void *, recalloc, (void *p, size_t count, size_t size))                                        \
  X(void *, realloc_aligned, (void *p, size_t size, size_t alignment))                             \
  X(void *, rezalloc_aligned, (void *p, size_t size, size_t alignment))                            \
  X(void *, recalloc_aligned, (void *p, size_t count, size_t size, size_t alignment))              \
  X(void *, heap_malloc, (mi_heap_t *heap, size_t size))                                           \
  X(void *, heap_zalloc, (mi_heap_t *heap, size_t size))                                           \
  X(void *, heap_calloc, (mi_heap_t *heap, size_t count, size_t size))                             \
  X(void *, heap_mallocn, (mi_heap_t *heap, size_t count, size_t size))                            \
  X(void *, heap_malloc_small, (mi_heap_t *heap, size_t size))                                     \
  X(void *, heap_malloc_aligned, (mi_heap_t *heap, size_t size, size_t alignment))                 \
  X(void *, heap_zalloc_aligned, (mi_heap_t *heap, size_t size, size_t alignment))                 \
  X(void *, heap_calloc_aligned, (mi_heap_t *heap, size_t count, size_t size, size_t alignment))   \
  X(void *, heap_realloc, (mi_heap_t *heap, void *p, size_t size))                                 \
  X(void *, heap_reallocn, (mi_heap_t *heap, void *p, size_t count, size_t size))                  \
  X(void *, heap_reallocf, (mi_heap_t *heap, void *p, size_t size))                                \
  X(void *, heap_rezalloc, (mi_heap_t *heap, void *p, size_t size))                                \
  X(void *, heap_recalloc, (mi_heap_t *heap, void *p, size_t count, size_t size))                  \
  X(void *, heap_realloc_aligned, (mi_heap_t *heap, void *p, size_t size, size_t alignment))       \
  X(void *, heap_rezalloc_aligned, (mi_heap_t *heap, void *p, size_t size, size_t alignment))      \
  X(void *, heap_recalloc_aligned, (mi_heap_t *heap, void *p, size_t count, size_t size,           \
    size_t alignment))                                                                             \
  X(void *, malloc_aligned_at, (size_t size, size_t alignment, size_t offset))                     \
  X(void *, zalloc_aligned_at, (size_t size, size_t alignment, size_t offset))                     \
  X(void *, calloc_aligned_at, (size_t count, size_t size, size_t alignment, size_t offset))       \
  X(void *, realloc_aligned_at, (void *p, size_t size, size_t alignment, size_t offset))           \
  X(void *, rezalloc_aligned_at, (void *p, size_t size, size_t alignment, size_t offset))          \
  X(void *, recalloc_aligned_at, (void *p, size_t count, size_t size, size_t alignment,            \
    size_t offset))                                                                                \
  X(void *, heap_malloc_aligned_at, (mi_heap_t *heap, size_t size, size_t alignment,               \
    size_t offset))                                                                                \
  X(void *, heap_zalloc_aligned_at, (mi_heap_t *heap, size_t size, size_t alignment,               \
    size_t offset))                                                                                \
  X(void *, heap_calloc_aligned_at, (mi_heap_t *heap, size_t count, size_t size,                   \
    size_t alignment, size_t offset))                                                              \
  X(void *, heap_realloc_aligned_at, (mi_heap_t *heap, void *p, size_t size, size_t alignment,     \
    size_t offset))                                                                                \
  X(void *, heap_rezalloc_aligned_at, (mi_heap_t *heap, void *p, size_t size, size_t alignment,    \
    size_t offset))                                                                                \
  X(void *, heap_recalloc_aligned_at, (mi_heap_t *heap, void *p, size_t count, size_t size,        \
    size_t alignment, size_t offset))                                                              \
  X(int, posix_memalign, (void **p, size_t alignment, size_t size))                                \
  X(void *, memalign, (size_t alignment, size_t size))                                             \
  X(void *, aligned_alloc, (size_t alignment, size_t size))                                        \
  X(void *, valloc, (size_t size))                                                                 \
  X(void *, pvalloc, (size_t size))                                                                \
  X(void *, reallocarray, (void *p, size_t count, size_t size))                                    \
  X(int, reallocarr, (void *p, size_t count, size_t size))                                         \
  X(void, free, (void *p))                                                                         \
  X(void, cfree, (void *p))                                                                        \
  X(void *, expand, (void *p, size_t size))                                                        \
  X(size_t, usable_size, (const void *p))                                                          \
  X(size_t, good_size, (size_t size))                                                              \
  X(bool, is_in_heap_region, (const void *p))                                                      \
  X(bool, check_owned, (const void *p))                                                            \
  X(bool, heap_check_owned, (mi_heap_t *heap, const void *p))                                      \
  X(bool, heap_contains_block, (mi_heap_t *heap, const void *p))                                   \
  X(mi_heap_t *, heap_new, (void))                                                                 \
  X(mi_heap_t *, heap_get_default, (void))                                                         \
  X(mi_heap_t *, heap_get_backing, (void))                                                         \
  X(mi_heap_t *, heap_set_default, (mi_heap_t *heap))                                              \
  X(void, heap_delete, (mi_heap_t *heap))                                                          \
  X(void, heap_destroy, (mi_heap_t *heap))                                                         \
  X(void, heap_collect, (mi_heap_t *heap, bool force))                                             \
  X(void, collect, (bool force))                                                                   \
  X(void, thread_init, (void))                                                                     \
  X(void, thread_done, (void))                                                                     \
  X(void, stats_merge, (void))                                                                     \
  X(void, stats_reset, (void))                                                                     \
  X(int, reserve_os_memory, (size_t size, bool commit, bool allow_large))                          \
  X(int, reserve_os_memory_ex, (size_t size, bool commit, bool allow_large, bool exclusive,        \
    mi_arena_id_t *arena_id))                                                                      \
  X(bool, manage_os_memory, (void *start, size_t size, bool is_committed, bool is_large,           \
    bool is_zero, int numa_node))                                                                  \
  X(bool, manage_os_memory_ex, (void *start, size_t size, bool is_committed, bool is_large,        \
    bool is_zero, int numa_node, bool exclusive, mi_arena_id_t *arena_id))                         \
  X(void *, arena_area, (mi_arena_id_t arena_id, size_t *size))                                    \
  X(mi_heap_t *, heap_new_in_arena, (mi_arena_id_t arena_id))                                      \
  X(void, free_size, (void *p, size_t size))                                                       \
  X(void, free_size_aligned, (void *p, size_t size, size_t alignment))                             \
  X(void, free_aligned, (void *p, size_t alignment))                                               \
  X(size_t, malloc_size, (const void *p))                                                          \
  X(size_t, malloc_usable_size, (const void *p))                                                   \
  X(size_t, malloc_good_size, (size_t size))                                                       \
  X(void *, _expand, (void *p, size_t size))                                                       \
  X(void *, aligned_recalloc, (void *p, size_t count, size_t size, size_t alignment))              \
  X(void *, aligned_offset_recalloc, (void *p, size_t count, size_t size, size_t alignment,        \
    size_t offset))                                                                                \
  X(void, option_set_default, (unsigned option, long value))                                       \
  X(void, option_set_enabled, (unsigned option, bool enable))                                      \
  X(void, option_set_enabled_default, (unsigned option, bool enable))                              \
  X(void, option_enable, (unsigned option))                                                        \
  X(void, option_disable, (unsigned option))                                                       \
  X(char *, strdup, (const char *text))                                                            \
  X(char *, strndup, (const char *text, size_t most))                                              \
  X(char *, heap_strdup, (mi_heap_t *heap, const char *text))                                      \
  X(char *, heap_strndup, (mi_heap_t *heap, const char *text, size_t most))                        \
  X(unsigned char *, mbsdup, (const unsigned char *text))                                          \
  X(unsigned short *, wcsdup, (const unsigned short *text))                                        \
  X(int, dupenv_s, (char **made, size_t *size, const char *name))                                  \
  X(char *, realpath, (const char *name, char *into))                                              \
  X(char *, heap_realpath, (mi_heap_t *heap, const char *name, char *into))                        \
  X(void *, new, (size_t size))                                                                    \
  X(void *, new_n, (size_t count, size_t size))                                                    \
  X(void *, new_nothrow, (size_t size))                                                            \
  X(void *, new_aligned, (size_t size, size_t alignment))                                          \
  X(void *, new_aligned_nothrow, (size_t size, size_t alignment))                                  \
  X(void *, new_realloc, (void *p, size_t size))                                                   \
  X(void *, new_reallocn, (void *p, size_t count, size_t size))                                    \
  X(void *, heap_alloc_new, (mi_heap_t *heap, size_t size))                                        \
  X(void *, heap_alloc_new_n, (mi_heap_t *heap, size_t count, size_t size))                        \
  X(void, register_deferred_free, (mid_deferred_handler *handler, void *arg))                      \
  X(void, register_error, (mid_error_handler *handler, void *arg))                                 \
  X(void, register_output, (mid_output_handler *handler, void *arg))

// What only libraries that are opened at run time may have; NULL in a build from source.
#define MID_LATER_API(X)                                                                           \
  X(void *, umalloc, (size_t size, size_t *told))                                                  \
  X(void *, ucalloc, (size_t count, size_t size, size_t *told))                                    \
  X(void *, umalloc_small, (size_t size, size_t *told))                                            \
  X(void *, umalloc_aligned, (size_t size, size_t alignment, size_t *told))                        \
  X(void *, uzalloc_aligned, (size_t size, size_t alignment, size_t *told))                        \
  X(void *, urealloc, (void *p, size_t size, size_t *before, size_t *after))                       \
  X(void *, heap_zalloc_small, (mi_heap_t *heap, size_t size))                                     \
  X(void, ufree, (void *p, size_t *told))                                                          \
  X(void, free_small, (void *p))                                                                   \
  X(mi_heap_t *, heap_new_ex, (int tag, bool allow_destroy, mi_arena_id_t arena_id))               \
  X(void, collect_reduce, (size_t target))                                                         \
  X(void *, subproc_new, (void))                                                                   \
  X(void, subproc_delete, (void *subproc))                                                         \
  X(void, subproc_add_current_thread, (void *subproc))                                             \
  X(bool, unsafe_heap_page_is_under_utilized, (mi_heap_t *heap, void *p, size_t percent))

#endif
