/* loop.h - one thread with its own event loop, listener and connections.
 *
 * Writes that requests of one turn of the loop ask for are handed to the writer
 * together, at the end of the turn: one lock and one wake-up, and clients that
 * ask at the same time share one commit. */
#ifndef SERVER_LOOP_H
#define SERVER_LOOP_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/lock.h"
#include "server/call.h"

struct server;

struct loop {
    struct server *server;
    pthread_t thread;
    uv_loop_t uv;
    uv_async_t wake;
    uv_check_t turn_end;
    struct http_server *http;
    struct physics_past *past; /* NULL without --physics */
    struct call_list writes;   /* of this turn */
    struct call_list unused;   /* calls to use again */
    size_t unused_n;
    uint64_t id_state; /* of request ids */
    int64_t log_s;     /* the second of the latest log lines, and how many there were */
    int log_n;
    atomic_bool stop;
    bool stopping;
    struct lock lock;
    struct call_list done; /* under the lock: calls that come back */
};

/* Listens on `port` (0: any) and starts the thread; *port is then the real one. */
MUST_CHECK bool loop_start(struct loop *l, struct server *server, int *port, struct err *e);

/* From any thread: finish what is in flight, then end. */
void loop_stop(struct loop *l);
void loop_join(struct loop *l);

/* From any thread: these calls have run; the loop answers them. */
void loop_post(struct loop *l, struct call_list *calls);

/* On the loop's thread. */
void loop_write(struct loop *l, struct call *c); /* to the writer, at the end of the turn */
struct call *loop_call_take(struct loop *l);     /* NULL: make one */
void loop_call_give_back(struct loop *l, struct call *c);
bool loop_may_log(struct loop *l); /* a flood of failures is not a flood of lines */

#endif
