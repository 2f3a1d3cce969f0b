/* op_arn.c - resource names, apart and together. */
#include "op/op_arn.h"

#include "codec/time_iso.h"

bool arn_split(struct str text, struct arn *out)
{
    struct str part[5];
    for (size_t i = 0; i < COUNT_OF(part); i++) {
        const char *colon = text.n > 0 ? memchr(text.p, ':', text.n) : NULL;
        if (colon == NULL)
            return false;
        part[i] = (struct str){text.p, (size_t)(colon - text.p)};
        text = str_from(text, part[i].n + 1);
    }
    if (!str_eq(part[0], STR("arn")))
        return false;
    *out = (struct arn){part[1], part[2], part[3], part[4], text};
    return true;
}

const char *arn_partition(const char *region)
{
    struct str r = str_from_c(region);
    if (str_starts_with(r, STR("cn-")))
        return "aws-cn";
    return str_starts_with(r, STR("us-gov-")) ? "aws-us-gov" : "aws";
}

struct str arn_table(struct arena *mem, struct db *db, struct str table)
{
    return arena_printf(mem, "arn:%s:dynamodb:%s:%s:table/" STR_FMT, arn_partition(db_region(db)),
                        db_region(db), db_account(db), STR_ARG(table));
}

struct str arn_index(struct arena *mem, struct db *db, struct str table, struct str index)
{
    struct str of = arn_table(mem, db, table);
    return arena_printf(mem, STR_FMT "/index/" STR_FMT, STR_ARG(of), STR_ARG(index));
}

struct str arn_stream(struct arena *mem, struct db *db, struct str table, int64_t label_ms)
{
    char label[24];
    time_iso_label(label_ms, label);
    struct str of = arn_table(mem, db, table);
    return arena_printf(mem, STR_FMT "/stream/%s", STR_ARG(of), label);
}
