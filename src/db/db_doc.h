/* db_doc.h - small named documents of other services: user pools, functions,
 * rules, audit.  A document is opaque bytes under (collection, key); a
 * collection is a short name without NUL bytes, keys are any bytes. */
#ifndef DB_DB_DOC_H
#define DB_DB_DOC_H

#include "db/db.h"

/* The document, valid until the transaction ends; p == NULL: there is none. */
MUST_CHECK bool db_doc_get(struct db_txn *t, struct str collection, struct str key, struct str *out,
                           struct err *e);

/* In a write transaction. */
MUST_CHECK bool db_doc_put(struct db_txn *t, struct str collection, struct str key,
                           struct str value, struct err *e);
MUST_CHECK bool db_doc_del(struct db_txn *t, struct str collection, struct str key, struct err *e);

/* Calls visit for each document whose key starts with `prefix`, in key order;
 * false from it ends the walk without an error.  Key and value are valid during
 * the call only.  The visitor may change documents; it does not see that. */
typedef bool db_doc_visit(void *arg, struct str key, struct str value);
MUST_CHECK bool db_doc_scan(struct db_txn *t, struct str collection, struct str prefix,
                            db_doc_visit *visit, void *arg, struct err *e);
/* The same for all documents whose keys are greater than `after` (n == 0: all). */
MUST_CHECK bool db_doc_scan_after(struct db_txn *t, struct str collection, struct str after,
                                  db_doc_visit *visit, void *arg, struct err *e);

#endif
