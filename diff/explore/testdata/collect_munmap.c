// Threads come and go, each taking over what the one before left, while the main thread collects by force. A thread
// that reads the list of abandoned segments and is stopped between its two loads finds the segment unmapped: the
// process dies of SIGSEGV in mi_abandoned_pop.
//
//   gcc -O2 -I M/include collect_munmap.c M/src/static.c -lpthread -o stress && ./stress 60
//
// with mimalloc 2.0.9's source in M. It prints how many threads there were in the seconds given, if it survives them.
#include <mimalloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOOPS 6

static atomic_int over;
static _Atomic(void*) left[LOOPS];
static atomic_long threads;

// A thread takes a segment, leaves a block in it for the next one to free, and ends.
static void* once(void* arg) {
  long i = (long)arg;
  void* p = mi_malloc(64);
  mi_free(atomic_exchange(&left[i], p));
  atomic_fetch_add(&threads, 1);
  return NULL;
}

static void* loop(void* arg) {
  while (!atomic_load(&over)) {
    pthread_t t;
    if (pthread_create(&t, NULL, once, arg) != 0) abort();
    pthread_join(t, NULL);
  }
  return NULL;
}

int main(int argc, char** argv) {
  pthread_t t[LOOPS];
  time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 60);
  for (long i = 0; i < LOOPS; i++) {
    if (pthread_create(&t[i], NULL, loop, (void*)i) != 0) abort();
  }
  while (time(NULL) < end) {
    for (int i = 0; i < LOOPS; i++) mi_free(atomic_exchange(&left[i], NULL));
    mi_collect(true);
  }
  atomic_store(&over, 1);
  for (int i = 0; i < LOOPS; i++) pthread_join(t[i], NULL);
  printf("survived %ld threads\n", atomic_load(&threads));
  return 0;
}
