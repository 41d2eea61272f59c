// A free by another thread against heap_delete, on real memory: finding 1 of ../findings.md. Build it with the library's
// source, whose insides it looks at:
//
//   gcc -O2 -DNDEBUG -I$SRC/include -I$SRC/src heap_delete.c -o heap_delete -lpthread
#include "static.c"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCKS = 9, SIZE = 8192 };

static _Atomic(long) round_begun, round_done;
static void* block;
static volatile unsigned delay_free;

static void* freer(void* arg) {
  long rounds = *(long*)arg;
  for (long i = 1; i <= rounds; i++) {
    while (atomic_load_explicit(&round_begun, memory_order_acquire) < i) { }
    for (unsigned d = delay_free; d > 0; d--) { __asm__ volatile(""); }
    mi_free(block);
    atomic_store_explicit(&round_done, i, memory_order_release);
  }
  return NULL;
}

int main(int argc, char** argv) {
  long rounds = (argc > 1 ? atol(argv[1]) : 1000000), lost = 0, written = 0;
  pthread_t other;
  pthread_create(&other, NULL, &freer, &rounds);
  unsigned seed = 1;
  for (long i = 1; i <= rounds; i++) {
    mi_heap_t* h = mi_heap_new();
    void* p[BLOCKS];
    for (int k = 0; k < BLOCKS; k++) { p[k] = mi_heap_malloc(h, SIZE); }
    block = p[0];
    mi_page_t* page = _mi_ptr_page(p[0]);
    uint32_t used = page->used;
    seed = seed * 1103515245 + 12345;
    unsigned delay = (seed >> 16) % 200;
    delay_free = (seed >> 8) % 300;
    atomic_store_explicit(&round_begun, i, memory_order_release);
    for (unsigned d = delay; d > 0; d--) { __asm__ volatile(""); }
    mi_heap_delete(h);
    while (atomic_load_explicit(&round_done, memory_order_acquire) < i) { }
    mi_heap_t* backing = mi_heap_get_backing();
    _mi_heap_delayed_free_all(backing);
    _mi_page_free_collect(page, false);
    if (page->used == used) { lost++; }
    if ((void*)h->thread_delayed_free == p[0]) { written++; }
    for (int k = 1; k < BLOCKS; k++) { mi_free(p[k]); }
  }
  pthread_join(other, NULL);
  printf("%ld rounds: %ld blocks lost, %ld of them pushed on the list of a heap that was gone\n", rounds, lost, written);
  return 0;
}
