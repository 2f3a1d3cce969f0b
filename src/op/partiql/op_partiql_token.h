/* op_partiql_token.h - NextToken of ExecuteStatement: where a SELECT goes on.
 *
 *   version:u8 = 2 | mac:16 | request:16 | query:u32 | key
 *
 * in base64.  mac is keyed with the database's secret and covers all that follows
 * it: so a token that is accepted was made here, and its key is one of ours.
 * request tells the statement, parameters and table that it belongs to. */
#ifndef OP_OP_PARTIQL_TOKEN_H
#define OP_OP_PARTIQL_TOKEN_H

#include "op/partiql/op_partiql.h"

enum { PARTIQL_DIGEST_BYTES = 16 };

struct partiql_position {
    uint32_t query; /* which of the plan */
    struct str key; /* behind this item; p == NULL: from its start */
};

/* What a token belongs to; x may be NULL. */
void op_partiql_request(const struct op_statement *st, const struct table_def *t,
                        const struct index_def *x, unsigned char out[PARTIQL_DIGEST_BYTES]);

struct str op_partiql_token(struct req *rq, const unsigned char request[PARTIQL_DIGEST_BYTES],
                            const struct partiql_position *at);
/* Fails with rq->err. */
MUST_CHECK bool op_partiql_token_read(struct req *rq, struct str token,
                                      const unsigned char request[PARTIQL_DIGEST_BYTES],
                                      struct partiql_position *out);

#endif
