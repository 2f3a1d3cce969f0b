/* db_keys_test.c - the texts for bad keys. */
#include "db/db_fixture_int.h"
#include "model/number.h"

static struct arena mem;
static char long_text[3000];

/* "a=S:text b=N:5 c=B:..."; S:* and S:+ are 2049 and 1025 bytes, S:- is empty. */
static struct str make(const char *spec)
{
    struct buf out = {.mem = &mem};
    struct attr_build b;
    item_begin(&b, &out);
    for (const char *p = spec; *p != '\0';) {
        size_t name = strcspn(p, "="), n = strcspn(p, " ");
        struct str value = {p + name + 3, n - name - 3};
        char t = p[name + 1];
        attr_build_name(&b, (struct str){p, name});
        if (str_eq(value, STR("*")))
            value = (struct str){long_text, 2049};
        else if (str_eq(value, STR("+")))
            value = (struct str){long_text, 1025};
        else if (str_eq(value, STR("-")))
            value = STR("");
        if (t == 'T')
            attr_build_bool(&b, true);
        else
            attr_build_scalar(&b, t == 'S' ? ATTR_S : t == 'N' ? ATTR_N : ATTR_B, value);
        p += n + (p[n] == ' ');
    }
    item_end(&b);
    return buf_str(&out);
}

#define P "One or more parameter values were invalid: "
#define Q "One or more parameter values are not valid. "
#define M "The provided key element does not match the schema"

static const struct {
    const char *item, *key, *whole; /* NULL: good */
} primary[] = {
    {"pk=S:a sk=N:1", NULL, NULL},
    {"pk=S:a", M, P "Missing the key sk in the item"},
    {"sk=N:1", M, P "Missing the key pk in the item"},
    {"pk=S:a sk=S:1", M, P "Type mismatch for key sk expected: N actual: S"},
    {"pk=T:1 sk=N:1", M, P "Type mismatch for key pk expected: S actual: BOOL"},
    {"pk=S:a sk=N:1 x=N:1", M, NULL},
    {"pk=S:- sk=N:1",
     Q "The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
     Q "The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"},
    {"pk=S:* sk=N:1", P "Size of hashkey has exceeded the maximum size limit of2048 bytes",
     P "Size of hashkey has exceeded the maximum size limit of2048 bytes"},
};

#define EMPTY                                                                                      \
    Q "A value specified for a secondary index key is not supported. The AttributeValue for a "    \
      "key attribute cannot contain an empty string value. IndexName: "
#define U "The update expression attempted to update "
static const struct {
    const char *item, *whole, *update;
} secondary[] = {
    {"g=S:a l=N:1 h=N:1 r=S:b", NULL, NULL},
    {"x=S:-", NULL, NULL},
    {"g=N:1", P "Type mismatch for Index Key g Expected: S Actual: N IndexName: all",
     U "the secondary index key to unsupported type"},
    {"h=T:1", P "Type mismatch for Index Key h Expected: N Actual: BOOL IndexName: multi",
     U "the secondary index key to unsupported type"},
    {"l=S:1 h=S:1", P "Type mismatch for Index Key l Expected: N Actual: S IndexName: local",
     U "the secondary index key to unsupported type"},
    {"g=S:-", EMPTY "all, IndexKey: g",
     Q U "a secondary index key to a value that is not supported. The AttributeValue for a key "
         "attribute cannot contain an empty string value."},
    {"g=S:*", P "Size of hashkey has exceeded the maximum size limit of2048 bytes",
     U "the secondary index key beyond allowed size limits."},
    {"r=S:+", P "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
     U "the secondary index key beyond allowed size limits."},
};

static void is_error(bool good, const struct err *e, const char *want, const char *what)
{
    is_str(good ? "good" : e->msg, want == NULL ? "good" : want, "%s", what);
    ok(good || e->code == ERR_VALIDATION, "a validation error");
}

int main(void)
{
    memset(long_text, 'x', sizeof(long_text));
    struct table_def *def = fix_def(&mem, "T");
    for (size_t i = 0; i < COUNT_OF(primary); i++) {
        struct err e = {0}, f = {0};
        struct str it = make(primary[i].item);
        is_error(db_key_check(def, it, &e), &e, primary[i].key, primary[i].item);
        is_error(db_item_key_check(def, it, &f), &f, primary[i].whole, primary[i].item);
    }
    struct str none = make("");
    for (size_t i = 0; i < COUNT_OF(secondary); i++) {
        struct err e = {0}, f = {0}, g = {0};
        struct str it = make(secondary[i].item);
        is_error(db_index_keys_check(def, it, &e), &e, secondary[i].whole, secondary[i].item);
        is_error(db_index_keys_check_update(def, none, it, &f), &f, secondary[i].update,
                 secondary[i].item);
        ok(db_index_keys_check_update(def, it, it, &g), "what was there before is not looked at");
    }
    struct err e = {0};
    for (uint32_t i = 0; i < def->index_n; i++)
        def->index[i].status = INDEX_CREATING;
    ok(db_index_keys_check(def, make("g=N:1"), &e),
       "an index that is being filled refuses nothing");
    arena_free(&mem);
    return tap_done();
}
