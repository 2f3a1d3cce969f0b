/* sql_schema.c - see sql_schema.h. */
#include "cruddur/sql_schema.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/env.h"
#include "cruddur/seed_conversation.h"
#include "cruddur/times.h"

const struct sql_schema_step sql_schema_steps[] = {
    {1, "people and posts",
     "CREATE TABLE users (uuid UUID PRIMARY KEY DEFAULT @UUID, display_name text NOT NULL,"
     " handle text NOT NULL, email text NOT NULL, cognito_user_id text NOT NULL,"
     " created_at TIMESTAMP NOT NULL DEFAULT @NOW);"
     "CREATE UNIQUE INDEX users_handle ON users (lower(handle));"
     /* People of the seed have no account until they are found in the user pool. */
     "CREATE UNIQUE INDEX users_cognito_user_id ON users (cognito_user_id)"
     " WHERE cognito_user_id <> 'MOCK';"
     "CREATE TABLE activities (uuid UUID PRIMARY KEY DEFAULT @UUID,"
     " user_uuid UUID NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,"
     " message text NOT NULL, replies_count integer NOT NULL DEFAULT 0,"
     " reposts_count integer NOT NULL DEFAULT 0, likes_count integer NOT NULL DEFAULT 0,"
     " reply_to_activity_uuid UUID REFERENCES activities (uuid) ON DELETE CASCADE,"
     " expires_at TIMESTAMP, created_at TIMESTAMP NOT NULL DEFAULT @NOW);"
     "CREATE INDEX activities_created_at ON activities (created_at, uuid);"
     "CREATE INDEX activities_user ON activities (user_uuid, created_at, uuid);"
     "CREATE INDEX activities_reply_to ON activities (reply_to_activity_uuid, created_at);",
     "DROP TABLE activities; DROP TABLE users;"},
    {2, "a bio", "ALTER TABLE users ADD COLUMN bio text;", "ALTER TABLE users DROP COLUMN bio;"},
    {3, "likes and reposts",
     "CREATE TABLE likes (user_uuid UUID NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,"
     " activity_uuid UUID NOT NULL REFERENCES activities (uuid) ON DELETE CASCADE,"
     " created_at TIMESTAMP NOT NULL, PRIMARY KEY (activity_uuid, user_uuid));"
     "CREATE TABLE reposts (user_uuid UUID NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,"
     " activity_uuid UUID NOT NULL REFERENCES activities (uuid) ON DELETE CASCADE,"
     " created_at TIMESTAMP NOT NULL, PRIMARY KEY (activity_uuid, user_uuid));",
     "DROP TABLE reposts; DROP TABLE likes;"},
    {4, "notifications",
     "CREATE TABLE notifications (uuid UUID PRIMARY KEY,"
     " user_uuid UUID NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,"
     " actor_uuid UUID NOT NULL REFERENCES users (uuid) ON DELETE CASCADE,"
     " kind text NOT NULL, activity_uuid UUID REFERENCES activities (uuid) ON DELETE CASCADE,"
     " message_group_uuid UUID, message text, created_at TIMESTAMP NOT NULL,"
     " read_at TIMESTAMP);"
     "CREATE INDEX notifications_user ON notifications (user_uuid, created_at, uuid);"
     /* One like or repost tells once, however often it is taken back. */
     "CREATE UNIQUE INDEX notifications_once ON notifications"
     " (user_uuid, actor_uuid, kind, activity_uuid) WHERE activity_uuid IS NOT NULL;"
     "CREATE UNIQUE INDEX notifications_unread_group ON notifications"
     " (user_uuid, message_group_uuid) WHERE kind = 'message' AND read_at IS NULL;",
     "DROP TABLE notifications;"},
};
const size_t sql_schema_steps_n = COUNT_OF(sql_schema_steps);

static const char drop_all[] =
    "DROP TABLE IF EXISTS notifications; DROP TABLE IF EXISTS reposts; DROP TABLE IF EXISTS likes;"
    "DROP TABLE IF EXISTS activities; DROP TABLE IF EXISTS users;"
    "DROP TABLE IF EXISTS schema_information;";

static const struct {
    const char *word, *sqlite, *postgres;
} words[] = {
    {"@UUID",
     "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)),"
     " 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))",
     "gen_random_uuid()"},
    {"@NOW", "(strftime('%Y-%m-%dT%H:%M:%f000', 'now'))", "(current_timestamp AT TIME ZONE 'UTC')"},
};

static struct str spelled(const struct sql *s, struct arena *mem, const char *text)
{
    struct buf b = {.mem = mem};
    while (*text != '\0') {
        size_t i = 0;
        while (i < COUNT_OF(words) && strncmp(text, words[i].word, strlen(words[i].word)) != 0)
            i++;
        if (i == COUNT_OF(words)) {
            buf_byte(&b, *text++);
            continue;
        }
        buf_add(&b, str_from_c(sql_is_postgres(s) ? words[i].postgres : words[i].sqlite));
        text += strlen(words[i].word);
    }
    return buf_str(&b);
}

static bool script(struct sql *s, const char *text, int version, struct err *e)
{
    struct arena mem = {0};
    struct str all = spelled(s, &mem, text);
    struct str whole = arena_printf(
        &mem, STR_FMT "UPDATE schema_information SET last_successful_run = '%d' WHERE id = 1;",
        STR_ARG(all), version);
    bool good = sql_script(s, arena_cstr(&mem, whole), e);
    arena_free(&mem);
    return good;
}

static bool version(struct sql *s, int *out, struct err *e)
{
    struct arena mem = {0};
    struct sql_rows rows;
    bool good =
        sql_script(s,
                   "CREATE TABLE IF NOT EXISTS schema_information (id integer UNIQUE,"
                   " last_successful_run text);"
                   "INSERT INTO schema_information (id, last_successful_run) VALUES (1, '0')"
                   " ON CONFLICT DO NOTHING;",
                   e) &&
        sql_run(s, &mem, "SELECT last_successful_run FROM schema_information WHERE id = 1", NULL, 0,
                &rows, e);
    if (good)
        *out = (int)strtol(arena_cstr(&mem, sql_cell(&rows, 0, 0)), NULL, 10);
    arena_free(&mem);
    return good;
}

bool sql_schema_pending(struct sql *s, int *out, struct err *e)
{
    int at;
    if (!version(s, &at, e))
        return false;
    *out = (int)sql_schema_steps_n - at;
    return true;
}

bool sql_schema_migrate(struct sql *s, sql_schema_told told, void *arg, struct err *e)
{
    int at, again;
    if (!version(s, &at, e))
        return false;
    while (at < (int)sql_schema_steps_n) {
        const struct sql_schema_step *step = &sql_schema_steps[at];
        assert(step->version == at + 1);
        if (script(s, step->up, step->version, e)) {
            if (told != NULL)
                told(arg, step);
            at++;
            continue;
        }
        /* Somebody else may have taken that step at the same time. */
        struct err ignored = {0};
        if (!version(s, &again, &ignored) || again <= at)
            return false;
        err_clear(e);
        at = again;
    }
    return true;
}

bool sql_schema_rollback(struct sql *s, const struct sql_schema_step **out, struct err *e)
{
    int at;
    if (!version(s, &at, e))
        return false;
    *out = NULL;
    if (at == 0)
        return true;
    if (at > (int)sql_schema_steps_n)
        return err_set(e, ERR_VALIDATION, "the database is at version %d, made by a newer cruddur",
                       at);
    if (!script(s, sql_schema_steps[at - 1].down, at - 1, e))
        return false;
    *out = &sql_schema_steps[at - 1];
    return true;
}

bool sql_schema_load(struct sql *s, sql_schema_told told, void *arg, struct err *e)
{
    return sql_script(s, drop_all, e) && sql_schema_migrate(s, told, arg, e);
}

static const struct {
    const char *display_name, *email, *handle;
} people[] = {
    {"AfroLatino", "afrolatino@test.com", "AfroLatino"},
    {"londo", "lmollari@centari.com", "londo"},
    {"Andrew Brown", "andrewb@exampro.co", "andrewbrown"},
};

static bool seed_person(struct sql *s, struct arena *mem, size_t i, uint32_t *n, struct err *e)
{
    char uuid[37], now[TIMES_SQL_MAX];
    struct sql_rows rows;
    env_uuid(env_system(), uuid);
    times_sql(times_now_us(), now);
    const struct str args[] = {
        str_from_c(i < COUNT_OF(seed_users) ? seed_users[i].uuid : uuid),
        str_from_c(people[i].display_name),
        str_from_c(people[i].email),
        str_from_c(people[i].handle),
        str_from_c(now),
    };
    bool good = sql_run(s, mem,
                        "INSERT INTO users (uuid, display_name, email, handle, cognito_user_id, "
                        "created_at) VALUES ($1, $2, $3, $4, 'MOCK', $5) ON CONFLICT DO NOTHING "
                        "RETURNING uuid",
                        args, COUNT_OF(args), &rows, e);
    *n = good ? rows.n : 0;
    return good;
}

bool sql_schema_seed(struct sql *s, int *users, int *activities, struct err *e)
{
    static const int64_t ten_days_us = 10LL * 24 * 3600 * 1000000;
    struct arena mem = {0};
    struct sql_rows rows;
    char uuid[37], now[TIMES_SQL_MAX], expires[TIMES_SQL_MAX];
    uint32_t n = 0;
    bool good = true;
    *users = *activities = 0;
    for (size_t i = 0; good && i < COUNT_OF(people); i++) {
        good = seed_person(s, &mem, i, &n, e);
        *users += (int)n;
    }
    env_uuid(env_system(), uuid);
    times_sql(times_now_us(), now);
    times_sql(times_now_us() + ten_days_us, expires);
    const struct str args[] = {str_from_c(uuid), STR("This was imported as seed data!"),
                               str_from_c(expires), str_from_c(now), STR("AfroLatino")};
    good = good && sql_run(s, &mem,
                           "INSERT INTO activities (uuid, user_uuid, message, expires_at, "
                           "created_at) VALUES ($1, (SELECT uuid FROM users WHERE lower(handle) = "
                           "lower($5)), $2, $3, $4) RETURNING uuid",
                           args, COUNT_OF(args), &rows, e);
    if (good)
        *activities = (int)rows.n;
    arena_free(&mem);
    return good;
}
