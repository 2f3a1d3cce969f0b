/* op_paths.c - see op_paths.h. */
#include "op/item/op_paths.h"

#include "base/buf.h"
#include "op/item/op_data.h"

struct visit {
    const struct table_def *table;
    const struct index_def *index;
    const struct key_schema *key;
    const char *what;
    struct buf *missing;
    struct err *e;
};

static bool nested_key(struct err *e, const char *what, struct str name)
{
    return err_set(e, ERR_VALIDATION,
                   "Key attributes must be scalars; list random access '[]' and map lookup '.' "
                   "are not allowed: %s: " STR_FMT,
                   what, STR_ARG(name));
}

static bool path_scalar_key(const struct table_def *t, const struct expr_path *p, struct err *e)
{
    if (p->n == 1)
        return true;
    struct str name = p->step[0].name;
    if (key_schema_has(&t->key, name))
        return nested_key(e, "Key", name);
    for (uint32_t i = 0; i < t->index_n; i++)
        if (key_schema_has(&t->index[i].key, name))
            return nested_key(e, "IndexKey", name);
    return true;
}

static bool visit_scalar_key(void *arg, const struct expr_path *p)
{
    struct visit *v = arg;
    return path_scalar_key(v->table, p, v->e);
}

bool op_paths_condition(const struct table_def *t, const struct expr_cond *c, struct err *e)
{
    struct visit v = {.table = t, .e = e};
    return c == NULL || expr_cond_paths(c, visit_scalar_key, &v);
}

bool op_paths_projection(const struct table_def *t, const struct expr_projection *p, struct err *e)
{
    for (uint32_t i = 0; p != NULL && i < p->n; i++)
        if (!path_scalar_key(t, &p->path[i], e))
            return false;
    return true;
}

static bool operand_scalar_keys(const struct table_def *t, const struct expr_operand *o,
                                struct err *e)
{
    if (o == NULL)
        return true;
    if ((o->type == EXPR_PATH || o->type == EXPR_IF_NOT_EXISTS) && !path_scalar_key(t, &o->path, e))
        return false;
    return operand_scalar_keys(t, o->arg[0], e) && operand_scalar_keys(t, o->arg[1], e);
}

/* The index whose key a literal does not fit, the first one by name. */
static const struct index_def *unfit_index(const struct table_def *t, struct str name,
                                           enum attr_type got, enum attr_type *want)
{
    const struct index_def *first = NULL;

    for (uint32_t i = 0; i < t->index_n; i++) {
        const struct index_def *x = &t->index[i];
        bool later = first != NULL && str_cmp(x->name, first->name) > 0;
        if (later || x->status == INDEX_CREATING) /* which refuses nothing yet */
            continue;
        for (int k = 0; k < x->key.hash_n + x->key.range_n; k++)
            if (str_eq(x->key.attr[k].name, name) && x->key.attr[k].type != got) {
                first = x;
                *want = x->key.attr[k].type;
            }
    }
    return first;
}

static bool literal_fits(const struct table_def *t, const struct expr_update_action *a,
                         struct err *e)
{
    enum attr_type want = ATTR_NONE;

    if (a->path.n > 1 || a->value == NULL || a->value->type != EXPR_VALUE ||
        a->action == EXPR_DELETE)
        return true;
    struct str name = a->path.step[0].name;
    enum attr_type got = a->value->value.type;
    const struct index_def *x = unfit_index(t, name, got, &want);
    if (x == NULL)
        return true;
    return err_set(e, ERR_VALIDATION,
                   "One or more parameter values were invalid: Type mismatch for Index Key " STR_FMT
                   " Expected: %s Actual: %s IndexName: " STR_FMT,
                   STR_ARG(name), attr_type_name(want), attr_type_name(got), STR_ARG(x->name));
}

bool op_paths_update(const struct table_def *t, const struct expr_update *u, struct err *e)
{
    if (u == NULL)
        return true;
    for (uint32_t i = 0; i < u->n; i++) {
        const struct expr_path *p = &u->action[i].path;
        if (p->n == 1 && key_schema_has(&t->key, p->step[0].name))
            return err_set(
                e, ERR_VALIDATION,
                "One or more parameter values were invalid: Cannot update attribute " STR_FMT
                ". This attribute is part of the key",
                STR_ARG(p->step[0].name));
    }
    for (uint32_t i = 0; i < u->n; i++)
        if (!path_scalar_key(t, &u->action[i].path, e) ||
            !operand_scalar_keys(t, u->action[i].value, e))
            return false;
    for (uint32_t i = 0; i < u->n; i++)
        if (!literal_fits(t, &u->action[i], e))
            return false;
    return true;
}

static bool visit_filter_key(void *arg, const struct expr_path *p)
{
    struct visit *v = arg;

    if (!key_schema_has(v->key, p->step[0].name))
        return true;
    return err_set(
        v->e, ERR_VALIDATION,
        "%s can only contain non-primary key attributes: Primary key attribute: " STR_FMT, v->what,
        STR_ARG(p->step[0].name));
}

bool op_paths_filter_keys(const struct key_schema *k, const struct expr_cond *filter,
                          const char *what, struct err *e)
{
    struct visit v = {.key = k, .what = what, .e = e};
    return filter == NULL || expr_cond_paths(filter, visit_filter_key, &v);
}

static bool index_has(const struct table_def *t, const struct index_def *x, struct str name)
{
    if (x->projection == PROJECTION_ALL || key_schema_has(&t->key, name) ||
        key_schema_has(&x->key, name))
        return true;
    for (uint32_t i = 0; i < x->non_key_n; i++)
        if (str_eq(x->non_key[i], name))
            return true;
    return false;
}

/* Is the name in a text "a, b" already? */
static bool listed(struct str list, struct str name)
{
    while (list.n > 0) {
        const char *comma = memmem(list.p, list.n, ", ", 2);
        size_t n = comma != NULL ? (size_t)(comma - list.p) : list.n;
        if (str_eq((struct str){list.p, n}, name))
            return true;
        list = str_from(list, comma != NULL ? n + 2 : n);
    }
    return false;
}

static bool visit_unprojected(void *arg, const struct expr_path *p)
{
    struct visit *v = arg;
    struct str name = p->step[0].name;

    /* Names may be long and many; no text of an error has room for more than this. */
    if (v->missing->n > ERR_TEXT_MAX || index_has(v->table, v->index, name) ||
        listed(buf_str(v->missing), name))
        return true;
    if (v->missing->n > 0)
        buf_add(v->missing, STR(", "));
    buf_add(v->missing, name);
    return true;
}

void op_paths_unprojected(const struct table_def *t, const struct index_def *x,
                          const struct expr_cond *filter, const struct expr_projection *p,
                          struct buf *missing)
{
    struct visit v = {.table = t, .index = x, .missing = missing};

    for (uint32_t i = 0; p != NULL && i < p->n; i++)
        (void)visit_unprojected(&v, &p->path[i]);
    if (filter != NULL)
        (void)expr_cond_paths(filter, visit_unprojected, &v);
}
