/* fuzz_json.c - our JSON reader and writer against jansson: both accept the same
 * documents, with the same content, and what we write reads back as the same. */
#include <stdint.h>
#include <stdlib.h>

/* Two libraries, the same names of types. */
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY  JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_TRUE   JANSSON_TRUE
#define JSON_FALSE  JANSSON_FALSE
#define JSON_NULL   JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL
#undef json_is_integer

#include "codec/json.h"
#include "codec/json_out.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Too short to be too deep: jansson takes 2048 levels. */
enum { SIZE_MAX_TRIED = 2000, DEPTH_MAX = 2000 };

static void require(bool fine)
{
    if (!fine)
        abort();
}

static json_t *number(struct arena *mem, struct str text)
{
    const char *s = arena_cstr(mem, text);
    json_t *v =
        json_is_integer(text) ? json_integer(strtoll(s, NULL, 10)) : json_real(strtod(s, NULL));
    return v != NULL ? v : json_null(); /* infinite: jansson refuses the document as well */
}

/* The next value as jansson's tree; after a failure it is not whole. */
static json_t *read_value(struct json *j)
{
    struct str name;
    json_t *v;
    switch (json_next(j)) {
    case JSON_ERROR:
        return json_null();
    case JSON_NULL:
        return json_null();
    case JSON_TRUE:
        return json_true();
    case JSON_FALSE:
        return json_false();
    case JSON_NUMBER:
        return number(j->mem, j->text);
    case JSON_STRING:
        v = json_stringn(j->text.p, j->text.n);
        require(v != NULL); /* jansson checks that it is UTF-8 */
        return v;
    case JSON_ARRAY:
        v = json_array();
        while (json_element(j))
            require(json_array_append_new(v, read_value(j)) == 0);
        return v;
    case JSON_OBJECT:
        v = json_object();
        while (json_member(j, &name)) {
            const char *key = arena_cstr(j->mem, name);
            require(json_object_set_new(v, key, read_value(j)) == 0);
        }
        return v;
    }
    abort();
}

static void write_value(struct json_out *o, json_t *v)
{
    const char *name;
    json_t *member;
    size_t i;
    switch (json_typeof(v)) {
    case JANSSON_OBJECT:
        json_out_open(o, '{');
        json_object_foreach (v, name, member) {
            json_out_name(o, str_from_c(name));
            write_value(o, member);
        }
        json_out_close(o, '}');
        break;
    case JANSSON_ARRAY:
        json_out_open(o, '[');
        json_array_foreach (v, i, member)
            write_value(o, member);
        json_out_close(o, ']');
        break;
    case JANSSON_STRING:
        json_out_str(o, (struct str){json_string_value(v), json_string_length(v)});
        break;
    case JSON_INTEGER:
        json_out_int(o, json_integer_value(v));
        break;
    case JSON_REAL:
        json_out_double(o, json_real_value(v));
        break;
    case JANSSON_TRUE:
    case JANSSON_FALSE:
        json_out_bool(o, json_typeof(v) == JANSSON_TRUE);
        break;
    case JANSSON_NULL:
        json_out_null(o);
        break;
    }
}

/* What jansson cannot hold though it is JSON: numbers too big, NUL in a name. */
static bool is_its_limit(const json_error_t *e)
{
    enum json_error_code code = json_error_code(e);
    return code == json_error_numeric_overflow || code == json_error_null_byte_in_key;
}

static void write_and_read_back(json_t *theirs)
{
    struct buf text = {0};
    struct json_out o = {.to = &text};
    json_error_t e;
    write_value(&o, theirs);
    json_t *back = json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
    require(back != NULL && json_equal(back, theirs));
    json_decref(back);
    buf_free(&text);
}

static void skip_like_reading(struct arena *mem, struct str in, bool accepted)
{
    struct json j;
    json_init(&j, mem, in, DEPTH_MAX);
    struct str raw = json_raw(&j);
    bool fine = raw.p != NULL && raw.p >= in.p && raw.p + raw.n <= in.p + in.n;
    require((json_end(&j) && fine) == accepted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena mem = {0};
    struct json j;
    json_error_t e;
    if (size == 0 || size > SIZE_MAX_TRIED)
        return 0;
    struct str in = {(const char *)data, size};
    json_t *theirs = json_loadb(in.p, in.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
    json_init(&j, &mem, in, DEPTH_MAX);
    json_t *ours = read_value(&j);
    bool accepted = json_end(&j);
    skip_like_reading(&mem, in, accepted);
    if (memchr(data, 0, size) != NULL) {
        require(!accepted); /* jansson overlooks a NUL behind a number or a word */
    } else if (theirs != NULL) {
        require(accepted);
        require(json_equal(ours, theirs));
        write_and_read_back(theirs);
    } else {
        require(!accepted || is_its_limit(&e));
    }
    json_decref(ours);
    json_decref(theirs);
    arena_free(&mem);
    return 0;
}
