#include "base/tap.h"
#include "cruddur/router.h"

static void nothing(struct ask *a)
{
    (void)a;
}

static const struct route routes[] = {
    {"GET", "/api/activities/home", ROUTE_OPEN, nothing},
    {"GET", "/api/activities/:uuid", ROUTE_OPEN, nothing},
    {"DELETE", "/api/activities/:uuid", ROUTE_USER, nothing},
    {"GET", "/api/activities/@:name/status/:uuid", ROUTE_OPEN, nothing},
    {"GET", "/api/activities/@:name", ROUTE_OPEN, nothing},
    {0},
};

#define ID "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"

static const struct {
    const char *method, *path, *pattern; /* pattern NULL: no path; "": no method */
    const char *param[2];
} cases[] = {
    {"GET", "/api/activities/home", "/api/activities/home", {0}},
    {"GET", "/api/activities/" ID, "/api/activities/:uuid", {ID}},
    {"PUT", "/api/activities/" ID, "", {0}},
    {"GET", "/api/activities/5ae290ed", NULL, {0}},
    {"GET", "/api/activities/" ID "/", NULL, {0}},
    {"GET", "/api/activities/home/", NULL, {0}},
    {"GET", "/api/activities", NULL, {0}},
    {"GET", "/", NULL, {0}},
    {"GET", "", NULL, {0}},
    {"GET", "/api/activities/@londo", "/api/activities/@:name", {"londo"}},
    {"GET", "/api/activities/%40lond%6f", "/api/activities/@:name", {"londo"}},
    {"GET", "/api/activities/@", NULL, {0}},
    {"GET", "/api/activities/@a%2Fb", "/api/activities/@:name", {"a/b"}},
    {"GET", "/api/activities/@o/status/" ID, "/api/activities/@:name/status/:uuid", {"o", ID}},
    {"GET", "/api/activities/@o/status/" ID "/x", NULL, {0}},
};

static void test_queries(void)
{
    struct arena mem = {0};
    is_bytes(router_query(STR("a=1&term=a+b%26c&x"), STR("term"), &mem), STR("a b&c"), "decoded");
    ok(router_query(STR("terms=1"), STR("term"), &mem).p == NULL, "not a prefix");
    ok(router_query((struct str){0}, STR("term"), &mem).p == NULL, "no query");
    struct str empty = router_query(STR("term"), STR("term"), &mem);
    ok(empty.p != NULL && empty.n == 0, "there, and empty");
    is_bytes(router_decode(STR("%zz%4"), false, &mem), STR("%zz%4"), "broken escapes stay");
    arena_free(&mem);
}

int main(void)
{
    struct arena mem = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct route_match m = {0};
        enum route_found f =
            router_find(routes, str_from_c(cases[i].method), str_from_c(cases[i].path), &mem, &m);
        const char *want = cases[i].pattern;
        ok(f == (want == NULL    ? ROUTE_NO_PATH
                 : *want == '\0' ? ROUTE_NO_METHOD
                                 : ROUTE_FOUND),
           "%s %s", cases[i].method, cases[i].path);
        if (f != ROUTE_FOUND)
            continue;
        is_str(m.route->pattern, want, "its pattern");
        for (size_t p = 0; p < 2 && cases[i].param[p] != NULL; p++)
            is_bytes(m.param[p], str_from_c(cases[i].param[p]), "parameter %zu", p);
    }
    struct route_match m = {0};
    router_find(routes, STR("PUT"), STR("/api/activities/" ID), &mem, &m);
    is_str(m.methods, "GET, DELETE", "what would have been allowed");
    arena_free(&mem);
    test_queries();
    return tap_done();
}
