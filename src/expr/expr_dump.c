/* expr_dump.c - trees as text, for tests. */
#include "expr/expr_parse_int.h"

#include "base/buf.h"
#include "model/attr_json.h"

static const char *const op_names[] = {
    [EXPR_AND] = "AND",
    [EXPR_OR] = "OR",
    [EXPR_NOT] = "NOT",
    [EXPR_EQ] = "=",
    [EXPR_NE] = "<>",
    [EXPR_LT] = "<",
    [EXPR_LE] = "<=",
    [EXPR_GT] = ">",
    [EXPR_GE] = ">=",
    [EXPR_BETWEEN] = "BETWEEN",
    [EXPR_IN] = "IN",
    [EXPR_ATTRIBUTE_EXISTS] = "attribute_exists",
    [EXPR_ATTRIBUTE_NOT_EXISTS] = "attribute_not_exists",
    [EXPR_ATTRIBUTE_TYPE] = "attribute_type",
    [EXPR_BEGINS_WITH] = "begins_with",
    [EXPR_CONTAINS] = "contains",
    [EXPR_LEGACY_NOT_CONTAINS] = "NOT_CONTAINS",
    [EXPR_STRICT_NE] = "!=",
};
static const char *const action_names[] = {"SET", "REMOVE", "ADD", "DELETE"};

static void dump_path(struct buf *out, const struct expr_path *p)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->step[i].name.p == NULL)
            buf_printf(out, "[%u]", p->step[i].index);
        else
            buf_printf(out, "%s" STR_FMT, i > 0 ? "." : "", STR_ARG(p->step[i].name));
    }
}

static void dump_operand(struct buf *out, const struct expr_operand *o)
{
    static const char *const names[] = {
        [EXPR_SIZE] = "size", [EXPR_IF_NOT_EXISTS] = "if_not_exists",
        [EXPR_PLUS] = "+",    [EXPR_LIST_APPEND] = "list_append",
        [EXPR_MINUS] = "-",
    };
    if (o->type == EXPR_PATH) {
        dump_path(out, &o->path);
    } else if (o->type == EXPR_VALUE && o->placeholder.n > 0) {
        buf_add(out, o->placeholder);
    } else if (o->type == EXPR_VALUE) {
        attr_text(out, &o->value);
    } else {
        buf_printf(out, "(%s", names[o->type]);
        if (o->type == EXPR_IF_NOT_EXISTS) {
            buf_byte(out, ' ');
            dump_path(out, &o->path);
        }
        for (int i = 0; i < 2 && o->arg[i] != NULL; i++) {
            buf_byte(out, ' ');
            dump_operand(out, o->arg[i]);
        }
        buf_byte(out, ')');
    }
}

static void dump_cond(struct buf *out, const struct expr_cond *c)
{
    buf_printf(out, "(%s", op_names[c->op]);
    for (uint32_t i = 0; i < c->n; i++) {
        buf_byte(out, ' ');
        if (c->op <= EXPR_NOT)
            dump_cond(out, c->child[i]);
        else
            dump_operand(out, c->operand[i]);
    }
    buf_byte(out, ')');
}

static struct str keep(struct arena *mem, struct buf *b)
{
    struct str s = arena_dup(mem, buf_str(b));
    buf_free(b);
    return s;
}

struct str expr_cond_dump(struct arena *mem, const struct expr_cond *c)
{
    struct buf b = {0};
    dump_cond(&b, c);
    return keep(mem, &b);
}

struct str expr_key_cond_dump(struct arena *mem, const struct expr_key_cond *k)
{
    struct buf b = {0};
    for (uint32_t i = 0; i < k->n; i++) {
        const struct expr_key_term *t = &k->term[i];
        buf_printf(&b, "%s(%s " STR_FMT, i > 0 ? " " : "", op_names[t->op], STR_ARG(t->name));
        for (int v = 0; v < 2 && t->value[v].type != ATTR_NONE; v++) {
            buf_byte(&b, ' ');
            attr_text(&b, &t->value[v]);
        }
        buf_byte(&b, ')');
    }
    return keep(mem, &b);
}

struct str expr_update_dump(struct arena *mem, const struct expr_update *u)
{
    struct buf b = {0};
    for (uint32_t i = 0; i < u->n; i++) {
        const struct expr_update_action *a = &u->action[i];
        buf_printf(&b, "%s(%s ", i > 0 ? " " : "", action_names[a->action]);
        dump_path(&b, &a->path);
        if (a->value != NULL) {
            buf_byte(&b, ' ');
            dump_operand(&b, a->value);
        }
        buf_byte(&b, ')');
    }
    return keep(mem, &b);
}

struct str expr_projection_dump(struct arena *mem, const struct expr_projection *p)
{
    struct buf b = {0};
    for (uint32_t i = 0; i < p->n; i++) {
        if (i > 0)
            buf_add(&b, STR(", "));
        dump_path(&b, &p->path[i]);
    }
    return keep(mem, &b);
}
