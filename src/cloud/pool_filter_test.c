#include "cloud/pool_filter.h"

#include "base/tap.h"
#include "cloud/pool_attribute.h"

static const struct {
    const char *text;
    int match; /* -1: an error */
} cases[] = {
    {"", 1},
    {"   ", 1},
    {"email = \"a@b.c\"", 1},
    {"email=\"A@B.C\"", 1},
    {"\"email\" = \"a@b.c\"", 1},
    {"email = \"a@b\"", 0},
    {"email ^= \"a@b\"", 1},
    {"email ^= \"\"", 1},
    {"name = \"say \\\"hi\\\"\"", 1},
    {"name ^= \"say \\\\\"", 0},
    {"username = \"Who\"", 1},
    {"cognito:user_status = \"CONFIRMED\"", 1},
    {"cognito:user_status = \"confirmed\"", 0},
    {"status = \"Enabled\"", 1},
    {"phone_number ^= \"\"", 0},
    {"email", -1},
    {"email =", -1},
    {"email = a", -1},
    {"email = \"a", -1},
    {"email = \"a\\", -1},
    {"email = \"a\" x", -1},
    {"email ^ \"a\"", -1},
    {"= \"a\"", -1},
    {"\"email = \"a\"", -1},
    {"address = \"a\"", -1},
    {"email = \"a\" and name = \"b\"", -1},
};

static void test_addresses(void)
{
    static const struct {
        const char *text;
        bool email, phone;
    } t[] = {{"a@b", true, false},
             {"a.b+c@d.example", true, false},
             {"a@", false, false},
             {"@b", false, false},
             {"a@b@c", false, false},
             {"a b@c", false, false},
             {"a@b\r\nBcc: x", false, false},
             {"<a@b>", false, false},
             {"a@b.", false, false},
             {"+123456789", false, true},
             {"+", false, false},
             {"123", false, false},
             {"+12a", false, false},
             {"+12345678901234567", false, false},
             {"", false, false}};
    for (size_t i = 0; i < COUNT_OF(t); i++) {
        ok(pool_is_email(str_from_c(t[i].text)) == t[i].email, "email case %zu", i);
        ok(pool_is_phone(str_from_c(t[i].text)) == t[i].phone, "phone case %zu", i);
    }
}

int main(void)
{
    struct arena mem = {0};
    struct user u = {.name = STR("who"), .status = STR("CONFIRMED")};
    pool_attribute_set(&mem, &u.attributes, STR("email"), STR("a@b.c"));
    pool_attribute_set(&mem, &u.attributes, STR("name"), STR("say \"hi\""));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct pool_filter f;
        struct err e = {0};
        bool parsed = pool_filter_parse(&mem, str_from_c(cases[i].text), &f, &e);
        int got = parsed ? pool_filter_match(&f, &u) : -1;
        ok(got == cases[i].match, "filter %s", cases[i].text);
    }
    struct list copy = u.attributes;
    pool_attribute_set(&mem, &copy, STR("email"), STR("new@b.c"));
    is_bytes(pool_attribute_get(&u.attributes, STR("email")), STR("a@b.c"), "a copy is changed");
    struct list change = {0};
    pool_attribute_set(&mem, &change, STR("email"), STR("x@b.c"));
    pool_attribute_set(&mem, &u.attributes, STR("email_verified"), STR("true"));
    pool_attributes_merge(&mem, &u.attributes, &change);
    is_bytes(pool_attribute_get(&u.attributes, STR("email_verified")), STR("false"),
             "a new address is not verified");
    test_addresses();
    arena_free(&mem);
    return tap_done();
}
