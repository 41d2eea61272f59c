// The whole C surface of package pthreads, and what the standalone program shares with it. See doc.go for
// an overview.
//
// Go mirrors the structs field by field (types.go), and its compiler checks that sizes and offsets are equal.

#ifndef MID_PTHREADS_H
#define MID_PTHREADS_H

#include "../shim.h"

// A step of one thread, as prog.Stitch with its step.
typedef struct mid_stitch {
  mid_op   op;               // code: row of the table in run.c; id: the stamp; thread, flags: not used
  uint32_t first_wait, waits;
  uint32_t first_drop, drops;
  uint32_t result;           // which result is this one's; MID_NO_SLOT for none
  uint32_t how;              // MID_BARRIER or MID_ENDS, else 0
} mid_stitch;

enum { MID_BARRIER = 1, MID_ENDS };

typedef struct mid_wait {
  uint32_t thread, stitches;
} mid_wait;

typedef struct mid_setting {
  char     name[32];
  int64_t  value;
  uint64_t set;              // 1: to be set; else it is only known by the number that option_get gives
} mid_setting;

typedef struct mid_job {
  uint32_t threads;
  uint32_t stitches[MID_MAX_THREADS];        // of each thread; they follow each other
  uint32_t waits, drops, results, settings;
  uint32_t blocks, heaps;                    // slots
  uint32_t patience_ms;                      // without any progress, until the run counts as hung
  uint32_t bare;                             // 1: nothing is stamped or checked, for benchmarks
} mid_job;

// What a step gave. Addresses are absolute.
typedef struct mid_stitched {
  uint64_t value;            // address of the block or heap, or a number
  uint64_t usable;           // usable size of the resulting block
  uint64_t bad;              // 0, or 1 + offset of the first wrong byte
  uint32_t bad_slot;
  uint8_t  bad_what;         // MID_CONTENTS, MID_NOT_ZERO or MID_NOT_KEPT
  uint8_t  null;             // 1: a block or heap was due and is null
  uint8_t  ran;
  uint8_t  remote;           // 1: a block of another thread was freed
  int64_t  until;            // of a step that ends a block: ns from the run's begin to the call
  int64_t  from;             // of a step that gives a block: the same, to after the call
} mid_stitched;

// What was there when all threads had ended, and what was left at last.
typedef struct mid_ending {
  int64_t  abandoned, reclaimed;  // segments in the run, before the first thread tidied up
  uint64_t bad;                   // as in mid_stitched, of the look at all blocks at the end
  uint32_t bad_slot;
  uint32_t live;                  // blocks at the end
  uint64_t abandoned_left, visited_left, readers;  // counts of the abandoned store
  uint64_t lists;                 // 1: abandoned is not empty, 2: visited is not
  uint64_t mapped;                // bytes that the library did not give back to the system
  uint64_t complaints;            // error messages, but for memory that was refused
  int64_t  current[16];           // statistics at rest, in the order of MID_STATS
  uint32_t at[MID_MAX_THREADS];   // of a run that hangs: the stitch each thread is at
  int64_t  ns;                    // from the start of all threads to their end
  uint32_t stopped_by;            // of a run that a signal ended: its number
  uint32_t stopped_at;            // the same: 1 + the result of the step, 0 if it was in none
} mid_ending;

// What the system gives at a time, in bytes: a block that is larger could not be filled in reasonable time.
#define MID_MOST_MAPPED (2ull << 30)

enum { MID_HUNG = -1, MID_SPOILT = -2, MID_STOPPED = -3 };

// Has crashes inside of runs end them (MID_STOPPED), and not the process.
void mid_pthreads_guard(void);

// Runs a program on a library, a mid_threaded, or on the build from source for NULL. 0, an errno, MID_HUNG if nothing moved any more, MID_STOPPED if a thread crashed, or MID_SPOILT
// if a former run came to one of these: its threads are there still, so that none can be run in this process.
int mid_pthreads_run(const void *library, const mid_job *job, const mid_stitch *stitches, const mid_wait *waits,
                     const uint32_t *drops, const mid_setting *settings, mid_stitched *out,
                     mid_ending *end);

// What the library of the last run told of its statistics, as text, at the end of its threads or at rest; "" if
// mid_ending has them.
const char *mid_pthreads_told(bool at_rest);

// Name of the operation with a code, NULL past the last.
const char *mid_pthreads_name(unsigned code);

#endif
