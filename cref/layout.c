// Sizes and offsets of the structs that Go mirrors, and where the source comes from. See doc.go for
// an overview.

#if !__has_include("source.h")
#error "mimalloc's source is not set up: run `make setup`"
#else

#include "parts.h"
#include "source.h"

static const mid_constant mid_layout_table[] = {
#define AT(type, field) {#type "." #field, offsetof(type, field)}
  {"mid_op", sizeof(mid_op)},
  AT(mid_op, code), AT(mid_op, thread), AT(mid_op, heaped), AT(mid_op, flags), AT(mid_op, id),
  AT(mid_op, dst), AT(mid_op, src), AT(mid_op, heap), AT(mid_op, a), AT(mid_op, b), AT(mid_op, c), AT(mid_op, d),
  {"mid_result", sizeof(mid_result)},
  AT(mid_result, value), AT(mid_result, usable), AT(mid_result, bad), AT(mid_result, os_hash),
  AT(mid_result, state), AT(mid_result, stats), AT(mid_result, told),
  AT(mid_result, os_calls), AT(mid_result, bad_slot), AT(mid_result, bad_what), AT(mid_result, null),
  AT(mid_result, errors), AT(mid_result, warnings), AT(mid_result, err), AT(mid_result, quirks),
  AT(mid_result, deferred),
  {"mid_fault", sizeof(mid_fault)},
  AT(mid_fault, n), AT(mid_fault, call), AT(mid_fault, sticky), AT(mid_fault, err),
  {"mid_call", sizeof(mid_call)},
  AT(mid_call, kind), AT(mid_call, arg), AT(mid_call, err), AT(mid_call, step), AT(mid_call, addr),
  AT(mid_call, size),
  {"mid_visit", sizeof(mid_visit)},
  AT(mid_visit, addr), AT(mid_visit, size), AT(mid_visit, used), AT(mid_visit, committed),
  AT(mid_visit, reserved), AT(mid_visit, step), AT(mid_visit, block),
  {"mid_callback", sizeof(mid_callback)},
  AT(mid_callback, heartbeat), AT(mid_callback, step), AT(mid_callback, force), AT(mid_callback, wrong),
  {"mid_entry", sizeof(mid_entry)},
  AT(mid_entry, field), AT(mid_entry, a), AT(mid_entry, b), AT(mid_entry, c), AT(mid_entry, pos),
  AT(mid_entry, value),
  {"mid_range", sizeof(mid_range)},
  AT(mid_range, addr), AT(mid_range, size),
#undef AT
};


#define ROWS (sizeof(mid_layout_table) / sizeof(mid_layout_table[0]))

const mid_constant *mid_layout(unsigned i) { return i < ROWS ? &mid_layout_table[i] : NULL; }

static const char *const mid_field_names[] = {
#define NAME(f) #f,
  MID_STATE_FIELDS(NAME)
#undef NAME
};

const char *mid_field_name(unsigned i) {
  return i < sizeof(mid_field_names) / sizeof(mid_field_names[0]) ? mid_field_names[i] : NULL;
}

static const char *const mid_stat_names[] = {
#define NAME(s) #s,
  MID_STATS(NAME) MID_TALLIES(NAME)
#undef NAME
};

const char *mid_stat_name(unsigned i) {
  return i < sizeof(mid_stat_names) / sizeof(mid_stat_names[0]) ? mid_stat_names[i] : NULL;
}

const char *mid_source_version(void) { return MID_SOURCE_VERSION; }
const char *mid_source_sha(void) { return MID_SOURCE_SHA; }
const char *mid_compiler(void) { return __VERSION__; }

#endif
