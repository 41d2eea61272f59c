
// ---- an error that the library reports is a failure, too, unless something failed ----

static void on_error(int error, void *unused) {
  (void)unused;
  if (refused) return;  //@os
  reported = may_report == WITH_NULL;  //@reports
  if (may_report != NONE) return;  //@reports
  failed(last_line, "error %d (%s) is reported here or in what follows; MIMALLOC_SHOW_ERRORS=1 says more", error,
         strerror(error));
}
