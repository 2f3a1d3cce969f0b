/* op_transact.c - see op_transact.h.
 *
 * (1) The actions are on different items: so the order in which they run does not
 *     matter, and each can run though another has failed, to tell all failed
 *     conditions at once.
 * (2) A failed transaction leaves its changes to the writer, which takes them back
 *     to the savepoint before the request. */
#include "op/item/op_transact.h"

#include "base/buf.h"
#include "base/hash.h"
#include "model/key.h"
#include "op/item/op_capacity.h"

static const struct {
    enum err_code error;
    struct str code;
} reasons[] = {
    {ERR_CONDITIONAL_CHECK_FAILED, STR("ConditionalCheckFailed")},
    {ERR_VALIDATION, STR("ValidationError")},
    {ERR_DUPLICATE_ITEM, STR("DuplicateItem")},
    {ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED, STR("ItemCollectionSizeLimitExceeded")},
    {ERR_TRANSACTION_CONFLICT, STR("TransactionConflict")},
    {ERR_PROVISIONED_THROUGHPUT_EXCEEDED, STR("ProvisionedThroughputExceeded")},
    {ERR_THROTTLING, STR("ThrottlingError")},
    {ERR_REQUEST_LIMIT_EXCEEDED, STR("ThrottlingError")},
    {ERR_ACCESS_DENIED, STR("AccessDenied")},
};

/* Cancellation ----------------------------------------------------------------- */

bool op_transact_reason(struct arena *mem, const struct err *e, struct transact_reason *out)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (reasons[i].error != e->code)
            continue;
        *out = (struct transact_reason){
            .code = reasons[i].code,
            .message = arena_dup(mem, err_text(e)),
        };
        return true;
    }
    return false;
}

static struct str reason_code(const struct transact_reason *r)
{
    return r->code.p != NULL ? r->code : STR("None");
}

static void write_reasons(struct json_out *o, const struct transact_reason *reason, uint32_t n)
{
    json_out_open(o, '[');
    for (uint32_t i = 0; i < n; i++) {
        const struct transact_reason *r = &reason[i];
        json_out_open(o, '{');
        json_out_name(o, STR("Code"));
        json_out_str(o, reason_code(r));
        if (r->message.p != NULL) {
            json_out_name(o, STR("Message"));
            json_out_str(o, r->message);
        }
        if (r->item.p != NULL)
            op_item_member(o, STR("Item"), r->item);
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
}

bool op_transact_cancel(struct req *rq, const struct transact_reason *reason, uint32_t n)
{
    struct buf text = {.mem = &rq->mem}, members = {.mem = &rq->mem};
    struct json_out o = {.to = &members};

    buf_add(&text, STR("Transaction cancelled, please refer cancellation reasons for specific "
                       "reasons ["));
    for (uint32_t i = 0; i < n; i++) {
        buf_add(&text, i > 0 ? STR(", ") : STR(""));
        buf_add(&text, reason_code(&reason[i]));
    }
    buf_byte(&text, ']');
    json_out_name(&o, STR("CancellationReasons"));
    write_reasons(&o, reason, n);
    rq->error_members = buf_str(&members);
    return err_set(&rq->err, ERR_TRANSACTION_CANCELED, STR_FMT, STR_ARG(buf_str(&text)));
}

void op_transact_digest(struct str operation, struct str content,
                        unsigned char digest[DB_TOKEN_DIGEST_BYTES])
{
    XXH128_canonical_t bytes;

    _Static_assert(sizeof(bytes) == DB_TOKEN_DIGEST_BYTES, "the whole hash");
    XXH128_canonicalFromHash(&bytes,
                             XXH3_128bits_withSeed(content.p, content.n, hash_bytes(operation)));
    memcpy(digest, bytes.digest, sizeof(bytes));
}

/* Parts ------------------------------------------------------------------------ */

bool op_transact_bytes(uint64_t bytes, struct err *e)
{
    return bytes <= LIMIT_TRANSACT_BYTES ||
           err_set(e, ERR_VALIDATION, "Transaction request size cannot exceed %d bytes",
                   LIMIT_TRANSACT_BYTES);
}

bool op_transact_repeated(struct arena *mem, const struct transact_target *target, uint32_t n)
{
    struct str *keys = NEW_ARRAY(mem, struct str, n);

    for (uint32_t i = 0; i < n; i++) {
        struct buf key = {.mem = mem};
        /* The storage key has the table's id in it. */
        if (!key_of_item(&key, table_def(target[i].table), target[i].item))
            continue;
        keys[i] = buf_str(&key);
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(keys[i], keys[k]))
                return true;
    }
    return false;
}

bool op_transact_read(struct req *rq, struct db_txn *txn, const struct transact_target *target,
                      uint32_t i, uint32_t n, struct str *item)
{
    struct capacity_at at = {
        .table = target->table,
        .partition = db_capacity_partition(txn, target->table, target->item),
        .kind = CAPACITY_READ,
    };

    if (!op_capacity_left(rq, txn, &at)) {
        struct transact_reason *reason = NEW_ARRAY(&rq->mem, struct transact_reason, n);
        if (!op_transact_reason(&rq->mem, &rq->err, &reason[i]))
            return false;
        err_init(&rq->err, &rq->mem);
        return op_transact_cancel(rq, reason, n);
    }
    if (!db_item_get(txn, target->table, target->item, item, &rq->err))
        return false;
    struct capacity_use use = {.table_halves = 2 * capacity_read_halves(item_size(*item), true)};
    db_capacity_spend(txn, &at, &use);
    return true;
}

bool op_transact_warm(struct req *rq, struct db_txn *txn, struct str table_name, struct str item)
{
    const struct table *table = db_table(txn, table_name);

    return table == NULL || db_item_warm(txn, table, item, &rq->err);
}

struct capacity_use *op_transact_use(struct arena *mem, struct transact_use *u,
                                     const struct table *table, struct str given)
{
    for (uint32_t i = 0; i < u->n; i++)
        if (u->table[i] == table)
            return u->use[i];
    assert(u->n < LIMIT_TRANSACT_ACTIONS);
    u->table[u->n] = table;
    u->given[u->n] = given;
    u->use[u->n] = NEW(mem, struct capacity_use);
    return u->use[u->n++];
}

void op_transact_capacity(struct json_out *o, const struct transact_use *u, struct str mode,
                          enum op_capacity_kind kind)
{
    if (!op_capacity_wanted(mode))
        return;
    json_out_name(o, STR("ConsumedCapacity"));
    json_out_open(o, '[');
    for (uint32_t i = 0; i < u->n; i++)
        op_capacity_write(o, u->given[i], table_def(u->table[i]), u->use[i], mode, kind);
    json_out_close(o, ']');
}

/* Running ---------------------------------------------------------------------- */

struct run {
    struct req *rq;
    struct db_txn *txn;
    const struct transact_request *r;
    struct transact_reason *reason;
    bool failed;
    struct transact_use use;
};

/* The service words an empty key value as an error of the request. */
static bool is_top_level(const struct err *e)
{
    return e->code == ERR_VALIDATION &&
           str_starts_with(err_text(e),
                           STR("One or more parameter values are not valid. The AttributeValue for "
                               "a key attribute cannot contain an empty "));
}

/* Notes why action `i` failed.  False: the run ends here, by a cancellation or an error. */
static bool note(struct run *run, uint32_t i, const struct err *e)
{
    struct req *rq = run->rq;
    uint32_t n = run->r->n;

    if (is_top_level(e) || !op_transact_reason(&rq->mem, e, &run->reason[i])) {
        rq->err = *e;
        return false;
    }
    run->failed = true;
    if (e->code != ERR_VALIDATION)
        return true;
    /* The first of these is reported alone. */
    struct transact_reason *alone = NEW_ARRAY(&rq->mem, struct transact_reason, n);
    alone[i] = run->reason[i];
    return op_transact_cancel(rq, alone, n);
}

static bool check_all(struct run *run)
{
    struct err e;

    err_init(&e, &run->rq->mem);
    for (uint32_t i = 0; i < run->r->n; i++) {
        const struct transact_action *a = &run->r->action[i];
        if (op_write_check(&run->rq->mem, table_def(a->table), &a->write, &e))
            continue;
        if (!note(run, i, &e))
            return false;
        err_init(&e, e.mem);
    }
    return true;
}

static bool run_all(struct run *run)
{
    struct arena *mem = &run->rq->mem;
    struct err e;

    err_init(&e, &run->rq->mem);
    for (uint32_t i = 0; i < run->r->n; i++) {
        const struct transact_action *a = &run->r->action[i];
        struct capacity_use *use = op_transact_use(mem, &run->use, a->table, a->given);
        struct write_result done;
        if (op_write_run(run->txn, mem, a->table, &a->write, &done, use, &e))
            continue;
        if (a->insert && e.code == ERR_CONDITIONAL_CHECK_FAILED) {
            err_init(&e, e.mem);
            err_set(&e, ERR_DUPLICATE_ITEM, "Duplicate primary key exists in table");
        }
        if (!note(run, i, &e))
            return false;
        if (a->return_old && e.code == ERR_CONDITIONAL_CHECK_FAILED)
            run->reason[i].item = done.old;
        err_init(&e, e.mem);
    }
    return true;
}

static bool changes(const struct transact_action *a, const struct table *table)
{
    return a->table == table && a->write.kind != WRITE_CHECK;
}

/* Is action `i` the first that changes this item collection? */
static bool first_of_collection(const struct transact_request *r, uint32_t i)
{
    const struct transact_action *a = r->action;
    struct str name = table_def(a[i].table)->key.attr[0].name;
    struct attr hash, other;
    bool found = item_find(a[i].write.item, name, &hash);

    assert(found); /* keys were checked */
    for (uint32_t k = 0; k < i; k++)
        if (changes(&a[k], a[i].table) && item_find(a[k].write.item, name, &other) &&
            attr_eq(&hash, &other))
            return false;
    return found;
}

static bool first_of_table(const struct transact_request *r, uint32_t i)
{
    const struct transact_action *a = r->action;

    for (uint32_t k = 0; k < i; k++)
        if (changes(&a[k], a[i].table))
            return false;
    return changes(&a[i], a[i].table);
}

static bool write_metrics(struct run *run)
{
    struct json_out *o = &run->rq->out;
    const struct transact_request *r = run->r;
    const struct transact_action *a = r->action;
    bool any = false;

    for (uint32_t i = 0; i < r->n; i++) {
        const struct table_def *def = table_def(a[i].table);
        if (!op_metrics_wanted(def, r->return_metrics) || !first_of_table(r, i))
            continue;
        if (!any) {
            json_out_name(o, STR("ItemCollectionMetrics"));
            json_out_open(o, '{');
            any = true;
        }
        json_out_name(o, a[i].given);
        json_out_open(o, '[');
        for (uint32_t k = i; k < r->n; k++)
            if (changes(&a[k], a[i].table) && first_of_collection(r, k) &&
                !op_metrics_write(run->rq, run->txn, a[k].table, a[k].write.item))
                return false;
        json_out_close(o, ']');
    }
    if (any)
        json_out_close(o, '}');
    return true;
}

static bool charge_look(struct run *run, const struct transact_action *a)
{
    struct arena *mem = &run->rq->mem;
    struct err unfit = {0}; /* the table may be another one now */
    struct str item;

    if (!op_write_check(mem, table_def(a->table), &a->write, &unfit))
        return true;
    if (!db_item_get(run->txn, a->table, a->write.item, &item, &run->rq->err))
        return false;
    struct capacity_at at = {
        .table = a->table,
        .partition = db_capacity_partition(run->txn, a->table, a->write.item),
        .kind = CAPACITY_READ,
    };
    struct capacity_use one = {
        .table_halves = 2 * capacity_read_halves(item_size(item), true),
        .table_touched = true,
    };
    db_capacity_spend(run->txn, &at, &one);
    capacity_use_add(op_transact_use(mem, &run->use, a->table, a->given), &one);
    return true;
}

static void open_response(struct run *run)
{
    struct json_out *o = &run->rq->out;

    json_out_open(o, '{');
    if (!run->r->statements)
        return;
    json_out_name(o, STR("Responses"));
    json_out_open(o, '[');
    json_out_close(o, ']');
}

/* A token that was used before: nothing is done, and what is charged is a look at the items. */
static bool replay(struct run *run)
{
    struct req *rq = run->rq;
    const struct transact_request *r = run->r;

    if (op_capacity_wanted(r->return_capacity) || db_throttling(run->txn))
        for (uint32_t i = 0; i < r->n; i++)
            if (!charge_look(run, &r->action[i]))
                return false;
    open_response(run);
    op_transact_capacity(&rq->out, &run->use, r->return_capacity, OP_CAPACITY_READ);
    json_out_close(&rq->out, '}');
    return true;
}

static bool run_new(struct run *run)
{
    struct req *rq = run->rq;
    const struct transact_request *r = run->r;

    if (!check_all(run) || !run_all(run))
        return false;
    if (run->failed)
        return op_transact_cancel(rq, run->reason, r->n);
    if (r->token.p != NULL && !db_token_put(run->txn, r->token, r->digest, &rq->err))
        return false;
    for (uint32_t i = 0; i < run->use.n; i++) {
        /* The first half of what the table's arm costs was paid for with each write. */
        struct capacity_at at = {.table = run->use.table[i], .kind = CAPACITY_WRITE};
        struct capacity_use more = {.table_halves = run->use.use[i]->table_halves};
        db_capacity_spend(run->txn, &at, &more);
        run->use.use[i]->table_halves *= 2;
    }
    open_response(run);
    op_transact_capacity(&rq->out, &run->use, r->return_capacity, OP_CAPACITY_WRITE);
    if (!write_metrics(run))
        return false;
    json_out_close(&rq->out, '}');
    return true;
}

bool op_transact_write(struct req *rq, struct db_txn *txn, const struct transact_request *r)
{
    struct run run = {
        .rq = rq,
        .txn = txn,
        .r = r,
        .reason = NEW_ARRAY(&rq->mem, struct transact_reason, r->n),
    };
    struct transact_target *target = NEW_ARRAY(&rq->mem, struct transact_target, r->n);
    unsigned char digest[DB_TOKEN_DIGEST_BYTES];
    bool known = false;

    for (uint32_t i = 0; i < r->n; i++)
        target[i] = (struct transact_target){r->action[i].table, r->action[i].write.item};
    if (op_transact_repeated(&rq->mem, target, r->n))
        return err_set(&rq->err, ERR_VALIDATION, TRANSACT_REPEATED);
    if (r->token.p != NULL && !db_token_find(txn, r->token, &known, digest, &rq->err))
        return false;
    if (!known)
        return run_new(&run);
    if (memcmp(digest, r->digest, sizeof(digest)) == 0)
        return replay(&run);
    return err_set(&rq->err, ERR_IDEMPOTENT_PARAMETER_MISMATCH,
                   "The client request token belongs to a transaction with other parameters");
}
