// A run as the interpreter's files share it. See doc.go for an overview.

#ifndef MID_PTHREADS_RUN_H
#define MID_PTHREADS_RUN_H

#include "library.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#pragma GCC visibility push(hidden)

typedef struct block {
  uint8_t *p;
  uint64_t usable;
  uint32_t id;               // of the step that stamped it
  uint32_t maker;            // the thread that made it: its number and its life
} block;

// What a thread has done, alone on its cache line.
typedef struct counter {
  _Alignas(64) _Atomic(uint32_t) done;
} counter;

typedef struct run {
  mid_job       job;
  mid_stitch   *stitches[MID_MAX_THREADS];
  mid_wait     *waits;
  uint32_t     *drops;
  mid_setting  *settings;
  mid_stitched *results;
  block        *blocks;
  mi_heap_t   **heaps;
  bool         *mains;       // heap slots of the first thread, which alone looks at it
  counter       counters[MID_MAX_THREADS];
  counter       tidied;
  pthread_t     last[MID_MAX_THREADS];  // the present life of each thread
  int64_t       begun;       // before the first stitch
  mid_ending    end;
  pthread_mutex_t mutex;
  pthread_cond_t  ended;
  bool            over;                   // the first thread has done all; under mutex
  _Atomic(uint64_t) stopped;              // by a signal: its number above, 1 + the result of the step below
} run;

// Where a thread of a run is, for a signal that it causes (stops.c).
typedef struct place {
  run     *r;                // NULL outside of runs
  uint32_t result;
} place;

extern _Thread_local place mid_place;

// Time in nanoseconds, the same for all threads.
static inline int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

// Before the first run.
void mid_ops_open(void);

// Makes the call of a stitch.
void mid_step(run *r, const mid_stitch *x, uint32_t maker);

#pragma GCC visibility pop

#endif
