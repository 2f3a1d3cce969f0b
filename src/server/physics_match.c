/* physics_match.c - which rules a request meets; see physics_rules.h. */
#include <math.h>

#include "op/op_arn.h"
#include "server/physics_rules_int.h"

const void *physics_member(const struct req *rq, const char *name, enum shape_kind kind)
{
    for (const struct field *f = rq->op->in->fields; f->name != NULL; f++)
        if (strcmp(f->name, name) == 0 && f->shape->kind == kind)
            return (const char *)rq->in + f->offset;
    return NULL;
}

static bool table_matches(const struct physics_rule *r, struct str name)
{
    struct arn a;
    if (str_starts_with(name, STR("arn:")) && arn_split(name, &a) &&
        str_starts_with(a.resource, STR("table/")))
        name = str_from(a.resource, STR("table/").n);
    for (uint32_t i = 0; i < r->table_n; i++) {
        struct str t = r->table[i];
        bool prefix = t.n > 0 && t.p[t.n - 1] == '*';
        if (prefix ? str_starts_with(name, (struct str){t.p, t.n - 1}) : str_eq(name, t))
            return true;
    }
    return false;
}

/* Does the decoded value name one of the rule's tables, anywhere? */
static bool names_table(const struct physics_rule *r, const struct shape *s, const char *v)
{
    for (const struct field *f = s->fields; f->name != NULL; f++) {
        const void *at = v + f->offset;
        const struct list *list = at;
        const struct map *map = at;
        const char *const *inner = at;
        bool found = false;
        if (f->shape->kind == SHAPE_STRING)
            found = strcmp(f->name, "TableName") == 0 && table_matches(r, *(const struct str *)at);
        else if (f->shape->kind == SHAPE_STRUCT)
            found = *inner != NULL && names_table(r, f->shape, *inner);
        else if (f->shape->kind == SHAPE_LIST && f->shape->elem->kind == SHAPE_STRUCT)
            for (uint32_t i = 0; i < list->n && !found; i++)
                found = names_table(r, f->shape->elem,
                                    (const char *)list->v + i * f->shape->elem->size);
        else if (f->shape->kind == SHAPE_MAP && strcmp(f->name, "RequestItems") == 0)
            for (uint32_t i = 0; i < map->n && !found; i++)
                found = table_matches(r, map->key[i]);
        if (found)
            return true;
    }
    return false;
}

static bool matches(const struct physics_rule *r, const struct req *rq)
{
    struct str name = str_from_c(rq->op->name);
    bool found = r->operation_n == 0 && physics_for(r->effect, name);
    for (uint32_t i = 0; i < r->operation_n && !found; i++)
        found = str_eq(name, r->operation[i]);
    return found && (r->table_n == 0 || names_table(r, rq->op->in, rq->in));
}

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static double unit(uint64_t bits)
{
    return (double)(bits >> 11) / 9007199254740992.0;
}

static void add(const struct physics_rule *r, uint64_t random, struct physics_plan *plan)
{
    plan->any = true;
    plan->op.seed = mix(random + 3);
    switch (r->effect) {
    case PHYSICS_LATENCY:
        plan->latency_ms +=
            r->ms_from + (int64_t)(unit(mix(random + 2)) * (double)(r->ms_to - r->ms_from + 1));
        break;
    case PHYSICS_THROTTLE:
    case PHYSICS_ERROR:
        plan->error = plan->error == ERR_NONE ? r->error : plan->error;
        break;
    case PHYSICS_CONFLICT:
        plan->conflict = true;
        break;
    case PHYSICS_UNPROCESSED:
        plan->op.unprocessed = fmax(plan->op.unprocessed, r->share);
        break;
    case PHYSICS_STALE_READS:
    case PHYSICS_STREAM_DELAY:
        plan->lag_ms = r->ms_from > plan->lag_ms ? r->ms_from : plan->lag_ms;
        break;
    case PHYSICS_TABLE_STATES:
        plan->op.states_ms = r->ms_from > plan->op.states_ms ? r->ms_from : plan->op.states_ms;
        break;
    }
}

void physics_rules_apply(struct physics_rules *rules, const struct req *rq,
                         struct physics_plan *plan)
{
    for (uint32_t i = 0; i < rules->n; i++) {
        struct physics_rule *r = &rules->rule[i];
        if (!matches(r, rq))
            continue;
        uint64_t seen = atomic_fetch_add(&r->seen, 1);
        if (seen < (uint64_t)r->after ||
            (r->times > 0 && seen >= (uint64_t)r->after + (uint64_t)r->times))
            continue;
        uint64_t random = mix(rules->seed * 0x9E3779B97F4A7C15U + i * 0xD1B54A32D192ED03U + seen);
        if (unit(mix(random + 1)) < r->probability)
            add(r, random, plan);
    }
}
