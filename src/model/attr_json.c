/* attr_json.c - reading DynamoDB JSON into stored form; attr_json_out.c writes it.
 *
 * What has a problem is read on to its end all the same, because wrong JSON types
 * behind it come first.  Whatever is in the buffer stays well-formed meanwhile:
 * of several values in one only the last is kept, in place of none stands a NULL. */
#include "model/attr_json.h"

#include "codec/base64.h"
#include "model/limits.h"
#include "model/number.h"

#define INVALID  "One or more parameter values were invalid: "
#define JAVA     "com.amazonaws.dynamodb.v20120810."
#define NOT_HERE "Start of structure or map found where not expected"

/* What is wrong with a value; text.n == 0: nothing. */
struct problem {
    struct str text;
    bool bare, enveloped;
};

struct reader {
    struct json *j;
    struct arena *mem;
    struct attr_build b;
    bool too_deep;
    struct err *e;
};

/* What one value, an AttributeValue structure, turned out to be. */
struct value {
    uint32_t level;        /* 1: an attribute of the item */
    unsigned types;        /* bits, by enum attr_type */
    struct problem number; /* is told before two types are */
    struct problem other;
};

static const struct problem empty_value = {.text = STR(ATTR_TEXT_EMPTY)};
static const struct problem many_types = {.text = STR(ATTR_TEXT_MANY_TYPES)};
static const struct problem null_false = {
    .text = STR(INVALID "Null attribute value types must have the value of true"),
    .enveloped = true};
static const struct problem empty_set[ATTR_TYPE_COUNT] = {
    [ATTR_SS] = {STR(INVALID "An string set  may not be empty"), false, true},
    [ATTR_NS] = {STR(INVALID "An number set  may not be empty"), true, true},
    [ATTR_BS] = {STR(INVALID "Binary sets should not be empty"), false, true},
};
static const struct problem too_deep = {.text = STR(ATTR_TEXT_TOO_DEEP)};
static const struct problem long_name = {
    .text = STR("Attribute name is too large, must be less than 65536 bytes"), .enveloped = true};
static const struct problem empty_name = {.text = STR(INVALID "Attribute name must not be empty")};

static void note(struct problem *p, struct problem found)
{
    if (p->text.n == 0)
        *p = found;
}

/* --- wrong JSON types ----------------------------------------------------------- */

static bool wrong(struct reader *r, const char *text)
{
    return !json_failed(r->j) && err_set(r->e, ERR_SERIALIZATION, "%s", text);
}

/* What scalars of one kind say to JSON of another type; NULL: takes it. */
struct wrong_scalar {
    const char *boolean[2]; /* false, true */
    const char *number[2];  /* integer, decimal */
    const char *string;
    const char *array;
};
static const struct wrong_scalar wrong_string = {
    .boolean = {"FALSE_VALUE cannot be converted to String",
                "TRUE_VALUE cannot be converted to String"},
    .number = {"NUMBER_VALUE cannot be converted to String",
               "DECIMAL_VALUE cannot be converted to String"},
    .array = "Unrecognized collection type class java.lang.String",
};
static const struct wrong_scalar wrong_boolean = {
    .number = {"NUMBER_VALUE cannot be converted to Boolean",
               "DECIMAL_VALUE cannot be converted to Boolean"},
    .string = "Unexpected token received from parser",
    .array = "Unrecognized collection type class java.lang.Boolean",
};
#define ONLY_BASE64 "only base-64-encoded strings are convertible to bytes"
static const struct wrong_scalar wrong_blob = {
    .boolean = {ONLY_BASE64, ONLY_BASE64},
    .number = {ONLY_BASE64, ONLY_BASE64},
    .array = "Unrecognized collection type class java.nio.ByteBuffer",
};

static bool refuse_scalar(struct reader *r, const struct wrong_scalar *w, enum json_type got)
{
    switch (got) {
    case JSON_FALSE:
    case JSON_TRUE:
        return wrong(r, w->boolean[got == JSON_TRUE]);
    case JSON_NUMBER:
        return wrong(r, w->number[!json_is_integer(r->j->text)]);
    case JSON_STRING:
        return wrong(r, w->string);
    case JSON_ARRAY:
        return wrong(r, w->array);
    case JSON_OBJECT:
        return wrong(r, NOT_HERE);
    case JSON_NULL:
    case JSON_ERROR:
        break;
    }
    return false; /* the reader has failed */
}

/* A collection or structure was wanted. */
static bool refuse_other(struct reader *r, enum json_type got, const char *scalar,
                         const char *collection)
{
    return wrong(r, got == JSON_ARRAY || got == JSON_OBJECT ? collection : scalar);
}

/* --- scalars --------------------------------------------------------------------- */

/* The canonical text of the number just read, or "0" and a problem. */
static struct str take_number(struct reader *r, char scratch[NUMBER_TEXT_MAX], struct problem *p)
{
    struct str text;
    struct err e;
    err_init(&e, r->mem);
    if (LIKELY(number_canonical(r->j->text, scratch, &text, &e)))
        return text;
    note(p, (struct problem){arena_dup(r->mem, err_text(&e)), true, false});
    return STR("0");
}

/* The bytes that the base64 text just read stands for are appended. */
static bool take_base64(struct reader *r, struct buf *out)
{
    struct str text = r->j->text;
    if (text.n % 4 != 0)
        return err_set(r->e, ERR_SERIALIZATION,
                       "Base64 encoded length is expected a multiple of 4 bytes but found: %zu",
                       text.n);
    return base64_decode(out, text) || wrong(r, "Invalid last non-pad Base64 character dectected");
}

static bool read_binary(struct reader *r)
{
    struct str text = r->j->text;
    size_t n = text.n / 4 * 3;
    for (size_t pad = 1; pad <= 2 && pad <= text.n && text.p[text.n - pad] == '='; pad++)
        n -= n > 0;
    attr_build_head(&r->b, ATTR_B, (uint32_t)n);
    size_t start = r->b.out->n;
    if (!take_base64(r, r->b.out))
        return false;
    assert(r->b.out->n - start == n || r->b.out->overflow);
    return true;
}

static bool take_bool(struct reader *r, enum json_type got, bool *out)
{
    static const struct {
        struct str word;
        bool value;
    } words[] = {{STR("true"), true}, {STR("false"), false}, {STR("1"), true},
                 {STR("0"), false},   {STR("yes"), true},    {STR("no"), false}};
    if (got == JSON_TRUE || got == JSON_FALSE) {
        *out = got == JSON_TRUE;
        return true;
    }
    for (size_t i = 0; got == JSON_STRING && i < COUNT_OF(words); i++) {
        if (str_eq_nocase(r->j->text, words[i].word)) {
            *out = words[i].value;
            return true;
        }
    }
    return refuse_scalar(r, &wrong_boolean, got);
}

static bool read_scalar(struct reader *r, enum attr_type t, enum json_type got, struct value *v)
{
    char scratch[NUMBER_TEXT_MAX];
    bool truth = false;
    if (t == ATTR_BOOL || t == ATTR_NULL) {
        if (!take_bool(r, got, &truth))
            return false;
        if (t == ATTR_BOOL)
            attr_build_bool(&r->b, truth);
        else
            attr_build_null(&r->b);
        if (t == ATTR_NULL && !truth)
            note(&v->other, null_false);
        return true;
    }
    if (UNLIKELY(got != JSON_STRING))
        return refuse_scalar(r, t == ATTR_B ? &wrong_blob : &wrong_string, got);
    if (t == ATTR_S)
        attr_build_scalar(&r->b, ATTR_S, r->j->text);
    else if (t == ATTR_N)
        attr_build_scalar(&r->b, ATTR_N, take_number(r, scratch, &v->number));
    else
        return read_binary(r);
    return true;
}

/* --- sets ------------------------------------------------------------------------ */

static bool read_member(struct reader *r, enum attr_type set, enum json_type got, struct value *v)
{
    char scratch[NUMBER_TEXT_MAX];
    struct buf bytes = {.mem = r->mem};
    if (got != JSON_STRING)
        return refuse_scalar(r, set == ATTR_BS ? &wrong_blob : &wrong_string, got);
    if (set == ATTR_SS)
        attr_build_member(&r->b, r->j->text);
    else if (set == ATTR_NS)
        attr_build_member(&r->b, take_number(r, scratch, &v->number));
    else if (take_base64(r, &bytes))
        attr_build_member(&r->b, buf_str(&bytes));
    else
        return false;
    return true;
}

/* The service shows the members as they were sent: `set` is the reader as it
 * stood behind the opening bracket. */
static struct problem duplicates(struct reader *r, enum attr_type t, struct json set)
{
    if (t == ATTR_NS)
        return (struct problem){STR("Input collection contains duplicates"), true, true};
    struct buf text = {.mem = r->mem}, bytes = {.mem = r->mem};
    buf_add(&text, STR(INVALID "Input collection ["));
    for (const char *between = ""; json_element(&set);) {
        if (json_next(&set) != JSON_STRING)
            continue;
        buf_add(&text, str_from_c(between));
        between = ", ";
        bytes.n = 0;
        if (t == ATTR_BS && base64_decode(&bytes, set.text))
            base64_encode(&text, buf_str(&bytes));
        else
            buf_add(&text, set.text);
    }
    buf_add(&text,
            t == ATTR_BS ? STR("]of type BS contains duplicates.") : STR("] contains duplicates."));
    return (struct problem){buf_str(&text), false, true};
}

static bool read_set(struct reader *r, enum attr_type t, enum json_type got, struct value *v)
{
    if (got != JSON_ARRAY)
        return refuse_other(r, got, "Unexpected field type", NOT_HERE);
    struct json start = *r->j;
    bool any = false;
    attr_build_open(&r->b, t);
    while (json_element(r->j)) {
        enum json_type member = json_next(r->j);
        if (member == JSON_NULL)
            continue;
        any = true;
        if (!read_member(r, t, member, v))
            return false;
    }
    bool unique = attr_build_close(&r->b);
    if (json_failed(r->j))
        return false;
    if (!any)
        note(&v->other, empty_set[t]);
    /* Numbers that are none stand in the set as 0. */
    if (!unique && v->number.text.n == 0)
        note(&v->other, duplicates(r, t, start));
    return true;
}

/* --- structures ------------------------------------------------------------------- */

static bool read_value(struct reader *r, enum json_type got, uint32_t level,
                       struct problem *problem);

/* Is a value of this level one too deep?  Then it is passed over. */
static bool pass_over(struct reader *r, enum json_type got, uint32_t level, struct problem *p)
{
    if (LIKELY(level <= LIMIT_NESTING_LEVELS))
        return false;
    r->too_deep = true;
    note(p, too_deep);
    json_skip_rest(r->j, got);
    return true;
}

static bool read_list(struct reader *r, enum json_type got, struct value *v)
{
    if (got != JSON_ARRAY)
        return refuse_other(r, got, "Unexpected field type", NOT_HERE);
    attr_build_open(&r->b, ATTR_L);
    while (json_element(r->j)) {
        struct problem problem = {0};
        enum json_type element = json_next(r->j);
        if (element == JSON_NULL || pass_over(r, element, v->level + 1, &v->other))
            continue;
        if (!read_value(r, element, v->level + 1, &problem))
            return false;
        note(&v->other, problem);
    }
    attr_build_close(&r->b);
    return !json_failed(r->j);
}

/* The entries of the map that was opened in r->b, their values at `level`.  The
 * first problem and the name of its entry are noted. */
static bool read_entries(struct reader *r, uint32_t level, struct problem *problem,
                         struct str *problem_name)
{
    struct str name;
    while (json_member(r->j, &name)) {
        struct problem found = {0};
        enum json_type got = json_next(r->j);
        if (got == JSON_NULL)
            continue;
        if (UNLIKELY(name.n == 0 || name.n > LIMIT_ATTRIBUTE_NAME_BYTES))
            note(&found, name.n == 0 ? empty_name : long_name);
        if (!pass_over(r, got, level, &found)) {
            attr_build_name(&r->b, name);
            if (!read_value(r, got, level, &found))
                return false;
        }
        if (UNLIKELY(found.text.n > 0 && problem->text.n == 0)) {
            *problem = found;
            *problem_name = name;
        }
    }
    return !json_failed(r->j);
}

#define WRONG_MAP                                                                                  \
    "Unrecognized collection type java.util.Map<java.lang.String, " JAVA "AttributeValue>"

static bool read_map(struct reader *r, enum json_type got, struct value *v)
{
    struct problem problem = {0};
    struct str name;
    if (got != JSON_OBJECT)
        return refuse_other(r, got, "Unexpected field type", WRONG_MAP);
    attr_build_open(&r->b, ATTR_M);
    if (!read_entries(r, v->level + 1, &problem, &name))
        return false;
    attr_build_close(&r->b);
    note(&v->other, problem);
    return true;
}

/* The next member's type, ATTR_NONE when that name means nothing; false: no more. */
static inline bool next_type(struct reader *r, enum attr_type *t)
{
    struct str name;
    char c = json_member_char(r->j);
    if (LIKELY(c == 'S' || c == 'N')) {
        *t = c == 'S' ? ATTR_S : ATTR_N;
        return true;
    }
    if (c != 0)
        name = (struct str){&c, 1};
    else if (!json_member(r->j, &name))
        return false;
    if (!attr_type_from_name(name, t))
        *t = ATTR_NONE;
    return true;
}

static bool read_typed(struct reader *r, enum attr_type t, enum json_type got, struct value *v)
{
    if (LIKELY(t < ATTR_SS))
        return read_scalar(r, t, got, v);
    if (t == ATTR_M)
        return read_map(r, got, v);
    return t == ATTR_L ? read_list(r, got, v) : read_set(r, t, got, v);
}

/* The members of a structure whose brace was taken. */
static bool read_members(struct reader *r, struct value *v)
{
    enum attr_type t;
    size_t mark = r->b.out->n;
    while (next_type(r, &t)) {
        if (UNLIKELY(t == ATTR_NONE)) {
            json_skip(r->j);
            continue;
        }
        enum json_type got = json_next(r->j);
        if (got == JSON_NULL)
            continue;
        if (UNLIKELY(v->types != 0))
            attr_build_undo(&r->b, mark);
        v->types |= 1u << t;
        if (!read_typed(r, t, got, v))
            return false;
    }
    return !json_failed(r->j);
}

/* An AttributeValue that is an element of something; `got` was taken. */
static bool read_value(struct reader *r, enum json_type got, uint32_t level,
                       struct problem *problem)
{
    struct value v = {.level = level};
    if (UNLIKELY(got != JSON_OBJECT))
        return refuse_other(r, got, "Unexpected value type in payload",
                            "Unrecognized collection type class " JAVA "AttributeValue");
    if (!read_members(r, &v))
        return false;
    if (UNLIKELY(v.types == 0)) {
        attr_build_null(&r->b);
        note(problem, empty_value);
    }
    if (UNLIKELY(v.number.text.n > 0))
        note(problem, v.number);
    if (UNLIKELY((v.types & (v.types - 1)) != 0))
        note(problem, many_types);
    if (UNLIKELY(v.other.text.n > 0))
        note(problem, v.other);
    return true;
}

/* --- the outside ------------------------------------------------------------------- */

/* Room for what is most likely: the stored form is seldom longer than the text. */
static void expect(struct buf *out, const struct json *j)
{
    enum { SLACK_BYTES = 64, EXPECT_BYTES_MAX = 4096 };
    (void)buf_room(out, size_min((size_t)(j->end - j->at) + SLACK_BYTES, EXPECT_BYTES_MAX));
}

/* Not the levels of the builder: each is set when it is opened. */
static void reader_init(struct reader *r, struct json *j, struct arena *mem, struct err *e)
{
    r->j = j;
    r->mem = mem;
    r->too_deep = false;
    r->e = e;
}

bool attr_in_read(struct json *j, struct arena *mem, struct attr_in *out, struct err *e)
{
    struct buf bytes = {.mem = mem};
    struct reader r;
    struct problem problem = {0};
    reader_init(&r, j, mem, e);
    *out = (struct attr_in){0};
    enum json_type got = json_next(j);
    if (got == JSON_NULL)
        return true;
    if (got != JSON_OBJECT && got != JSON_ARRAY)
        return wrong(&r, "Unexpected field type");
    expect(&bytes, j);
    attr_build_init(&r.b, &bytes);
    if (!read_value(&r, got, 1, &problem))
        return false;
    out->present = true;
    arena_shorten(mem, bytes.p, bytes.cap, bytes.n);
    if (problem.text.n == 0)
        out->raw = buf_str(&bytes);
    out->problem = problem.text;
    out->bare = problem.bare;
    out->enveloped = problem.enveloped;
    return true;
}

bool item_in_read(struct json *j, struct arena *mem, struct item_in *out, struct err *e)
{
    struct buf bytes = {.mem = mem};
    struct reader r;
    struct problem problem = {0};
    reader_init(&r, j, mem, e);
    *out = (struct item_in){0};
    const char *from = j->at;
    enum json_type got = json_next(j);
    if (got == JSON_NULL)
        return true;
    if (got != JSON_OBJECT)
        return refuse_other(&r, got, "Unexpected field type", WRONG_MAP);
    expect(&bytes, j);
    item_begin(&r.b, &bytes);
    if (!read_entries(&r, 1, &problem, &out->problem_name))
        return false;
    item_end(&r.b);
    arena_shorten(mem, bytes.p, bytes.cap, bytes.n);
    out->present = true;
    out->source = (struct str){from, (size_t)(j->at - from)};
    out->count = item_map(buf_str(&bytes)).count;
    out->nested_too_deep = r.too_deep;
    if (problem.text.n == 0)
        out->item = buf_str(&bytes);
    out->problem = problem.text;
    out->bare = problem.bare;
    out->enveloped = problem.enveloped;
    return true;
}
