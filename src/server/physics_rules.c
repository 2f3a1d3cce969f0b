/* physics_rules.c - reading rules; see physics_rules.h. */
#include "server/physics_rules.h"

#include <stdlib.h>

#include "codec/json.h"
#include "server/physics_rules_int.h"

enum { DEPTH_MAX = 8, LIST_MAX = 100, MS_MAX = 60 * 1000, HISTORY_MS = 1000 };

static const char *const conflict_operations[] = {
    "PutItem",          "UpdateItem",         "DeleteItem", "TransactWriteItems",
    "TransactGetItems", "ExecuteTransaction", NULL,
};
static const char *const data_operations[] = {
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "GetItem",
    "Query",
    "Scan",
    "BatchGetItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "TransactGetItems",
    "ExecuteStatement",
    "BatchExecuteStatement",
    "ExecuteTransaction",
    NULL,
};
static const char *const batches[] = {"BatchGetItem", "BatchWriteItem", NULL};
static const char *const reads[] = {"GetItem", "BatchGetItem", "Query", "Scan", NULL};
static const char *const stream_reads[] = {"GetRecords", NULL};

enum { NEEDS_MS = 1, NEEDS_SHARE = 2, NEEDS_ERROR = 4, MAY_ERROR = 8 };

static const struct {
    const char *name;
    const char *const *operations; /* that it is for; NULL: all */
    int members;
} effects[] = {
    [PHYSICS_LATENCY] = {"latency", NULL, NEEDS_MS},
    [PHYSICS_THROTTLE] = {"throttle", data_operations, MAY_ERROR},
    [PHYSICS_CONFLICT] = {"conflict", conflict_operations, 0},
    [PHYSICS_ERROR] = {"error", NULL, NEEDS_ERROR},
    [PHYSICS_UNPROCESSED] = {"unprocessed", batches, NEEDS_SHARE},
    [PHYSICS_STALE_READS] = {"stale-reads", reads, NEEDS_MS},
    [PHYSICS_STREAM_DELAY] = {"stream-delay", stream_reads, NEEDS_MS},
    [PHYSICS_TABLE_STATES] = {"table-states", NULL, NEEDS_MS},
};

bool physics_for(enum physics_effect effect, struct str operation)
{
    const char *const *names = effects[effect].operations;
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        if (str_eq(operation, str_from_c(names[i])))
            return true;
    return names == NULL;
}

struct reader {
    struct json j;
    struct arena *mem;
    struct err *e;
    bool has_effect;
    int given; /* NEEDS_... */
};

static bool wrong(struct reader *r, struct str member, const char *wants)
{
    return err_set(r->e, ERR_VALIDATION, "rule: \"" STR_FMT "\" takes %s", STR_ARG(member), wants);
}

static bool read_number(struct reader *r, struct str member, double max, double *out)
{
    char text[40];
    if (json_next(&r->j) != JSON_NUMBER || r->j.text.n >= sizeof(text))
        return wrong(r, member, "a number");
    memcpy(text, r->j.text.p, r->j.text.n);
    text[r->j.text.n] = '\0';
    *out = strtod(text, NULL);
    return (*out >= 0 && *out <= max) ||
           wrong(r, member, max == 1 ? "a number from 0 to 1" : "a number that is not so big");
}

static bool read_count(struct reader *r, struct str member, double max, int64_t *out)
{
    double v = 0;
    if (!read_number(r, member, max, &v))
        return false;
    *out = (int64_t)v;
    return (double)*out == v || wrong(r, member, "a whole number");
}

static bool read_string(struct reader *r, struct str member, struct str *out)
{
    if (json_next(&r->j) != JSON_STRING)
        return wrong(r, member, "a string");
    *out = arena_dup(r->mem, r->j.text);
    return true;
}

static bool read_strings(struct reader *r, struct str member, struct str **out, uint32_t *n)
{
    if (json_next(&r->j) != JSON_ARRAY)
        return wrong(r, member, "an array of strings");
    *out = NEW_ARRAY(r->mem, struct str, LIST_MAX);
    for (*n = 0; json_element(&r->j); (*n)++) {
        if (*n == LIST_MAX)
            return wrong(r, member, "at most 100 strings");
        if (!read_string(r, member, &(*out)[*n]))
            return false;
    }
    return *n > 0 || wrong(r, member, "at least one string");
}

/* A number or, for latency, [from, to]. */
static bool read_ms(struct reader *r, struct str member, struct physics_rule *rule)
{
    struct json ahead = r->j;
    if (json_next(&ahead) != JSON_ARRAY) {
        if (!read_count(r, member, MS_MAX, &rule->ms_from))
            return false;
        rule->ms_to = rule->ms_from;
        return true;
    }
    r->j = ahead;
    if (!json_element(&r->j) || !read_count(r, member, MS_MAX, &rule->ms_from) ||
        !json_element(&r->j) || !read_count(r, member, MS_MAX, &rule->ms_to) ||
        json_element(&r->j) || rule->ms_from > rule->ms_to)
        return r->e->code == ERR_NONE ? wrong(r, member, "a number or [from, to]") : false;
    return true;
}

static bool read_effect(struct reader *r, struct str member, struct physics_rule *rule)
{
    struct str name = {0};
    if (!read_string(r, member, &name))
        return false;
    r->has_effect = true;
    for (size_t i = 0; i < COUNT_OF(effects); i++) {
        rule->effect = (enum physics_effect)i;
        if (str_eq(name, str_from_c(effects[i].name)))
            return true;
    }
    return err_set(r->e, ERR_VALIDATION, "rule: there is no effect \"" STR_FMT "\"", STR_ARG(name));
}

static bool read_error(struct reader *r, struct str member, struct physics_rule *rule)
{
    struct str name = {0};
    if (!read_string(r, member, &name))
        return false;
    for (int code = ERR_NONE + 1; code < ERR_WOULD_BLOCK; code++) {
        rule->error = (enum err_code)code;
        if (str_eq(name, str_from_c(err_name(rule->error))))
            return true;
    }
    return err_set(r->e, ERR_VALIDATION, "rule: there is no error \"" STR_FMT "\"", STR_ARG(name));
}

static bool read_member(struct reader *r, struct str name, struct physics_rule *rule)
{
    if (str_eq(name, STR("effect")))
        return read_effect(r, name, rule);
    if (str_eq(name, STR("operations")))
        return read_strings(r, name, &rule->operation, &rule->operation_n);
    if (str_eq(name, STR("tables")))
        return read_strings(r, name, &rule->table, &rule->table_n);
    if (str_eq(name, STR("probability")))
        return read_number(r, name, 1, &rule->probability);
    if (str_eq(name, STR("after")))
        return read_count(r, name, 1e15, &rule->after);
    if (str_eq(name, STR("times")))
        return read_count(r, name, 1e15, &rule->times);
    if (str_eq(name, STR("share")))
        return (r->given |= NEEDS_SHARE) && read_number(r, name, 1, &rule->share);
    if (str_eq(name, STR("ms")))
        return (r->given |= NEEDS_MS) && read_ms(r, name, rule);
    if (str_eq(name, STR("error")))
        return (r->given |= NEEDS_ERROR) && read_error(r, name, rule);
    return err_set(r->e, ERR_VALIDATION, "rule: there is no member \"" STR_FMT "\"", STR_ARG(name));
}

/* A rule that can never do anything is a mistake. */
static bool check_rule(struct reader *r, const struct physics_rule *rule)
{
    static const struct {
        int member;
        const char *name;
    } members[] = {{NEEDS_MS, "ms"}, {NEEDS_SHARE, "share"}, {NEEDS_ERROR, "error"}};
    if (!r->has_effect)
        return err_set(r->e, ERR_VALIDATION, "rule: \"effect\" is missing");
    const char *name = effects[rule->effect].name;
    int wants = effects[rule->effect].members;
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        int m = members[i].member;
        bool may = (wants & m) != 0 || (m == NEEDS_ERROR && (wants & MAY_ERROR) != 0);
        if ((wants & m) != 0 && (r->given & m) == 0)
            return err_set(r->e, ERR_VALIDATION, "rule: %s needs \"%s\"", name, members[i].name);
        if (!may && (r->given & m) != 0)
            return err_set(r->e, ERR_VALIDATION, "rule: %s takes no \"%s\"", name, members[i].name);
    }
    if (rule->effect != PHYSICS_LATENCY && rule->ms_from != rule->ms_to)
        return err_set(r->e, ERR_VALIDATION, "rule: %s takes one number of \"ms\"", name);
    for (uint32_t i = 0; i < rule->operation_n; i++) {
        struct str op = rule->operation[i];
        if (op_find(op) == NULL)
            return err_set(r->e, ERR_VALIDATION, "rule: there is no operation \"" STR_FMT "\"",
                           STR_ARG(op));
        if (!physics_for(rule->effect, op))
            return err_set(r->e, ERR_VALIDATION, "rule: %s is nothing for " STR_FMT, name,
                           STR_ARG(op));
    }
    return rule->effect != PHYSICS_STREAM_DELAY || rule->table_n == 0 ||
           err_set(r->e, ERR_VALIDATION, "rule: GetRecords names no table");
}

/* Behind the opening brace. */
static bool read_rule(struct reader *r, struct physics_rule *rule)
{
    struct str name = {0};
    *rule = (struct physics_rule){
        .probability = 1, .share = 1, .error = ERR_PROVISIONED_THROUGHPUT_EXCEEDED};
    r->has_effect = false;
    r->given = 0;
    while (json_member(&r->j, &name))
        if (!read_member(r, name, rule))
            return false;
    return json_failed(&r->j) || check_rule(r, rule);
}

static bool read_rules(struct reader *r, struct physics_rules *out)
{
    out->rule = NEW_ARRAY(r->mem, struct physics_rule, LIST_MAX);
    for (out->n = 0; json_element(&r->j); out->n++) {
        if (out->n == LIST_MAX)
            return err_set(r->e, ERR_VALIDATION, "at most %d rules", LIST_MAX);
        if (json_next(&r->j) != JSON_OBJECT)
            return err_set(r->e, ERR_VALIDATION, "a rule is an object");
        if (!read_rule(r, &out->rule[out->n]))
            return false;
    }
    return true;
}

static bool read_file(struct reader *r, struct physics_rules *out)
{
    struct str name = {0};
    int64_t seed;
    if (json_next(&r->j) != JSON_OBJECT)
        return err_set(r->e, ERR_VALIDATION, "not a JSON object");
    while (json_member(&r->j, &name)) {
        bool good;
        if (str_eq(name, STR("seed"))) {
            good = read_count(r, name, 1e15, &seed);
            out->seed = good ? (uint64_t)seed : 0;
        } else if (str_eq(name, STR("history_ms"))) {
            good = read_count(r, name, MS_MAX, &out->history_ms);
        } else if (str_eq(name, STR("rules"))) {
            good = json_next(&r->j) == JSON_ARRAY ? read_rules(r, out)
                                                  : wrong(r, name, "an array of rules");
        } else {
            good =
                err_set(r->e, ERR_VALIDATION, "there is no member \"" STR_FMT "\"", STR_ARG(name));
        }
        if (!good)
            return false;
    }
    return true;
}

static bool needs_history(const struct physics_rule *r)
{
    return r->effect == PHYSICS_STALE_READS || r->effect == PHYSICS_STREAM_DELAY;
}

bool physics_rules_parse(struct str text, struct physics_rules *out, struct err *e)
{
    *out = (struct physics_rules){.history_ms = HISTORY_MS};
    struct reader r = {.mem = &out->mem, .e = e};
    json_init(&r.j, r.mem, text, DEPTH_MAX);
    bool good = read_file(&r, out);
    if (good && !json_end(&r.j))
        good = err_set(e, ERR_VALIDATION, "not JSON");
    for (uint32_t i = 0; good && i < out->n; i++)
        if (needs_history(&out->rule[i]) && out->rule[i].ms_to > out->history_ms)
            out->history_ms = out->rule[i].ms_to;
    if (!good)
        physics_rules_free(out);
    return good;
}

bool physics_header_parse(struct arena *mem, struct str text, struct physics_rules *out,
                          struct err *e)
{
    *out = (struct physics_rules){0};
    struct reader r = {.mem = mem, .e = e};
    json_init(&r.j, mem, text, DEPTH_MAX);
    enum json_type first = json_next(&r.j);
    bool good = true;
    if (first == JSON_ARRAY) {
        good = read_rules(&r, out);
    } else if (first == JSON_OBJECT) {
        out->rule = NEW(mem, struct physics_rule);
        out->n = 1;
        good = read_rule(&r, out->rule);
    }
    bool rules = first == JSON_ARRAY || first == JSON_OBJECT;
    return good && ((rules && json_end(&r.j)) || err_set(e, ERR_VALIDATION, "not a rule in JSON"));
}

void physics_rules_free(struct physics_rules *r)
{
    arena_free(&r->mem);
    r->n = 0;
}
