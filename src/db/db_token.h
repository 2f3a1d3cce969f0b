/* db_token.h - client request tokens: which request was done under a token,
 * remembered for 10 minutes, also across restarts, because a token is stored
 * in the transaction of the changes that it stands for.
 *
 * Tokens that are out of date are removed by later ones, a few at a time: so
 * there are never many more than ten minutes bring. */
#ifndef DB_DB_TOKEN_H
#define DB_DB_TOKEN_H

#include "db/db.h"

enum { DB_TOKEN_DIGEST_BYTES = 16, DB_TOKEN_MS = 10 * 60 * 1000 };

/* The digest of the request that was done under this token; *found false: none,
 * or too long ago. */
MUST_CHECK bool db_token_find(struct db_txn *t, struct str token, bool *found,
                              unsigned char digest[DB_TOKEN_DIGEST_BYTES], struct err *e);

/* Remembers it, in a write transaction. */
MUST_CHECK bool db_token_put(struct db_txn *t, struct str token,
                             const unsigned char digest[DB_TOKEN_DIGEST_BYTES], struct err *e);

#endif
