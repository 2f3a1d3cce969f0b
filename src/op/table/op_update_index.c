/* op_update_index.c - UpdateTable: making, changing and removing global indexes.
 * A new index is filled by db_work; the entries of a removed one are removed by it. */
#include "op/table/op_schema_build.h"
#include "op/table/op_update_int.h"

static struct str name_of(const struct index_update_in *x)
{
    const struct index_in *in = x->create != NULL   ? x->create
                                : x->remove != NULL ? x->remove
                                                    : x->update;
    return in->name;
}

static bool only_one(struct req *rq)
{
    return err_set(&rq->err, ERR_LIMIT_EXCEEDED,
                   "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                   "simultaneously per table");
}

/* A new index by itself; the types of its keys are those of the table, if it knows them. */
static bool create_check(struct req *rq, const struct list *attributes, const struct index_in *in)
{
    struct definitions d;
    struct index_def x;
    if (attributes->n == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "AttributeDefinitions is not specified for index: " STR_FMT,
                       STR_ARG(in->name));
    return schema_definitions(rq, attributes, &d) && schema_keys_defined(rq, &d, &in->key) &&
           schema_index(rq, &d, in, true, NULL, &x);
}

static bool entry_check(struct req *rq, const struct index_update_in *x)
{
    int actions = (x->update != NULL) + (x->create != NULL) + (x->remove != NULL);
    if (actions == 0)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "One of GlobalSecondaryIndexUpdate.Update, "
                                  "GlobalSecondaryIndexUpdate.Create, "
                                  "GlobalSecondaryIndexUpdate.Delete must not be null");
    return actions == 1 ||
           err_set(&rq->err, ERR_VALIDATION,
                   OP_INVALID "Only one global secondary index action is allowed per "
                              "GlobalSecondaryIndexUpdate object");
}

bool update_indexes_check(struct req *rq, const struct update_table_in *in)
{
    const struct list *indexes = &in->indexes;
    const struct index_update_in *x = indexes->v;
    for (uint32_t i = 0; i < indexes->n; i++)
        if (!entry_check(rq, &x[i]))
            return false;
    if (indexes->n > LIMIT_INDEXES)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "GlobalSecondaryIndexUpdates has more members than a table can "
                                  "have indexes");
    uint32_t made = 0;
    bool create = false, warm = false;
    for (uint32_t i = 0; i < indexes->n; i++) {
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(name_of(&x[i]), name_of(&x[k])))
                return err_set(&rq->err, ERR_VALIDATION,
                               OP_INVALID "Only one global secondary index update per index is "
                                          "allowed simultaneously. Index: " STR_FMT,
                               STR_ARG(name_of(&x[i])));
        made += x[i].update == NULL;
        create = create || x[i].create != NULL;
        warm = warm || (x[i].update != NULL && x[i].update->warm != NULL);
    }
    if (made > 1)
        return only_one(rq);
    if (warm && create)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Create global secondary index cannot be specified when updating "
                                  "WarmThroughput");
    for (uint32_t i = 0; i < indexes->n; i++)
        if (x[i].create != NULL && !create_check(rq, &in->attributes, x[i].create))
            return false;
    return true;
}

bool update_indexes_add_or_remove(const struct list *indexes)
{
    const struct index_update_in *x = indexes->v;
    for (uint32_t i = 0; i < indexes->n; i++)
        if (x[i].create != NULL || x[i].remove != NULL)
            return true;
    return false;
}

bool update_indexes_only_warm(const struct list *indexes)
{
    const struct index_update_in *x = indexes->v;
    for (uint32_t i = 0; i < indexes->n; i++)
        if (x[i].update != NULL &&
            (x[i].update->provisioned != NULL || x[i].update->on_demand != NULL))
            return false;
    return !update_indexes_add_or_remove(indexes);
}

static struct index_def *find(struct table_def *t, struct str name)
{
    for (uint32_t i = 0; i < t->index_n; i++)
        if (str_eq(t->index[i].name, name))
            return &t->index[i];
    return NULL;
}

/* The global index that is to be changed; what: "delete" or "update". */
static struct index_def *existing(struct update *u, struct str name, const char *what)
{
    struct index_def *x = find(u->def, name);
    if (x == NULL)
        err_set(&u->rq->err, ERR_RESOURCE_NOT_FOUND,
                "Requested resource not found: Index " STR_FMT " for table " STR_FMT, STR_ARG(name),
                STR_ARG(u->def->name));
    else if (!x->global)
        err_set(&u->rq->err, ERR_VALIDATION,
                "Cannot %s an index that is not a GlobalSecondaryIndex: " STR_FMT, what,
                STR_ARG(name));
    return x != NULL && x->global ? x : NULL;
}

static bool may_add(struct update *u, struct str name)
{
    uint32_t global = 0;
    for (uint32_t i = 0; i < u->old->index_n; i++) {
        const struct index_def *x = &u->old->index[i];
        if (str_eq(x->name, name))
            return err_set(&u->rq->err, ERR_VALIDATION,
                           "Attempting to create an index which already exists");
        if (x->status != INDEX_ACTIVE)
            return only_one(u->rq);
        global += x->global;
    }
    if (global < LIMIT_GLOBAL_INDEXES)
        return true;
    return err_set(&u->rq->err, ERR_LIMIT_EXCEEDED,
                   "Subscriber limit exceeded: Number of global secondary indexes exceeds "
                   "per-table limit of %d",
                   LIMIT_GLOBAL_INDEXES);
}

/* Attributes that the table knows keep their type; others come from the request. */
static void merge_definitions(struct update *u, struct table_def *t, const struct key_schema *key)
{
    uint32_t keys = (uint32_t)key->hash_n + key->range_n, n = t->attr_n;
    struct key_attr *all = NEW_ARRAY(&u->rq->mem, struct key_attr, n + keys);
    if (n > 0)
        memcpy(all, t->attr, n * sizeof(*all));
    for (uint32_t i = 0; i < keys; i++) {
        uint32_t at = 0;
        while (at < n && str_cmp(all[at].name, key->attr[i].name) < 0)
            at++;
        if (at < n && str_eq(all[at].name, key->attr[i].name))
            continue;
        memmove(all + at + 1, all + at, (n - at) * sizeof(*all));
        all[at] = key->attr[i];
        n++;
    }
    t->attr = all;
    t->attr_n = n;
}

static void append_index(struct arena *mem, struct table_def *t, const struct index_def *x)
{
    struct index_def *all = NEW_ARRAY(mem, struct index_def, t->index_n + 1);
    if (t->index_n > 0)
        memcpy(all, t->index, t->index_n * sizeof(*all));
    all[t->index_n] = *x;
    t->index = all;
    t->index_n++;
}

static bool no_units(struct update *u, struct str index)
{
    return err_set(&u->rq->err, ERR_VALIDATION,
                   OP_INVALID "Both ReadCapacityUnits and WriteCapacityUnits must be specified "
                              "for index: " STR_FMT,
                   STR_ARG(index));
}

static bool new_throughput(struct update *u, const struct index_in *in, struct throughput *out)
{
    bool provisioned = u->def->billing == BILLING_PROVISIONED;
    if (provisioned && in->provisioned == NULL)
        return no_units(u, in->name);
    if (!provisioned && in->provisioned != NULL)
        return err_set(&u->rq->err, ERR_VALIDATION,
                       OP_INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                                  "specified for index: " STR_FMT
                                  " when BillingMode is PAY_PER_REQUEST",
                       STR_ARG(in->name));
    *out = (struct throughput){0};
    settings_warm_raise(out, u->def->billing);
    struct throughput shown = {0};
    if (in->provisioned != NULL &&
        !update_capacity(u, in->provisioned, in->name, true, out, &shown))
        return false;
    const char *initial = settings_warm_initial(u->def->billing);
    if (in->warm != NULL && !settings_warm_check(u->rq, in->warm, out, in->name, initial))
        return false;
    return update_units(u, in->on_demand, in->warm, in->name, out, &shown);
}

static bool create(struct update *u, const struct index_in *in)
{
    struct definitions d;
    struct index_def x;
    if (!may_add(u, in->name) || !schema_definitions(u->rq, &u->in->attributes, &d))
        return false;
    for (uint32_t i = 0; i < d.n; i++) {
        enum attr_type known = table_def_attr_type(u->old, d.attr[i].name);
        d.attr[i].type = known != ATTR_NONE ? known : d.attr[i].type;
    }
    if (!schema_index(u->rq, &d, in, true, &u->def->key, &x) ||
        !new_throughput(u, in, &x.throughput))
        return false;
    x.status = INDEX_CREATING;
    x.backfilling = true;
    append_index(&u->rq->mem, u->def, &x);
    append_index(&u->rq->mem, u->shown, &x);
    merge_definitions(u, u->def, &x.key);
    merge_definitions(u, u->shown, &x.key);
    return schema_projections_fit(u->rq, u->def->index, u->def->index_n);
}

/* Attributes that no key uses any more are forgotten. */
static void prune_definitions(struct table_def *t)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < t->attr_n; i++) {
        bool used = key_schema_has(&t->key, t->attr[i].name);
        for (uint32_t k = 0; k < t->index_n; k++)
            used = used || key_schema_has(&t->index[k].key, t->attr[i].name);
        if (used)
            t->attr[kept++] = t->attr[i];
    }
    t->attr_n = kept;
}

static bool delete_index(struct update *u, const struct index_in *in)
{
    struct index_def *x = existing(u, in->name, "delete");
    if (x == NULL)
        return false;
    for (uint32_t i = 0; i < u->old->index_n; i++)
        if (u->old->index[i].status != INDEX_ACTIVE && !str_eq(u->old->index[i].name, in->name))
            return only_one(u->rq);
    find(u->shown, in->name)->status = INDEX_DELETING;
    size_t after = (size_t)(u->def->index + u->def->index_n - (x + 1));
    memmove(x, x + 1, after * sizeof(*x));
    u->def->index_n--;
    prune_definitions(u->def);
    return true;
}

static bool change(struct update *u, const struct index_in *in)
{
    struct index_def *x = existing(u, in->name, "update");
    if (x == NULL)
        return false;
    struct index_def *shown = find(u->shown, in->name);
    bool nothing = in->provisioned == NULL && units_empty(in->on_demand) && units_empty(in->warm);
    if (nothing && u->def->billing == BILLING_PROVISIONED)
        return no_units(u, in->name);
    if (u->def->billing == BILLING_PAY_PER_REQUEST && (in->provisioned != NULL || nothing))
        return err_set(&u->rq->err, ERR_VALIDATION,
                       OP_INVALID "The only Updates for index: " STR_FMT
                                  " when TableThroughputMode is PAY_PER_REQUEST can be to "
                                  "OnDemandThroughput, WarmThroughput",
                       STR_ARG(in->name));
    if (in->provisioned != NULL && x->status == INDEX_CREATING)
        return err_set(&u->rq->err, ERR_RESOURCE_IN_USE,
                       "Attempt to change a resource which is still in use: Index is being "
                       "updated. Table: " STR_FMT " Index: " STR_FMT,
                       STR_ARG(u->def->name), STR_ARG(in->name));
    if (in->provisioned != NULL &&
        !update_capacity(u, in->provisioned, in->name, u->def->billing != u->old->billing,
                         &x->throughput, &shown->throughput))
        return false;
    if (in->provisioned != NULL || in->on_demand != NULL)
        shown->status = INDEX_UPDATING; /* the table stays ACTIVE */
    return update_units(u, in->on_demand, in->warm, in->name, &x->throughput, &shown->throughput);
}

bool update_indexes(struct update *u)
{
    const struct index_update_in *x = u->in->indexes.v;
    for (uint32_t i = 0; i < u->in->indexes.n; i++) {
        bool good = x[i].create != NULL   ? create(u, x[i].create)
                    : x[i].remove != NULL ? delete_index(u, x[i].remove)
                                          : change(u, x[i].update);
        if (!good)
            return false;
        if (x[i].update == NULL)
            u->shown->status = TABLE_UPDATING;
    }
    return true;
}
