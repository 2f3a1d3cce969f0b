/* ddb_pages.c - answers that come in pieces: pages, and unprocessed writes. */
#include <stdlib.h>

#include "client/ddb_int.h"

enum { BATCH_MAX = 25, ROUNDS_MAX = 12 };

bool ddb_pages(struct ddb *ddb, const char *operation, const struct ddb_doc *in,
               bool (*page)(void *arg, const struct ddb_doc *out), void *arg, struct ddb_error *err)
{
    struct ddb_doc *ask = ddb_doc_of(json_deep_copy(ddb_json(in)));
    struct ddb_doc *out = NULL;
    bool ok = false;
    if (ask == NULL)
        return ddb_fail(err, DDB_ERR_MEMORY, "out of memory");
    for (;;) {
        ok = ddb_call(ddb, operation, ask, &out, err);
        if (!ok || !page(arg, out))
            break;
        const struct ddb_doc *last = ddb_get(out, "LastEvaluatedKey");
        if (last == NULL)
            break;
        ddb_set_copy(ask, "ExclusiveStartKey", last);
        ddb_doc_free(out);
        out = NULL;
    }
    ddb_doc_free(out);
    ddb_doc_free(ask);
    return ok;
}

/* Sends one group until nothing of it is unprocessed. */
static bool write_group(struct ddb *ddb, const char *table, json_t *group, struct ddb_error *err)
{
    json_t *ask = json_pack("{s:{s:O}}", "RequestItems", table, group);
    for (int round = 1; ask != NULL; round++) {
        struct ddb_doc *out = NULL;
        bool ok = ddb_call(ddb, "BatchWriteItem", ddb_doc_of(ask), &out, err);
        json_decref(ask);
        const struct ddb_doc *left = ok ? ddb_get(out, "UnprocessedItems") : NULL;
        if (left == NULL || ddb_count(left) == 0) {
            ddb_doc_free(out);
            return ok;
        }
        ask = json_pack("{s:O}", "RequestItems", ddb_json(left));
        ddb_doc_free(out);
        if (round == ROUNDS_MAX) {
            json_decref(ask);
            return ddb_fail(err, DDB_ERR_SERVICE, "items stay unprocessed after %d tries", round);
        }
        ddb_pause(round);
    }
    return ddb_fail(err, DDB_ERR_MEMORY, "out of memory");
}

bool ddb_batch_write(struct ddb *ddb, const char *table, const struct ddb_doc *requests,
                     struct ddb_error *err)
{
    size_t n = ddb_count(requests);
    for (size_t from = 0; from < n; from += BATCH_MAX) {
        json_t *group = json_array();
        if (group == NULL)
            return ddb_fail(err, DDB_ERR_MEMORY, "out of memory");
        for (size_t i = from; i < n && i < from + BATCH_MAX; i++)
            if (json_array_append(group, json_array_get(ddb_json(requests), i)) != 0) {
                json_decref(group);
                return ddb_fail(err, DDB_ERR_MEMORY, "out of memory");
            }
        bool ok = write_group(ddb, table, group, err);
        json_decref(group);
        if (!ok)
            return false;
    }
    return true;
}
