/* cmd_ddb_schema_load.c - creates the messaging table with its index. */
#include <string.h>

#include "cruddur/cmd.h"
#include "cruddur/messages.h"

static int run(const struct cmd_args *a)
{
    struct ddb *ddb = cmd_ddb(a);
    if (ddb == NULL)
        return 1;
    struct ddb_error err;
    struct ddb_doc *in = messages_schema(), *out = NULL;
    int status = 0;
    if (ddb_call(ddb, "CreateTable", in, &out, &err))
        cmd_print(out);
    else
        status = cmd_fail("schema-load", &err);
    ddb_doc_free(out);
    ddb_doc_free(in);
    ddb_free(ddb);
    return status;
}

const struct cmd cmd_ddb_schema_load = {
    .noun = "ddb",
    .verb = "schema-load",
    .args = "",
    .help = "create the messaging table with its index",
    .run = run,
};
