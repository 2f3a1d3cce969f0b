/* expr_projection_parse.c - the grammar of projections: path { , path }. */
#include "expr/expr_parse_int.h"

#include <stdlib.h>

static int path_cmp(const void *a, const void *b)
{
    return expr_path_cmp(a, b);
}

void expr_projection_sort(struct expr_path *path, uint32_t n)
{
    if (n > 1)
        qsort(path, n, sizeof(*path), path_cmp);
}

static const struct expr_projection *projection_of(struct arena *mem, const struct ptr_list *l)
{
    struct expr_path *path = NEW_ARRAY(mem, struct expr_path, l->n);
    for (uint32_t i = 0; i < l->n; i++)
        path[i] = *(const struct expr_path *)l->p[i];
    expr_projection_sort(path, l->n);
    struct expr_projection *pr = NEW(mem, struct expr_projection);
    *pr = (struct expr_projection){l->n, path};
    return pr;
}

bool expr_parse_projection(struct arena *mem, struct expr_params *params, struct str text,
                           const struct expr_projection **out, struct err *e)
{
    struct parser p;
    if (!parse_begin(&p, mem, params, EXPR_KIND_PROJECTION, text, e))
        return false;
    struct ptr_list l = {0};
    do {
        struct expr_path *path = NEW(mem, struct expr_path);
        parse_path(&p, path);
        ptr_list_add(mem, &l, path);
    } while (parse_accept(&p, ','));
    if (!p.failed)
        parse_check_paths(&p, (const struct expr_path *const *)l.p, l.n);
    if (!parse_end(&p))
        return false;
    *out = projection_of(mem, &l);
    return true;
}

const struct expr_projection *expr_projection_of_names(struct arena *mem, const struct str *names,
                                                       size_t n)
{
    struct expr_path *path = NEW_ARRAY(mem, struct expr_path, n);
    struct expr_step *step = NEW_ARRAY(mem, struct expr_step, n);
    for (size_t i = 0; i < n; i++) {
        assert(names[i].p != NULL);
        step[i] = (struct expr_step){.name = names[i]};
        path[i] = (struct expr_path){1, &step[i]};
    }
    expr_projection_sort(path, (uint32_t)n);
    struct expr_projection *pr = NEW(mem, struct expr_projection);
    *pr = (struct expr_projection){(uint32_t)n, path};
    return pr;
}
