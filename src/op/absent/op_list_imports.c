/* op_list_imports.c - ListImports. There are none. */
#include "op/absent/op_control.h"
#include "op/op_list.h"

struct list_imports_in {
    struct str table, token;
    struct opt_int limit;
};

enum { TOKEN_GROUP = 16 };

static bool match_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
            return false;
    return s.n > 0 && s.n % TOKEN_GROUP == 0;
}

static const struct shape_regex token_regex = {"([0-9a-f]{16})+", match_token};
static const struct shape token = {
    .kind = SHAPE_STRING, .min = 112, .max = 1024, .regex = &token_regex};
static const struct shape limit = {.kind = SHAPE_INT, .min = 1, .max = 25};
static const struct field fields[] = {
    FIELD(struct list_imports_in, table, "TableArn", &shape_table_arn, OPTIONAL),
    FIELD(struct list_imports_in, token, "NextToken", &token, OPTIONAL),
    FIELD(struct list_imports_in, limit, "PageSize", &limit, OPTIONAL),
    {0},
};
static const struct shape in_shape = {
    .kind = SHAPE_STRUCT, .size = sizeof(struct list_imports_in), .fields = fields};

static bool list_imports_run(struct req *rq, struct db_txn *txn)
{
    (void)txn;
    control_empty_list(rq, STR("ImportSummaryList"));
    return true;
}

const struct op op_list_imports = {
    .name = "ListImports",
    .action = "dynamodb:ListImports",
    .flags = OP_READ | OP_NO_TXN,
    .in = &in_shape,
    .run = list_imports_run,
};
