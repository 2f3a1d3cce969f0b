/* expr_path.c - document paths: comparing, printing, following them. */
#include "expr/expr_parse_int.h"

#include "base/buf.h"
#include "model/item.h"

static bool is_index(const struct expr_step *s)
{
    return s->name.p == NULL;
}

static int step_cmp(const struct expr_step *a, const struct expr_step *b)
{
    if (is_index(a) != is_index(b))
        return is_index(a) ? -1 : 1;
    if (!is_index(a))
        return str_cmp(a->name, b->name);
    return (a->index > b->index) - (a->index < b->index);
}

bool expr_step_eq(const struct expr_step *a, const struct expr_step *b)
{
    if (is_index(a) != is_index(b))
        return false;
    return is_index(a) ? a->index == b->index : str_eq(a->name, b->name);
}

bool expr_path_eq(const struct expr_path *a, const struct expr_path *b)
{
    return a->n == b->n && expr_path_relation(a, b) == EXPR_PATHS_OVERLAP;
}

int expr_path_cmp(const struct expr_path *a, const struct expr_path *b)
{
    for (uint32_t i = 0; i < a->n && i < b->n; i++) {
        int c = step_cmp(&a->step[i], &b->step[i]);
        if (c != 0)
            return c;
    }
    return (a->n > b->n) - (a->n < b->n);
}

enum expr_path_relation expr_path_relation(const struct expr_path *a, const struct expr_path *b)
{
    for (uint32_t i = 0; i < a->n && i < b->n; i++) {
        if (is_index(&a->step[i]) != is_index(&b->step[i]))
            return EXPR_PATHS_CONFLICT;
        if (!expr_step_eq(&a->step[i], &b->step[i]))
            return EXPR_PATHS_APART;
    }
    return EXPR_PATHS_OVERLAP;
}

bool expr_path_find_in(const struct attr *root, const struct expr_path *p, uint32_t depth,
                       struct attr *out)
{
    struct attr at = *root;
    for (; depth < p->n; depth++) {
        const struct expr_step *s = &p->step[depth];
        struct attr next;
        if (is_index(s) ? at.type != ATTR_L || !attr_list_at(&at, s->index, &next)
                        : at.type != ATTR_M || !attr_map_find(&at, s->name, &next))
            return false;
        at = next;
    }
    *out = at;
    return true;
}

bool expr_path_find(struct str item, const struct expr_path *p, struct attr *out)
{
    assert(p->n > 0);
    struct attr top;
    if (item.p == NULL || !item_find(item, p->step[0].name, &top))
        return false;
    return expr_path_find_in(&top, p, 1, out);
}

void expr_path_text(struct buf *out, const struct expr_path *p)
{
    buf_byte(out, '[');
    for (uint32_t i = 0; i < p->n; i++) {
        if (i > 0)
            buf_add(out, STR(", "));
        if (is_index(&p->step[i]))
            buf_printf(out, "[%u]", p->step[i].index);
        else
            buf_add(out, p->step[i].name);
    }
    buf_byte(out, ']');
}
