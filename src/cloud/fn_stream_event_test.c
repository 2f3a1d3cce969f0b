/* fn_stream_event_test.c - how much of a batch was handled. */
#include "base/tap.h"
#include "cloud/fn_stream.h"

static const struct {
    const char *reply;
    bool reports;
    size_t want; /* of three records: 101, 102, 103 */
} cases[] = {
    {"{\"batchItemFailures\":[{\"itemIdentifier\":\"102\"}]}", false, 3},
    {"{\"batchItemFailures\":[{\"itemIdentifier\":\"102\"}]}", true, 1},
    {"{\"batchItemFailures\":[{\"itemIdentifier\":\"103\"},{\"itemIdentifier\":\"102\"}]}", true,
     1},
    {"{\"batchItemFailures\":[{\"itemIdentifier\":\"101\"}]}", true, 0},
    {"{\"batchItemFailures\":[]}", true, 3},
    {"{}", true, 3},
    {"null", true, 3},
    {"", true, 3},
    {"{\"batchItemFailures\":[{\"itemIdentifier\":\"999\"}]}", true, 0},
    {"{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}", true, 0},
    {"{\"batchItemFailures\":[{}]}", true, 0},
};

static json_t *got(void)
{
    static const char text[] =
        "{\"Records\":[{\"dynamodb\":{\"SequenceNumber\":\"101\"}},"
        "{\"dynamodb\":{\"SequenceNumber\":\"102\"},"
        "\"userIdentity\":{\"PrincipalId\":\"dynamodb.amazonaws.com\",\"Type\":\"Service\"}},"
        "{\"dynamodb\":{\"SequenceNumber\":\"103\"}}]}";
    return json_loads(text, 0, NULL);
}

int main(void)
{
    json_t *all = got(), *records = fn_stream_records(all, "arn:s", NULL);
    ok(json_array_size(records) == 3, "all records");
    json_t *who = json_object_get(json_array_get(records, 1), "userIdentity");
    is_str(json_string_value(json_object_get(who, "principalId")), "dynamodb.amazonaws.com",
           "who it was, in Lambda's spelling");
    is_str(json_string_value(json_object_get(json_array_get(records, 2), "eventSourceARN")),
           "arn:s", "where it comes from");
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ok(fn_stream_handled(records, str_from_c(cases[i].reply), cases[i].reports) ==
               cases[i].want,
           "%s", cases[i].reply);
    json_decref(records);
    json_decref(all);
    all = got();
    records = fn_stream_records(all, "arn:s", "102");
    ok(json_array_size(records) == 2, "from a sequence number on");
    json_decref(records);
    json_decref(all);
    return tap_done();
}
