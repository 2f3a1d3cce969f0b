/* expr_project.c - the parts of an item that paths name.
 *
 * The paths are sorted (expr_path_cmp), so those that go through one member
 * stand next to each other and the members come in the order of the map: one
 * pass over the map and over the paths.  A range of paths is carried down to
 * the member they share. */
#include "expr/expr_parse_int.h"

#include "model/item.h"

/* Sorted paths that agree in their first `depth` steps. */
struct range {
    const struct expr_path *path;
    uint32_t n, depth;
};

static void project_members(struct attr_build *b, const struct attr *v, struct range r);

/* Takes the paths that share their next step off the range. */
static struct range take_group(struct range *r)
{
    const struct expr_step *s = &r->path[0].step[r->depth];
    uint32_t n = 1;
    while (n < r->n && expr_step_eq(s, &r->path[n].step[r->depth]))
        n++;
    struct range group = {r->path, n, r->depth + 1};
    r->path += n;
    r->n -= n;
    return group;
}

/* One of the paths ends here: all of the value is wanted.  The shortest path is
 * the first. */
static bool wants_all(const struct range *r)
{
    return r->path[0].n == r->depth;
}

/* Is there anything of this value at the end of the paths? */
static bool finds_any(const struct attr *v, const struct range *r)
{
    struct attr found;
    for (uint32_t i = 0; i < r->n; i++)
        if (expr_path_find_in(v, &r->path[i], r->depth, &found))
            return true;
    return false;
}

/* The group's part of a value in which it finds something. */
static void project_value(struct attr_build *b, const struct attr *v, struct range r)
{
    if (wants_all(&r)) {
        attr_build_raw(b, v->raw);
        return;
    }
    attr_build_open(b, v->type);
    project_members(b, v, r);
    attr_build_close(b);
}

static void project_map(struct attr_build *b, const struct attr *map, struct range r)
{
    struct attr_iter it = attr_iter(map);
    struct str name;
    struct attr v;
    while (r.n > 0 && attr_next(&it, &name, &v)) {
        while (r.n > 0 && str_cmp(r.path[0].step[r.depth].name, name) < 0)
            take_group(&r); /* not in the map */
        if (r.n == 0 || !str_eq(r.path[0].step[r.depth].name, name))
            continue;
        struct range group = take_group(&r);
        if (!finds_any(&v, &group))
            continue;
        attr_build_name(b, name);
        project_value(b, &v, group);
    }
}

static void project_list(struct attr_build *b, const struct attr *list, struct range r)
{
    struct attr_iter it = attr_iter(list);
    struct str name;
    struct attr v;
    for (uint32_t i = 0; r.n > 0 && attr_next(&it, &name, &v); i++) {
        if (r.path[0].step[r.depth].index != i)
            continue;
        struct range group = take_group(&r);
        if (finds_any(&v, &group))
            project_value(b, &v, group);
    }
}

static void project_members(struct attr_build *b, const struct attr *v, struct range r)
{
    bool index = r.path[0].step[r.depth].name.p == NULL;
    if (v->type == ATTR_M && !index)
        project_map(b, v, r);
    else if (v->type == ATTR_L && index)
        project_list(b, v, r);
}

static bool is_sorted(const struct expr_path *path, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        if (expr_path_cmp(&path[i - 1], &path[i]) > 0)
            return false;
    return true;
}

struct str expr_project(struct arena *mem, const struct expr_projection *p, struct str item)
{
    const struct expr_path *path = p->path;
    if (!is_sorted(path, p->n)) {
        struct expr_path *copy = NEW_ARRAY(mem, struct expr_path, p->n);
        memcpy(copy, path, p->n * sizeof(*copy));
        expr_projection_sort(copy, p->n);
        path = copy;
    }
    struct attr map = item_map(item);
    struct buf out = {.mem = mem};
    struct attr_build b;
    item_begin(&b, &out);
    if (p->n > 0)
        project_map(&b, &map, (struct range){path, p->n, 0});
    item_end(&b);
    assert(!out.overflow);
    return buf_str(&out);
}

struct str expr_update_touched(struct arena *mem, const struct expr_update *u, struct str item)
{
    /* The same for the old and the new item: what is gone is not found in the new item, and what
     * moved up in a list is found where the text looked for it. */
    if (item.p == NULL)
        return (struct str){NULL, 0};
    struct expr_path *path = NEW_ARRAY(mem, struct expr_path, u->n);
    for (uint32_t i = 0; i < u->n; i++)
        path[i] = u->action[i].path;
    expr_projection_sort(path, u->n);
    struct expr_projection p = {u->n, path};
    struct str part = expr_project(mem, &p, item);
    return item_map(part).count > 0 ? part : (struct str){NULL, 0};
}
