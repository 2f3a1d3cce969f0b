/* partiql_parse.c - statements; the grammar is in partiql.h. */
#include "partiql/partiql_int.h"

#include <stdlib.h>

#include "model/item.h"

/* Names of tables ------------------------------------------------------------------ */

static struct str component(struct pq *p)
{
    struct str name = p->tok.text;

    if (!pq_is_name(p))
        pq_unexpected(p);
    else if (name.n == 0)
        pq_fail(p, "Path component cannot be an empty string");
    pq_next(p);
    return name;
}

static void table_name(struct pq *p, struct partiql_statement *s)
{
    s->table = component(p);
    if (!pq_accept(p, '.'))
        return;
    s->index = component(p);
    if (p->tok.type == '.')
        pq_fail(p, "A path may contain at most 2 components in the FROM clause");
}

/* UPDATE and DELETE. */
static void target_name(struct pq *p, struct partiql_statement *s)
{
    table_name(p, s);
    if (s->index.p != NULL)
        pq_fail(p, "This operation is not supported on an index");
}

/* SELECT --------------------------------------------------------------------------- */

/* A column is called by the last name in its path, with the indexes behind it. */
static struct str column_name(struct pq *p, const struct expr_path *path)
{
    uint32_t last = path->n - 1;

    while (path->step[last].name.p == NULL)
        last--; /* the first step is a name */
    struct str name = path->step[last].name;
    for (uint32_t i = last + 1; i < path->n; i++)
        name = arena_printf(p->mem, STR_FMT "[%u]", STR_ARG(name), path->step[i].index);
    return name;
}

static void column(struct pq *p, struct ptr_list *columns)
{
    struct pq_token t = p->tok;
    struct expr_path *path = NEW(p->mem, struct expr_path);

    if (pq_is_name(p) && pq_peek(p).type == '(') {
        struct str place = pq_place(p, &t);
        pq_fail(p, "Unexpected path component at " STR_FMT, STR_ARG(place));
    }
    pq_path(p, path);
    ptr_list_add(p->mem, columns, path);
}

static int name_cmp(const void *a, const void *b)
{
    const struct str *x = *(struct str *const *)a, *y = *(struct str *const *)b;
    int c = str_cmp(*x, *y);
    return c != 0 ? c : (x > y) - (x < y);
}

/* Of columns with one name the first stays.  Here, once: rows may be many. */
static void drop_repeated(struct pq *p, struct str *name, uint32_t n)
{
    struct str **sorted = NEW_ARRAY(p->mem, struct str *, n);

    for (uint32_t i = 0; i < n; i++)
        sorted[i] = &name[i];
    qsort(sorted, n, sizeof(*sorted), name_cmp);
    for (uint32_t i = n; i-- > 1;)
        if (str_eq(*sorted[i - 1], *sorted[i]))
            *sorted[i] = (struct str){0};
}

static void columns(struct pq *p, struct partiql_statement *s)
{
    struct ptr_list list = {0};

    if (pq_accept(p, '*'))
        return;
    do {
        column(p, &list);
    } while (pq_accept(p, ','));
    struct expr_path *path = NEW_ARRAY(p->mem, struct expr_path, list.n);
    s->column_name = NEW_ARRAY(p->mem, struct str, list.n);
    for (uint32_t i = 0; i < list.n && !p->failed; i++) {
        path[i] = *(const struct expr_path *)list.p[i];
        s->column_name[i] = column_name(p, &path[i]);
    }
    drop_repeated(p, s->column_name, list.n);
    s->columns_n = list.n;
    s->column = path;
}

static void order_by(struct pq *p, struct partiql_statement *s)
{
    if (!pq_accept(p, PQ_ORDER))
        return;
    pq_expect(p, PQ_BY);
    do {
        if (s->order_n == COUNT_OF(s->order)) {
            pq_unexpected(p);
            return;
        }
        struct partiql_order *o = &s->order[s->order_n++];
        o->name = component(p);
        if (pq_accept_word(p, STR("DESC")))
            o->descending = true;
        else
            (void)pq_accept_word(p, STR("ASC"));
    } while (pq_accept(p, ','));
}

static void where(struct pq *p, struct partiql_statement *s)
{
    if (pq_accept(p, PQ_WHERE))
        s->where = pq_cond(p);
}

/* Behind the keyword. */
static void select_rest(struct pq *p, struct partiql_statement *s)
{
    columns(p, s);
    pq_expect(p, PQ_FROM);
    table_name(p, s);
    where(p, s);
    order_by(p, s);
}

static void parse_select(struct pq *p, struct partiql_statement *s)
{
    s->kind = PARTIQL_SELECT;
    select_rest(p, s);
}

static void parse_exists(struct pq *p, struct partiql_statement *s)
{
    s->kind = PARTIQL_EXISTS;
    pq_expect(p, '(');
    pq_expect(p, PQ_SELECT);
    select_rest(p, s);
    pq_expect(p, ')');
}

/* What changes data ---------------------------------------------------------------- */

static void returning(struct pq *p, struct partiql_statement *s)
{
    if (!pq_accept(p, PQ_RETURNING))
        return;
    bool modified = pq_accept_word(p, STR("MODIFIED"));
    if (!modified && !pq_accept_word(p, STR("ALL")))
        pq_unexpected(p);
    bool old = pq_accept_word(p, STR("OLD"));
    if (!old && !pq_accept_word(p, STR("NEW")))
        pq_unexpected(p);
    pq_expect(p, '*');
    if (modified)
        s->returning = old ? PARTIQL_MODIFIED_OLD : PARTIQL_MODIFIED_NEW;
    else
        s->returning = old ? PARTIQL_ALL_OLD : PARTIQL_ALL_NEW;
    if (s->kind == PARTIQL_DELETE && s->returning != PARTIQL_ALL_OLD)
        pq_fail(p,
                "Invalid returning clause: RETURNING %s %s *. Only RETURNING ALL OLD * is allowed "
                "in DELETE statements.",
                modified ? "MODIFIED" : "ALL", old ? "OLD" : "NEW");
}

static void parse_insert(struct pq *p, struct partiql_statement *s)
{
    s->kind = PARTIQL_INSERT;
    pq_expect(p, PQ_INTO);
    struct pq_token t = p->tok;
    table_name(p, s);
    if (s->index.p != NULL) {
        t.raw.n = (size_t)(p->tok.raw.p - t.raw.p);
        while (t.raw.n > 0 && strchr(" \t\r\n", t.raw.p[t.raw.n - 1]) != NULL)
            t.raw.n--;
        struct str place = pq_place(p, &t);
        pq_fail(p,
                "FROM clause may only contain a single table name in data manipulation statements "
                "at " STR_FMT,
                STR_ARG(place));
    }
    pq_expect(p, PQ_VALUE);
    s->item = pq_item(p);
}

static void parse_update(struct pq *p, struct partiql_statement *s)
{
    s->kind = PARTIQL_UPDATE;
    target_name(p, s);
    s->update = pq_update(p);
    where(p, s);
    returning(p, s);
}

static void parse_delete(struct pq *p, struct partiql_statement *s)
{
    s->kind = PARTIQL_DELETE;
    pq_expect(p, PQ_FROM);
    target_name(p, s);
    where(p, s);
    returning(p, s);
}

/* ---------------------------------------------------------------------------------- */

static void statement(struct pq *p, struct partiql_statement *s)
{
    static const struct {
        int keyword;
        void (*parse)(struct pq *, struct partiql_statement *);
    } kinds[] = {
        {PQ_SELECT, parse_select}, {PQ_INSERT, parse_insert}, {PQ_UPDATE, parse_update},
        {PQ_DELETE, parse_delete}, {PQ_EXISTS, parse_exists},
    };

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!pq_accept(p, kinds[i].keyword))
            continue;
        kinds[i].parse(p, s);
        (void)pq_accept(p, ';');
        if (p->tok.type != PQ_END)
            pq_fail(p, PQ_NOT_WELL_FORMED "Unexpected token after expression");
        return;
    }
    pq_fail(p, PQ_NOT_WELL_FORMED "Expected data manipulation");
}

bool partiql_parse(struct arena *mem, struct str text, const struct attr *params, uint32_t params_n,
                   struct partiql_statement *out, struct err *e)
{
    struct pq p = {
        .mem = mem,
        .text = text,
        .at = text.p,
        .params = params,
        .params_n = params_n,
        .e = e,
    };

    *out = (struct partiql_statement){0};
    pq_next(&p);
    statement(&p, out);
    if (p.params_used != p.params_n)
        pq_fail(&p, "Number of parameters in request and statement don't match.");
    return !p.failed;
}
