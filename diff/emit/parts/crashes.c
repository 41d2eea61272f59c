
// ---- a crash, or a call that does not return, is a failure, too ----

static void crashed(int signal) {
  char text[256];
  const char *how = signal == SIGALRM ? "no end" : signal == SIGABRT ? "abort" : "crash";
  int n = snprintf(text, sizeof(text), "%s:%d: %s here or in what follows\n", __FILE__, last_line, how);
  if (write(STDERR_FILENO, text, (size_t)n) < 0) _exit(2);
  _exit(1);
}

static void catch_crashes(void) {
  int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM};
  for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) signal(signals[i], crashed);
  alarm(60);  // seconds
}
