/* op_encode.c - structures back to JSON, by the tables that read them. */
#include "op/op.h"
#include "op/op_decode_int.h"

static void encode_value(struct json_out *o, const struct shape *s, const void *p, bool element);

static void encode_list(struct json_out *o, const struct shape *s, const struct list *l)
{
    size_t size = shape_element_size(s->elem);
    json_out_open(o, '[');
    for (uint32_t i = 0; i < l->n; i++)
        encode_value(o, s->elem, (const char *)l->v + i * size, true);
    json_out_close(o, ']');
}

static void encode_map(struct json_out *o, const struct shape *s, const struct map *m)
{
    size_t size = shape_element_size(s->elem);
    json_out_open(o, '{');
    for (uint32_t i = 0; i < m->n; i++) {
        json_out_name(o, m->key[i]);
        encode_value(o, s->elem, (const char *)m->v + i * size, true);
    }
    json_out_close(o, '}');
}

static void encode_value(struct json_out *o, const struct shape *s, const void *p, bool element)
{
    switch (s->kind) {
    case SHAPE_STRING:
        json_out_str(o, *(const struct str *)p);
        break;
    case SHAPE_BLOB:
        json_out_base64(o, *(const struct str *)p);
        break;
    case SHAPE_RAW:
        json_out_raw(o, *(const struct str *)p);
        break;
    case SHAPE_BOOL:
        json_out_bool(o, *(const enum tri *)p == TRI_TRUE);
        break;
    case SHAPE_INT:
    case SHAPE_LONG:
        json_out_int(o, ((const struct opt_int *)p)->v);
        break;
    case SHAPE_DOUBLE:
        json_out_double(o, ((const struct opt_double *)p)->v);
        break;
    case SHAPE_LIST:
        encode_list(o, s, p);
        break;
    case SHAPE_MAP:
        encode_map(o, s, p);
        break;
    case SHAPE_STRUCT:
        op_encode(o, s, element ? p : *(const void *const *)p);
        break;
    case SHAPE_ATTR:
    case SHAPE_ITEM:
        assert(false); /* attribute values have a writer of their own */
        break;
    }
}

void op_encode_members(struct json_out *o, const struct shape *s, const void *in)
{
    for (const struct field *f = s->fields; f->name != NULL; f++) {
        const void *p = (const char *)in + f->offset;
        if (op_absent(f->shape, p))
            continue;
        json_out_name(o, (struct str){f->name, f->name_n});
        encode_value(o, f->shape, p, false);
    }
}

void op_encode(struct json_out *o, const struct shape *s, const void *in)
{
    json_out_open(o, '{');
    op_encode_members(o, s, in);
    json_out_close(o, '}');
}
