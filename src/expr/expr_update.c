/* expr_update.c - runs an update.
 *
 * (1) Every action becomes a change, computed from the image before the update,
 *     in the order of the text.  All that can go wrong goes wrong here.
 * (2) The changes, sorted by path, are merged with the image in one pass that
 *     copies what no path goes through as encoded bytes.  It cannot fail. */
#include "expr/expr_update_int.h"

#include <stdlib.h>

#include "model/attr_json.h"

/* Planning ------------------------------------------------------------------ */

static bool path_error(const struct update_run *r)
{
    return err_set(r->e, ERR_VALIDATION,
                   "The document path provided in the update expression is invalid for update");
}

/* A nested path needs a parent of the right kind. */
static bool check_parent(const struct update_run *r, const struct expr_path *path)
{
    if (path->n == 1)
        return true;
    struct expr_path up = {path->n - 1, path->step};
    struct attr parent;
    bool index = path->step[path->n - 1].name.p == NULL;
    if (!expr_path_find(r->image, &up, &parent) || parent.type != (index ? ATTR_L : ATTR_M))
        return path_error(r);
    return true;
}

/* Levels of a value: a scalar is one. */
static uint32_t levels(const struct attr *v)
{
    if (v->type != ATTR_L && v->type != ATTR_M)
        return 1;
    uint32_t most = 0;
    struct attr_iter it = attr_iter(v);
    struct str name;
    struct attr child;
    while (attr_next(&it, &name, &child))
        most = (uint32_t)size_max(most, levels(&child));
    return 1 + most;
}

static bool put(const struct update_run *r, const struct expr_update_action *a,
                const struct attr *v, struct change *out)
{
    if (a->path.n > 1 && a->path.n - 1 + levels(v) > LIMIT_NESTING_LEVELS)
        return err_set(r->e, ERR_VALIDATION, ATTR_TEXT_TOO_DEEP);
    out->type = CHANGE_PUT;
    out->value = *v;
    return true;
}

static bool plan_set(const struct update_run *r, const struct expr_update_action *a,
                     struct change *out)
{
    struct attr v;
    if (!update_value(r, a->value, &v) || !check_parent(r, &a->path))
        return false;
    return put(r, a, &v, out);
}

static bool plan_remove(const struct update_run *r, const struct expr_update_action *a,
                        struct change *out)
{
    struct attr old;
    if (r->is_missing)
        return true;
    if (r->update->lenient_remove && !expr_path_find(r->image, &a->path, &old))
        return true;
    if (!check_parent(r, &a->path))
        return false;
    out->type = CHANGE_REMOVE;
    return true;
}

static bool may_be_added(const struct update_run *r, enum attr_type t)
{
    return t == ATTR_N || attr_is_set(t) || (t == ATTR_L && r->update->legacy_types);
}

static bool plan_add(const struct update_run *r, const struct expr_update_action *a,
                     struct change *out)
{
    struct attr old, add, sum;
    if (!update_value(r, a->value, &add) || !check_parent(r, &a->path))
        return false;
    if (!may_be_added(r, add.type))
        return update_type_error(r);
    if (!expr_path_find(r->image, &a->path, &old))
        return put(r, a, &add, out);
    if (old.type != add.type)
        return update_type_error(r);
    if (add.type == ATTR_L)
        sum = update_concat(r, (const struct attr *const[]){&old, &add}, 2);
    else if (attr_is_set(add.type))
        sum = update_union(r, &old, &add);
    else if (!update_sum(r, &old, &add, false, &sum))
        return false;
    return put(r, a, &sum, out);
}

static bool plan_delete(const struct update_run *r, const struct expr_update_action *a,
                        struct change *out)
{
    struct attr old, del;
    if (r->is_missing)
        return true;
    if (!update_value(r, a->value, &del) || !check_parent(r, &a->path))
        return false;
    if (!attr_is_set(del.type))
        return update_type_error(r);
    if (!expr_path_find(r->image, &a->path, &old))
        return true;
    if (old.type != del.type)
        return update_type_error(r);
    struct attr left = update_difference(r, &old, &del);
    if (left.type != ATTR_NONE)
        return put(r, a, &left, out);
    out->type = CHANGE_REMOVE;
    return true;
}

bool update_plan(const struct update_run *r, const struct expr_update_action *a, struct change *out)
{
    static bool (*const plan[])(const struct update_run *, const struct expr_update_action *,
                                struct change *) = {
        [EXPR_SET] = plan_set,
        [EXPR_REMOVE] = plan_remove,
        [EXPR_ADD] = plan_add,
        [EXPR_DELETE] = plan_delete,
    };
    *out = (struct change){.type = CHANGE_NONE, .path = &a->path};
    return plan[a->action](r, a, out);
}

/* Merging ------------------------------------------------------------------- */

/* Sorted changes whose paths agree in their first `depth` steps. */
struct range {
    const struct change *change;
    uint32_t n, depth;
};

static void merge_map(struct attr_build *b, const struct attr *map, struct range r);
static void merge_list(struct attr_build *b, const struct attr *list, struct range r);

static const struct expr_step *next_step(const struct range *r)
{
    return &r->change[0].path->step[r->depth];
}

/* Takes the changes that share their next step off the range. */
static struct range take_group(struct range *r)
{
    const struct expr_step *s = next_step(r);
    uint32_t n = 1;
    while (n < r->n && expr_step_eq(s, &r->change[n].path->step[r->depth]))
        n++;
    struct range group = {r->change, n, r->depth + 1};
    r->change += n;
    r->n -= n;
    return group;
}

/* The change that ends here, or NULL: then the paths go on. */
static const struct change *ends_here(const struct range *r)
{
    return r->change[0].path->n == r->depth ? &r->change[0] : NULL;
}

/* Writes what becomes of a member; `v` is NULL when there is none yet.  False:
 * nothing, and nothing may be written before it (names of map members). */
static bool stays(const struct attr *v, const struct range *group)
{
    const struct change *c = ends_here(group);
    return c == NULL || c->type == CHANGE_NONE ? v != NULL : c->type == CHANGE_PUT;
}

static void merge_value(struct attr_build *b, const struct attr *v, struct range group)
{
    const struct change *c = ends_here(&group);
    if (c != NULL) {
        attr_build_raw(b, c->type == CHANGE_PUT ? c->value.raw : v->raw);
        return;
    }
    bool index = next_step(&group)->name.p == NULL;
    if (v->type != (index ? ATTR_L : ATTR_M)) { /* only changes that do nothing go here */
        attr_build_raw(b, v->raw);
        return;
    }
    attr_build_open(b, v->type);
    (index ? merge_list : merge_map)(b, v, group);
    attr_build_close(b);
}

/* A member that the map does not have. */
static void add_member(struct attr_build *b, struct range *r)
{
    struct str name = next_step(r)->name;
    struct range group = take_group(r);
    if (!stays(NULL, &group))
        return;
    attr_build_name(b, name);
    merge_value(b, NULL, group);
}

static void merge_map(struct attr_build *b, const struct attr *map, struct range r)
{
    struct attr_iter it = attr_iter(map);
    struct str name;
    struct attr v;
    while (attr_next(&it, &name, &v)) {
        while (r.n > 0 && str_cmp(next_step(&r)->name, name) < 0)
            add_member(b, &r);
        if (r.n == 0 || !str_eq(next_step(&r)->name, name)) {
            attr_build_name(b, name);
            attr_build_raw(b, v.raw);
            continue;
        }
        struct range group = take_group(&r);
        if (!stays(&v, &group))
            continue;
        attr_build_name(b, name);
        merge_value(b, &v, group);
    }
    while (r.n > 0)
        add_member(b, &r);
}

/* Indexes are those before the update; what lies beyond the end is appended. */
static void merge_list(struct attr_build *b, const struct attr *list, struct range r)
{
    struct attr_iter it = attr_iter(list);
    struct str name;
    struct attr v;
    for (uint32_t i = 0; attr_next(&it, &name, &v); i++) {
        if (r.n == 0 || next_step(&r)->index != i) {
            attr_build_raw(b, v.raw);
            continue;
        }
        struct range group = take_group(&r);
        if (stays(&v, &group))
            merge_value(b, &v, group);
    }
    while (r.n > 0) {
        struct range group = take_group(&r);
        if (stays(NULL, &group))
            merge_value(b, NULL, group);
    }
}

/* Running ------------------------------------------------------------------- */

static int change_cmp(const void *a, const void *b)
{
    return expr_path_cmp(((const struct change *)a)->path, ((const struct change *)b)->path);
}

/* Deleting from nothing leaves nothing. */
static bool creates(const struct expr_update *u)
{
    for (uint32_t i = 0; i < u->n; i++)
        if (u->action[i].action == EXPR_SET || u->action[i].action == EXPR_ADD)
            return true;
    return u->n == 0;
}

static struct str merge(struct arena *mem, struct str image, const struct change *change,
                        uint32_t n)
{
    struct attr map = item_map(image);
    struct buf out = {.mem = mem};
    struct attr_build b;
    item_begin(&b, &out);
    merge_map(&b, &map, (struct range){change, n, 0});
    item_end(&b);
    assert(!out.overflow);
    return buf_str(&out);
}

bool expr_update(struct arena *mem, const struct expr_update *u, struct str old, struct str key,
                 struct str *out, struct err *e)
{
    struct update_run r = {mem, u, old.p != NULL ? old : key, old.p == NULL, e};
    if (r.is_missing && !creates(u)) {
        *out = (struct str){NULL, 0};
        return true;
    }
    struct change *change = NEW_ARRAY(mem, struct change, u->n);
    struct update_budget budget = {0};
    for (uint32_t i = 0; i < u->n; i++)
        if (!update_plan(&r, &u->action[i], &change[i]) ||
            (change[i].type == CHANGE_PUT && !update_spend(&r, &budget, &change[i].value)))
            return false;
    if (u->n > 1)
        qsort(change, u->n, sizeof(*change), change_cmp);
    *out = merge(mem, r.image, change, u->n);
    return true;
}
