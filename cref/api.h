// The library's functions, without attributes. See doc.go for an overview.
//
// The library's own header promises alignment and freshness of results, and the compiler then
// folds away the very checks made for them. So the interpreter sees these plain prototypes only,
// and lives in another translation unit than the library. library.c includes both headers: a
// prototype that does not agree with the library's is an error there.

#ifndef MID_API_H
#define MID_API_H

#include <stdbool.h>
#include <stddef.h>

typedef struct mi_heap_s mi_heap_t;

void *mi_malloc(size_t size);
void *mi_zalloc(size_t size);
void *mi_calloc(size_t count, size_t size);
void *mi_mallocn(size_t count, size_t size);
void *mi_malloc_small(size_t size);
void *mi_zalloc_small(size_t size);
void *mi_malloc_aligned(size_t size, size_t alignment);
void *mi_zalloc_aligned(size_t size, size_t alignment);
void *mi_calloc_aligned(size_t count, size_t size, size_t alignment);

void *mi_realloc(void *p, size_t size);
void *mi_reallocn(void *p, size_t count, size_t size);
void *mi_reallocf(void *p, size_t size);
void *mi_rezalloc(void *p, size_t size);
void *mi_recalloc(void *p, size_t count, size_t size);
void *mi_realloc_aligned(void *p, size_t size, size_t alignment);
void *mi_rezalloc_aligned(void *p, size_t size, size_t alignment);
void *mi_recalloc_aligned(void *p, size_t count, size_t size, size_t alignment);

void *mi_heap_malloc(mi_heap_t *heap, size_t size);
void *mi_heap_zalloc(mi_heap_t *heap, size_t size);
void *mi_heap_calloc(mi_heap_t *heap, size_t count, size_t size);
void *mi_heap_mallocn(mi_heap_t *heap, size_t count, size_t size);
void *mi_heap_malloc_small(mi_heap_t *heap, size_t size);
void *mi_heap_malloc_aligned(mi_heap_t *heap, size_t size, size_t alignment);
void *mi_heap_zalloc_aligned(mi_heap_t *heap, size_t size, size_t alignment);
void *mi_heap_calloc_aligned(mi_heap_t *heap, size_t count, size_t size, size_t alignment);

void *mi_heap_realloc(mi_heap_t *heap, void *p, size_t size);
void *mi_heap_reallocn(mi_heap_t *heap, void *p, size_t count, size_t size);
void *mi_heap_reallocf(mi_heap_t *heap, void *p, size_t size);
void *mi_heap_rezalloc(mi_heap_t *heap, void *p, size_t size);
void *mi_heap_recalloc(mi_heap_t *heap, void *p, size_t count, size_t size);
void *mi_heap_realloc_aligned(mi_heap_t *heap, void *p, size_t size, size_t alignment);
void *mi_heap_rezalloc_aligned(mi_heap_t *heap, void *p, size_t size, size_t alignment);
void *mi_heap_recalloc_aligned(mi_heap_t *heap, void *p, size_t count, size_t size,
                               size_t alignment);

void *mi_malloc_aligned_at(size_t size, size_t alignment, size_t offset);
void *mi_zalloc_aligned_at(size_t size, size_t alignment, size_t offset);
void *mi_calloc_aligned_at(size_t count, size_t size, size_t alignment, size_t offset);
void *mi_realloc_aligned_at(void *p, size_t size, size_t alignment, size_t offset);
void *mi_rezalloc_aligned_at(void *p, size_t size, size_t alignment, size_t offset);
void *mi_recalloc_aligned_at(void *p, size_t count, size_t size, size_t alignment, size_t offset);

void *mi_heap_malloc_aligned_at(mi_heap_t *heap, size_t size, size_t alignment, size_t offset);
void *mi_heap_zalloc_aligned_at(mi_heap_t *heap, size_t size, size_t alignment, size_t offset);
void *mi_heap_calloc_aligned_at(mi_heap_t *heap, size_t count, size_t size, size_t alignment,
                                size_t offset);
void *mi_heap_realloc_aligned_at(mi_heap_t *heap, void *p, size_t size, size_t alignment,
                                 size_t offset);
void *mi_heap_rezalloc_aligned_at(mi_heap_t *heap, void *p, size_t size, size_t alignment,
                                  size_t offset);
void *mi_heap_recalloc_aligned_at(mi_heap_t *heap, void *p, size_t count, size_t size,
                                  size_t alignment, size_t offset);

int   mi_posix_memalign(void **p, size_t alignment, size_t size);
void *mi_memalign(size_t alignment, size_t size);
void *mi_aligned_alloc(size_t alignment, size_t size);
void *mi_valloc(size_t size);
void *mi_pvalloc(size_t size);
void *mi_reallocarray(void *p, size_t count, size_t size);
int   mi_reallocarr(void *p, size_t count, size_t size);

void   mi_free(void *p);
void   mi_cfree(void *p);
void  *mi_expand(void *p, size_t size);
size_t mi_usable_size(const void *p);
size_t mi_good_size(size_t size);

bool mi_is_in_heap_region(const void *p);
bool mi_check_owned(const void *p);
bool mi_heap_check_owned(mi_heap_t *heap, const void *p);
bool mi_heap_contains_block(mi_heap_t *heap, const void *p);

mi_heap_t *mi_heap_new(void);
mi_heap_t *mi_heap_get_default(void);
mi_heap_t *mi_heap_get_backing(void);
mi_heap_t *mi_heap_set_default(mi_heap_t *heap);
void       mi_heap_delete(mi_heap_t *heap);
void       mi_heap_destroy(mi_heap_t *heap);
void       mi_heap_collect(mi_heap_t *heap, bool force);
void       mi_collect(bool force);
void       mi_thread_init(void);
void       mi_thread_done(void);
void       mi_stats_merge(void);
void       mi_stats_reset(void);

#endif
