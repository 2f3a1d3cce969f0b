/* cmd_ddb_list_tables.c - the names of all tables, one per line. */
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
    for (;;) {
        if (!ddb_call(ddb, "ListTables", in, &out, &err)) {
            status = cmd_fail("list-tables", &err);
            break;
        }
        const struct ddb_doc *names = ddb_get(out, "TableNames");
        for (size_t i = 0; i < ddb_count(names); i++)
            puts(ddb_as_string(ddb_at(names, i)));
        const char *last = ddb_get_string(out, "LastEvaluatedTableName");
        if (last == NULL)
            break;
        ddb_set_string(in, "ExclusiveStartTableName", last);
        ddb_doc_free(out);
        out = NULL;
    }
    ddb_doc_free(out);
    ddb_doc_free(in);
    ddb_free(ddb);
    return status;
}

const struct cmd cmd_ddb_list_tables = {
    .noun = "ddb",
    .verb = "list-tables",
    .args = "",
    .help = "print the names of all tables",
    .run = run,
};
