// A library that breaks one promise, for the test of what emitted files check: -DPLANT_... says which.
#include <mimalloc.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#if defined(PLANT_NULL)
#define mi_malloc(n) ((void)(n), (void *)0)
#elif defined(PLANT_USABLE)
#define mi_usable_size(p) (mi_usable_size(p) / 2)
#elif defined(PLANT_GOOD)
#define mi_good_size(n) (mi_good_size(n) + 8)
#elif defined(PLANT_ALIGN)
#define mi_malloc_aligned(n, align) (void *)((char *)mi_malloc_aligned(n, align) + 16)
#elif defined(PLANT_PLAIN_ALIGN)
#define mi_malloc(n) (void *)((char *)mi_malloc((n) + 8) + 8)
#elif defined(PLANT_ZERO)
#define mi_zalloc(n) memset(mi_malloc(n), 1, n)
#elif defined(PLANT_OVERLAP)
#define alarm(seconds) alarm(1)  // it ends in an endless list
static void *the_block;
#define mi_malloc(n) (the_block != 0 ? the_block : (the_block = mi_malloc(n)))
#elif defined(PLANT_CONTENTS)
static void *last_block;
#define mi_malloc(n) (last_block = mi_malloc(n))
#define mi_collect(force) memset(last_block, 0, 8)
#elif defined(PLANT_KEPT)
#define mi_realloc(p, n) mi_malloc(n)
#elif defined(PLANT_IN_PLACE)
#define mi_realloc(p, n) p
#elif defined(PLANT_ILLEGAL)
#define mi_calloc(n, size) mi_malloc(8)
#elif defined(PLANT_CODE)
#define mi_posix_memalign(p, align, size) 12
#elif defined(PLANT_EXPAND)
#define mi_expand(p, n) ((void *)0)
#elif defined(PLANT_OWNED)
#define mi_heap_contains_block(h, p) ((void)(h), (void)(p), false)
#elif defined(PLANT_DESTROY)
#define mi_heap_contains_block(h, p) ((void)(h), (void)(p), true)
#elif defined(PLANT_VISIT)
#define mi_heap_visit_blocks(h, blocks, v, line) ((void)(h), (void)(v), (void)(line), true)
#elif defined(PLANT_REGION)
#define mi_is_in_heap_region(p) ((void)(p), false)
#elif defined(PLANT_OPTION)
#define mi_option_get(o) (mi_option_get(o) + 1)
#elif defined(PLANT_ARENA)
#define mi_heap_new_in_arena(id) ((void)(id), mi_heap_new())
#elif defined(PLANT_CRASH)
#define mi_free(p) (*(volatile char *)0 = *(char *)(p))
#elif defined(PLANT_ERROR)  // the library's own: there is no so large a block
#define mi_collect(force) ((void)(force), (void)mi_malloc(PTRDIFF_MAX))
#elif defined(PLANT_ERROR_WITH_BLOCK)
#define mi_calloc(n, size) ((void)mi_malloc(PTRDIFF_MAX), mi_malloc(8))
#elif defined(PLANT_DEFAULT)
#define mi_heap_get_default() mi_heap_get_backing()
#endif
