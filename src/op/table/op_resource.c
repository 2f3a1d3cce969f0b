/* op_resource.c - see op_resource.h. */
#include "op/table/op_resource.h"

#include "op/op_arn.h"

static bool elsewhere(struct req *rq, struct str text, enum resource_for what)
{
    if (what == RESOURCE_FOR_POLICY)
        return err_set(&rq->err, ERR_VALIDATION, OP_INVALID "Invalid resource Arn: " STR_FMT,
                       STR_ARG(text));
    return err_set(&rq->err, ERR_VALIDATION,
                   "Invalid TableArn: Invalid ResourceArn provided as input " STR_FMT,
                   STR_ARG(text));
}

static bool of_others(struct req *rq, enum resource_for what)
{
    if (what == RESOURCE_FOR_POLICY)
        return err_set(&rq->err, ERR_VALIDATION,
                       "This action is only supported by accounts that match the resource "
                       "owner\u2019s account.");
    return err_set(&rq->err, ERR_ACCESS_DENIED, "Access is denied");
}

bool resource_parse(struct req *rq, struct str text, enum resource_for what, struct resource *out)
{
    struct arn a;
    struct str prefix = STR("table/");
    if (text.p == NULL)
        return err_set(&rq->err, ERR_VALIDATION, "Invalid TableArn");
    if (!str_starts_with(text, STR("arn:")))
        return err_set(&rq->err, ERR_VALIDATION, OP_INVALID "ARNs must start with 'arn:': " STR_FMT,
                       STR_ARG(text));
    if (!arn_split(text, &a) || !str_eq(a.service, STR("dynamodb")))
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Provided Arn is not a DynamoDB resource arn: " STR_FMT,
                       STR_ARG(text));
    if (!str_eq(a.region, str_from_c(db_region(rq->db))) ||
        !str_eq(a.partition, str_from_c(arn_partition(db_region(rq->db)))))
        return elsewhere(rq, text, what);
    if (!str_eq(a.account, str_from_c(db_account(rq->db))))
        return of_others(rq, what);
    bool is_table = str_starts_with(a.resource, prefix);
    struct str name = is_table ? str_from(a.resource, prefix.n) : a.resource;
    const char *slash = name.n > 0 ? memchr(name.p, '/', name.n) : NULL;
    struct str rest = slash != NULL ? str_from(name, (size_t)(slash - name.p)) : STR("");
    if (!is_table || (slash != NULL && !str_starts_with(rest, STR("/stream/"))))
        return err_set(&rq->err, ERR_VALIDATION,
                       OP_INVALID "Invalid resource arn provided, only table or stream is "
                                  "accepted. Provided resource arn: " STR_FMT,
                       STR_ARG(text));
    *out = (struct resource){text, {name.p, name.n - rest.n}, slash != NULL};
    return true;
}
