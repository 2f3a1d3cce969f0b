/* fn_stream_event.c - batches of records, and what functions say of them. */
#include "cloud/fn_stream.h"

const char *fn_stream_sequence(const json_t *record)
{
    const char *s =
        json_string_value(json_object_get(json_object_get(record, "dynamodb"), "SequenceNumber"));
    return s != NULL ? s : "";
}

json_t *fn_stream_records(json_t *got, const char *arn, const char *from)
{
    json_t *out = json_array(), *record;
    size_t i;
    json_array_foreach (json_object_get(got, "Records"), i, record) {
        json_t *who = json_object_get(record, "userIdentity");
        if (from != NULL && strcmp(fn_stream_sequence(record), from) < 0)
            continue;
        json_object_set_new(record, "eventSourceARN", json_string(arn));
        if (who != NULL) /* Lambda spells these two differently */
            json_object_set_new(record, "userIdentity",
                                json_pack("{s:O?, s:O?}", "principalId",
                                          json_object_get(who, "PrincipalId"), "type",
                                          json_object_get(who, "Type")));
        json_array_append(out, record);
    }
    return out;
}

size_t fn_stream_handled(const json_t *records, struct str reply, bool reports)
{
    size_t n = json_array_size(records), first = n, i, k;
    json_t *answer, *failure, *record;
    if (!reports)
        return n;
    answer = json_loadb(reply.p != NULL ? reply.p : "", reply.n, JSON_DECODE_ANY, NULL);
    json_array_foreach (json_object_get(answer, "batchItemFailures"), k, failure) {
        const char *id = json_string_value(json_object_get(failure, "itemIdentifier"));
        size_t at = 0; /* one that is not of this batch: all of it has failed */
        json_array_foreach (records, i, record)
            if (id != NULL && strcmp(fn_stream_sequence(record), id) == 0)
                at = i;
        first = at < first ? at : first;
    }
    json_decref(answer);
    return first;
}
