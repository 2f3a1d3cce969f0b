/* credentials_test.c - files that are right, files that are wrong, and the cache. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/credentials.h"
#include "base/tap.h"

static char dir[] = "/tmp/credentials_test.XXXXXX";

static const char *write_file(const char *name, const char *text)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    if (f == NULL || fputs(text, f) < 0)
        abort();
    fclose(f);
    return path;
}

static struct str hex_of(struct arena *mem, const struct hmac_key *k)
{
    unsigned char mac[SHA256_BYTES];
    char *p = arena_bytes(mem, 2 * SHA256_BYTES);
    hmac_sha256(k, STR("x"), mac);
    hex_encode(mac, sizeof(mac), p);
    return (struct str){p, 2 * SHA256_BYTES};
}

#define PAIR(k, s) "aws_access_key_id = " k "\naws_secret_access_key = " s "\n"

static void test_good(void)
{
    struct arena mem = {0};
    struct err e = {0};
    struct credentials *c = NULL;
    const char *path = write_file(
        "good",
        "# ours\r\n; too\n\n[default]\r\n" PAIR(
            "KEY1", "one=+/") "region=x\n"
                              "s3 =\n  aws_access_key_id = nested\n\n[profile two] # "
                              "second\n" PAIR("KEY2",
                                              "2") "aws_session_token=tok==\n[ \"sp ace\" "
                                                   "]\n" PAIR("KEY1",
                                                              "one=+/") "[profile empty]\nregion "
                                                                        "= y\n[profile "
                                                                        "blank]\naws_access_key_"
                                                                        "id =\n"
                                                                        "[profile\tthree]\n  "
                                                                        "aws_access_key_id="
                                                                        "KEY3\naws_secret_access_"
                                                                        "key=3");
    ok(credentials_load(path, &c, &e), "a file with everything in it");
    is_str(e.msg, "", "no error");
    struct str none = {0};
    ok(credentials_match(c, STR("KEY1"), none) == CREDENTIALS_MATCH, "first key");
    ok(credentials_match(c, STR("KEY3"), none) == CREDENTIALS_MATCH, "third key");
    ok(credentials_match(c, STR("KEY1"), STR("t")) == CREDENTIALS_WRONG_TOKEN, "no token wanted");
    ok(credentials_match(c, STR("KEY2"), STR("tok==")) == CREDENTIALS_MATCH, "its token");
    ok(credentials_match(c, STR("KEY2"), STR("tok=x")) == CREDENTIALS_WRONG_TOKEN, "another");
    ok(credentials_match(c, STR("KEY2"), none) == CREDENTIALS_WRONG_TOKEN, "no token");
    ok(credentials_match(c, STR("KEY"), none) == CREDENTIALS_UNKNOWN_KEY, "no such key");
    ok(credentials_match(c, STR("nested"), none) == CREDENTIALS_UNKNOWN_KEY, "nested is no key");
    ok(credentials_match(c, none, none) == CREDENTIALS_UNKNOWN_KEY, "no key at all");

    struct hmac_key k, again;
    struct str date = STR("20261122"), region = STR("us-east-1"), service = STR("dynamodb");
    ok(!credentials_signing_key(c, STR("KEY"), date, region, service, &k), "no such key signs");
    ok(credentials_signing_key(c, STR("KEY1"), date, region, service, &k), "derived");
    ok(credentials_signing_key(c, STR("KEY1"), date, region, service, &again), "remembered");
    is_bytes(hex_of(&mem, &again), hex_of(&mem, &k), "the same");
    struct str first = hex_of(&mem, &k), last = first;
    bool differ = true;
    for (int day = 10; day < 40; day++) { /* more than are kept */
        char text[9];
        snprintf(text, sizeof(text), "202612%02d", day);
        differ = differ &&
                 credentials_signing_key(c, STR("KEY1"), str_from_c(text), region, service, &again);
        differ = differ && !str_eq(hex_of(&mem, &again), last);
        last = hex_of(&mem, &again);
    }
    ok(differ, "each day has its own");
    ok(credentials_signing_key(c, STR("KEY1"), date, region, service, &again), "forgotten");
    is_bytes(hex_of(&mem, &again), first, "and derived again");
    ok(credentials_signing_key(c, STR("KEY1"), STR("20261122us"), STR("-east-1"), service, &again),
       "a scope that joins to nearly the same text");
    ok(!str_eq(hex_of(&mem, &again), first), "is another");
    char wide[4][200];
    memset(wide, 'r', sizeof(wide));
    ok(credentials_signing_key(c, STR("KEY1"), date, (struct str){wide[0], 200}, service, &again),
       "a scope too wide to be kept");
    credentials_free(c);
    credentials_free(NULL);
    arena_free(&mem);
}

static const struct {
    const char *text, *msg; /* behind the path */
} bad[] = {
    {"", ": no profile has keys"},
    {"[default]\nregion = x\n", ": no profile has keys"},
    {"[default]\naws_access_key_id = a\n[b]\n", ":1: no aws_secret_access_key in this profile"},
    {"\n[default]\naws_secret_access_key = a", ":2: no aws_access_key_id in this profile"},
    {"[default]\n" PAIR("a/b", "c"), ":1: an access key of this profile's form cannot be sent"},
    {"[default]\n" PAIR("a b", "c"), ":1: an access key of this profile's form cannot be sent"},
    {"[a]\n" PAIR("k", "1") "[b]\n" PAIR("k", "2"),
     ":4: the access key of this profile has another secret in line 1"},
    {"[a]\n" PAIR("k", "1") "[b]\n" PAIR("k", "1") "aws_session_token=x\n",
     ":4: the access key of this profile has another secret in line 1"},
    {"[a\n", ":1: a section without its closing bracket"},
    {"[]\n", ":1: a section without a name"},
    {"[profile \"\"]\n", ":1: a section without a name"},
    {"[a] b\n", ":1: text behind the name of a section"},
    {"[a]\nx\n", ":2: neither a section nor \"name = value\""},
    {"[a]\n= x\n", ":2: a setting without a name"},
    {"x = y\n[a]\n", ":1: a setting in front of the first section"},
};

static void test_bad(void)
{
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct credentials *c = NULL;
        struct err e = {0};
        const char *path = write_file("bad", bad[i].text);
        ok(!credentials_load(path, &c, &e) && c == NULL, "refused %zu", i);
        ok(strncmp(e.msg, path, strlen(path)) == 0, "names the file");
        is_str(e.msg + strlen(path), bad[i].msg, "its text");
    }
    struct credentials *c = NULL;
    struct err e = {0};
    ok(!credentials_load("/nonexistent/file", &c, &e), "no file");
    is_str(e.msg, "/nonexistent/file: No such file or directory", "its text");
    err_clear(&e);
    ok(!credentials_load(dir, &c, &e) && e.code == ERR_IO, "a directory: %s", e.msg);
    char *large = malloc(CREDENTIALS_FILE_BYTES_MAX + 2);
    if (large == NULL)
        abort();
    memset(large, '\n', CREDENTIALS_FILE_BYTES_MAX + 1);
    large[CREDENTIALS_FILE_BYTES_MAX + 1] = '\0';
    err_clear(&e);
    ok(!credentials_load(write_file("large", large), &c, &e) && e.code == ERR_IO, "too large");
    free(large);
}

static const char *const variables[] = {
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_REGION",        "AWS_DEFAULT_REGION",    "AWS_PROFILE",
};

static const struct {
    const char *env[COUNT_OF(variables)];
    const char *want; /* key secret token region, "-" for absent; or the error */
} profiles[] = {
    {{0}, "CK cs - eu-west-1"},
    {{[5] = "two"}, "TK ts tt eu-west-2"},
    {{[5] = "three"}, "- - - eu-west-3"},
    {{[5] = "conf"}, "FK fs - -"},
    {{[5] = "four"}, "The config profile (four) could not be found"},
    {{"EK", "es"}, "EK es - eu-west-1"},
    {{"EK", "es", "et", "us-east-1", "us-east-2"}, "EK es et us-east-1"},
    {{[4] = "us-east-2"}, "CK cs - us-east-2"},
    {{"EK", "es", [3] = "r", [5] = "four"}, "EK es - r"},
    {{"EK"}, "environment: an access key without its secret"},
    {{[1] = "es"}, "environment: a secret without its access key"},
    {{"", "", [3] = "r"}, "CK cs - r"},
};

static void is_profile(struct arena *mem, const char *want)
{
    struct credentials_profile p = {0};
    struct err e = {0};
    if (!credentials_profile_load(mem, &p, &e)) {
        is_str(e.msg, want, "refused");
        return;
    }
    struct str part[] = {p.access_key, p.secret_key, p.session_token, p.region};
    struct str got = STR("");
    for (size_t i = 0; i < COUNT_OF(part); i++) {
        struct str s = part[i].p != NULL ? part[i] : STR("-");
        got = arena_printf(mem, STR_FMT "%s" STR_FMT, STR_ARG(got), i > 0 ? " " : "", STR_ARG(s));
    }
    is_bytes(got, str_from_c(want), "%s", want);
}

static void test_profiles(void)
{
    struct arena mem = {0};
    setenv("AWS_SHARED_CREDENTIALS_FILE",
           write_file("credentials", "[default]\n" PAIR("CK", "cs") "region=lost\n[two]\n" PAIR(
                                         "TK", "ts") "aws_session_token=tt\n"),
           1);
    setenv("AWS_CONFIG_FILE",
           write_file("config",
                      "[default]\nregion = eu-west-1\n[profile two]\nregion=eu-west-2\n"
                      "[profile three]\nregion=eu-west-3\n[profile conf]\n" PAIR("FK", "fs")),
           1);
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        for (size_t k = 0; k < COUNT_OF(variables); k++) {
            if (profiles[i].env[k] != NULL)
                setenv(variables[k], profiles[i].env[k], 1);
            else
                unsetenv(variables[k]);
        }
        is_profile(&mem, profiles[i].want);
    }
    for (size_t k = 0; k < COUNT_OF(variables); k++)
        unsetenv(variables[k]);
    unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    unsetenv("AWS_CONFIG_FILE");
    setenv("HOME", dir, 1);
    is_profile(&mem, "- - - -"); /* there is no .aws */
    setenv("AWS_SHARED_CREDENTIALS_FILE", "~/credentials", 1);
    is_profile(&mem, "CK cs - lost");
    unsetenv("HOME");
    unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    is_profile(&mem, "- - - -");
    arena_free(&mem);
}

int main(void)
{
    if (mkdtemp(dir) == NULL)
        abort();
    test_good();
    test_bad();
    test_profiles();
    static const char *const files[] = {"good", "bad", "large", "credentials", "config"};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[128];
        snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
        unlink(path);
    }
    rmdir(dir);
    return tap_done();
}
