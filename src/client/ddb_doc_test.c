/* ddb_doc_test.c - building and reading documents. */
#include <stdlib.h>

#include "base/tap.h"
#include "client/ddb_int.h"

static void test_build(void)
{
    struct ddb_doc *in = ddb_doc_new();
    ddb_set_string(in, "TableName", "t");
    struct ddb_doc *item = ddb_set_object(in, "Item");
    ddb_item_s(item, "pk", "a\"b");
    ddb_item_n(item, "n", "12");
    ddb_item_b(item, "b", "\0\1", 2);
    ddb_item_bool(item, "t", true);
    ddb_item_null(item, "z");
    char *text = ddb_doc_text(in, 0);
    is_str(text,
           "{\"Item\":{\"b\":{\"B\":\"AAE=\"},\"n\":{\"N\":\"12\"},\"pk\":{\"S\":\"a\\\"b\"},"
           "\"t\":{\"BOOL\":true},\"z\":{\"NULL\":true}},\"TableName\":\"t\"}",
           "sorted text");
    is_str(ddb_item_get_s(item, "pk"), "a\"b", "read back");
    ok(ddb_item_get_s(item, "n") == NULL, "another type is none");
    ok(ddb_count(item) == 5, "count");
    free(text);
    ddb_doc_free(in);
}

static void test_failure(void)
{
    struct ddb_doc *in = ddb_doc_new();
    ok(ddb_doc_take_failure() == DDB_OK, "nothing failed yet");
    ddb_set_string(in, "x", "\xff");
    ok(ddb_doc_take_failure() != DDB_OK, "a string that is not UTF-8 is remembered");
    ok(ddb_doc_take_failure() == DDB_OK, "and forgotten once told");
    ddb_set_string(NULL, "x", "y");
    ok(ddb_doc_take_failure() == DDB_ERR_MEMORY, "so is a set on nothing");
    ddb_doc_free(in);
}

static void test_options(void)
{
    struct ddb_error err = {0};
    struct ddb_options o = {.region = "eu-north-1", .access_key = "a", .secret_key = "s"};
    o.endpoint = "ftp://x";
    ok(ddb_new(&o, &err) == NULL && err.kind == DDB_ERR_CONFIG, "%s", err.message);
    o.endpoint = "http://localhost:1/";
    struct ddb *ddb = ddb_new(&o, &err);
    ok(ddb != NULL, "a trailing slash is fine");
    is_str(ddb->host, "localhost:1", "Host");
    ddb_free(ddb);
}

int main(void)
{
    test_build();
    test_failure();
    test_options();
    return tap_done();
}
