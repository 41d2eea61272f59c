// The interpreter: a pthread for each thread of a program, all inside one call. See doc.go for an overview.

#define _GNU_SOURCE
#include "run.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include "contents.h"

// One life of a thread.
typedef struct life {
  run      *r;
  uint32_t  thread, number, from;
  pthread_t before;          // the life before this one, which is waited for
} life;

// ---- waiting ----

// Gives way the more the longer it lasts.
static void pause_for(unsigned round) {
  struct timespec short_while = {0, 50000};
  if (round < 64) __builtin_ia32_pause();
  else if (round < 4096) sched_yield();
  else nanosleep(&short_while, NULL);
}

// The acquire pairs with the release in publish: what the program says comes before is seen. Between threads
// that the program does not order there is no such pair, as there is none in an application.
static void await(run *r, uint32_t thread, uint32_t stitches) {
  for (unsigned round = 0;
       atomic_load_explicit(&r->counters[thread].done, memory_order_acquire) < stitches; round++) {
    pause_for(round);
  }
}

static void publish(run *r, uint32_t thread, uint32_t stitches) {
  atomic_store_explicit(&r->counters[thread].done, stitches, memory_order_release);
}

static void await_all(run *r, const mid_stitch *x) {
  for (uint32_t i = 0; i < x->waits; i++) {
    const mid_wait *w = &r->waits[x->first_wait + i];
    await(r, w->thread, w->stitches);
  }
}

// ---- threads ----

const mid_threaded *mid_threaded_now = &mid_threaded_release;

static void *live(void *arg);

// A thread or memory for the rig itself is not to be had: nothing can be said any more, of the library neither.
static void give_up(void) {
  mid_place.r = NULL;
  abort();
}

static void fail(int err) {
  if (err != 0) give_up();
}

static void spawn(run *r, uint32_t thread, uint32_t number, uint32_t from, pthread_t before) {
  life *l = malloc(sizeof(*l));
  if (l == NULL) give_up();
  *l = (life){r, thread, number, from, before};
  pthread_t id;
  fail(pthread_create(&id, NULL, live, l));
}

// Runs a thread from a stitch on. False if it ends before the program does: another goes on.
static bool strand(run *r, uint32_t thread, uint32_t number, uint32_t from) {
  uint32_t maker = number << 8 | thread;
  for (uint32_t i = from; i < r->job.stitches[thread]; i++) {
    const mid_stitch *x = &r->stitches[thread][i];
    if (x->how == MID_BARRIER) publish(r, thread, i + 1);
    await_all(r, x);
    if (x->how != MID_BARRIER) mid_step(r, x, maker);
    if (x->how == MID_ENDS && thread != 0) {
      spawn(r, thread, number + 1, i + 1, pthread_self());
      return false;
    }
    publish(r, thread, i + 1);
  }
  return true;
}

// All threads are done with their operations before any of them ends.
static void meet(run *r) {
  for (uint32_t t = 0; t < r->job.threads; t++) await(r, t, r->job.stitches[t]);
}

static void *live(void *arg) {
  life l = *(life *)arg;
  free(arg);
  mid_place = (place){l.r, MID_NO_SLOT};
  l.r->last[l.thread] = pthread_self();
  if (l.number > 0) {        // the thread before is really gone, with all that its end does
    fail(pthread_join(l.before, NULL));
    publish(l.r, l.thread, l.from);
  }
  if (strand(l.r, l.thread, l.number, l.from)) {
    meet(l.r);
    publish(l.r, l.thread, l.r->job.stitches[l.thread] + 1);  // the last life, which can be joined
  }
  return NULL;
}

// ---- the first thread ----

// Every block is looked at and freed, every heap deleted.
static void tidy(run *r) {
  for (uint32_t i = 0; i < r->job.blocks; i++) {
    block *b = &r->blocks[i];
    if (b->p == NULL) continue;
    r->end.live++;
    uint64_t bad = r->job.bare ? 0 : check(b->p, b->usable, b->id, b->usable);
    if (bad != 0 && r->end.bad == 0) {
      r->end.bad = bad;
      r->end.bad_slot = i;
    }
  }
  for (uint32_t i = 0; i < r->job.blocks; i++) {
    mi(free)(r->blocks[i].p);
    if (i % 64 == 0) atomic_fetch_add_explicit(&r->tidied.done, 1, memory_order_relaxed);
  }
  for (uint32_t i = 0; i < r->job.heaps; i++) {
    if (r->mains[i] && r->heaps[i] != NULL) mi(heap_delete)(r->heaps[i]);
  }
  mi(collect)(true);
}

static void *first(void *arg) {
  run *r = arg;
  mid_place = (place){r, MID_NO_SLOT};
  mid_threaded_now->begin();
  for (uint32_t i = 0; i < r->job.settings; i++) {
    if (r->settings[i].set) mid_threaded_now->set(r->settings[i].name, r->settings[i].value);
  }
  r->begun = now();
  r->last[0] = pthread_self();
  for (uint32_t t = 1; t < r->job.threads; t++) spawn(r, t, 0, 0, pthread_self());
  strand(r, 0, 0, 0);
  meet(r);
  for (uint32_t t = 1; t < r->job.threads; t++) {
    await(r, t, r->job.stitches[t] + 1);
    fail(pthread_join(r->last[t], NULL));
  }
  r->end.ns = now() - r->begun;
  mid_threaded_now->counted(&r->end);
  tidy(r);
  mid_threaded_now->rest(&r->end);
  mid_threaded_now->finish();    // gives back the records of the other threads
  pthread_mutex_lock(&r->mutex);
  r->over = true;
  pthread_cond_signal(&r->ended);
  pthread_mutex_unlock(&r->mutex);
  return NULL;
}

// ---- runs ----

static uint64_t progress(run *r) {
  uint64_t sum = atomic_load_explicit(&r->tidied.done, memory_order_relaxed);
  for (uint32_t t = 0; t < r->job.threads; t++) {
    sum += atomic_load_explicit(&r->counters[t].done, memory_order_relaxed);
  }
  return sum;
}

// Waits for the first thread for as long as something moves and none has crashed.
static bool ended(run *r) {
  uint64_t seen = 0;
  int64_t since = now();
  pthread_mutex_lock(&r->mutex);
  while (!r->over) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 20000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    pthread_cond_timedwait(&r->ended, &r->mutex, &until);
    if (atomic_load_explicit(&r->stopped, memory_order_acquire) != 0) break;
    uint64_t sum = progress(r);
    if (sum != seen) {
      seen = sum;
      since = now();
    }
    if (now() - since > (int64_t)r->job.patience_ms * 1000000) break;
  }
  bool over = r->over;
  pthread_mutex_unlock(&r->mutex);
  return over;
}

static void *copy(const void *from, size_t n, size_t size) {
  void *p = calloc(n + 1, size);
  if (p == NULL) give_up();
  if (n > 0) memcpy(p, from, n * size);
  return p;
}

static void release(run *r) {
  free(r->stitches[0]);
  free(r->waits);
  free(r->drops);
  free(r->settings);
  free(r->results);
  free(r->blocks);
  free(r->heaps);
  free(r->mains);
  free(r);
}

static bool valid(const mid_job *job, const mid_stitch *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (mid_pthreads_name(x[i].op.code) == NULL || x[i].op.thread >= job->threads) return false;
  }
  return true;
}

int mid_pthreads_run(const void *library, const mid_job *job, const mid_stitch *stitches, const mid_wait *waits,
                     const uint32_t *drops, const mid_setting *settings, mid_stitched *out,
                     mid_ending *end) {
  static bool spoilt;
  if (spoilt) return MID_SPOILT;
  size_t n = 0;
  for (uint32_t t = 0; t < job->threads; t++) n += job->stitches[t];
  if (job->threads < 1 || job->threads > MID_MAX_THREADS || !valid(job, stitches, n)) return EINVAL;
  mid_ops_open();
  run *r = aligned_alloc(64, (sizeof(run) + 63) / 64 * 64);
  if (r == NULL) return ENOMEM;
  memset(r, 0, sizeof(*r));
  r->job = *job;
  // Copies: threads that hang go on using them.
  r->stitches[0] = copy(stitches, n, sizeof(*stitches));
  for (uint32_t t = 1; t < job->threads; t++) r->stitches[t] = r->stitches[t - 1] + job->stitches[t - 1];
  r->waits = copy(waits, job->waits, sizeof(*waits));
  r->drops = copy(drops, job->drops, sizeof(*drops));
  r->settings = copy(settings, job->settings, sizeof(*settings));
  r->results = copy(out, job->results, sizeof(*out));
  r->blocks = copy(NULL, 0, (job->blocks + 1) * sizeof(block));
  r->heaps = copy(NULL, 0, (job->heaps + 1) * sizeof(mi_heap_t *));
  r->mains = copy(NULL, 0, job->heaps + 1);
  pthread_mutex_init(&r->mutex, NULL);
  pthread_cond_init(&r->ended, NULL);
  mid_threaded_now = library != NULL ? library : &mid_threaded_release;
  int err = mid_threaded_now->start(first, r);
  if (err != 0) {
    release(r);
    return err;
  }
  spoilt = !ended(r);
  if (!spoilt) fail(mid_threaded_now->join());
  memcpy(out, r->results, job->results * sizeof(*out));
  for (size_t i = 0; i < job->results; i++) {
    if (out[i].from != 0) out[i].from -= r->begun;
    if (out[i].until != 0) out[i].until -= r->begun;
  }
  *end = r->end;
  if (spoilt) {
    for (uint32_t t = 0; t < job->threads; t++) end->at[t] = r->counters[t].done;
    uint64_t stopped = atomic_load_explicit(&r->stopped, memory_order_acquire);
    end->stopped_by = (uint32_t)(stopped >> 32);
    end->stopped_at = (uint32_t)stopped;
    return stopped != 0 ? MID_STOPPED : MID_HUNG;
  }
  end->mapped = mid_threaded_now->mapped();
  release(r);
  return 0;
}

const char *mid_pthreads_told(bool at_rest) { return mid_threaded_now->told(at_rest); }
