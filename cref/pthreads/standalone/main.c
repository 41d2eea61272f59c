// A program of its own that runs jobs from files, for the sanitizers: none of them can look into a library that
// is called from Go. See ../doc.go for an overview.
//
// A file is what Job.Image gives. Exit code 0 if nothing was found, 1 if something was, 2 if a file is none.

#include "../pthreads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Takes the next table off the file; *at moves on. NULL if there is not so much.
static void *table(const char *file, size_t size, size_t *at, size_t n, size_t each) {
  if (n > 0 && each > (size - *at) / n) return NULL;
  void *p = calloc(n + 1, each);
  if (p == NULL) abort();
  memcpy(p, file + *at, n * each);
  *at += n * each;
  return p;
}

static char *whole(const char *name, size_t *size) {
  FILE *f = fopen(name, "rb");
  if (f == NULL) return NULL;
  fseek(f, 0, SEEK_END);
  *size = (size_t)ftell(f);
  rewind(f);
  char *text = malloc(*size + 1);
  if (text == NULL || fread(text, 1, *size, f) != *size) abort();
  fclose(f);
  return text;
}

// Prints what a run found. Whether results are right is for the comparison with goalloc; contents are not.
static int report(const char *name, const mid_job *job, const mid_stitched *out, const mid_ending *end) {
  int found = 0;
  for (uint32_t i = 0; i < job->results; i++) {
    if (out[i].bad == 0) continue;
    printf("%s: step %u: byte %llu of the block in slot %u is wrong\n", name, i + 1,
           (unsigned long long)out[i].bad - 1, out[i].bad_slot);
    found = 1;
  }
  if (end->bad != 0) printf("%s: the block in slot %u is wrong at the end\n", name, end->bad_slot);
  if (end->mapped != 0) printf("%s: %llu bytes are left\n", name, (unsigned long long)end->mapped);
  return found || end->bad != 0 || end->mapped != 0;
}

static int run(const char *name) {
  size_t size = 0, at = 0, n = 0;
  char *file = whole(name, &size);
  mid_job *job = file == NULL ? NULL : table(file, size, &at, 1, sizeof(mid_job));
  if (job == NULL) {
    fprintf(stderr, "%s: cannot be read as a job\n", name);
    return 2;
  }
  for (uint32_t t = 0; t < job->threads && t < MID_MAX_THREADS; t++) n += job->stitches[t];
  mid_stitch *stitches = table(file, size, &at, n, sizeof(mid_stitch));
  mid_wait *waits = table(file, size, &at, job->waits, sizeof(mid_wait));
  uint32_t *drops = table(file, size, &at, job->drops, sizeof(uint32_t));
  mid_setting *settings = table(file, size, &at, job->settings, sizeof(mid_setting));
  mid_stitched *out = calloc(job->results + 1, sizeof(*out));
  mid_ending end = {0};
  if (stitches == NULL || waits == NULL || drops == NULL || settings == NULL || out == NULL) return 2;
  int err = mid_pthreads_run(NULL, job, stitches, waits, drops, settings, out, &end);
  int found = 1;
  if (err != 0) printf("%s: the run failed: %d\n", name, err);
  else found = report(name, job, out, &end);
  printf("%s: %u operations, %lld segments abandoned, %lld reclaimed\n", name, job->results,
         (long long)end.abandoned, (long long)end.reclaimed);
  free(settings);
  free(drops);
  free(waits);
  free(stitches);
  free(out);
  free(job);
  free(file);
  return found;
}

int main(int argc, char **argv) {
  int code = 0;
  for (int i = 1; i < argc; i++) {
    int one = run(argv[i]);
    if (one > code) code = one;
  }
  return code;
}
