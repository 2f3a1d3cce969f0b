/* op_update_settings.c - UpdateTable: billing, throughput, stream, encryption,
 * class and protection of the table. */
#include "codec/time_iso.h"
#include "op/table/op_update_int.h"

enum {
    DAY_MS = 24 * 60 * 60 * 1000,
    HOUR_MS = 60 * 60 * 1000,
    DECREASES_FREE = 4, /* of a UTC day; then one each hour */
    PROTECTION_PAUSE_MS = 15000,
    CLASS_CHANGES = 2, /* the last two are remembered */
    CLASS_PERIOD_DAYS = 30,
    SWITCHES = 4, /* to on-demand, within 24 hours: struct switches */
};

static bool unchanged(struct update *u, const struct units_in *in, struct str index)
{
    struct str whose = index.n == 0 ? STR("the table")
                                    : arena_printf(&u->rq->mem, "index " STR_FMT, STR_ARG(index));
    long long r = in->read.v, w = in->write.v;
    return err_set(&u->rq->err, ERR_VALIDATION,
                   "The provisioned throughput for %s" STR_FMT
                   " will not change. The requested value equals the current value. Current "
                   "ReadCapacityUnits provisioned for " STR_FMT
                   ": %lld. Requested ReadCapacityUnits: %lld. Current WriteCapacityUnits "
                   "provisioned for " STR_FMT
                   ": %lld. Requested WriteCapacityUnits: %lld. Refer to the Amazon DynamoDB "
                   "Developer Guide for current limits and how to request higher limits.",
                   index.n == 0 ? "" : "the ", STR_ARG(whose), STR_ARG(whose), r, r, STR_ARG(whose),
                   w, w);
}

/* Counts a decrease, if there may be one more today. */
static bool count_decrease(struct update *u, struct throughput *t)
{
    int64_t today = u->now_ms / DAY_MS;
    if (t->decrease_day != today) {
        t->decrease_day = today;
        t->decreases_today = 0;
    }
    int64_t next = t->last_decrease_ms + HOUR_MS, midnight = (today + 1) * DAY_MS;
    if (t->decreases_today >= DECREASES_FREE && u->now_ms < next) {
        char last_text[TIME_WORDS_MAX], next_text[TIME_WORDS_MAX];
        time_words(t->last_decrease_ms, last_text);
        time_words(next < midnight ? next : midnight, next_text);
        return err_set(&u->rq->err, ERR_LIMIT_EXCEEDED,
                       "Subscriber limit exceeded: Provisioned throughput decreases are limited "
                       "within a given UTC day. After the first %d decreases, each subsequent "
                       "decrease in the same UTC day can be performed at most once every 3600 "
                       "seconds. Number of decreases today: %lld. Last decrease at %s. Next "
                       "decrease can be made at %s",
                       DECREASES_FREE, (long long)t->decreases_today, last_text, next_text);
    }
    t->decreases_today++;
    t->last_decrease_ms = u->now_ms;
    return true;
}

bool update_capacity(struct update *u, const struct units_in *in, struct str index,
                     bool billing_changes, struct throughput *t, struct throughput *shown)
{
    if (!settings_units_check(u->rq, in, index))
        return false;
    if (!billing_changes) {
        if (in->read.v == t->rcu && in->write.v == t->wcu)
            return unchanged(u, in, index);
        if ((in->read.v < t->rcu || in->write.v < t->wcu) && !count_decrease(u, t))
            return false;
        if (in->read.v > t->rcu || in->write.v > t->wcu)
            t->last_increase_ms = u->now_ms;
    }
    if (!settings_limit_check(u->rq, in, index))
        return false;
    shown->last_increase_ms = t->last_increase_ms;
    shown->last_decrease_ms = t->last_decrease_ms;
    t->rcu = in->read.v;
    t->wcu = in->write.v;
    settings_warm_raise(t, BILLING_PROVISIONED);
    return true;
}

/* -1 takes the limit away; the answer still shows it. */
static void merge_limit(const struct opt_int *in, int64_t *v, int64_t *shown)
{
    if (!in->set)
        return;
    *v = in->v == -1 ? 0 : in->v;
    *shown = in->v;
}

/* The answer tells that it is being raised. */
static void mark_warming(struct update *u, struct str index)
{
    u->warm = true;
    if (index.n == 0)
        u->warming |= 1U << LIMIT_INDEXES;
    for (uint32_t i = 0; i < u->shown->index_n; i++)
        if (str_eq(u->shown->index[i].name, index))
            u->warming |= 1U << i;
}

bool update_units(struct update *u, const struct units_in *on_demand, const struct units_in *warm,
                  struct str index, struct throughput *t, struct throughput *shown)
{
    if (on_demand != NULL) {
        if (!settings_on_demand_check(u->rq, on_demand, u->def->billing, index, true) ||
            !settings_on_demand_limit(u->rq, on_demand, index))
            return false;
        merge_limit(&on_demand->read, &t->max_read_units, &shown->max_read_units);
        merge_limit(&on_demand->write, &t->max_write_units, &shown->max_write_units);
    }
    if (warm != NULL) {
        if (!settings_warm_check(
                u->rq, warm, t, index,
                "current WarmThroughput, decreasing WarmThroughput is not supported") ||
            !settings_warm_limit(u->rq, warm, index))
            return false;
        settings_warm_set(t, warm);
        mark_warming(u, index);
    }
    return true;
}

static void clear_capacity(struct throughput *t, enum billing_mode to)
{
    t->rcu = t->wcu = 0;
    t->max_read_units = t->max_write_units = 0;
    t->last_decrease_ms = t->decreases_today = t->decrease_day = 0; /* counted anew */
    if (to == BILLING_PAY_PER_REQUEST)
        settings_warm_raise(t, to);
}

/* What is given up is gone from the answer, too. */
static void show_no_capacity(struct throughput *shown)
{
    shown->rcu = shown->wcu = shown->decreases_today = 0;
}

static const struct index_in *update_of(const struct update_table_in *in, struct str index)
{
    const struct index_update_in *x = in->indexes.v;
    for (uint32_t i = 0; i < in->indexes.n; i++)
        if (x[i].update != NULL && str_eq(x[i].update->name, index))
            return x[i].update;
    return NULL;
}

/* Provisioned again: each global index needs its own capacity. */
static bool indexes_get_capacity(struct update *u)
{
    struct str missing = STR("");
    for (uint32_t i = 0; i < u->old->index_n; i++) {
        const struct index_def *x = &u->old->index[i];
        const struct index_in *given = x->global ? update_of(u->in, x->name) : NULL;
        if (!x->global || (given != NULL && given->provisioned != NULL))
            continue;
        missing = arena_printf(&u->rq->mem, STR_FMT "%s" STR_FMT, STR_ARG(missing),
                               missing.n > 0 ? "," : "", STR_ARG(x->name));
    }
    return missing.n == 0 ||
           err_set(&u->rq->err, ERR_VALIDATION,
                   OP_INVALID "ProvisionedThroughput must be specified for index: " STR_FMT,
                   STR_ARG(missing));
}

static bool no_capacity(struct req *rq)
{
    return err_set(&rq->err, ERR_VALIDATION,
                   OP_INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be "
                              "specified when BillingMode is PAY_PER_REQUEST");
}

static bool billing_check(struct req *rq, const struct update_table_in *in)
{
    bool given = in->provisioned != NULL;
    if (!given && str_eq(in->billing, STR("PROVISIONED")))
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "ProvisionedThroughput must be specified when BillingMode is "
                                  "PROVISIONED");
    if (given && str_eq(in->billing, STR("PAY_PER_REQUEST")))
        return no_capacity(rq);
    return !given || settings_units_check(rq, in->provisioned, STR(""));
}

static bool stream_check(struct req *rq, const struct stream_in *in)
{
    if (in == NULL)
        return true;
    bool on = in->enabled == TRI_TRUE;
    if (on && in->view.p == NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "If stream is being enabled then UpdateViewType is required");
    if (!on && in->view.p != NULL)
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "If stream is being disabled, then UpdateViewType must not be "
                                  "specified");
    return true;
}

bool update_settings_check(struct req *rq, const struct update_table_in *in)
{
    enum table_class class;
    return billing_check(rq, in) && stream_check(rq, in->stream) &&
           (in->sse == NULL || settings_sse(rq, in->sse)) &&
           settings_table_class(rq, in->table_class, &class);
}

/* Provisioned to on-demand; back is always possible. */
static bool count_switch(struct update *u)
{
    struct switches *s = &u->def->to_on_demand;
    if (s->fourth_ms != 0 && u->now_ms < s->fourth_ms + DAY_MS)
        return err_set(&u->rq->err, ERR_LIMIT_EXCEEDED,
                       "Subscriber limit exceeded: Updates to PayPerRequest mode are limited to %d "
                       "times in 1 day(s).",
                       SWITCHES);
    *s = (struct switches){u->now_ms, s->last_ms, s->second_ms, s->third_ms};
    return true;
}

static bool billing(struct update *u)
{
    struct table_def *def = u->def;
    bool provisioned = str_eq(u->in->billing, STR("PROVISIONED"));
    if (u->in->billing.p != NULL)
        def->billing = provisioned ? BILLING_PROVISIONED : BILLING_PAY_PER_REQUEST;
    if (def->billing == BILLING_PAY_PER_REQUEST && u->in->provisioned != NULL)
        return no_capacity(u->rq);
    if (u->in->billing.p != NULL) /* so says the answer, even if there is nothing to do */
        u->shown->status = TABLE_UPDATING;
    if (def->billing == u->old->billing)
        return true;
    if (provisioned ? !indexes_get_capacity(u) : !count_switch(u))
        return false;
    def->billing_summary = u->shown->billing_summary = true;
    u->shown->billing = def->billing;
    if (!provisioned)
        def->pay_per_request_ms = u->now_ms;
    clear_capacity(&def->throughput, def->billing);
    for (uint32_t i = 0; i < def->index_n; i++)
        clear_capacity(&def->index[i].throughput, def->billing);
    if (!provisioned) {
        show_no_capacity(&u->shown->throughput);
        for (uint32_t i = 0; i < def->index_n; i++)
            show_no_capacity(&u->shown->index[i].throughput);
    }
    return true;
}

/* The first index that is being made, or NULL. */
static const struct index_def *index_in_making(const struct table_def *t)
{
    for (uint32_t i = 0; i < t->index_n; i++)
        if (t->index[i].status == INDEX_CREATING)
            return &t->index[i];
    return NULL;
}

static bool capacity(struct update *u)
{
    if (u->in->provisioned == NULL)
        return true;
    const struct index_def *x = index_in_making(u->old);
    if (x != NULL)
        return err_set(&u->rq->err, ERR_RESOURCE_IN_USE,
                       "Attempt to change a resource which is still in use: Can't change table "
                       "IOPS when an index is being created. Table: " STR_FMT " Indexes: [" STR_FMT
                       "]",
                       STR_ARG(u->old->name), STR_ARG(x->name));
    u->shown->status = TABLE_UPDATING;
    return update_capacity(u, u->in->provisioned, STR(""), u->def->billing != u->old->billing,
                           &u->def->throughput, &u->shown->throughput);
}

static bool stream(struct update *u)
{
    const struct stream_in *in = u->in->stream;
    struct err *e = &u->rq->err;
    if (in == NULL)
        return true;
    bool on = in->enabled == TRI_TRUE, is_on = u->old->stream != STREAM_NONE;
    if (on && is_on)
        return err_set(e, ERR_VALIDATION,
                       "Table already has an enabled stream: TableName: " STR_FMT,
                       STR_ARG(u->old->name));
    if (!on && !is_on)
        return err_set(e, ERR_VALIDATION, "Table has no stream to disable: TableName: " STR_FMT,
                       STR_ARG(u->old->name));
    u->def->stream = settings_stream_view(in->view);
    if (on) /* each stream has a label of its own, even within one millisecond */
        u->def->stream_label_ms =
            u->now_ms > u->old->stream_label_ms ? u->now_ms : u->old->stream_label_ms + 1;
    u->shown->stream = u->def->stream;
    u->shown->stream_label_ms = u->def->stream_label_ms;
    u->shown->status = TABLE_UPDATING;
    return true;
}

static bool encryption(struct update *u)
{
    return u->in->sse == NULL ||
           err_set(&u->rq->err, ERR_VALIDATION, OP_INVALID "Table is already encrypted by default");
}

static bool protection(struct update *u)
{
    bool on = u->in->deletion_protection == TRI_TRUE;
    int64_t until = u->old->deletion_protection_ms + PROTECTION_PAUSE_MS;
    if (u->in->deletion_protection == TRI_ABSENT || on == u->old->deletion_protection)
        return true;
    if (u->now_ms < until) {
        char text[25];
        time_iso_extended(until, text);
        return err_set(&u->rq->err, ERR_THROTTLING,
                       "Deletion protection setting for table " STR_FMT
                       " modified within the previous %d milliseconds. Please try again after %s",
                       STR_ARG(u->old->name), PROTECTION_PAUSE_MS, text);
    }
    u->def->deletion_protection = u->shown->deletion_protection = on;
    u->def->deletion_protection_ms = u->now_ms;
    return true;
}

static bool class(struct update *u)
{
    struct table_def *def = u->def;
    if (u->in->table_class.p == NULL)
        return true;
    bool spent = def->table_class_before_ms != 0 &&
                 u->now_ms < def->table_class_before_ms + (int64_t)CLASS_PERIOD_DAYS * DAY_MS;
    if (spent) /* even if it is that already */
        return err_set(&u->rq->err, ERR_LIMIT_EXCEEDED,
                       "Subscriber limit exceeded: Updates to TableClass are limited to %d times "
                       "in %d day(s).",
                       CLASS_CHANGES, CLASS_PERIOD_DAYS);
    enum table_class to;
    if (!settings_table_class(u->rq, u->in->table_class, &to))
        return false;
    u->shown->status = TABLE_UPDATING;
    if (to == def->table_class ||
        (to == TABLE_CLASS_STANDARD && def->table_class == TABLE_CLASS_UNSET))
        return true;
    def->table_class = to;
    def->table_class_before_ms = def->table_class_ms;
    def->table_class_ms = u->now_ms;
    return true;
}

bool update_settings(struct update *u)
{
    if (!billing(u) || !capacity(u) || !stream(u) || !encryption(u) || !protection(u) || !class(u))
        return false;
    return update_units(u, u->in->on_demand, u->in->warm, STR(""), &u->def->throughput,
                        &u->shown->throughput);
}
