// What the C files of the package share with each other, and with Go. See doc.go for an overview.

#ifndef MID_SHARED_H
#define MID_SHARED_H

#include "parts.h"

#pragma GCC visibility push(hidden)

// ---- for Go ----

// Opens the library at a path on a thread of its own, which is its main thread. Returns NULL, or what is wrong.
// There is one in a process.
const char *mid_shared_open(const char *path);
void mid_shared_levels(int *debug, int *secure);  // of its build, 0 where it does not tell them
int mid_shared_version(void);                 // as mi_version gives it
const mid_library *mid_shared_library(void);
// Whether the library has the function of a name without mi_. False for one that the rig does not know.
bool mid_shared_has(const char *name);
// The statistics of the process, those of all threads in them: in JSON where the library does so, else as the text that
// it prints; "" if it tells none. It is for the end of a run.
const char *mid_shared_stats(void);
// What mi_process_info tells of committed bytes, now and at most; false if the library has no such function.
bool mid_shared_commit(uint64_t *current, uint64_t *peak);

// ---- open.c, for the other files ----

// Opens a library for either way, with what is done on the library's main thread done by on_main.
const char *mid_open_on(const char *path, void (*on_main)(void (*work)(void)));
void *mid_shared_find(const char *name);      // a function, named without mi_; NULL if the library has none
const char *mid_tell_stats(void);             // as the library tells them now, on one of its threads

// ---- atonce.c, mapped.c: threads that run at once ----

// As mid_shared_open, for package pthreads: the table is a mid_threaded.
const char *mid_at_once_open(const char *path);
const void *mid_at_once_table(void);

// Whether the calling thread loads the library, and the keys of values that are made meanwhile.
bool mid_at_once_loading(void);
void mid_at_once_key(unsigned key, void (*destructor)(void *));

// Whether the calling thread is one of a run; what it maps is noted.
typedef void *mid_mapper(void *hint, size_t size, int prot, int flags, int fd, long offset);
typedef int mid_unmapper(void *p, size_t size);
void     mid_at_once_opened(void);
bool     mid_at_once(void);
void    *mid_at_once_map(void *hint, size_t size, int prot, int flags, int fd, long offset, mid_mapper *real);
int      mid_at_once_unmap(void *p, size_t size, mid_unmapper *real);
uint64_t mid_at_once_mapped(void);            // bytes
void     mid_at_once_unmap_all(void);         // between runs

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
void mid_image_each(void (*take)(void *at, size_t size));
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
void mid_pin_random(void);

#pragma GCC visibility pop

#endif
