/* op_partiql.c - see op_partiql.h. */
#include "op/partiql/op_partiql.h"

#include "base/buf.h"
#include "op/item/op_capacity.h"

const struct shape shape_statement_text = {
    .kind = SHAPE_STRING, .min = 1, .max = LIMIT_STATEMENT_BYTES};
const struct shape shape_parameters = {.kind = SHAPE_LIST, .min = 1, .elem = &shape_attr};

static bool read_parameters(struct req *rq, const struct list *in, struct attr *out)
{
    const struct attr_in *value = in->v;

    for (uint32_t i = 0; i < in->n; i++) {
        struct str raw = value[i].raw;
        if (value[i].problem.n > 0)
            return err_set(&rq->err, ERR_VALIDATION, STR_FMT, STR_ARG(value[i].problem));
        if (raw.n == 0)
            return err_set(&rq->err, ERR_VALIDATION, ATTR_TEXT_EMPTY);
        out[i] = attr_read(&raw);
    }
    return true;
}

bool op_partiql_parse(struct req *rq, const struct statement_in *in, struct op_statement *out)
{
    static const char *const actions[] = {
        [PARTIQL_SELECT] = "dynamodb:PartiQLSelect", [PARTIQL_EXISTS] = "dynamodb:PartiQLSelect",
        [PARTIQL_INSERT] = "dynamodb:PartiQLInsert", [PARTIQL_UPDATE] = "dynamodb:PartiQLUpdate",
        [PARTIQL_DELETE] = "dynamodb:PartiQLDelete",
    };
    struct attr *parameter = NEW_ARRAY(&rq->mem, struct attr, in->parameters.n);

    out->in = in;
    if (!read_parameters(rq, &in->parameters, parameter) ||
        !partiql_parse(&rq->mem, in->text, parameter, in->parameters.n, &out->s, &rq->err))
        return false;
    out->action = actions[out->s.kind];
    out->given = out->s.table;
    return (out->s.kind != PARTIQL_INSERT || op_write_size(out->s.item, &rq->err)) &&
           op_resolve_table(rq, &out->s.table);
}

/* Writes ----------------------------------------------------------------------------- */

static const struct expr_cond *key_condition(struct arena *mem, const struct table_def *t,
                                             enum expr_op op)
{
    struct expr_step *step = NEW(mem, struct expr_step);
    struct expr_operand *o = NEW(mem, struct expr_operand);
    const struct expr_operand **list = NEW(mem, const struct expr_operand *);
    struct expr_cond *c = NEW(mem, struct expr_cond);

    step->name = t->key.attr[0].name;
    o->type = EXPR_PATH;
    o->path = (struct expr_path){1, step};
    list[0] = o;
    *c = (struct expr_cond){.op = op, .n = 1, .operand = list};
    return c;
}

static const struct expr_cond *both(struct arena *mem, enum expr_op op, const struct expr_cond *a,
                                    const struct expr_cond *b)
{
    const struct expr_cond **list = NEW_ARRAY(mem, const struct expr_cond *, 2);
    struct expr_cond *c = NEW(mem, struct expr_cond);

    if (b == NULL)
        return a;
    list[0] = a;
    list[1] = b;
    *c = (struct expr_cond){.op = op, .n = 2, .child = list};
    return c;
}

/* UPDATE and EXISTS need the item; DELETE of what is not there does nothing. */
static bool keyed_write(struct arena *mem, const struct table_def *t,
                        const struct partiql_statement *s, struct write *w, struct err *e)
{
    const struct expr_cond *rest = NULL;
    bool one = partiql_key(mem, &t->key, s->where, &w->item, &rest);

    if (s->kind == PARTIQL_EXISTS && (!one || rest == NULL))
        return err_set(e, ERR_VALIDATION,
                       "EXISTS() must contain a single item read with additional condition");
    if (!one)
        return err_set(e, ERR_VALIDATION,
                       "Where clause does not contain a mandatory equality on all key attributes");
    const struct key_attr *again = partiql_key_again(&t->key, w->item, rest);
    if (s->kind != PARTIQL_EXISTS && again != NULL)
        return err_set(e, ERR_VALIDATION,
                       "Multiple conditions on same key " STR_FMT
                       ". Only single item Update/Insert/Delete are supported",
                       STR_ARG(again->name));
    if (s->kind != PARTIQL_DELETE) {
        w->kind = s->kind == PARTIQL_UPDATE ? WRITE_UPDATE : WRITE_CHECK;
        w->update = s->update;
        w->condition = both(mem, EXPR_AND, key_condition(mem, t, EXPR_ATTRIBUTE_EXISTS), rest);
        return true;
    }
    w->kind = WRITE_DELETE;
    if (rest != NULL)
        w->condition = both(mem, EXPR_OR, key_condition(mem, t, EXPR_ATTRIBUTE_NOT_EXISTS), rest);
    return true;
}

bool op_partiql_write(struct arena *mem, const struct table_def *t,
                      const struct partiql_statement *s, struct write *out, struct err *e)
{
    *out = (struct write){.plain_size = true};
    if (s->kind == PARTIQL_INSERT) {
        out->kind = WRITE_PUT;
        out->item = s->item;
        out->condition = key_condition(mem, t, EXPR_ATTRIBUTE_NOT_EXISTS);
        return true;
    }
    return keyed_write(mem, t, s, out, e);
}

void op_partiql_insert_failed(const struct partiql_statement *s, struct err *e)
{
    if (s->kind != PARTIQL_INSERT || e->code != ERR_CONDITIONAL_CHECK_FAILED)
        return;
    err_init(e, e->mem);
    err_set(e, ERR_DUPLICATE_ITEM, "Duplicate primary key exists in table");
}

bool op_partiql_warm(struct req *rq, struct db_txn *txn, const struct partiql_statement *s)
{
    const struct table *table = db_table(txn, s->table);
    struct err unfit = {0}; /* run() will say so */
    struct write w;

    return table == NULL || !op_partiql_write(&rq->mem, table_def(table), s, &w, &unfit) ||
           db_item_warm(txn, table, w.item, &rq->err);
}

/* Reads ------------------------------------------------------------------------------ */

bool op_partiql_get(struct req *rq, struct db_txn *txn, const struct partiql_get *get,
                    struct capacity_use *use, struct str *item)
{
    struct capacity_use one = {0};
    struct capacity_at at = {
        .table = get->table,
        .partition = db_capacity_partition(txn, get->table, get->key),
        .kind = CAPACITY_READ,
    };

    if (!op_capacity_left(rq, txn, &at) || !db_item_get(txn, get->table, get->key, item, &rq->err))
        return false;
    one.table_halves = capacity_read_halves(item_size(*item), get->consistent);
    db_capacity_spend(txn, &at, &one);
    use->table_touched = true;
    use->table_halves += one.table_halves;
    return true;
}

void op_partiql_columns(struct json_out *o, const struct partiql_statement *s, struct str item)
{
    struct attr v;

    if (s->columns_n == 0) {
        item_json_write(o, item);
        return;
    }
    json_out_open(o, '{');
    for (uint32_t i = 0; i < s->columns_n; i++) {
        if (s->column_name[i].p == NULL || !expr_path_find(item, &s->column[i], &v))
            continue;
        json_out_name(o, s->column_name[i]);
        attr_json_write(o, &v);
    }
    json_out_close(o, '}');
}

static void add_part(struct buf *to, struct str s)
{
    uint32_t n = (uint32_t)s.n;

    buf_add(to, (struct str){(const char *)&n, sizeof(n)});
    buf_add(to, s);
}

void op_partiql_content(struct buf *to, const struct statement_in *in)
{
    const struct attr_in *value = in->parameters.v;

    add_part(to, in->text);
    add_part(to, in->return_on_failure);
    for (uint32_t i = 0; i < in->parameters.n; i++)
        add_part(to, value[i].raw);
}
