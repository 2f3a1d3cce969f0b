/* fn_stream_shard.c - one shard of a mapping.
 *
 * (1) The cursor moves only past records that the function has handled, or that are
 *     in the dead letters.
 * (2) It is durable before the next batch is given away. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cloud/fn_stream_int.h"
#include "codec/time_iso.h"

enum { RETRY_MS = 100, RETRY_MS_MAX = 30 * 1000 };

static int64_t now_ms(const struct fn_mapping *m)
{
    return env_now_ms(m->streams->fn->cloud->env);
}

static struct cloud *cloud_of(const struct fn_mapping *m)
{
    return m->streams->fn->cloud;
}

/* Asks an operation; takes the input's reference.  NULL: *e is set. */
static json_t *ask(struct fn_mapping *m, const char *operation, json_t *input, struct err *e)
{
    struct buf out = {0};
    char *text = json_dumps(input, JSON_COMPACT);
    json_t *answer = NULL;
    json_decref(input);
    if (text == NULL)
        abort();
    if (cloud_op_read(cloud_of(m), operation, str_from_c(text), &out, e)) {
        answer = json_loadb(out.p, out.n, 0, NULL);
        if (answer == NULL)
            err_set(e, ERR_INTERNAL, "the answer of %s cannot be read", operation);
    }
    free(text);
    buf_free(&out);
    return answer;
}

struct cursor {
    struct fn_shard *shard;
    char key[128];
    struct str text; /* to be written */
};

static void cursor_key(const struct fn_mapping *m, struct fn_shard *s, struct cursor *c)
{
    *c = (struct cursor){.shard = s};
    snprintf(c->key, sizeof(c->key), "%s/%s", m->uuid, s->id);
}

static bool read_cursor(void *arg, struct db_txn *t, struct err *e)
{
    struct cursor *c = arg;
    struct str text;
    if (!db_doc_get(t, STR("fn-cursor"), str_from_c(c->key), &text, e))
        return false;
    json_t *v = text.p != NULL ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    const char *sequence = json_string_value(json_object_get(v, "Sequence"));
    snprintf(c->shard->cursor, sizeof(c->shard->cursor), "%s", sequence != NULL ? sequence : "");
    c->shard->done = json_is_true(json_object_get(v, "Done"));
    json_decref(v);
    return true;
}

/* Not for a mapping that was removed meanwhile: its cursors would stay for ever. */
static bool write_cursor(void *arg, struct db_txn *t, struct err *e)
{
    const struct cursor *c = arg;
    struct str mapping, uuid = {c->key, 36};
    return db_doc_get(t, STR("fn-map"), uuid, &mapping, e) &&
           (mapping.p == NULL || db_doc_put(t, STR("fn-cursor"), str_from_c(c->key), c->text, e));
}

static bool save_cursor(struct fn_mapping *m, struct fn_shard *s, struct err *e)
{
    struct cursor c;
    char text[128];
    cursor_key(m, s, &c);
    int n = snprintf(text, sizeof(text), "{\"Sequence\":\"%s\",\"Done\":%s}", s->cursor,
                     s->done ? "true" : "false");
    c.text = (struct str){text, (size_t)n};
    return cloud_write(cloud_of(m), write_cursor, &c, e);
}

static void later(struct fn_mapping *m, struct fn_shard *s)
{
    int64_t pause = RETRY_MS;
    for (int i = 1; i < s->tries && pause < RETRY_MS_MAX; i++)
        pause *= 2;
    s->retry_ms = now_ms(m) + (pause < RETRY_MS_MAX ? pause : RETRY_MS_MAX);
    free(s->iterator);
    s->iterator = NULL;
}

/* What went wrong with the stream itself: try again after a while. */
static bool problem(struct fn_mapping *m, struct fn_shard *s, const struct err *e)
{
    if (e->code == ERR_TRIMMED_DATA_ACCESS) {
        log_warn("mapping %s: records of shard %s are gone before they were handled", m->uuid,
                 s->id);
        s->cursor[0] = '\0'; /* from the oldest that are left */
    } else if (e->code != ERR_EXPIRED_ITERATOR) {
        fn_mapping_result(m, "PROBLEM: %s", e->msg);
        s->tries++;
    }
    later(m, s);
    return false;
}

static bool get_iterator(struct fn_mapping *m, struct fn_shard *s, struct err *e)
{
    bool resume = s->cursor[0] != '\0';
    json_t *in =
        json_pack("{s:s s:s s:s}", "StreamArn", fn_mapping_text(m, "EventSourceArn"), "ShardId",
                  s->id, "ShardIteratorType", resume ? "AFTER_SEQUENCE_NUMBER" : "TRIM_HORIZON");
    if (resume)
        json_object_set_new(in, "SequenceNumber", json_string(s->cursor));
    json_t *out = ask(m, "GetShardIterator", in, e);
    const char *iterator = json_string_value(json_object_get(out, "ShardIterator"));
    s->iterator = iterator != NULL ? strdup(iterator) : NULL;
    json_decref(out);
    return s->iterator != NULL;
}

/* The cursor goes to the end of these records, and the reader to `next`. */
static bool move_on(struct fn_mapping *m, struct fn_shard *s, const json_t *records, size_t n,
                    const json_t *next)
{
    struct err e;
    const char *last = fn_stream_sequence(json_array_get(records, n - 1));
    snprintf(s->cursor, sizeof(s->cursor), "%s", last);
    s->tries = 0;
    s->first_ms = 0;
    free(s->iterator);
    s->iterator = next != NULL ? strdup(json_string_value(next)) : NULL;
    err_clear(&e);
    return save_cursor(m, s, &e) || problem(m, s, &e);
}

/* As Lambda describes a batch that it gives up to the destination of failures. */
static bool give_up(struct fn_mapping *m, struct fn_shard *s, json_t *records, struct str reply,
                    const char *condition)
{
    struct err e;
    char when[25], id[37];
    size_t n = json_array_size(records);
    time_iso_extended(now_ms(m), when);
    env_uuid(cloud_of(m)->env, id);
    json_t *letter = json_pack(
        "{s:s s:s s:{s:s s:s s:s s:i} s:o s:{s:s s:s s:s s:i s:s} s:O}", "version", "1.0",
        "timestamp", when, "requestContext", "requestId", id, "functionArn",
        fn_mapping_text(m, "FunctionArn"), "condition", condition, "approximateInvokeCount",
        s->tries, "responsePayload", fn_json_or_text(reply), "DDBStreamBatchInfo", "shardId", s->id,
        "startSequenceNumber", fn_stream_sequence(json_array_get(records, 0)), "endSequenceNumber",
        fn_stream_sequence(json_array_get(records, n - 1)), "batchSize", (int)n, "streamArn",
        fn_mapping_text(m, "EventSourceArn"), "records", records);
    char name[FN_NAME_MAX + 1] = "unknown";
    (void)fn_name_parse(str_from_c(fn_mapping_text(m, "FunctionArn")), name);
    err_clear(&e);
    bool good = fn_dead_letter(m->streams->fn, name, letter, &e);
    json_decref(letter);
    return good || problem(m, s, &e); /* (1) */
}

/* The batch has failed, after its first `handled` records. */
static bool failed(struct fn_mapping *m, struct fn_shard *s, json_t *records, size_t handled,
                   struct str reply, const json_t *next)
{
    size_t n = json_array_size(records);
    int64_t tries_max = fn_mapping_int(m, "MaximumRetryAttempts");
    bool bisect = json_is_true(json_object_get(m->def, "BisectBatchOnFunctionError"));
    fn_mapping_result(m, "PROBLEM: Function call failed");
    if (handled > 0 && !move_on(m, s, records, handled, NULL))
        return false;
    if (handled == 0 && bisect && n > 1) {
        s->limit = (n + 1) / 2;
        later(m, s);
        return false;
    }
    s->tries++;
    if (tries_max >= 0 && s->tries > tries_max && handled == 0)
        return give_up(m, s, records, reply, "RetryAttemptsExhausted") &&
               move_on(m, s, records, n, next);
    later(m, s);
    return false;
}

static bool handle(struct fn_mapping *m, struct fn_shard *s, json_t *records, const json_t *next)
{
    struct err e;
    struct arena mem = {0};
    char name[FN_NAME_MAX + 1] = "";
    json_t *event = json_pack("{s:O}", "Records", records);
    char *text = json_dumps(event, JSON_COMPACT);
    struct fn_job job = {.event = str_from_c(text)};
    bool reports = json_array_size(json_object_get(m->def, "FunctionResponseTypes")) > 0, more;
    size_t n = json_array_size(records);
    err_clear(&e);
    if (text == NULL)
        abort();
    (void)fn_name_parse(str_from_c(fn_mapping_text(m, "FunctionArn")), name);
    if (!fn_invoke(m->streams->fn, name, &job, &mem, &e)) {
        more = problem(m, s, &e);
    } else if (job.outcome == FN_STOPPED || job.outcome == FN_THROTTLED) {
        later(m, s);
        more = false;
    } else {
        size_t handled = job.outcome == FN_ANSWERED
                             ? fn_stream_handled(records, buf_str(&job.reply), reports)
                             : 0;
        if (handled < n) {
            more = failed(m, s, records, handled, buf_str(&job.reply), next);
        } else {
            size_t batch = (size_t)fn_mapping_int(m, "BatchSize");
            s->limit = s->limit * 2 < batch ? s->limit * 2 : batch;
            fn_mapping_result(m, "OK");
            more = move_on(m, s, records, n, next);
        }
    }
    free(text);
    json_decref(event);
    buf_free(&job.reply);
    buf_free(&job.log);
    arena_free(&mem);
    return more;
}

/* Is it time to give them away, though there could be more of them? */
static bool batch_is_ready(struct fn_mapping *m, struct fn_shard *s, size_t n, bool closed)
{
    int64_t window_ms = fn_mapping_int(m, "MaximumBatchingWindowInSeconds") * 1000;
    if (window_ms == 0 || n >= s->limit || closed)
        return true;
    if (s->first_ms == 0)
        s->first_ms = now_ms(m);
    return now_ms(m) - s->first_ms >= window_ms;
}

static bool too_old(struct fn_mapping *m, const json_t *records)
{
    int64_t max_s = fn_mapping_int(m, "MaximumRecordAgeInSeconds");
    json_t *last = json_array_get(records, json_array_size(records) - 1);
    json_int_t created_s = json_integer_value(
        json_object_get(json_object_get(last, "dynamodb"), "ApproximateCreationDateTime"));
    return max_s > 0 && now_ms(m) / 1000 - created_s > max_s;
}

static bool use(struct fn_mapping *m, struct fn_shard *s, json_t *got)
{
    struct err e;
    json_t *next = json_object_get(got, "NextShardIterator");
    const char *from = s->cursor[0] == '\0' ? fn_mapping_text(m, "_From") : NULL;
    json_t *records = fn_stream_records(got, fn_mapping_text(m, "EventSourceArn"), from);
    size_t n = json_array_size(records);
    bool more = false;
    if (n == 0 && next == NULL) {
        s->done = true;
        err_clear(&e);
        more = save_cursor(m, s, &e) || problem(m, s, &e);
    } else if (n == 0) {
        more = json_array_size(json_object_get(got, "Records")) > 0;
        free(s->iterator);
        s->iterator = strdup(json_string_value(next));
    } else if (too_old(m, records)) {
        more = give_up(m, s, records, STR("null"), "RecordAgeExceeded") &&
               move_on(m, s, records, n, next);
    } else if (batch_is_ready(m, s, n, next == NULL)) {
        more = handle(m, s, records, next);
    }
    json_decref(records);
    return more;
}

bool fn_shard_turn(struct fn_mapping *m, struct fn_shard *s)
{
    struct err e;
    struct cursor c;
    if (s->done || now_ms(m) < s->retry_ms)
        return false;
    err_clear(&e);
    if (!s->loaded) {
        cursor_key(m, s, &c);
        s->loaded = cloud_read(cloud_of(m), read_cursor, &c, &e);
        s->limit = (size_t)fn_mapping_int(m, "BatchSize");
        if (!s->loaded)
            return problem(m, s, &e);
        if (s->done)
            return true;
    }
    if (s->iterator == NULL && !get_iterator(m, s, &e))
        return problem(m, s, &e);
    json_t *got =
        ask(m, "GetRecords",
            json_pack("{s:s s:i}", "ShardIterator", s->iterator, "Limit", (int)s->limit), &e);
    if (got == NULL)
        return problem(m, s, &e);
    bool more = use(m, s, got);
    json_decref(got);
    return more;
}
