/* messages_test.c - times, rows, and that the sample conversation is whole. */
#include <stdlib.h>

#include "base/tap.h"
#include "cruddur/seed_conversation.h"

int main(void)
{
    char time[MESSAGES_TIME_MAX];
    messages_time(INT64_C(1795343935054745), time);
    is_str(time, "2026-11-22T10:38:55.054745+00:00", "a time");
    messages_time(INT64_C(1000000), time);
    is_str(time, "1970-01-01T00:00:01.000000+00:00", "a whole second keeps its digits");

    struct ddb_doc *in = messages_query_conversation("g", 20);
    char *text = ddb_doc_text(in, 0);
    is_str(text,
           "{\"ExpressionAttributeValues\":{\":pk\":{\"S\":\"MSG#g\"}},"
           "\"KeyConditionExpression\":\"pk = :pk\",\"Limit\":20,"
           "\"ReturnConsumedCapacity\":\"TOTAL\",\"ScanIndexForward\":false,"
           "\"TableName\":\"cruddur-messages\"}",
           "pattern A");
    free(text);
    ddb_doc_free(in);

    size_t bad = 0;
    for (size_t i = 0; i < SEED_MESSAGES; i++)
        bad += seed_messages[i] == NULL || strlen(seed_messages[i]) < 40;
    ok(bad == 0, "104 messages, each long enough to be cut at 40");
    return tap_done();
}
