// What the C files of the package share with each other, and with Go. See doc.go for an overview.

#ifndef MID_SHARED_H
#define MID_SHARED_H

#include "parts.h"

#pragma GCC visibility push(hidden)

// ---- for Go ----

// Opens the library at a path on a thread of its own, which is its main thread. Returns NULL, or what is wrong.
// There is one in a process.
const char *mid_shared_open(const char *path);
int mid_shared_version(void);                 // as mi_version gives it
const mid_library *mid_shared_library(void);
// Whether the library has the function of a name without mi_. False for one that the rig does not know.
bool mid_shared_has(const char *name);
// The statistics of the process, those of all threads in them: in JSON where the library does so, else as the text that
// it prints; "" if it tells none. It is for the end of a run.
const char *mid_shared_stats(void);
// What mi_process_info tells of committed bytes, now and at most; false if the library has no such function.
bool mid_shared_commit(uint64_t *current, uint64_t *peak);

// ---- threads.c ----

#define MID_KEYS 16

// Keys of thread-specific values, as the library makes them.
typedef struct mid_keys {
  unsigned n;
  void   (*destructors[MID_KEYS])(void *);
} mid_keys;

// A thread of the system that waits for its turns.
typedef struct mid_worker mid_worker;

extern const mid_threading mid_system_threads;
extern mid_keys mid_shared_keys;

// Whether the calling thread is in a turn: what it asks of the system, it asks of the simulated one.
bool mid_in_turn(void);
int  mid_starts(void);                        // the main thread; 0, or an errno
bool mid_thread_lives(unsigned t);            // there is a thread of that number
void mid_threads_keep(void);                  // as the threads are now, they are in every run
// Of the calling thread: a value by key; and whether the library gave it a heap.
void mid_value_set(unsigned key, const void *value);
void *mid_value(unsigned key);

// ---- image.c ----

// The library's writable memory, where it is and what it held once the library was loaded.
const char *mid_image_find(const void *inside);  // NULL, or what is wrong
void mid_image_keep(void);
void mid_image_restore(void);
uint64_t mid_image_hash(uint64_t h);
bool mid_image_has(const void *at, size_t size);
// The calling thread's part of the library's thread-local memory, NULL if there is none.
void *mid_local_memory(size_t *size);

// ---- options.c ----

void mid_options_find(void *library, int version);
const char *mid_shared_option_name(unsigned i);
int64_t mid_shared_option_default(unsigned i);
void    mid_shared_option_put(unsigned i, int64_t value);
int64_t mid_shared_option_get(unsigned i);
bool    mid_shared_option_on(unsigned i);

// ---- random.c ----

// The main heap is a static: its random numbers depend on where the library was loaded. From here on they do not.
void mid_pin_random(mi_heap_t *main);

#pragma GCC visibility pop

#endif
