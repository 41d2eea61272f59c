
// ---- whose turn it is: one thread runs at a time, in the order of the program ----

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t passed = PTHREAD_COND_INITIALIZER;
static int turn;

static void await(int mine) {
  pthread_mutex_lock(&lock);
  while (turn != mine) pthread_cond_wait(&passed, &lock);
  pthread_mutex_unlock(&lock);
}

static void pass(void) {
  pthread_mutex_lock(&lock);
  turn++;
  pthread_cond_broadcast(&passed);
  pthread_mutex_unlock(&lock);
}

static pthread_t start(void *(*run)(void *)) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, run, NULL) != 0) {
    fprintf(stderr, "%s: a thread cannot be started\n", __FILE__);
    _exit(2);
  }
  return thread;
}
