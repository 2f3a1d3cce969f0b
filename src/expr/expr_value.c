/* expr_value.c - the values that an update computes. */
#include "expr/expr_update_int.h"

#include "model/item.h"
#include "model/number.h"

bool update_type_error(const struct update_run *r)
{
    return err_set(r->e, ERR_VALIDATION, "%s",
                   r->update->legacy_types
                       ? "Type mismatch for attribute to update"
                       : "An operand in the update expression has an incorrect data type");
}

static struct attr view(const struct buf *out)
{
    assert(!out->overflow);
    struct str raw = buf_str(out);
    return attr_read(&raw);
}

bool update_sum(const struct update_run *r, const struct attr *a, const struct attr *b, bool minus,
                struct attr *out)
{
    struct number x, y, sum;
    if (a->type != ATTR_N || b->type != ATTR_N)
        return update_type_error(r);
    if (!number_parse(a->body, &x, r->e) || !number_parse(b->body, &y, r->e))
        return false;
    if (!(minus ? number_sub(&x, &y, &sum, r->e) : number_add(&x, &y, &sum, r->e)))
        return false;
    char text[NUMBER_TEXT_MAX];
    struct buf buf = {.mem = r->mem};
    struct attr_build build;
    attr_build_init(&build, &buf);
    attr_build_scalar(&build, ATTR_N, (struct str){text, number_format(&sum, text)});
    *out = view(&buf);
    return true;
}

bool update_spend(const struct update_run *r, struct update_budget *b, const struct attr *v)
{
    b->encoded += v->raw.n;
    if (b->encoded > LIMIT_ITEM_BYTES)
        b->size += attr_size(v);
    return b->size <= UPDATE_BYTES_MAX || err_set(r->e, ERR_VALIDATION, EXPR_UPDATE_TOO_LARGE);
}

struct attr update_concat(const struct update_run *r, const struct attr *const *list, uint32_t n)
{
    struct buf buf = {.mem = r->mem};
    struct attr_build build;
    attr_build_init(&build, &buf);
    attr_build_open(&build, ATTR_L);
    for (uint32_t i = 0; i < n; i++) {
        struct attr_iter it = attr_iter(list[i]);
        struct str name;
        struct attr v;
        while (attr_next(&it, &name, &v))
            attr_build_raw(&build, v.raw);
    }
    attr_build_close(&build);
    return view(&buf);
}

/* Both are sorted: a merge.  Members of `b` that `a` has not are added when
 * `add`, members of `a` that `b` has are kept when `add`. */
static struct attr merge(const struct update_run *r, const struct attr *a, const struct attr *b,
                         bool add)
{
    struct buf buf = {.mem = r->mem};
    struct attr_build build;
    struct attr_iter left = attr_iter(a), right = attr_iter(b);
    struct str name;
    struct attr x, y;
    attr_build_init(&build, &buf);
    attr_build_open(&build, a->type);
    bool has_x = attr_next(&left, &name, &x), has_y = attr_next(&right, &name, &y);
    while (has_x || has_y) {
        int c = !has_x ? 1 : !has_y ? -1 : str_cmp(x.body, y.body);
        if (c < 0 || (c == 0 && add))
            attr_build_member(&build, x.body);
        if (c > 0 && add)
            attr_build_member(&build, y.body);
        if (c <= 0)
            has_x = attr_next(&left, &name, &x);
        if (c >= 0)
            has_y = attr_next(&right, &name, &y);
    }
    bool distinct = attr_build_close(&build);
    assert(distinct);
    return view(&buf);
}

struct attr update_union(const struct update_run *r, const struct attr *a, const struct attr *b)
{
    return merge(r, a, b, true);
}

struct attr update_difference(const struct update_run *r, const struct attr *a,
                              const struct attr *b)
{
    struct attr left = merge(r, a, b, false);
    return left.count > 0 ? left : (struct attr){.type = ATTR_NONE};
}

static bool path_value(const struct update_run *r, const struct expr_operand *o, struct attr *out)
{
    if (expr_path_find(r->image, &o->path, out))
        return true;
    return err_set(r->e, ERR_VALIDATION,
                   "The provided expression refers to an attribute that does not exist in the "
                   "item");
}

/* However deep calls of list_append() are nested, the result is one list: these are its parts,
 * each to be copied once. */
static bool add_parts(const struct update_run *r, const struct expr_operand *o,
                      struct ptr_list *parts)
{
    if (o->type == EXPR_LIST_APPEND)
        return add_parts(r, o->arg[0], parts) && add_parts(r, o->arg[1], parts);
    struct attr *v = NEW(r->mem, struct attr);
    if (o->type == EXPR_IF_NOT_EXISTS) {
        if (!expr_path_find(r->image, &o->path, v))
            return add_parts(r, o->arg[0], parts);
    } else if (!update_value(r, o, v)) {
        return false;
    }
    ptr_list_add(r->mem, parts, v);
    return true;
}

static bool appended(const struct update_run *r, const struct expr_operand *o, struct attr *out)
{
    struct ptr_list parts = {0};
    struct update_budget budget = {0};
    if (!add_parts(r, o, &parts))
        return false;
    const struct attr *const *list = (const struct attr *const *)parts.p;
    for (uint32_t i = 0; i < parts.n; i++) {
        if (list[i]->type != ATTR_L)
            return update_type_error(r);
        if (!update_spend(r, &budget, list[i]))
            return false;
    }
    *out = update_concat(r, list, parts.n);
    return true;
}

bool update_value(const struct update_run *r, const struct expr_operand *o, struct attr *out)
{
    struct attr a, b;
    switch (o->type) {
    case EXPR_PATH:
        return path_value(r, o, out);
    case EXPR_VALUE:
        *out = o->value;
        return true;
    case EXPR_IF_NOT_EXISTS:
        return expr_path_find(r->image, &o->path, out) || update_value(r, o->arg[0], out);
    case EXPR_LIST_APPEND:
        return appended(r, o, out);
    default:
        return update_value(r, o->arg[0], &a) && update_value(r, o->arg[1], &b) &&
               update_sum(r, &a, &b, o->type == EXPR_MINUS, out);
    }
}
