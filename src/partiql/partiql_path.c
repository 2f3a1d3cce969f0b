/* partiql_path.c - document paths: a.b[0]."c d" */
#include "partiql/partiql_int.h"

#include "base/buf.h"
#include "expr/expr_tree.h"

static bool add_step(struct pq *p, struct expr_step *step, uint32_t *n, struct expr_step s)
{
    if (*n == LIMIT_PATH_DEPTH) {
        pq_fail(p, "The document path has too many nesting levels; nesting levels: %u", *n + 1);
        return false;
    }
    step[(*n)++] = s;
    return true;
}

static struct expr_step name_step(struct pq *p)
{
    struct expr_step s = {.name = p->tok.text};

    if (!pq_is_name(p))
        pq_unexpected(p);
    else if (s.name.n == 0)
        pq_fail(p, "Path component cannot be an empty string");
    pq_next(p);
    return s;
}

/* Only digits are an index; the sign is looked at for the error that a negative one has. */
static uint32_t list_index(struct pq *p)
{
    bool minus = pq_accept(p, '-');
    struct pq_token t = p->tok;
    uint64_t index = 0;

    for (size_t i = 0; i < t.raw.n; i++) {
        if (t.type != PQ_NUMBER || t.raw.p[i] < '0' || t.raw.p[i] > '9') {
            pq_unexpected(p);
            return 0;
        }
        if (index <= INT32_MAX)
            index = 10 * index + (uint64_t)(t.raw.p[i] - '0');
    }
    pq_expect(p, PQ_NUMBER);
    if (index > INT32_MAX || (minus && index > 0)) {
        struct str place = pq_place(p, &t);
        pq_fail(p,
                "List index is not within the allowable range; index: [%s" STR_FMT "] at " STR_FMT,
                minus ? "-" : "", STR_ARG(t.raw), STR_ARG(place));
    }
    return (uint32_t)index;
}

/* Behind the bracket. */
static struct expr_step bracket_step(struct pq *p)
{
    struct expr_step s = {0};
    struct pq_token t = p->tok;

    if (pq_accept(p, PQ_STRING)) {
        if (t.text.n == 0)
            pq_fail(p, "Path component cannot be an empty string");
        s.name = t.text;
    } else {
        s.index = list_index(p);
    }
    pq_expect(p, ']');
    return s;
}

void pq_path(struct pq *p, struct expr_path *out)
{
    struct expr_step step[LIMIT_PATH_DEPTH];
    uint32_t n = 1;

    step[0] = name_step(p);
    while (!p->failed) {
        if (pq_accept(p, '.')) {
            if (!add_step(p, step, &n, name_step(p)))
                break;
        } else if (pq_accept(p, '[')) {
            if (!add_step(p, step, &n, bracket_step(p)))
                break;
        } else {
            break;
        }
    }
    struct expr_step *copy = NEW_ARRAY(p->mem, struct expr_step, n);
    memcpy(copy, step, n * sizeof(*copy));
    *out = (struct expr_path){n, copy};
}

void pq_paths_apart(struct pq *p, const struct expr_path *const *path, uint32_t n)
{
    struct expr_path *sorted = NEW_ARRAY(p->mem, struct expr_path, n);

    for (uint32_t i = 0; i < n; i++)
        sorted[i] = *path[i];
    /* A path is followed by those that it is a prefix of, names by indexes: neighbours tell. */
    expr_projection_sort(sorted, n);
    for (uint32_t i = 1; i < n && !p->failed; i++) {
        enum expr_path_relation r = expr_path_relation(&sorted[i - 1], &sorted[i]);
        if (r == EXPR_PATHS_APART)
            continue;
        struct buf one = {.mem = p->mem}, two = {.mem = p->mem};
        expr_path_text(&one, &sorted[i - 1]);
        expr_path_text(&two, &sorted[i]);
        pq_fail(p,
                "Two document paths %s with each other; must remove or rewrite one of these paths; "
                "path one: " STR_FMT ", path two: " STR_FMT,
                r == EXPR_PATHS_OVERLAP ? "overlap" : "conflict", STR_ARG(buf_str(&one)),
                STR_ARG(buf_str(&two)));
    }
}
