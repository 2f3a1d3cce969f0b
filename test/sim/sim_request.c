/* sim_request.c - random requests, what they are to answer, and running them.
 *
 * Bodies are written with ' for ", to keep them readable. */
#include <inttypes.h>

#include "db/db_catalog.h"
#include "db/db_token.h"
#include "sim.h"

enum control { CREATE, DROP, INDEX, STREAM, EXPIRY, CONTROLS };

/* --- chance ---------------------------------------------------------------------- */

static struct thing random_thing(struct world *w)
{
    struct thing x = {.there = true, .g = G_NONE, .n = -1, .t = -1};
    if (!sim_one_in(w, 3))
        x.g = sim_one_in(w, 15) ? G_WRONG : 1 + (int)sim_random(w, 3);
    if (!sim_one_in(w, 3))
        x.n = (int)sim_random(w, 4);
    if (sim_one_in(w, 3))
        x.t = w->now_ms / 1000 + (int)sim_random(w, 900) - 100;
    if (sim_one_in(w, 2))
        x.pad = (int)sim_random(w, 40);
    x.v = (int)sim_random(w, 3);
    return x;
}

static struct action random_action(struct world *w, enum form form)
{
    struct action a = {0}; /* one after the other, so that every compiler draws alike */
    a.table = sim_one_in(w, 4) ? (int)sim_random(w, TABLES) : 0;
    a.key = (int)sim_random(w, KEYS);
    a.v = (int)sim_random(w, 3);
    a.kind = (enum kind)sim_random(w, form == TRANSACT ? 4 : 3);
    a.condition = (enum condition)sim_random(w, 4);
    a.to = random_thing(w);
    if (form == BATCH || form == STATEMENT)
        a.kind = sim_one_in(w, 3) ? DELETE : PUT;
    if (form == BATCH || (form != STATEMENT && a.kind != CHECK && !sim_one_in(w, 5)))
        a.condition = ALWAYS;
    if (form == STATEMENT) /* an INSERT is for what is not there */
        a.condition = a.kind == PUT ? ABSENT : ALWAYS;
    if (a.kind == UPDATE && a.to.n < 0)
        a.to.n = 0;
    if (a.kind == CHECK && a.condition == ALWAYS)
        a.condition = ABSENT;
    return a;
}

static bool has(const struct request *r, int n, int table, int key)
{
    for (int i = 0; i < n; i++)
        if (r->action[i].table == table && r->action[i].key == key)
            return true;
    return false;
}

/* A transaction again, with its token: when it is known whether the token still holds.  A
 * clock that was set back leaves that open. */
static bool random_replay(struct world *w, const struct model *m, struct request *r)
{
    const struct model_token *t = &m->token[sim_random(w, TOKENS)];
    if (t->expires_ms == 0 || (t->expires_ms > w->now_ms && t->expires_ms <= w->latest_ms))
        return false;
    *r = t->request;
    return true;
}

void sim_random_request(struct world *w, const struct model *m, struct request *r)
{
    static const enum form forms[] = {SINGLE,   SINGLE,   SINGLE,    SINGLE,    BATCH,
                                      TRANSACT, TRANSACT, STATEMENT, STATEMENT, CONTROL};
    *r = (struct request){.form = forms[sim_random(w, COUNT_OF(forms))], .n = 1};
    if (r->form == CONTROL) {
        r->table = (int)sim_random(w, TABLES);
        r->control = (int)sim_random(w, CONTROLS);
        r->local = sim_one_in(w, 2);
        r->global = (int)sim_random(w, GLOBALS);
        if (!m->table[r->table].there)
            r->control = CREATE;
        else if (r->control == DROP ? !sim_one_in(w, 4) : r->control == CREATE)
            r->control = INDEX;
        return;
    }
    if (r->form == TRANSACT && sim_one_in(w, 4) && random_replay(w, m, r))
        return;
    if (r->form == BATCH || r->form == TRANSACT)
        r->n = 1 + (int)sim_random(w, ACTIONS);
    for (int i = 0; i < r->n; i++)
        do
            r->action[i] = random_action(w, r->form);
        while (has(r, i, r->action[i].table, r->action[i].key));
    if (r->form == TRANSACT && sim_one_in(w, 2))
        r->token = 1 + (uint64_t)sim_random(w, UINT32_MAX);
}

/* --- bodies ---------------------------------------------------------------------- */

static void add_key(struct buf *b, int key)
{
    buf_printf(b, "{'p':{'S':'p%d'},'s':{'N':'%d'}}", key % PARTITIONS, key / PARTITIONS);
}

static void add_condition(struct buf *b, const struct action *a)
{
    static const char *const text[] = {
        [ABSENT] = "attribute_not_exists(p)", [PRESENT] = "attribute_exists(p)", [V_IS] = "v = :c"};
    if (a->condition != ALWAYS)
        buf_printf(b, ",'ConditionExpression':'%s'", text[a->condition]);
}

static void add_values(struct buf *b, const struct action *a)
{
    bool update = a->kind == UPDATE, compare = a->condition == V_IS;
    if (!update && !compare)
        return;
    buf_printf(b, ",'ExpressionAttributeValues':{");
    if (update)
        buf_printf(b, "':n':{'N':'%d'},':one':{'N':'1'}", a->to.n);
    if (update && a->to.g != G_NONE)
        buf_printf(b, ",':g':{%s}",
                   (const char *[]){"", "'S':'a'", "'S':'b'", "'S':'ab'", "'N':'4'"}[a->to.g]);
    if (update && a->to.t >= 0)
        buf_printf(b, ",':t':{'N':'%" PRId64 "'}", a->to.t);
    if (compare)
        buf_printf(b, "%s':c':{'N':'%d'}", update ? "," : "", a->v);
    buf_printf(b, "}");
}

/* The members of an action that is a request or part of a transaction. */
static void add_action(struct buf *b, const struct action *a)
{
    buf_printf(b, "{'TableName':'%s','%s':", sim_table[a->table], a->kind == PUT ? "Item" : "Key");
    if (a->kind == PUT)
        sim_thing_json(b, a->key, &a->to);
    else
        add_key(b, a->key);
    if (a->kind == UPDATE)
        buf_printf(b, ",'UpdateExpression':'SET n = :n%s%s%s%s%s ADD v :one'",
                   a->to.g != G_NONE ? ", g = :g" : "", a->to.t >= 0 ? ", t = :t" : "",
                   a->to.g == G_NONE || a->to.t < 0 ? " REMOVE " : "",
                   a->to.g != G_NONE ? ""
                   : a->to.t < 0     ? "g, "
                                     : "g",
                   a->to.t < 0 ? "t" : "");
    add_condition(b, a);
    add_values(b, a);
    buf_printf(b, "}");
}

static const char *transact_body(struct buf *b, const struct request *r)
{
    static const char *const part[] = {"Put", "Update", "Delete", "ConditionCheck"};
    buf_printf(b, "{'TransactItems':[");
    for (int i = 0; i < r->n; i++) {
        buf_printf(b, "%s{'%s':", i > 0 ? "," : "", part[r->action[i].kind]);
        add_action(b, &r->action[i]);
        buf_printf(b, "}");
    }
    buf_printf(b, "]");
    if (r->token != 0)
        buf_printf(b, ",'ClientRequestToken':'%" PRIu64 "'", r->token);
    buf_printf(b, "}");
    return "TransactWriteItems";
}

static const char *batch_body(struct buf *b, const struct request *r)
{
    buf_printf(b, "{'RequestItems':{");
    for (int t = 0, tables = 0; t < TABLES; t++) {
        for (int i = 0, n = 0; i < r->n; i++) {
            const struct action *a = &r->action[i];
            if (a->table != t)
                continue;
            if (n++ == 0)
                buf_printf(b, "%s'%s':[", tables++ > 0 ? "]," : "", sim_table[t]);
            else
                buf_printf(b, ",");
            buf_printf(b, a->kind == PUT ? "{'PutRequest':{'Item':" : "{'DeleteRequest':{'Key':");
            if (a->kind == PUT)
                sim_thing_json(b, a->key, &a->to);
            else
                add_key(b, a->key);
            buf_printf(b, "}}");
        }
    }
    buf_printf(b, "]}}");
    return "BatchWriteItem";
}

/* PartiQL has strings of its own in ', which are ` here. */
static const char *statement_body(struct buf *b, const struct action *a)
{
    const struct thing *x = &a->to;
    static const char *const g[] = {"", "`a`", "`b`", "`ab`", "4"};
    if (a->kind == DELETE) {
        buf_printf(b, "{'Statement':'DELETE FROM %s WHERE p = `p%d` AND s = %d'}",
                   sim_table[a->table], a->key % PARTITIONS, a->key / PARTITIONS);
        return "ExecuteStatement";
    }
    buf_printf(b, "{'Statement':'INSERT INTO %s VALUE {`p`:`p%d`,`s`:%d,`v`:%d",
               sim_table[a->table], a->key % PARTITIONS, a->key / PARTITIONS, x->v);
    if (x->g != G_NONE)
        buf_printf(b, ",`g`:%s", g[x->g]);
    if (x->n >= 0)
        buf_printf(b, ",`n`:%d", x->n);
    if (x->t >= 0)
        buf_printf(b, ",`t`:%" PRId64, x->t);
    if (x->pad > 0)
        buf_printf(b, ",`x`:`%.*s`", x->pad, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    buf_printf(b, "}'}");
    return "ExecuteStatement";
}

#define KEY(name, type)  "{'AttributeName':'" name "','KeyType':'" type "'}"
#define TYPE(name, type) "{'AttributeName':'" name "','AttributeType':'" type "'}"
#define GLOBAL_ONE                                                                                 \
    "{'IndexName':'one','KeySchema':[" KEY("g", "HASH") "," KEY(                                   \
        "n", "RANGE") "],'Projection':{'ProjectionType':'ALL'}}"
#define GLOBAL_TWO                                                                                 \
    "{'IndexName':'two','KeySchema':[" KEY(                                                        \
        "n", "HASH") "],'Projection':{'ProjectionType':'KEYS_ONLY'}}"

static void create_body(struct buf *b, const char *name, bool local, bool global)
{
    buf_printf(
        b,
        "{'TableName':'%s','BillingMode':'PAY_PER_REQUEST','KeySchema':[" KEY("p", "HASH") "," KEY(
            "s", "RANGE") "],'AttributeDefinitions':[" TYPE("p", "S") "," TYPE("s", "N") "%s%s]",
        name, local || global ? "," TYPE("n", "N") : "", global ? "," TYPE("g", "S") : "");
    if (local)
        buf_printf(b, ",'LocalSecondaryIndexes':[{'IndexName':'loc','KeySchema':[" KEY(
                          "p", "HASH") "," KEY("n", "RANGE") "],'Projection':{'ProjectionType':"
                                                             "'KEYS_ONLY'}}]");
    if (global)
        buf_printf(b, ",'GlobalSecondaryIndexes':[" GLOBAL_ONE "]");
    buf_printf(b, "}");
}

static const char *control_body(struct buf *b, const struct model *m, const struct request *r)
{
    const struct model_table *t = &m->table[r->table];
    const char *name = sim_table[r->table];
    switch ((enum control)r->control) {
    case CREATE:
        create_body(b, name, r->local, r->global == 0);
        return "CreateTable";
    case DROP:
        buf_printf(b, "{'TableName':'%s'}", name);
        return "DeleteTable";
    case INDEX:
        buf_printf(b, "{'TableName':'%s','GlobalSecondaryIndexUpdates':[{", name);
        if (t->global[r->global])
            buf_printf(b, "'Delete':{'IndexName':'%s'}}]}", sim_global[r->global]);
        else
            buf_printf(b, "'Create':%s}],'AttributeDefinitions':[" TYPE("n", "N") "%s]}",
                       r->global == 0 ? GLOBAL_ONE : GLOBAL_TWO,
                       r->global == 0 ? "," TYPE("g", "S") : "");
        return "UpdateTable";
    case STREAM:
        buf_printf(b, "{'TableName':'%s','StreamSpecification':{'StreamEnabled':%s}}", name,
                   t->stream >= 0 ? "false" : "true,'StreamViewType':'NEW_AND_OLD_IMAGES'");
        return "UpdateTable";
    default:
        buf_printf(b,
                   "{'TableName':'%s','TimeToLiveSpecification':{'Enabled':%s,'AttributeName':"
                   "'t'}}",
                   name, t->ttl ? "false" : "true");
        return "UpdateTimeToLive";
    }
}

/* The body; returns which operation's. */
static const char *body_of(struct buf *b, const struct model *m, const struct request *r)
{
    static const char *const single[] = {"PutItem", "UpdateItem", "DeleteItem"};
    switch (r->form) {
    case BATCH:
        return batch_body(b, r);
    case TRANSACT:
        return transact_body(b, r);
    case STATEMENT:
        return statement_body(b, &r->action[0]);
    case CONTROL:
        return control_body(b, m, r);
    default:
        add_action(b, &r->action[0]);
        return single[r->action[0].kind];
    }
}

/* --- what is to be --------------------------------------------------------------- */

static bool holds(const struct action *a, const struct thing *x)
{
    return a->condition == ALWAYS || (a->condition == ABSENT && !x->there) ||
           (a->condition == PRESENT && x->there) ||
           (a->condition == V_IS && x->there && x->v == a->v);
}

/* May an item have a number where the index "one" wants a string? */
static bool refuses(struct db_txn *txn, const struct action *a)
{
    const struct table *t = db_table(txn, str_from_c(sim_table[a->table]));
    const struct index_def *x = t != NULL ? table_def_index(table_def(t), STR("one")) : NULL;
    return x != NULL && x->status == INDEX_ACTIVE && a->to.g == G_WRONG;
}

static enum err_code wanted(struct db_txn *txn, const struct model *m, const struct action *a)
{
    const struct thing *x = &m->table[a->table].thing[a->key];
    bool refused = refuses(txn, a);
    if (!m->table[a->table].there)
        return ERR_RESOURCE_NOT_FOUND;
    if ((a->kind == PUT || a->kind == UPDATE) && refused)
        return ERR_VALIDATION;
    return holds(a, x) ? ERR_NONE : ERR_CONDITIONAL_CHECK_FAILED;
}

static void apply(struct world *w, struct model *m, const struct action *a)
{
    struct thing old = m->table[a->table].thing[a->key], now = a->to;
    if (a->kind == CHECK)
        return;
    if (a->kind == DELETE)
        now = (struct thing){0};
    if (a->kind == UPDATE) {
        now.v = old.there ? old.v + 1 : 1;
        now.pad = old.there ? old.pad : 0;
    }
    sim_change(w, m, a->table, a->key, &now, false);
}

static bool known_token(const struct world *w, const struct model *m, uint64_t token)
{
    for (int i = 0; i < TOKENS; i++)
        if (m->token[i].expires_ms > w->now_ms && m->token[i].request.token == token)
            return true;
    return false;
}

static enum err_code wanted_of_all(const struct world *w, struct db_txn *txn, const struct model *m,
                                   const struct request *r)
{
    enum err_code worst = ERR_NONE;
    for (int i = 0; i < r->n; i++)
        if (!m->table[r->action[i].table].there)
            return ERR_RESOURCE_NOT_FOUND;
    if (r->form == TRANSACT && r->token != 0 && known_token(w, m, r->token))
        return ERR_NONE;
    for (int i = 0; i < r->n && worst == ERR_NONE; i++)
        worst = wanted(txn, m, &r->action[i]);
    if (worst == ERR_CONDITIONAL_CHECK_FAILED && r->form == STATEMENT)
        return ERR_DUPLICATE_ITEM;
    return worst != ERR_NONE && r->form == TRANSACT ? ERR_TRANSACTION_CANCELED : worst;
}

static void apply_all(struct world *w, struct model *m, const struct request *r)
{
    if (r->form == TRANSACT && r->token != 0) {
        if (known_token(w, m, r->token)) {
            w->count.replays++;
            return;
        }
        m->token[r->token % TOKENS] = (struct model_token){*r, w->now_ms + DB_TOKEN_MS};
    }
    for (int i = 0; i < r->n; i++)
        apply(w, m, &r->action[i]);
}

static void apply_control(struct world *w, struct db_txn *txn, struct model *m,
                          const struct request *r)
{
    struct model_table *t = &m->table[r->table];
    if (t->stream >= 0 && (r->control == DROP || r->control == STREAM)) {
        t->stream = -1;
    } else if (r->control == STREAM) {
        const struct table *now = db_table(txn, str_from_c(sim_table[r->table]));
        struct stream *s = &w->stream[t->stream = m->streams++];
        *s = (struct stream){.table = r->table, .label_ms = table_def(now)->stream_label_ms};
        for (int i = 0; i < STREAM_LANES; i++)
            s->shard[i] = i;
    }
    if (r->control == CREATE)
        *t = (struct model_table){
            .there = true, .local = r->local, .global = {r->global == 0}, .stream = -1};
    else if (r->control == DROP)
        *t = (struct model_table){.stream = -1};
    else if (r->control == INDEX)
        t->global[r->global] = !t->global[r->global];
    else if (r->control == EXPIRY)
        t->ttl = !t->ttl;
}

/* --- running --------------------------------------------------------------------- */

static struct str true_json(struct buf *b)
{
    for (size_t i = 0; i < b->n; i++)
        b->p[i] = b->p[i] == '\'' ? '"' : b->p[i] == '`' ? '\'' : b->p[i];
    return buf_str(b);
}

static bool run(struct world *w, struct db_txn *txn, const char *name, struct str body,
                struct req *rq)
{
    struct buf out = {.mem = &w->mem};
    *rq = (struct req){.db = w->db, .op = op_find(str_from_c(name)), .out = {.to = &out}};
    err_init(&rq->err, &rq->mem);
    if (!op_decode(rq, body) || (rq->op->prepare != NULL && !rq->op->prepare(rq)))
        sim_fail(w, "%s refuses: %s\n" STR_FMT, name, rq->err.msg, STR_ARG(body));
    if (sim_one_in(w, 2) && rq->op->warm != NULL) { /* as a loop does, before the writer */
        int64_t countdown = w->fault.countdown;
        struct db_txn *read;
        w->fault.countdown = -1;
        if (db_begin(w->db, DB_READ, false, &read, &rq->err))
            (void)rq->op->warm(rq, read);
        db_end(&read);
        err_init(&rq->err, &rq->mem);
        w->fault.countdown = countdown;
    }
    db_savepoint(txn);
    bool done = rq->op->run(rq, txn);
    if (done)
        db_release(txn);
    else
        db_rollback(txn);
    if (done != (rq->err.code == ERR_NONE))
        sim_fail(w, "%s says both yes and no", name);
    return done;
}

/* A small collection may be full; a table may be in the middle of another change. */
static bool excused(const struct model *m, const struct request *r, enum err_code code)
{
    if (r->form == CONTROL)
        return code == ERR_RESOURCE_IN_USE || code == ERR_LIMIT_EXCEEDED ||
               code == ERR_VALIDATION || code == ERR_RESOURCE_NOT_FOUND;
    bool local = false;
    for (int i = 0; i < r->n; i++)
        local = local || m->table[r->action[i].table].local;
    return local && (code == ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED ||
                     (r->form == TRANSACT && code == ERR_TRANSACTION_CANCELED));
}

void sim_run(struct world *w, struct db_txn *txn, struct model *m, const struct request *r)
{
    struct buf body = {.mem = &w->mem};
    if (r->form == CONTROL && r->control == STREAM && m->streams == STREAMS)
        return;
    const char *name = body_of(&body, m, r);
    enum err_code want = r->form == CONTROL ? ERR_NONE : wanted_of_all(w, txn, m, r);
    struct req rq;
    bool done = run(w, txn, name, true_json(&body), &rq), struck = sim_struck(w);
    enum err_code code = rq.err.code;
    if (struck ? code != ERR_IO : code != want && !excused(m, r, code))
        sim_fail(w, "%s answers %d (%s) instead of %d%s\n" STR_FMT, name, code, rq.err.msg, want,
                 struck ? " with a fault" : "", STR_ARG(buf_str(&body)));
    if (done && r->form == CONTROL)
        apply_control(w, txn, m, r);
    else if (done)
        apply_all(w, m, r);
    w->count.done += done;
    w->count.refused += !done && !struck;
    arena_free(&rq.mem);
}
