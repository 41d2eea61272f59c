// Every system header that the library uses, to be included before its calls are redirected. See doc.go for
// an overview.

#ifndef MID_SYSTEM_H
#define MID_SYSTEM_H

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <features.h>
#include <limits.h>
#include <linux/mman.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#endif
