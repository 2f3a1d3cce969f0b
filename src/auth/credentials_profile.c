/* credentials_profile.c - whose keys a client signs with. */
#include <stdlib.h>

#include "auth/auth_file_int.h"
#include "auth/credentials.h"
#include "auth/ini.h"

static struct str from_env(struct arena *mem, const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0' ? arena_dup(mem, str_from_c(value)) : (struct str){0};
}

static bool check_pair(const struct credentials_profile *p, const char *where, struct err *e)
{
    if (p->access_key.p != NULL && p->secret_key.p == NULL)
        return err_set(e, ERR_VALIDATION, "%s: an access key without its secret", where);
    if (p->access_key.p == NULL && p->secret_key.p != NULL)
        return err_set(e, ERR_VALIDATION, "%s: a secret without its access key", where);
    return true;
}

/* The file named by the environment variable, or ~/.aws/`name`; NULL: there is no home. */
static const char *file_path(struct arena *mem, const char *variable, const char *name)
{
    const char *given = getenv(variable), *home = getenv("HOME");
    if (given != NULL && *given != '\0') {
        if (given[0] == '~' && given[1] == '/' && home != NULL)
            return arena_printf(mem, "%s%s%c", home, given + 1, 0).p;
        return given;
    }
    return home != NULL ? arena_printf(mem, "%s/.aws/%s%c", home, name, 0).p : NULL;
}

/* One profile of one file; *found: the file has it. */
static bool from_file(struct arena *mem, const char *path, struct str profile,
                      struct credentials_profile *out, bool *found, struct err *e)
{
    struct str text;
    struct ini i;
    bool missing;
    *out = (struct credentials_profile){0};
    if (path == NULL)
        return true;
    if (!auth_file_read(mem, path, &missing, &text, e))
        return false;
    ini_init(&i, text);
    while (ini_next(&i)) {
        if (!str_eq(i.section, profile))
            continue;
        *found = true;
        if (i.key.p == NULL || i.value.n == 0)
            continue;
        if (str_eq(i.key, STR("aws_access_key_id")))
            out->access_key = i.value;
        else if (str_eq(i.key, STR("aws_secret_access_key")))
            out->secret_key = i.value;
        else if (str_eq(i.key, STR("aws_session_token")))
            out->session_token = i.value;
        else if (str_eq(i.key, STR("region")))
            out->region = i.value;
    }
    if (i.problem != NULL)
        return err_set(e, ERR_VALIDATION, "%s:%u: %s", path, i.line, i.problem);
    return check_pair(out, path, e);
}

static bool from_files(struct arena *mem, struct credentials_profile *keys, struct str *region,
                       struct err *e)
{
    struct str wanted = from_env(mem, "AWS_PROFILE");
    struct str profile = wanted.p != NULL ? wanted : STR("default");
    struct credentials_profile shared, config;
    bool found = false;
    const char *shared_path = file_path(mem, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
    const char *config_path = file_path(mem, "AWS_CONFIG_FILE", "config");
    if (!from_file(mem, shared_path, profile, &shared, &found, e) ||
        !from_file(mem, config_path, profile, &config, &found, e))
        return false;
    if (wanted.p != NULL && !found)
        return err_set(e, ERR_VALIDATION, "The config profile (" STR_FMT ") could not be found",
                       STR_ARG(wanted));
    *keys = shared.access_key.p != NULL ? shared : config;
    *region = config.region.p != NULL ? config.region : shared.region;
    return true;
}

bool credentials_profile_load(struct arena *mem, struct credentials_profile *out, struct err *e)
{
    struct credentials_profile env = {
        .access_key = from_env(mem, "AWS_ACCESS_KEY_ID"),
        .secret_key = from_env(mem, "AWS_SECRET_ACCESS_KEY"),
        .session_token = from_env(mem, "AWS_SESSION_TOKEN"),
        .region = from_env(mem, "AWS_REGION"),
    };
    struct credentials_profile keys = {0};
    struct str region = {0};
    if (!check_pair(&env, "environment", e))
        return false;
    if (env.region.p == NULL)
        env.region = from_env(mem, "AWS_DEFAULT_REGION");
    /* With both at hand the files are not asked: nothing in them can matter. */
    if (env.access_key.p == NULL || env.region.p == NULL) {
        if (!from_files(mem, &keys, &region, e))
            return false;
    }
    if (env.access_key.p != NULL)
        keys = env;
    keys.region = env.region.p != NULL ? env.region : region;
    *out = keys;
    return true;
}
