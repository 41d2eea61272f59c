// Where the library tells that it ran, and a map of what did. See doc.go for an overview.

#ifndef MID_SITES_H
#define MID_SITES_H

#include <stddef.h>
#include <stdint.h>

// Nothing of the rig's own counts.
#define MID_UNCOUNTED __attribute__((no_sanitize_coverage))

#pragma GCC visibility push(hidden)

void   mid_sites_clear(void);
size_t mid_sites_take(uint16_t *out, size_t room);

// The return address of every call, ascending; *n is how many there are.
const uintptr_t *mid_sites(size_t *n);

#pragma GCC visibility pop

#endif
