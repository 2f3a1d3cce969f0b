/* op_data.c - see op_data.h. */
#include "op/item/op_data.h"

static bool no_problem(struct str problem, bool envelope, struct err *e)
{
    return problem.n == 0 ||
           err_set(e, ERR_VALIDATION, "%s" STR_FMT, envelope ? OP_ENVELOPE : "", STR_ARG(problem));
}

bool op_item_ok(const struct item_in *in, bool envelope, struct err *e)
{
    return no_problem(in->problem, envelope && in->enveloped, e);
}

bool op_value_ok(const struct attr_in *in, bool envelope, struct err *e)
{
    return no_problem(in->problem, envelope && in->enveloped, e);
}

enum return_values op_return_values(struct str param)
{
    static const struct {
        struct str name;
        enum return_values value;
    } names[] = {
        {STR("ALL_OLD"), RETURN_ALL_OLD},
        {STR("ALL_NEW"), RETURN_ALL_NEW},
        {STR("UPDATED_OLD"), RETURN_UPDATED_OLD},
        {STR("UPDATED_NEW"), RETURN_UPDATED_NEW},
    };

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq(param, names[i].name))
            return names[i].value;
    return RETURN_NONE;
}

bool op_return_old_only(struct str param, bool envelope, struct err *e)
{
    enum return_values r = op_return_values(param);

    if (r == RETURN_NONE || r == RETURN_ALL_OLD)
        return true;
    return err_set(e, ERR_VALIDATION, "%sReturnValues can only be ALL_OLD or NONE",
                   envelope ? OP_ENVELOPE : "");
}

void op_return_on_failure(struct req *rq, struct str param, struct str old)
{
    if (rq->err.code != ERR_CONDITIONAL_CHECK_FAILED || old.p == NULL ||
        !str_eq(param, STR("ALL_OLD")))
        return;
    struct buf text = {0};
    struct json_out o = {.to = &text};
    op_item_member(&o, STR("Item"), old);
    rq->error_members = arena_dup(&rq->mem, buf_str(&text));
    buf_free(&text);
}

void op_item_member(struct json_out *o, struct str name, struct str item)
{
    json_out_name(o, name);
    item_json_write(o, item);
}

void op_capacity_member(struct req *rq, const struct table_def *t, const struct capacity_use *use,
                        struct str mode)
{
    if (!op_capacity_wanted(mode))
        return;
    json_out_name(&rq->out, STR("ConsumedCapacity"));
    op_capacity_write(&rq->out, rq->table_given, t, use, mode, OP_CAPACITY_PLAIN);
}
