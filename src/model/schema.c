/* schema.c - definitions of tables: looking things up, copying.  schema_code.c
 * turns them into bytes. */
#include "model/schema_int.h"

const struct index_def *table_def_index(const struct table_def *t, struct str name)
{
    for (uint32_t i = 0; i < t->index_n; i++)
        if (str_eq(t->index[i].name, name))
            return &t->index[i];
    return NULL;
}

enum attr_type table_def_attr_type(const struct table_def *t, struct str name)
{
    for (uint32_t i = 0; i < t->attr_n; i++)
        if (str_eq(t->attr[i].name, name))
            return t->attr[i].type;
    return ATTR_NONE;
}

bool key_schema_has(const struct key_schema *k, struct str name)
{
    for (uint32_t i = 0; i < (uint32_t)k->hash_n + k->range_n; i++)
        if (str_eq(k->attr[i].name, name))
            return true;
    return false;
}

/* --- the members of each structure, for copying and for coding --------------- */

#define MEMBER(s, m, k)                                                                            \
    {                                                                                              \
        .name = #m, .kind = (k), .offset = offsetof(struct s, m)                                   \
    }
#define MEMBER_ENUM(s, m, last)                                                                    \
    {                                                                                              \
        .name = #m, .kind = SCHEMA_ENUM, .offset = offsetof(struct s, m), .max = (last)            \
    }
#define MEMBER_STRUCT(s, m, what)                                                                  \
    {                                                                                              \
        .name = #m, .kind = SCHEMA_STRUCT, .offset = offsetof(struct s, m), .of = (what)           \
    }
#define MEMBER_ARRAY(s, m, what, limit)                                                            \
    {                                                                                              \
        .name = #m, .kind = SCHEMA_ARRAY, .offset = offsetof(struct s, m),                         \
        .count_offset = offsetof(struct s, m##_n), .max = (limit), .of = (what)                    \
    }
#define SHAPE_OF(s, table)                                                                         \
    {                                                                                              \
        .member = (table), .n = COUNT_OF(table), .size = sizeof(struct s)                          \
    }

static const struct schema_member str_members[] = {
    {.name = "v", .kind = SCHEMA_STR},
};
static const struct schema_shape str_shape = SHAPE_OF(str, str_members);

static const struct schema_member key_attr_members[] = {
    MEMBER(key_attr, name, SCHEMA_STR),
    MEMBER_ENUM(key_attr, type, ATTR_B),
};
const struct schema_shape schema_key_attr = SHAPE_OF(key_attr, key_attr_members);

static const struct schema_member throughput_members[] = {
    MEMBER(throughput, rcu, SCHEMA_I64),
    MEMBER(throughput, wcu, SCHEMA_I64),
    MEMBER(throughput, last_increase_ms, SCHEMA_I64),
    MEMBER(throughput, last_decrease_ms, SCHEMA_I64),
    MEMBER(throughput, decreases_today, SCHEMA_I64),
    MEMBER(throughput, decrease_day, SCHEMA_I64),
    MEMBER(throughput, max_read_units, SCHEMA_I64),
    MEMBER(throughput, max_write_units, SCHEMA_I64),
    MEMBER(throughput, warm_read, SCHEMA_I64),
    MEMBER(throughput, warm_write, SCHEMA_I64),
};
static const struct schema_shape throughput_shape = SHAPE_OF(throughput, throughput_members);

static const struct schema_member index_members[] = {
    MEMBER(index_def, id, SCHEMA_U16),
    MEMBER(index_def, name, SCHEMA_STR),
    MEMBER(index_def, global, SCHEMA_BOOL),
    MEMBER(index_def, key, SCHEMA_KEY),
    MEMBER_ENUM(index_def, projection, PROJECTION_INCLUDE),
    MEMBER_ARRAY(index_def, non_key, &str_shape, LIMIT_NON_KEY_ATTRIBUTES_ALL_INDEXES),
    MEMBER_ENUM(index_def, status, INDEX_DELETING),
    MEMBER(index_def, backfilling, SCHEMA_BOOL),
    MEMBER_STRUCT(index_def, throughput, &throughput_shape),
};
static const struct schema_shape index_shape = SHAPE_OF(index_def, index_members);

static const struct schema_member tag_members[] = {
    MEMBER(tag, key, SCHEMA_STR),
    MEMBER(tag, value, SCHEMA_STR),
};
static const struct schema_shape tag_shape = SHAPE_OF(tag, tag_members);

static const struct schema_member switches_members[] = {
    MEMBER(switches, last_ms, SCHEMA_I64),
    MEMBER(switches, second_ms, SCHEMA_I64),
    MEMBER(switches, third_ms, SCHEMA_I64),
    MEMBER(switches, fourth_ms, SCHEMA_I64),
};
static const struct schema_shape switches_shape = SHAPE_OF(switches, switches_members);

/* Every key attribute of the table and of each index. */
enum { DEFINITIONS_MAX = LIMIT_KEY_ATTRIBUTES * (1 + LIMIT_INDEXES) };

static const struct schema_member table_members[] = {
    MEMBER(table_def, id, SCHEMA_U32),
    MEMBER(table_def, name, SCHEMA_STR),
    MEMBER(table_def, uuid, SCHEMA_UUID),
    MEMBER(table_def, created_ms, SCHEMA_I64),
    MEMBER_ENUM(table_def, status, TABLE_DELETING),
    MEMBER(table_def, key, SCHEMA_KEY),
    MEMBER_ARRAY(table_def, attr, &schema_key_attr, DEFINITIONS_MAX),
    MEMBER_ARRAY(table_def, index, &index_shape, LIMIT_INDEXES),
    MEMBER(table_def, next_index_id, SCHEMA_U16),
    MEMBER_ENUM(table_def, billing, BILLING_PAY_PER_REQUEST),
    MEMBER(table_def, billing_summary, SCHEMA_BOOL),
    MEMBER(table_def, pay_per_request_ms, SCHEMA_I64),
    MEMBER_STRUCT(table_def, to_on_demand, &switches_shape),
    MEMBER_STRUCT(table_def, throughput, &throughput_shape),
    MEMBER_ENUM(table_def, table_class, TABLE_CLASS_INFREQUENT_ACCESS),
    MEMBER(table_def, table_class_ms, SCHEMA_I64),
    MEMBER(table_def, table_class_before_ms, SCHEMA_I64),
    MEMBER(table_def, deletion_protection, SCHEMA_BOOL),
    MEMBER(table_def, deletion_protection_ms, SCHEMA_I64),
    MEMBER_ARRAY(table_def, tag, &tag_shape, LIMIT_TAGS),
    MEMBER_ENUM(table_def, stream, STREAM_BOTH),
    MEMBER(table_def, stream_label_ms, SCHEMA_I64),
    MEMBER(table_def, ttl_attribute, SCHEMA_STR),
    MEMBER(table_def, ttl_changed_ms, SCHEMA_I64),
    MEMBER(table_def, sse_key_arn, SCHEMA_STR),
    MEMBER(table_def, sse_kms, SCHEMA_BOOL),
    MEMBER(table_def, version, SCHEMA_U64),
};
const struct schema_shape schema_table = SHAPE_OF(table_def, table_members);

/* --- copying ------------------------------------------------------------------ */

static void own(struct arena *mem, const struct schema_shape *shape, char *s);

/* `array` is where the pointer is, whatever its type. */
static void own_array(struct arena *mem, const struct schema_shape *of, void *array, uint32_t n)
{
    char *from, *copy = NULL;
    memcpy(&from, array, sizeof(from));
    if (n > 0) {
        copy = arena_alloc(mem, of->size * n);
        memcpy(copy, from, of->size * n);
    }
    for (uint32_t i = 0; i < n; i++)
        own(mem, of, copy + i * of->size);
    memcpy(array, &copy, sizeof(copy));
}

/* Everything that the structure at s points to becomes a copy. */
static void own(struct arena *mem, const struct schema_shape *shape, char *s)
{
    for (size_t i = 0; i < shape->n; i++) {
        const struct schema_member *m = &shape->member[i];
        void *p = s + m->offset;
        if (m->kind == SCHEMA_STR) {
            struct str *text = p;
            *text = text->n > 0 ? arena_dup(mem, *text) : (struct str){0};
        } else if (m->kind == SCHEMA_STRUCT) {
            own(mem, m->of, p);
        } else if (m->kind == SCHEMA_ARRAY) {
            uint32_t n;
            memcpy(&n, s + m->count_offset, sizeof(n));
            own_array(mem, m->of, p, n);
        } else if (m->kind == SCHEMA_KEY) {
            struct key_schema *k = p;
            for (uint32_t a = 0; a < (uint32_t)k->hash_n + k->range_n; a++)
                own(mem, &schema_key_attr, (char *)&k->attr[a]);
        }
    }
}

struct table_def *table_def_copy(struct arena *mem, const struct table_def *t)
{
    struct table_def *copy = NEW(mem, struct table_def);
    *copy = *t;
    own(mem, &schema_table, (char *)copy);
    return copy;
}
