/* schema_test.c - definitions of tables: every member survives copying and coding. */
#include "base/tap.h"
#include "model/item.h"
#include "model/schema.h"

static struct throughput some_throughput(int64_t n)
{
    return (struct throughput){n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9};
}

static struct table_def sample(void)
{
    static struct key_attr attrs[] = {{STR("a"), ATTR_S}, {STR("b"), ATTR_N}, {STR("c"), ATTR_B}};
    static struct str non_key[] = {STR("x"), STR("y")};
    static struct tag tags[] = {{STR("k"), STR("v")}, {STR("l"), {"", 0}}};
    static struct index_def indexes[2];
    indexes[0] =
        (struct index_def){.id = 1,
                           .name = STR("local"),
                           .projection = PROJECTION_KEYS_ONLY,
                           .key = {.hash_n = 1, .range_n = 1, .attr = {attrs[0], attrs[2]}}};
    indexes[1] = (struct index_def){
        .id = 65535,
        .name = STR("global"),
        .global = true,
        .projection = PROJECTION_INCLUDE,
        .key = {.hash_n = 2, .range_n = 1, .attr = {attrs[2], attrs[1], attrs[0]}},
        .non_key_n = 2,
        .non_key = non_key,
        .status = INDEX_CREATING,
        .backfilling = true,
        .throughput = some_throughput(100)};
    struct table_def t = {.id = 4000000000,
                          .name = STR("Table"),
                          .uuid = "01234567-89ab-cdef-0123-456789abcdef",
                          .created_ms = -5,
                          .status = TABLE_UPDATING,
                          .key = {.hash_n = 1, .range_n = 1, .attr = {attrs[0], attrs[1]}},
                          .attr_n = 3,
                          .attr = attrs,
                          .index_n = 2,
                          .index = indexes,
                          .next_index_id = 3,
                          .billing = BILLING_PAY_PER_REQUEST,
                          .billing_summary = true,
                          .pay_per_request_ms = 7,
                          .to_on_demand = {16, 15, 14, 13},
                          .throughput = some_throughput(200),
                          .table_class = TABLE_CLASS_INFREQUENT_ACCESS,
                          .table_class_ms = 11,
                          .table_class_before_ms = 12,
                          .deletion_protection = true,
                          .deletion_protection_ms = 8,
                          .tag_n = 2,
                          .tag = tags,
                          .stream = STREAM_BOTH,
                          .stream_label_ms = 9,
                          .ttl_attribute = STR("ttl"),
                          .ttl_changed_ms = 10,
                          .sse_key_arn = STR("arn"),
                          .sse_kms = true,
                          .version = UINT64_MAX};
    return t;
}

static bool same_key(const struct key_schema *a, const struct key_schema *b)
{
    bool same = a->hash_n == b->hash_n && a->range_n == b->range_n;
    for (int i = 0; i < LIMIT_KEY_ATTRIBUTES; i++)
        same =
            same && str_eq(a->attr[i].name, b->attr[i].name) && a->attr[i].type == b->attr[i].type;
    return same;
}

static bool same_index(const struct index_def *a, const struct index_def *b)
{
    bool same = a->id == b->id && str_eq(a->name, b->name) && a->global == b->global &&
                same_key(&a->key, &b->key) && a->projection == b->projection &&
                a->non_key_n == b->non_key_n && a->status == b->status &&
                a->backfilling == b->backfilling &&
                memcmp(&a->throughput, &b->throughput, sizeof(a->throughput)) == 0;
    for (uint32_t i = 0; i < a->non_key_n && same; i++)
        same = str_eq(a->non_key[i], b->non_key[i]);
    return same;
}

static bool same_settings(const struct table_def *a, const struct table_def *b)
{
    return a->billing == b->billing && a->billing_summary == b->billing_summary &&
           a->pay_per_request_ms == b->pay_per_request_ms &&
           memcmp(&a->to_on_demand, &b->to_on_demand, sizeof(a->to_on_demand)) == 0 &&
           memcmp(&a->throughput, &b->throughput, sizeof(a->throughput)) == 0 &&
           a->table_class == b->table_class && a->table_class_ms == b->table_class_ms &&
           a->table_class_before_ms == b->table_class_before_ms &&
           a->deletion_protection == b->deletion_protection &&
           a->deletion_protection_ms == b->deletion_protection_ms && a->stream == b->stream &&
           a->stream_label_ms == b->stream_label_ms && str_eq(a->ttl_attribute, b->ttl_attribute) &&
           a->ttl_changed_ms == b->ttl_changed_ms && str_eq(a->sse_key_arn, b->sse_key_arn) &&
           a->sse_kms == b->sse_kms && a->version == b->version;
}

static bool same_table(const struct table_def *a, const struct table_def *b)
{
    bool same = a->id == b->id && str_eq(a->name, b->name) && strcmp(a->uuid, b->uuid) == 0 &&
                a->created_ms == b->created_ms && a->status == b->status &&
                same_key(&a->key, &b->key) && a->attr_n == b->attr_n && a->index_n == b->index_n &&
                a->next_index_id == b->next_index_id && a->tag_n == b->tag_n;
    for (uint32_t i = 0; i < a->attr_n && same; i++)
        same = str_eq(a->attr[i].name, b->attr[i].name) && a->attr[i].type == b->attr[i].type;
    for (uint32_t i = 0; i < a->index_n && same; i++)
        same = same_index(&a->index[i], &b->index[i]);
    for (uint32_t i = 0; i < a->tag_n && same; i++)
        same = str_eq(a->tag[i].key, b->tag[i].key) && str_eq(a->tag[i].value, b->tag[i].value);
    return same && same_settings(a, b);
}

static void test_copies(struct arena *mem)
{
    struct table_def t = sample(), empty = {0}, *back = NULL;
    struct err e = {0};
    struct table_def *copy = table_def_copy(mem, &t);
    ok(same_table(&t, copy), "a copy is the same");
    ok(copy->index != t.index && copy->index[1].non_key != t.index[1].non_key &&
           copy->name.p != t.name.p && copy->index[1].key.attr[0].name.p != t.attr[2].name.p,
       "and shares nothing");
    struct str bytes = table_def_encode(mem, &t);
    ok(table_def_decode(mem, bytes, &back, &e) && same_table(&t, back), "coding %s", e.msg);
    ok(table_def_decode(mem, table_def_encode(mem, &empty), &back, &e) && same_table(&empty, back),
       "nothing at all %s", e.msg);
    ok(table_def_index(&t, STR("global")) == &t.index[1], "an index by name");
    ok(table_def_index(&t, STR("x")) == NULL, "no such index");
    ok(table_def_attr_type(&t, STR("b")) == ATTR_N, "a definition");
    ok(table_def_attr_type(&t, STR("x")) == ATTR_NONE, "no such definition");
    ok(key_schema_has(&t.key, STR("b")) && !key_schema_has(&t.key, STR("c")), "key attributes");
}

/* An item of the format and one member more. */
static struct str with(struct arena *mem, struct str name, struct str raw)
{
    const struct item_entry entries[] = {{STR("format"), STR("\x02\x01"
                                                             "1")},
                                         {name, raw}};
    return item_from_entries(mem, entries, COUNT_OF(entries));
}

static const struct {
    struct str name, raw;
} refused[] = {
    {STR("format"), STR("\x02\x01"
                        "2")},
    {STR("format"), STR("\x02\x02"
                        "-1")},
    {STR("format"), STR("\x01\x01"
                        "1")},
    {STR("news"), STR("\x02\x01"
                      "1")},
    {STR("name"), STR("\x02\x01"
                      "1")},
    {STR("id"), STR("\x02\x0a"
                    "4294967296")},
    {STR("id"), STR("\x02\x02"
                    "-1")},
    {STR("id"), STR("\x02\x03"
                    "1.5")},
    {STR("status"), STR("\x02\x01"
                        "4")},
    {STR("uuid"), STR("\x01\x01"
                      "u")},
    {STR("version"), STR("\x02\x14"
                         "18446744073709551616")},
    {STR("created_ms"), STR("\x02\x13"
                            "9223372036854775808")},
    {STR("sse_kms"), STR("\x02\x01"
                         "2")},
    {STR("tag"), STR("\x05")},
    {STR("tag"), STR("\x09\x01\0\0\0\x01\0\0\0\x05")},
    {STR("key"), STR("\x0a\0\0\0\0\0\0\0\0")},
    {STR("throughput"), STR("\x05")},
};

static void test_refused(struct arena *mem)
{
    struct table_def *t = NULL;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct err e = {0};
        struct str bytes = with(mem, refused[i].name, refused[i].raw);
        ok(!table_def_decode(mem, bytes, &t, &e) && t == NULL, STR_FMT ": %s",
           STR_ARG(refused[i].name), e.msg);
    }
    struct err e = {0};
    ok(!table_def_decode(mem, STR("junk"), &t, &e), "junk");
    ok(table_def_decode(mem,
                        with(mem, STR("id"),
                             STR("\x02\x01"
                                 "7")),
                        &t, &(struct err){0}) &&
           t->id == 7,
       "and a good one");
}

int main(void)
{
    struct arena mem = {0};
    test_copies(&mem);
    test_refused(&mem);
    arena_free(&mem);
    return tap_done();
}
