// A small allocator with a part of mimalloc's interface, of a version that there is not: what a stranger's build may be
// like, for standin_test.go. It maps memory when it is loaded, lacks most operations, and with PLANT defined it has a
// fault. Threads take turns in the rig: there are no locks.

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define API __attribute__((visibility("default")))

#define SHORT_REALLOC 1  // a block that moves loses its last byte
#define DIRTY_ZALLOC  2  // memory that was used before is handed out as zero
#define TWICE         3  // a block of 1000 bytes or more is not taken off its list, and is handed out twice

#ifndef PLANT
#define PLANT 0
#endif

// ---- blocks ----

#define CLASSES 64
#define CHUNK   (1 << 20)

typedef struct header {
  struct header *next;                        // among the free ones of its class
  size_t         usable;
  unsigned       class;
  void          *block;                       // behind it, where the alignment wants it
} header;

typedef struct heap {
  uint64_t made;
} heap;

static heap main_heap;
static header *freed[CLASSES];
static char *chunk;
static size_t left;
static pthread_key_t key;

static void *take(size_t size) {
  void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}

static void end_thread(void *of) { (void)of; }

__attribute__((constructor)) static void load(void) {
  pthread_key_create(&key, end_thread);
  pthread_setspecific(key, &main_heap);
  chunk = take(CHUNK);
  left = chunk != NULL ? CHUNK : 0;
}

static header *carve(unsigned class) {
  size_t size = (size_t)1 << class;
  if (size >= CHUNK) return take(size);
  if (left < size) {
    char *fresh = take(CHUNK);
    if (fresh == NULL) return NULL;
    chunk = fresh;
    left = CHUNK;
  }
  header *h = (header *)chunk;
  chunk += size;
  left -= size;
  return h;
}

static header *header_of(const void *p) { return *(header *const *)((const char *)p - sizeof(header *)); }

static void *alloc(size_t size, size_t align, bool zero) {
  if (size > PTRDIFF_MAX - align || align == 0 || (align & (align - 1)) != 0) return NULL;
  if (align < 16) align = 16;
  size_t usable = (size + 15) / 16 * 16 + (size == 0) * 16, all = usable + align + sizeof(header) + sizeof(header *);
  unsigned class = 0;
  while (class < CLASSES && (size_t)1 << class < all) class++;
  if (class == CLASSES) return NULL;
  pthread_setspecific(key, &main_heap);
  header *h = freed[class];
  bool fresh = h == NULL;
  if (fresh) h = carve(class);
  else if (PLANT != TWICE || size < 1000) freed[class] = h->next;
  if (h == NULL) return NULL;
  uintptr_t at = ((uintptr_t)h + sizeof(header) + sizeof(header *) + align - 1) & ~(uintptr_t)(align - 1);
  *h = (header){.usable = usable, .class = class, .block = (void *)at};
  ((header **)at)[-1] = h;
  if (zero && (fresh || PLANT != DIRTY_ZALLOC)) memset((void *)at, 0, usable);
  return (void *)at;
}

API size_t mi_usable_size(const void *p) { return p == NULL ? 0 : header_of(p)->usable; }

API void mi_free(void *p) {
  if (p == NULL) return;
  header *h = header_of(p);
  h->next = freed[h->class];
  freed[h->class] = h;
}

API void *mi_malloc(size_t size) { return alloc(size, 16, false); }
API void *mi_zalloc(size_t size) { return alloc(size, 16, true); }
API void *mi_malloc_aligned(size_t size, size_t align) { return alloc(size, align, false); }
API void *mi_zalloc_aligned(size_t size, size_t align) { return alloc(size, align, true); }

API void *mi_calloc(size_t count, size_t size) {
  size_t all;
  return __builtin_mul_overflow(count, size, &all) ? NULL : alloc(all, 16, true);
}

API void *mi_realloc(void *p, size_t size) {
  void *q = alloc(size, 16, false);
  size_t had = mi_usable_size(p), kept = had < size ? had : size;
  if (q == NULL) return NULL;
  if (kept > 0) memcpy(q, p, kept - (PLANT == SHORT_REALLOC));
  mi_free(p);
  return q;
}

// ---- the rest of what every run needs ----

API int mi_version(void) { return 40201; }  // 4.2.1
API heap *mi_heap_main(void) { return &main_heap; }
API bool mi_heap_contains(heap *h, const void *p) { return (void)h, p != NULL; }
API void *mi_heap_malloc(heap *h, size_t size) { return (void)h, alloc(size, 16, false); }
API void mi_thread_init(void) { pthread_setspecific(key, &main_heap); }
API void mi_thread_done(void) { pthread_setspecific(key, NULL); }
API void mi_collect(bool force) { (void)force; }
API void mi_register_error(void (*f)(int, void *), void *arg) { (void)f, (void)arg; }
API void mi_register_output(void (*f)(const char *, void *), void *arg) { (void)f, (void)arg; }
API void mi_register_deferred_free(void (*f)(bool, unsigned long long, void *), void *arg) { (void)f, (void)arg; }
API void mi_option_set(int option, long value) { (void)option, (void)value; }
API long mi_option_get(int option) { return (void)option, 0; }
API bool mi_option_is_enabled(int option) { return (void)option, false; }
