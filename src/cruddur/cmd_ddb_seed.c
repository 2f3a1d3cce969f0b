/* cmd_ddb_seed.c - the sample conversation: two group rows, 104 messages, one
 * minute apart, the last a little while ago.
 *
 * Seeding again tells the conversation again, at new times; drop the table to
 * start over. */
#include <stdio.h>
#include <time.h>

#include "base/env.h"
#include "cruddur/cmd_db.h"
#include "cruddur/messages.h"
#include "cruddur/seed_conversation.h"

static const int64_t minute_us = 60000000;

static struct ddb_doc *put(struct ddb_doc *requests)
{
    return ddb_set_object(ddb_set_object(ddb_add_object(requests), "PutRequest"), "Item");
}

static void add_rows(struct ddb_doc *requests, const struct messages_user users[2])
{
    char uuid[37], time[MESSAGES_TIME_MAX];
    int64_t start = env_now_ms(env_system()) * 1000 - 180 * minute_us;
    for (size_t i = 0; i < SEED_MESSAGES; i++) {
        env_uuid(env_system(), uuid);
        messages_time(start + (int64_t)i * minute_us, time);
        messages_row(put(requests), seed_group_uuid, uuid, &users[i % 2], time, seed_messages[i]);
    }
    for (size_t me = 0; me < 2; me++) /* at the last message */
        messages_group_row(put(requests), seed_group_uuid, users[me].uuid, &users[1 - me], time,
                           seed_messages[SEED_MESSAGES - 1]);
}

static int run(const struct cmd_args *a)
{
    struct ddb *ddb = cmd_ddb(a);
    if (ddb == NULL)
        return 1;
    struct ddb_error err;
    struct ddb_doc *all = ddb_doc_new();
    struct ddb_doc *requests = ddb_set_array(all, "requests");
    struct arena mem = {0};
    struct messages_user users[2];
    int status = 0;
    cmd_db_seed_users(a, &mem, users);
    add_rows(requests, users);
    if (ddb_batch_write(ddb, messages_table(), requests, &err))
        printf("wrote %zu items to %s\n", ddb_count(requests), messages_table());
    else
        status = cmd_fail("seed", &err);
    ddb_doc_free(all);
    ddb_free(ddb);
    arena_free(&mem);
    return status;
}

const struct cmd cmd_ddb_seed = {
    .noun = "ddb",
    .verb = "seed",
    .args = "",
    .help = "write the sample conversation",
    .run = run,
};
