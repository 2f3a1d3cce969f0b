/* store_fault.h - a store around another that fails on purpose, for tests.
 *
 * Each call counts down; the call that reaches zero, and all that follow while
 * `sticky`, fail with ERR_IO and do nothing.  store_trace logs each call. */
#ifndef STORE_STORE_FAULT_H
#define STORE_STORE_FAULT_H

#include <stdatomic.h>

#include "store/store.h"

struct store_fault {
    struct store base;
    struct store *inner;       /* owned */
    _Atomic int64_t countdown; /* < 0: never */
    bool sticky;
};
void store_fault_init(struct store_fault *f, struct store *inner);

struct store *store_trace_new(struct store *inner); /* logs at debug level; owns `inner` */

#endif
