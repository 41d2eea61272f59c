// Virtual threads. See doc.go for an overview.
//
// The library keeps two thread-local variables; as compiled here they are globals, and a switch of
// threads swaps them together with the thread's id and the value of its pthread key. Steps are
// whole calls, so nothing is ever switched inside the library.

#include "parts.h"

#include <string.h>

#define FIRST_ID 0x7001000u   // ids are compared for equality only
#define ID_STEP  0x1000u
#define DESTRUCTOR_ROUNDS 4   // as PTHREAD_DESTRUCTOR_ITERATIONS

typedef mid_thread thread;

uintptr_t mid_self;

static struct {
  thread    all[MID_MAX_THREADS];
  unsigned  current;
  uintptr_t next_id;
} now;

static void renew(thread *t) {
  *t = (thread){.id = now.next_id, .locals = mid_lib->new_locals()};
  now.next_id += ID_STEP;
}

// The ids are there before the library runs its start-up code, which asks for the main thread's. As
// loaded, that one has its heap and the others have done nothing.
static void open_threads(void) {
  memset(&now, 0, sizeof(now));
  now.next_id = FIRST_ID;
  for (unsigned i = 0; i < MID_MAX_THREADS; i++) renew(&now.all[i]);
  mid_self = now.all[0].id;
  mid_lib->load();
  now.all[0].locals = mid_lib->locals();
  memcpy(mid_lib->loaded->threads, now.all, sizeof(now.all));
  mid_lib->loaded->next_id = now.next_id;
}

static void reset(void) {
  memcpy(now.all, mid_lib->loaded->threads, sizeof(now.all));
  now.current = 0;
  now.next_id = mid_lib->loaded->next_id;
  mid_self = now.all[0].id;
  mid_lib->set_locals(now.all[0].locals);
}

static bool here(unsigned t) {
  if (t == now.current) return true;
  now.all[now.current].locals = mid_lib->locals();
  now.current = t;
  mid_self = now.all[t].id;
  mid_lib->set_locals(now.all[t].locals);
  return true;
}

static void on(unsigned t, void (*work)(void)) {
  here(t);
  work();
}

int mid_key_create(unsigned *key, void (*destructor)(void *)) {
  *key = 1;
  mid_lib->loaded->destructor = destructor;
  return 0;
}

int mid_key_set(const void *value) {
  now.all[now.current].key = value;
  return 0;
}

// The running thread's number stands for another thread from here on, unless it is the main one's.
static void renew_running(void) {
  thread *t = &now.all[now.current];
  if (now.current == 0) return;
  renew(t);
  mid_self = t->id;
  mid_lib->set_locals(t->locals);
}

// What pthreads does at a thread's end: the key is emptied and its destructor called with the old
// value, again while the destructor has set the key anew. The destructor of 2.0.9 does so once,
// with the empty heap. The number then stands for a fresh thread, except that the main thread
// lives on.
static void exit_running(void) {
  thread *t = &now.all[now.current];
  for (int round = 0; round < DESTRUCTOR_ROUNDS && t->key != NULL; round++) {
    void *value = (void *)t->key;
    t->key = NULL;
    mid_lib->loaded->destructor(value);
  }
  renew_running();
}

mi_heap_t *mid_thread_heap(unsigned t, const void **key) {
  *key = now.all[t].key;
  return t == now.current ? mid_lib->locals().heap : now.all[t].locals.heap;
}

unsigned mid_thread_number(uintptr_t id) {
  if (id == 0) return 0;
  for (unsigned i = 0; i < MID_MAX_THREADS; i++) {
    if (now.all[i].id == id) return i + 1;
  }
  return 255;
}

static uint64_t fingerprint(void) {
  uint64_t h = now.current + now.next_id * 31;
  for (unsigned i = 0; i < MID_MAX_THREADS; i++) {
    const thread *t = &now.all[i];
    h = (h ^ t->id) * 0x9e3779b97f4a7c15ull;
    h = (h ^ (uintptr_t)t->key) * 0x9e3779b97f4a7c15ull;
    h = (h ^ (uintptr_t)t->locals.heap ^ t->locals.recurse) * 0x9e3779b97f4a7c15ull;
    h ^= h >> 29;
  }
  return h ^ mid_self;
}

const mid_threading mid_virtual = {
  .open = open_threads,
  .reset = reset,
  .here = here,
  .on = on,
  .exit = exit_running,
  .renew = renew_running,
  .fingerprint = fingerprint,
};
