// Threads of the system, of which one runs at a time. See doc.go for an overview.
//
// Each number of a program's threads is a thread of the system that sleeps until it is given a turn. A thread that
// ends for the program ends for the system, but is not joined before the run is over: so its place, which is its id
// for the library, is nobody else's in the run. Those that live are kept for the next run, as new ones.

#include "shared.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define DESTRUCTOR_ROUNDS 4   // as PTHREAD_DESTRUCTOR_ITERATIONS

struct mid_worker {
  pthread_t   thread;
  sem_t       turn;
  unsigned    number;
  bool        ends;                           // for the system, after its turn
  const void *values[MID_KEYS];
  const void *kept_values[MID_KEYS];
  void       *local, *kept_local;             // the library's thread-local memory, and what is in it in a new thread
  size_t      local_size;
  mid_worker *next;                           // among those that ended
};

mid_keys mid_shared_keys;

static struct {
  mid_worker *of[MID_MAX_THREADS];            // NULL: not used yet
  mid_worker *ended;
  mid_keys    kept_keys;
  sem_t       done;
  void      (*work)(void);
  bool        loaded;
} now;

static _Thread_local mid_worker *self;
static _Thread_local volatile bool in_turn;

bool mid_in_turn(void) { return in_turn; }

void mid_value_set(unsigned key, const void *value) {
  if (key < MID_KEYS) self->values[key] = value;
}

void *mid_value(unsigned key) { return key < MID_KEYS ? (void *)self->values[key] : NULL; }

// ---- the threads ----

static void keep(mid_worker *w) {
  w->local = mid_local_memory(&w->local_size);
  free(w->kept_local);
  w->kept_local = w->local != NULL ? malloc(w->local_size) : NULL;
  if (w->local != NULL && w->kept_local == NULL) abort();
  if (w->local != NULL) memcpy(w->kept_local, w->local, w->local_size);
  memcpy(w->kept_values, w->values, sizeof(w->values));
}

static void restore(mid_worker *w) {
  if (w->local != NULL) memcpy(w->local, w->kept_local, w->local_size);
  memcpy(w->values, w->kept_values, sizeof(w->values));
}

static void *live(void *arg) {
  self = arg;
  if (now.loaded) keep(self);
  for (bool ends = false; !ends;) {
    while (sem_wait(&self->turn) != 0) {}
    in_turn = true;
    now.work();
    in_turn = false;
    ends = self->ends;                        // after the post below another thread may look at it
    sem_post(&now.done);
  }
  return NULL;
}

// Signals that are not of its own making are for other threads.
static int start(unsigned number) {
  mid_worker *w = calloc(1, sizeof(*w));
  if (w == NULL) return ENOMEM;
  w->number = number;
  sem_init(&w->turn, 0, 0);
  sigset_t blocked, before;
  sigfillset(&blocked);
  const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
  for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) sigdelset(&blocked, own[i]);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  int err = pthread_create(&w->thread, NULL, live, w);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (err == 0) now.of[number] = w;
  else free(w);
  return err;
}

int mid_starts(void) {
  sem_init(&now.done, 0, 0);
  return start(0);
}

static void on(unsigned t, void (*work)(void)) {
  if (now.of[t] == NULL && start(t) != 0) abort();  // the rig cannot go on without a thread
  now.work = work;
  sem_post(&now.of[t]->turn);
  while (sem_wait(&now.done) != 0) {}
}

bool mid_thread_lives(unsigned t) { return now.of[t] != NULL; }

// A thread that has ended does nothing more, though its number goes on.
static bool here(unsigned t) { return self == now.of[t]; }

static void renew(void) {
  if (self->number == 0) return;
  memset(self->values, 0, sizeof(self->values));
  self->ends = true;
  self->next = now.ended;
  now.ended = self;
  now.of[self->number] = NULL;
}

// What pthreads does at a thread's end, while what it asks of the system is still its step's.
static void end(void) {
  for (int round = 0; round < DESTRUCTOR_ROUNDS; round++) {
    bool any = false;
    for (unsigned k = 0; k < mid_shared_keys.n; k++) {
      void *value = (void *)self->values[k];
      if (value == NULL || mid_shared_keys.destructors[k] == NULL) continue;
      self->values[k] = NULL;
      any = true;
      mid_shared_keys.destructors[k](value);
    }
    if (!any) break;
  }
  renew();
}

// ---- runs ----

static void keep_main(void) { keep(self); }

void mid_threads_keep(void) {
  on(0, keep_main);
  now.kept_keys = mid_shared_keys;
  now.loaded = true;
}

static void loaded(void) {}

static void reset(void) {
  while (now.ended != NULL) {
    mid_worker *w = now.ended;
    now.ended = w->next;
    pthread_join(w->thread, NULL);
    free(w->kept_local);
    free(w);
  }
  for (unsigned t = 0; t < MID_MAX_THREADS; t++) {
    if (now.of[t] != NULL) restore(now.of[t]);
  }
  mid_shared_keys = now.kept_keys;
}

static uint64_t fingerprint(void) {
  uint64_t h = now.ended != NULL;
  const mid_worker *w = now.of[0];
  for (unsigned k = 0; k < MID_KEYS; k++) h = (h ^ (uintptr_t)w->values[k]) * 0x9e3779b97f4a7c15ull;
  for (size_t i = 0; i < w->local_size; i++) h = (h ^ ((uint8_t *)w->local)[i]) * 0x9e3779b97f4a7c15ull;
  for (unsigned t = 1; t < MID_MAX_THREADS; t++) {
    if ((w = now.of[t]) == NULL) continue;
    bool same = memcmp(w->values, w->kept_values, sizeof(w->values)) == 0 &&
                (w->local == NULL || memcmp(w->local, w->kept_local, w->local_size) == 0);
    h ^= (uint64_t)!same << t;
  }
  return h;
}

const mid_threading mid_system_threads = {
  .open = loaded,
  .reset = reset,
  .here = here,
  .on = on,
  .exit = end,
  .renew = renew,
  .fingerprint = fingerprint,
};
