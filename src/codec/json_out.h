/* json_out.h - writing JSON: commas and quotes are put by themselves.
 *
 *     struct json_out o = {.to = &buf};
 *     json_out_open(&o, '{');
 *     json_out_name(&o, STR("Count"));   json_out_int(&o, 20);
 *     json_out_close(&o, '}');
 *
 * Strings must be valid UTF-8.  Escaped are " \ and characters below U+0020. */
#ifndef CODEC_JSON_OUT_H
#define CODEC_JSON_OUT_H

#include "base/buf.h"

struct json_out {
    struct buf *to;
    bool comma; /* the next value or name needs one in front */
};

void json_out_open(struct json_out *o, char bracket);  /* '{' or '[' */
void json_out_close(struct json_out *o, char bracket); /* '}' or ']' */
void json_out_name(struct json_out *o, struct str name);
void json_out_str(struct json_out *o, struct str s);
void json_out_int(struct json_out *o, int64_t v);
/* The fewest digits that read back as `v`, at least one after the point: 1.0, 0.5,
 * 1.0E21 from there on.  What JSON cannot say (infinite, not a number) is null. */
void json_out_double(struct json_out *o, double v);
void json_out_seconds(struct json_out *o, int64_t ms);   /* epoch seconds: 1700000000.123 */
void json_out_seconds_e(struct json_out *o, int64_t ms); /* the same: 1.700000000123E9 */
void json_out_bool(struct json_out *o, bool v);
void json_out_null(struct json_out *o);
void json_out_raw(struct json_out *o, struct str json); /* one value, as it is */
void json_out_base64(struct json_out *o, struct str bytes);

/* The escaped form of `s` without quotes, appended to `to`. */
void json_escape(struct buf *to, struct str s);

#endif
