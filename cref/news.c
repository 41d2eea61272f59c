// C++'s new by its names in C, and the handler that it calls where there is no memory. See doc.go for an overview.
//
// Where there is no handler, or it gives up, a library in C++ throws, and one in C aborts. Both end the call here, as
// if it had thrown.

#include "ops.h"

#include <setjmp.h>

static struct {
  unsigned kind;             // the handler that is set
  unsigned tries;            // how often it may still return in this operation
  bool     waiting;          // a call is to be left when it throws
} now;

static sigjmp_buf thrown;

void mid_news_begin(void) {
  now.kind = MID_HANDLER_NONE;
  now.waiting = false;
}

void mid_thrown(void) {
  if (!now.waiting) return;
  now.waiting = false;
  siglongjmp(thrown, 1);
}

static void handler(void) {
  mid_code++;
  if (now.kind == MID_HANDLER_RETRIES && now.tries > 0) now.tries--;
  else mid_thrown();
}

// What std::get_new_handler is in the library's text (library.c).
typedef void mid_handler(void);
mid_handler *mid_new_handler(void);
mid_handler *mid_new_handler(void) { return now.kind == MID_HANDLER_NONE ? NULL : handler; }

void mid_run_set_new_handler(const row *w, const mid_op *o, mid_result *r) {
  (void)w, (void)r;
  now.kind = (unsigned)o->a;
}

// The code of a call that gives null is how often the handler was called.
#define NEWS(name, call)                                          \
  void *mid_call_##name(mi_heap_t *h, void *p, const mid_op *o) { \
    (void)h, (void)p;                                             \
    mid_code = 0;                                                 \
    now.tries = MID_HANDLER_TRIES;                                \
    if (sigsetjmp(thrown, 0) != 0) return NULL;                   \
    now.waiting = true;                                           \
    void *made = call;                                            \
    now.waiting = false;                                          \
    return made;                                                  \
  }

NEWS(new, mi(new)(o->a))
NEWS(new_n, mi(new_n)(o->a, o->b))
NEWS(new_nothrow, mi(new_nothrow)(o->a))
NEWS(new_aligned, mi(new_aligned)(o->a, o->b))
NEWS(new_aligned_nothrow, mi(new_aligned_nothrow)(o->a, o->b))
NEWS(new_realloc, mi(new_realloc)(p, o->a))
NEWS(new_reallocn, mi(new_reallocn)(p, o->a, o->b))

// The thread may have no heap, and then nothing is called.
static void *heap_alloc_new(mi_heap_t *h, const mid_op *o) { return h != NULL ? mi(heap_alloc_new)(h, o->a) : NULL; }

static void *heap_alloc_new_n(mi_heap_t *h, const mid_op *o) {
  return h != NULL ? mi(heap_alloc_new_n)(h, o->a, o->b) : NULL;
}

NEWS(heap_alloc_new, heap_alloc_new(mid_heap_of(o), o))
NEWS(heap_alloc_new_n, heap_alloc_new_n(mid_heap_of(o), o))
