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
    MID_LATER_API(MID_FUNCTION)
#undef MID_FUNCTION
  } mi;
  uintptr_t map_end;                   // from here on the library has no map of its segments
  bool later;                          // it counts the zero where it tells how long a string is

  // The main thread: runs work on it, and waits until that has returned. start gives an errno.
  int  (*start)(void *(*work)(void *), void *arg);
  int  (*join)(void);
  void (*begin)(void);                 // the calling thread, the main one, begins a fresh process
  bool (*set)(const char *option, int64_t value);
  bool (*option)(const char *option, int64_t *value);
  void (*end_main)(void);              // what its end would do to a thread that is not the main one
  void (*finish)(void);                // by the main thread, at the end of the run
  bool (*ready)(void);                 // the calling thread has a heap
  void (*visit)(mi_heap_t *h, bool blocks);
  void (*counted)(mid_ending *end);    // the segments abandoned and reclaimed so far
  void (*rest)(mid_ending *end);       // what is left; before the main thread ends
  uint64_t (*mapped)(void);            // bytes
  // What the library told of its statistics, as text: at counted, and at rest. "" if they are in mid_ending.
  const char *(*told)(bool at_rest);
} mid_threaded;

extern const mid_threaded mid_threaded_release;

// The library of the run, the same from its begin to the next one's.
extern const mid_threaded *mid_threaded_now;
#define mi(name) (mid_threaded_now->mi.name)

#pragma GCC visibility pop

#endif
