/* cloud_op.h - a service of cloud/ uses operations of DynamoDB as a client would,
 * only without HTTP and signatures. */
#ifndef CLOUD_CLOUD_OP_H
#define CLOUD_CLOUD_OP_H

#include "cloud/cloud.h"

/* Runs a reading operation; its answer is appended to `out`. */
MUST_CHECK bool cloud_op_read(struct cloud *c, const char *operation, struct str input,
                              struct buf *out, struct err *e);

enum { CLOUD_SEQUENCE_CHARS = 32 };
/* What LATEST means now: the records of streams that this transaction cannot see have
 * this sequence number or a greater one.  They compare like their texts. */
void cloud_op_sequence(struct db_txn *t, char out[CLOUD_SEQUENCE_CHARS]);

#endif
