/* physics.c - see physics.h. */
#include "server/physics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "op/item/op_capacity.h"
#include "op/item/op_transact.h"
#include "op/op_arn.h"
#include "server/dispatch.h"
#include "server/loop.h"
#include "server/server.h"

enum { FILE_BYTES_MAX = 1024 * 1024, SNAPSHOTS = 32, TICK_MS_MIN = 5 };

/* --- the file ------------------------------------------------------------------ */

static bool read_all(const char *path, struct buf *out, struct err *e)
{
    char piece[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return err_set(e, ERR_VALIDATION, "%s: %s", path, strerror(errno));
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0 && out->n <= FILE_BYTES_MAX)
        buf_add(out, (struct str){piece, n});
    bool good = ferror(f) == 0 && out->n <= FILE_BYTES_MAX;
    fclose(f);
    return good || err_set(e, ERR_VALIDATION, "%s cannot be read, or is too big", path);
}

bool physics_load(const char *path, struct physics_rules **out, struct err *e)
{
    struct buf text = {0};
    struct physics_rules *r = calloc(1, sizeof(*r));
    if (r == NULL)
        abort();
    bool read = read_all(path, &text, e);
    bool good = read && physics_rules_parse(buf_str(&text), r, e);
    buf_free(&text);
    if (good) {
        *out = r;
        return true;
    }
    free(r);
    if (read) {
        char prefix[512];
        snprintf(prefix, sizeof(prefix), "%s: ", path);
        err_prefix(e, prefix);
    }
    return false;
}

void physics_free(struct physics_rules **p)
{
    if (*p == NULL)
        return;
    physics_rules_free(*p);
    free(*p);
    *p = NULL;
}

/* --- the past ------------------------------------------------------------------ */

struct physics_past {
    uv_timer_t tick; /* first */
    struct db *db;
    uint32_t next;
    struct snapshot {
        struct db_txn *txn; /* NULL: none */
        uint64_t ms;
    } snapshot[SNAPSHOTS + 2]; /* two more: the oldest wanted one is still there */
};

static uint64_t clock_ms(void)
{
    return uv_hrtime() / 1000000;
}

static void take_snapshot(uv_timer_t *tick)
{
    struct physics_past *p = (struct physics_past *)(void *)tick;
    struct snapshot *s = &p->snapshot[p->next];
    struct err e = {0};
    db_end(&s->txn);
    s->ms = clock_ms();
    if (!db_begin(p->db, DB_READ_SNAPSHOT, false, &s->txn, &e))
        s->txn = NULL;
    p->next = (p->next + 1) % COUNT_OF(p->snapshot);
}

bool physics_past_start(struct loop *l, struct physics_past **out, struct err *e)
{
    int64_t every = l->server->physics->history_ms / SNAPSHOTS;
    uint64_t ms = every > TICK_MS_MIN ? (uint64_t)every : TICK_MS_MIN;
    struct physics_past *p = calloc(1, sizeof(*p));
    if (p == NULL)
        abort();
    p->db = l->server->db;
    if (uv_timer_init(&l->uv, &p->tick) != 0 ||
        uv_timer_start(&p->tick, take_snapshot, 0, ms) != 0) {
        free(p);
        return err_set(e, ERR_IO, "cannot make a timer");
    }
    *out = p;
    return true;
}

static void free_past(uv_handle_t *h)
{
    free(h);
}

void physics_past_stop(struct physics_past *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < COUNT_OF(p->snapshot); i++)
        db_end(&p->snapshot[i].txn);
    uv_close((uv_handle_t *)&p->tick, free_past);
}

/* The newest that is old enough; else the oldest. */
static struct db_txn *past_at(struct physics_past *p, int64_t lag_ms)
{
    uint64_t now = clock_ms(), wanted = now - (uint64_t)lag_ms;
    struct snapshot *best = NULL;
    for (size_t i = 0; i < COUNT_OF(p->snapshot); i++) {
        struct snapshot *s = &p->snapshot[i];
        if (s->txn == NULL)
            continue;
        bool better = best == NULL || (s->ms <= wanted && s->ms > best->ms) ||
                      (best->ms > wanted && s->ms < best->ms);
        best = better ? s : best;
    }
    return best != NULL ? best->txn : NULL;
}

/* A read that does not ask for consistency.  A batch does when one of its tables does. */
static bool is_eventual(const struct req *rq)
{
    const enum tri *consistent = physics_member(rq, "ConsistentRead", SHAPE_BOOL);
    const struct map *tables = physics_member(rq, "RequestItems", SHAPE_MAP);
    const struct field *f = NULL;
    const struct shape *elem = NULL;
    if (consistent != NULL)
        return *consistent != TRI_TRUE;
    for (f = rq->op->in->fields; tables != NULL && f->name != NULL; f++)
        if (strcmp(f->name, "RequestItems") == 0)
            elem = f->shape->elem;
    for (f = elem != NULL ? elem->fields : NULL; f != NULL && f->name != NULL; f++)
        for (uint32_t i = 0; strcmp(f->name, "ConsistentRead") == 0 && i < tables->n; i++)
            if (*(const enum tri *)(const void *)((const char *)tables->v + i * elem->size +
                                                  f->offset) == TRI_TRUE)
                return false;
    return true;
}

/* A stream that is younger than the delay: nothing is there yet. */
static void no_records(struct call *c)
{
    const struct str *iterator = physics_member(&c->rq, "ShardIterator", SHAPE_STRING);
    struct json_out o = {.to = call_body(c)};
    json_out_open(&o, '{');
    json_out_name(&o, STR("Records"));
    json_out_raw(&o, STR("[]"));
    json_out_name(&o, STR("NextShardIterator"));
    json_out_str(&o, *iterator);
    json_out_close(&o, '}');
    err_init(&c->rq.err, &c->rq.mem);
    c->rq.error_members = (struct str){0};
    c->ok = true;
}

static void run_in_past(struct call *c, int64_t lag_ms)
{
    struct db_txn *txn = past_at(c->loop->past, lag_ms);
    if (txn == NULL) {
        front_dynamodb_run(c);
        return;
    }
    call_run(c, txn);
    if (!c->ok && c->rq.err.code == ERR_RESOURCE_NOT_FOUND &&
        physics_member(&c->rq, "ShardIterator", SHAPE_STRING) != NULL)
        no_records(c);
    call_finish(c);
}

/* --- requests ------------------------------------------------------------------ */

static void conflict(struct call *c)
{
    static const struct str text = STR("Transaction is ongoing for the item");
    struct req *rq = &c->rq;
    const struct list *items = physics_member(rq, "TransactItems", SHAPE_LIST);
    if (items == NULL)
        items = physics_member(rq, "TransactStatements", SHAPE_LIST);
    if (items == NULL || items->n == 0) {
        err_set(&rq->err, ERR_TRANSACTION_CONFLICT, STR_FMT, STR_ARG(text));
        return;
    }
    struct transact_reason *reason = NEW_ARRAY(&rq->mem, struct transact_reason, items->n);
    reason[rq->physics->seed % items->n] =
        (struct transact_reason){.code = STR("TransactionConflict"), .message = text};
    op_transact_cancel(rq, reason, items->n);
}

/* What a request is told when it is throttled: the reasons' member, and which limit it met. */
static const struct throttle {
    enum err_code code;
    const char *member, *limit;
} throttles[] = {
    {ERR_PROVISIONED_THROUGHPUT_EXCEEDED, "ThrottlingReasons", "ProvisionedThroughputExceeded"},
    {ERR_REQUEST_LIMIT_EXCEEDED, "ThrottlingReasons", "AccountLimitExceeded"},
    {ERR_THROTTLING, "throttlingReasons", "KeyRangeThroughputExceeded"},
};

static const struct throttle *throttle_of(enum err_code code)
{
    for (size_t i = 0; i < COUNT_OF(throttles); i++)
        if (throttles[i].code == code)
            return &throttles[i];
    return NULL;
}

/* Reasons only for requests that name one table. */
static struct str throttling_reasons(struct req *rq, const struct throttle *t)
{
    const struct str *table = physics_member(rq, "TableName", SHAPE_STRING);
    if (table == NULL)
        return (struct str){0};
    struct str arn = arn_table(&rq->mem, rq->db, *table);
    return arena_printf(
        &rq->mem, "\"%s\":[{\"reason\":\"Table%s%s\",\"resource\":\"" STR_FMT "\"}]", t->member,
        (rq->op->flags & OP_WRITE) != 0 ? "Write" : "Read", t->limit, STR_ARG(arn));
}

static void refuse(struct req *rq, enum err_code code)
{
    const struct throttle *t = throttle_of(code);
    if (t != NULL)
        rq->error_members = throttling_reasons(rq, t);
    err_set(&rq->err, code, "%s",
            t != NULL ? op_throttled_text(code)
                      : "This error was asked for by a rule of --physics");
}

static void go(struct call *c)
{
    /* The plan begins with what the operation sees of it. */
    const struct physics_plan *plan = (const void *)c->rq.physics;
    c->ok = false;
    if (plan->error != ERR_NONE)
        refuse(&c->rq, plan->error);
    else if (plan->conflict)
        conflict(c);
    if (c->rq.err.code != ERR_NONE)
        call_finish(c);
    else if (plan->lag_ms > 0 && is_eventual(&c->rq))
        run_in_past(c, plan->lag_ms);
    else
        front_dynamodb_run(c);
}

struct delay {
    uv_timer_t timer; /* first */
    struct call *call;
};

static void free_delay(uv_handle_t *h)
{
    free(h);
}

static void delay_over(uv_timer_t *t)
{
    struct delay *d = (struct delay *)(void *)t;
    struct call *c = d->call;
    uv_close((uv_handle_t *)t, free_delay);
    go(c);
}

static void go_after(struct call *c, int64_t ms)
{
    struct delay *d = calloc(1, sizeof(*d));
    if (d == NULL)
        abort();
    d->call = c;
    uv_timer_init(&c->loop->uv, &d->timer);
    uv_update_time(&c->loop->uv);
    uv_timer_start(&d->timer, delay_over, (uint64_t)ms, 0);
}

/* Rules in the request's own header. */
static bool add_header_rules(struct call *c, struct physics_plan *plan)
{
    struct physics_rules *rules = c->loop->server->physics, own;
    struct str text = http_header(&c->http->head, STR("x-stator-physics"));
    if (text.p == NULL)
        return true;
    if (!physics_header_parse(&c->rq.mem, text, &own, &c->rq.err)) {
        err_prefix(&c->rq.err, "x-stator-physics: ");
        return false;
    }
    own.seed = rules->seed + atomic_fetch_add(&rules->requests, 1);
    physics_rules_apply(&own, &c->rq, plan);
    if (plan->lag_ms <= rules->history_ms)
        return true;
    return err_set(
        &c->rq.err, ERR_VALIDATION,
        "x-stator-physics: \"history_ms\" of the file is %lld, which is less than \"ms\"",
        (long long)rules->history_ms);
}

bool physics_take(struct call *c)
{
    struct physics_plan *plan = NEW(&c->rq.mem, struct physics_plan);
    physics_rules_apply(c->loop->server->physics, &c->rq, plan);
    if (!add_header_rules(c, plan)) {
        call_finish(c);
        return true;
    }
    if (!plan->any)
        return false;
    c->rq.physics = &plan->op;
    if (plan->latency_ms > 0)
        go_after(c, plan->latency_ms);
    else
        go(c);
    return true;
}
