// The library on the real system, as run.c sees it. See doc.go for an overview.

#ifndef MID_PTHREADS_LIBRARY_H
#define MID_PTHREADS_LIBRARY_H

#include "pthreads.h"
#include "../api.h"

#pragma GCC visibility push(hidden)

typedef struct mid_threaded {
  struct {
#define MID_FUNCTION(type, name, parameters) type (*name) parameters;
    MID_API(MID_FUNCTION)
#undef MID_FUNCTION
  } mi;

  void (*begin)(void);                 // the calling thread becomes the main one of a fresh process
  bool (*set)(const char *option, int64_t value);
  bool (*option)(const char *option, int64_t *value);
  void (*end_main)(void);              // what its end would do to a thread that is not the main one
  void (*finish)(void);                // by the main thread, at the end of the run
  bool (*ready)(void);                 // the calling thread has a heap
  void (*visit)(mi_heap_t *h, bool blocks);
  void (*counted)(mid_ending *end);    // the segments abandoned and reclaimed so far
  void (*rest)(mid_ending *end);       // what is left; before the main thread ends
  uint64_t (*mapped)(void);            // bytes
} mid_threaded;

extern const mid_threaded mid_threaded_release;
#define mi(name) (mid_threaded_release.mi.name)

#pragma GCC visibility pop

#endif
