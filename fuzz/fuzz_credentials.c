/* fuzz_credentials.c - ini files: what is read lies inside the text, and a file
 * either gives keys or says where it is wrong. */
#include <stdint.h>
#include <stdlib.h>

#include "auth/credentials.h"
#include "auth/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool fine)
{
    if (!fine)
        abort();
}

static bool inside(struct str part, struct str whole)
{
    return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {size > 0 ? (const char *)data : "", size};
    struct ini i;
    unsigned line = 0;
    struct str key = {0};
    ini_init(&i, text);
    while (ini_next(&i)) {
        require(i.line > line && i.problem == NULL);
        line = i.line;
        require(i.section.n > 0 && inside(i.section, text));
        require(i.key.p == NULL || (i.key.n > 0 && inside(i.key, text) && inside(i.value, text)));
        if (str_eq(i.key, STR("aws_access_key_id")) && i.value.n > 0)
            key = i.value;
    }
    require(!ini_next(&i));

    struct credentials *c = NULL;
    struct err e = {0};
    if (!credentials_parse("f", text, &c, &e)) {
        require(c == NULL && e.code == ERR_VALIDATION && strncmp(e.msg, "f:", 2) == 0);
        return 0;
    }
    struct hmac_key k;
    require(i.problem == NULL && key.n > 0);
    require(credentials_signing_key(c, key, STR("20261122"), STR("r"), STR("s"), &k));
    credentials_free(c);
    return 0;
}
