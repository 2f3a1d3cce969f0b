/* op_tags.c - tags of tables and streams. */
#include "op/table/op_tags.h"

#include <stdlib.h>

#include "codec/utf8.h"
#include "db/db_stream_tags.h"
#include "model/item.h"
#include "op/stream/op_stream.h"

/* Characters beyond ASCII that are neither letters, digits nor spaces; the big
 * blocks of them. */
static const struct {
    uint32_t from, to;
} symbols[] = {
    {0x80, 0x9F},       {0xA1, 0xA9},     {0xAB, 0xB1},     {0xB4, 0xB4},     {0xB6, 0xB8},
    {0xBB, 0xBB},       {0xBF, 0xBF},     {0xD7, 0xD7},     {0xF7, 0xF7},     {0x200B, 0x2027},
    {0x202A, 0x202E},   {0x2030, 0x205E}, {0x2060, 0x206F}, {0x20A0, 0x20F0}, {0x2190, 0x245F},
    {0x2500, 0x2775},   {0x2794, 0x2BFF}, {0x2E00, 0x2E2E}, {0x2E30, 0x2FFF}, {0x3001, 0x3004},
    {0x3008, 0x3020},   {0xE000, 0xF8FF}, {0xFE00, 0xFE6F}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1F0FF},
    {0x1F10D, 0x1FAFF}, {0xE0000, ~0U},
};

static bool tag_char(uint32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               (c != 0 && strchr(" +-=._:/@", (int)c) != NULL);
    for (size_t i = 0; i < COUNT_OF(symbols); i++)
        if (c >= symbols[i].from && c <= symbols[i].to)
            return false;
    return true;
}

/* One code point off valid UTF-8. */
static uint32_t next_char(const unsigned char **p)
{
    unsigned char c = *(*p)++;
    uint32_t v = c;
    int more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    if (more > 0)
        v = c & (0x3FU >> more);
    for (; more > 0; more--)
        v = v << 6 | (*(*p)++ & 0x3FU);
    return v;
}

static bool tag_text(struct str s, size_t min, size_t max)
{
    if (s.p == NULL || s.n < min || utf8_utf16_units(s) > max)
        return false;
    const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n;
    while (p < end)
        if (!tag_char(next_char(&p)))
            return false;
    return true;
}

static struct str or_null(struct str s)
{
    return s.p != NULL ? s : STR("null");
}

bool tag_key_check(struct req *rq, struct str key)
{
    if (!tag_text(key, 1, LIMIT_TAG_KEY_CHARS))
        return err_set(&rq->err, ERR_VALIDATION, "The Tag Key provided is invalid, Key: " STR_FMT,
                       STR_ARG(or_null(key)));
    if (key.n >= 4 && str_eq_nocase((struct str){key.p, 4}, STR("aws:")))
        return err_set(&rq->err, ERR_VALIDATION,
                       "Tag Key cannot be prefixed with aws:, Key: " STR_FMT, STR_ARG(key));
    return true;
}

bool tags_check(struct req *rq, const struct tag_in *tags, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!tag_key_check(rq, tags[i].key))
            return false;
        if (!tag_text(tags[i].value, 0, LIMIT_TAG_VALUE_CHARS))
            return err_set(&rq->err, ERR_VALIDATION,
                           "The Tag Value provided is invalid, Value: " STR_FMT,
                           STR_ARG(or_null(tags[i].value)));
    }
    if (n > LIMIT_TAGS)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Number of Tags exceed the current limit for the provided ResourceArn");
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(tags[i].key, tags[k].key))
                return err_set(
                    &rq->err, ERR_VALIDATION,
                    "Duplicate Tag Keys provided as input: Duplicate Tag Key found " STR_FMT,
                    STR_ARG(tags[i].key));
    return true;
}

static int tag_cmp(const void *a, const void *b)
{
    return str_cmp(((const struct tag *)a)->key, ((const struct tag *)b)->key);
}

bool tags_put(struct req *rq, struct tag_set *set, const struct tag_in *tags, uint32_t n)
{
    uint32_t have = set->n;
    struct tag *all = NEW_ARRAY(&rq->mem, struct tag, have + n);
    if (have > 0)
        memcpy(all, set->tag, have * sizeof(*all));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = 0;
        while (at < have && !str_eq(all[at].key, tags[i].key))
            at++;
        all[at] = (struct tag){tags[i].key, tags[i].value};
        have += at == have;
    }
    if (have > LIMIT_TAGS)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Number of Tags exceed the current limit for the provided ResourceArn");
    size_t bytes = 0;
    for (uint32_t i = 0; i < have; i++)
        bytes += all[i].key.n + all[i].value.n;
    if (bytes > LIMIT_TAGS_BYTES)
        return err_set(&rq->err, ERR_VALIDATION,
                       "Tag set size %zu bytes is above max size limit of %d bytes", bytes,
                       LIMIT_TAGS_BYTES);
    if (have > 1)
        qsort(all, have, sizeof(*all), tag_cmp);
    *set = (struct tag_set){have, all};
    return true;
}

void tags_remove(struct tag_set *set, const struct str *keys, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->n; i++) {
        uint32_t at = 0;
        while (at < n && !str_eq(keys[at], set->tag[i].key))
            at++;
        if (at == n)
            set->tag[kept++] = set->tag[i];
    }
    set->n = kept;
}

static struct tag_set tags_of_item(struct arena *mem, struct str item)
{
    struct attr map = item_map(item), value;
    struct attr_iter it = attr_iter(&map);
    struct tag_set set = {0, NEW_ARRAY(mem, struct tag, map.count)};
    for (struct str name; attr_next(&it, &name, &value);)
        set.tag[set.n++] = (struct tag){name, value.body};
    return set;
}

static struct str item_of_tags(struct arena *mem, const struct tag_set *set)
{
    struct buf out = {.mem = mem};
    struct attr_build b;
    if (set->n == 0)
        return (struct str){0};
    item_begin(&b, &out);
    for (uint32_t i = 0; i < set->n; i++) {
        attr_build_name(&b, set->tag[i].key);
        attr_build_scalar(&b, ATTR_S, set->tag[i].value);
    }
    item_end(&b);
    return buf_str(&out);
}

static bool not_found(struct req *rq, struct str arn)
{
    return err_set(&rq->err, ERR_RESOURCE_NOT_FOUND,
                   "Requested resource not found: ResourceArn: " STR_FMT " not found",
                   STR_ARG(arn));
}

bool tags_find(struct req *rq, struct db_txn *txn, struct tagged *out)
{
    const struct resource *r = rq->prepared;
    struct str item;
    bool found;
    *out = (struct tagged){.table = r->is_stream ? NULL : db_table(txn, r->table)};
    if (!r->is_stream) {
        if (out->table == NULL || op_table_creating(rq, table_def(out->table)))
            return not_found(rq, r->arn);
        struct table_def *def = out->def = table_def_copy(&rq->mem, table_def(out->table));
        out->tags = (struct tag_set){def->tag_n, def->tag};
        return true;
    }
    if (!stream_lookup(rq, txn, r->arn, &out->stream, &found))
        return false;
    if (!found)
        return not_found(rq, r->arn);
    if (!db_stream_tags(txn, &out->stream, &item, &rq->err))
        return false;
    out->tags = tags_of_item(&rq->mem, item);
    return true;
}

bool tags_store(struct req *rq, struct db_txn *txn, struct tagged *of)
{
    if (of->table == NULL)
        return db_stream_set_tags(txn, &of->stream, item_of_tags(&rq->mem, &of->tags), &rq->err);
    of->def->tag_n = of->tags.n;
    of->def->tag = of->tags.tag;
    return db_table_replace(txn, of->table, of->def, &of->table, &rq->err);
}
