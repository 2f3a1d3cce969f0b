/* cmd_ddb_scan.c - every item of the messaging table, one JSON document per line. */
#include <stdio.h>
#include <stdlib.h>

#include "cruddur/cmd.h"
#include "cruddur/messages.h"

static bool print_page(void *arg, const struct ddb_doc *out)
{
    const struct ddb_doc *items = ddb_get(out, "Items");
    (void)arg;
    for (size_t i = 0; i < ddb_count(items); i++) {
        char *line = ddb_doc_text(ddb_at(items, i), 0);
        if (line == NULL)
            return false;
        puts(line);
        free(line);
    }
    return true;
}

static int run(const struct cmd_args *a)
{
    struct ddb *ddb = cmd_ddb(a);
    if (ddb == NULL)
        return 1;
    struct ddb_error err;
    struct ddb_doc *in = ddb_doc_new();
    int status = 0;
    ddb_set_string(in, "TableName", messages_table());
    if (!ddb_pages(ddb, "Scan", in, print_page, NULL, &err))
        status = cmd_fail("scan", &err);
    ddb_doc_free(in);
    ddb_free(ddb);
    return status;
}

const struct cmd cmd_ddb_scan = {
    .noun = "ddb",
    .verb = "scan",
    .args = "",
    .help = "print every item of the messaging table",
    .run = run,
};
