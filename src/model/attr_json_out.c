/* attr_json_out.c - stored form as DynamoDB JSON, and as the service prints values
 * inside texts of errors. */
#include "codec/base64.h"
#include "model/attr_json.h"

/* `{"S":` and its like, with the comma that is due in front. */
static void open_typed(struct json_out *o, struct str start)
{
    char *p = buf_room(o->to, start.n + 1);
    if (p == NULL)
        return;
    *p = ',';
    memcpy(p + o->comma, start.p, start.n);
    o->to->n += start.n + o->comma;
    o->comma = false;
}

static void close_typed(struct json_out *o, struct str end)
{
    buf_add(o->to, end);
    o->comma = true;
}

/* Digits need no escaping: one piece. */
static void write_number(struct json_out *o, struct str text)
{
    static const struct str start = STR(",{\"N\":\""), end = STR("\"}");
    char *p = buf_room(o->to, start.n + text.n + end.n);
    if (p == NULL)
        return;
    struct str from = str_from(start, !o->comma);
    memcpy(p, from.p, from.n);
    memcpy(p + from.n, text.p, text.n);
    memcpy(p + from.n + text.n, end.p, end.n);
    o->to->n += from.n + text.n + end.n;
    o->comma = true;
}

static void write_collection(struct json_out *o, const struct attr *v)
{
    static const struct {
        struct str start, end;
    } brackets[ATTR_TYPE_COUNT] = {
        [ATTR_SS] = {STR("{\"SS\":["), STR("]}")}, [ATTR_NS] = {STR("{\"NS\":["), STR("]}")},
        [ATTR_BS] = {STR("{\"BS\":["), STR("]}")}, [ATTR_L] = {STR("{\"L\":["), STR("]}")},
        [ATTR_M] = {STR("{\"M\":{"), STR("}}")},
    };
    struct attr_iter it = attr_iter(v);
    struct str name;
    struct attr member;
    open_typed(o, brackets[v->type].start);
    while (attr_next(&it, &name, &member)) {
        if (v->type == ATTR_M)
            json_out_name(o, name);
        if (v->type >= ATTR_L)
            attr_json_write(o, &member);
        else if (v->type == ATTR_BS)
            json_out_base64(o, member.body);
        else
            json_out_str(o, member.body);
    }
    close_typed(o, brackets[v->type].end);
}

void attr_json_write(struct json_out *o, const struct attr *v)
{
    switch (v->type) {
    case ATTR_S:
        open_typed(o, STR("{\"S\":"));
        json_out_str(o, v->body);
        close_typed(o, STR("}"));
        return;
    case ATTR_N:
        write_number(o, v->body);
        return;
    case ATTR_B:
        open_typed(o, STR("{\"B\":"));
        json_out_base64(o, v->body);
        close_typed(o, STR("}"));
        return;
    case ATTR_BOOL:
        json_out_raw(o, v->count != 0 ? STR("{\"BOOL\":true}") : STR("{\"BOOL\":false}"));
        return;
    case ATTR_NULL:
        json_out_raw(o, STR("{\"NULL\":true}"));
        return;
    case ATTR_SS:
    case ATTR_NS:
    case ATTR_BS:
    case ATTR_L:
    case ATTR_M:
        write_collection(o, v);
        return;
    case ATTR_NONE:
    case ATTR_TYPE_COUNT:
        break;
    }
    assert(v->type != ATTR_NONE); /* a missing attribute cannot be written */
}

void item_json_write(struct json_out *o, struct str item)
{
    struct attr map = item_map(item), v;
    struct attr_iter it = attr_iter(&map);
    struct str name;
    json_out_open(o, '{');
    while (attr_next(&it, &name, &v)) {
        json_out_name(o, name);
        attr_json_write(o, &v);
    }
    json_out_close(o, '}');
}

/* --- inside texts of errors --------------------------------------------------------- */

static void text_of_scalar(struct buf *out, const struct attr *v)
{
    if (v->type == ATTR_B)
        base64_encode(out, v->body);
    else
        buf_add(out, v->body);
}

static void text_of_members(struct buf *out, const struct attr *v)
{
    struct attr_iter it = attr_iter(v);
    struct str name;
    struct attr member;
    for (const char *between = ""; attr_next(&it, &name, &member); between = ", ") {
        buf_add(out, str_from_c(between));
        if (v->type == ATTR_M) {
            buf_add(out, name);
            buf_byte(out, '=');
        }
        if (v->type >= ATTR_L)
            attr_text(out, &member);
        else
            text_of_scalar(out, &member);
    }
}

void attr_text(struct buf *out, const struct attr *v)
{
    buf_byte(out, '{');
    buf_add(out, str_from_c(attr_type_name(v->type)));
    buf_byte(out, ':');
    if (v->type == ATTR_BOOL || v->type == ATTR_NULL) {
        buf_add(out, v->type == ATTR_NULL || v->count != 0 ? STR("true") : STR("false"));
    } else if (attr_is_scalar(v->type)) {
        text_of_scalar(out, v);
    } else {
        buf_byte(out, v->type == ATTR_M ? '{' : '[');
        text_of_members(out, v);
        buf_byte(out, v->type == ATTR_M ? '}' : ']');
    }
    buf_byte(out, '}');
}
