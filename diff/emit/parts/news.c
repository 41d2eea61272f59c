
// What mi_new calls where there is no memory: it returns a few times, and then throws as well as C can.
static _Thread_local jmp_buf thrown;
static _Thread_local int tries;
static int returns;

static void handler(void) {
  if (tries-- <= 0) longjmp(thrown, 1);
}

void (*_ZSt15get_new_handlerv(void))(void);
void (*_ZSt15get_new_handlerv(void))(void) { return handler; }

// Each makes a call, and gives null where it throws.
//@ catch_size
static void *catch_size(void *(*call)(size_t), size_t size) {
  tries = returns;
  return setjmp(thrown) == 0 ? call(size) : NULL;
}
//@ catch_two
static void *catch_two(void *(*call)(size_t, size_t), size_t a, size_t b) {
  tries = returns;
  return setjmp(thrown) == 0 ? call(a, b) : NULL;
}
//@ catch_move
static void *catch_move(void *(*call)(void *, size_t), void *p, size_t size) {
  tries = returns;
  return setjmp(thrown) == 0 ? call(p, size) : NULL;
}
//@ catch_move_two
static void *catch_move_two(void *(*call)(void *, size_t, size_t), void *p, size_t count, size_t size) {
  tries = returns;
  return setjmp(thrown) == 0 ? call(p, count, size) : NULL;
}
//@ catch_heap
static void *catch_heap(void *(*call)(mi_heap_t *, size_t), mi_heap_t *h, size_t size) {
  tries = returns;
  return setjmp(thrown) == 0 ? call(h, size) : NULL;
}
//@ catch_heap_two
static void *catch_heap_two(void *(*call)(mi_heap_t *, size_t, size_t), mi_heap_t *h, size_t count, size_t size) {
  tries = returns;
  return setjmp(thrown) == 0 ? call(h, count, size) : NULL;
}
//@ end
