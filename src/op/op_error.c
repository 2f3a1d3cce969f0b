/* op_error.c - the body of an error. */
#include "op/op.h"

/* What broke inside is for the log, not for clients. */
static struct str error_text(const struct err *e)
{
    bool internal = e->code == ERR_INTERNAL || e->code == ERR_IO || e->code == ERR_WOULD_BLOCK;
    return internal ? STR("Internal server error") : err_text(e);
}

void op_error_body(const struct req *rq, struct buf *to)
{
    const struct err *e = &rq->err;
    assert(e->code != ERR_NONE);
    struct json_out o = {.to = to};
    struct str text = error_text(e);
    json_out_open(&o, '{');
    json_out_name(&o, STR("__type"));
    json_out_str(&o, str_from_c(err_type(e->code)));
    if (text.n > 0 && err_member(e->code) != NULL) {
        json_out_name(&o, str_from_c(err_member(e->code)));
        json_out_str(&o, text);
    }
    if (rq->error_members.n > 0) {
        buf_byte(to, ',');
        buf_add(to, rq->error_members);
    }
    json_out_close(&o, '}');
}
