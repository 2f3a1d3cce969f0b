/* json.h - JSON (RFC 8259) by pulling: one pass, no tree.
 *
 * Strict: UTF-8, escapes with paired surrogates, no control characters in
 * strings, no trailing commas, depth at most LIMIT (given at init), nothing but
 * white space after the value.  Numbers are handed over as text: nothing is
 * lost of big ones.
 *
 * Errors are sticky: after the first one every call returns JSON_ERROR or
 * false, json_failed() tells, and the caller asks once at the end.
 *
 *     struct json j;
 *     json_init(&j, &mem, body, 80);
 *     if (json_next(&j) == JSON_OBJECT)
 *         while (json_member(&j, &name)) {
 *             switch (json_next(&j)) { case JSON_STRING: use(j.text); ... }
 *         }
 *     if (!json_end(&j)) ...
 *
 * After json_next() returned JSON_OBJECT or JSON_ARRAY the caller must either
 * walk it to its end or call json_skip_rest().  Text borrows from the input
 * where there are no escapes, otherwise lives in the arena.  Names of members may
 * repeat: the reader hands over all of them.
 *
 * To look ahead, copy the struct json and go on with the copy; the original
 * still stands where it stood. */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include "base/arena.h"
#include "base/buf.h"

enum json_type {
    JSON_ERROR,
    JSON_NULL,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NUMBER, /* j.text: the number as written */
    JSON_STRING, /* j.text: the characters, escapes resolved */
    JSON_ARRAY,  /* the opening bracket was taken */
    JSON_OBJECT, /* the opening brace was taken */
};

struct json {
    const char *start, *at, *end;
    struct arena *mem;
    struct str text;
    uint32_t depth, depth_max;
    bool failed;
    bool first; /* no element taken yet of the innermost open collection */
};

void json_init(struct json *j, struct arena *mem, struct str in, uint32_t depth_max);

/* The next value: of the document, of the member just named, or the first call
 * after json_element() returned true. */
enum json_type json_next(struct json *j);
bool json_member(struct json *j, struct str *name); /* false: the object has ended (or failed) */
/* The name of the first member, when it is one plain character and stands where the
 * writers that matter put it, right behind the brace: then it is taken, as
 * json_member() would.  Else 0, and nothing is taken. */
static inline char json_member_char(struct json *j)
{
    const char *p = j->at;
    if (j->end - p < 4 || !j->first || p[0] != '"' || p[2] != '"' || p[3] != ':' || p[1] < 'A' ||
        p[1] > 'Z')
        return 0;
    j->first = false;
    j->at = p + 4;
    return p[1];
}
bool json_element(struct json *j); /* false: the array has ended (or failed) */

void json_skip(struct json *j);                           /* the whole next value */
void json_skip_rest(struct json *j, enum json_type open); /* the rest of the one just opened */

/* Is a number's text free of '.', 'e' and 'E'? */
bool json_is_integer(struct str number_text);

/* True when the document was well-formed to its very end. */
bool json_end(struct json *j);
static inline bool json_failed(const struct json *j)
{
    return j->failed;
}

/* Skips the next value, having checked it, and returns its bytes as written, from
 * the first to the last; absent when it is not well-formed. */
struct str json_raw(struct json *j);

#endif
