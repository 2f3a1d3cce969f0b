/* cmd_ddb_drop.c - deletes a table by name. */
#include <stdio.h>

#include "cruddur/cmd.h"

static int run(const struct cmd_args *a)
{
    struct ddb *ddb = cmd_ddb(a);
    if (ddb == NULL)
        return 1;
    struct ddb_error err;
    struct ddb_doc *in = ddb_doc_new(), *out = NULL;
    int status = 0;
    ddb_set_string(in, "TableName", a->arg[0]);
    printf("deleting table: %s\n", a->arg[0]);
    if (ddb_call(ddb, "DeleteTable", in, &out, &err))
        cmd_print(out);
    else
        status = cmd_fail("drop", &err);
    ddb_doc_free(out);
    ddb_doc_free(in);
    ddb_free(ddb);
    return status;
}

const struct cmd cmd_ddb_drop = {
    .noun = "ddb",
    .verb = "drop",
    .args = "TABLE",
    .help = "delete a table, e.g. cruddur ddb drop cruddur-messages",
    .args_min = 1,
    .args_max = 1,
    .run = run,
};
