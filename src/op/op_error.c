/* op_error.c - the body of an error. */
#include "op/op.h"

/* What broke inside is for the log, not for clients. */
static struct str error_text(const struct err *e)
{
    bool internal = e->code == ERR_INTERNAL || e->code == ERR_IO || e->code == ERR_WOULD_BLOCK;
    return internal ? STR("Internal server error") : err_text(e);
}

/* Members stand in the order of their names, without regard to case.  What
 * precedes a name is its quote. */
static bool precedes(struct str members, const char *name)
{
    return members.n > 1 && (members.p[1] | 0x20) < (name[0] | 0x20);
}

static void add_members(struct json_out *o, struct str members)
{
    if (members.n == 0)
        return;
    buf_byte(o->to, ',');
    buf_add(o->to, members);
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
    const char *name = err_member(e->code);
    bool first = name != NULL && precedes(rq->error_members, name);
    if (first)
        add_members(&o, rq->error_members);
    if (text.n > 0 && name != NULL) {
        json_out_name(&o, str_from_c(name));
        json_out_str(&o, text);
    }
    if (!first)
        add_members(&o, rq->error_members);
    json_out_close(&o, '}');
}
