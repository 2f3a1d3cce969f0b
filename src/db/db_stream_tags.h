/* db_stream_tags.h - tags of streams.  They are none of the table's, and live as long
 * as their stream does: up to 24 hours longer than the table.
 *
 * In the store, under 'g' and the rest of the stream's key: an item (item.h) that
 * has an attribute of type S for each tag; nothing when there are none. */
#ifndef DB_DB_STREAM_TAGS_H
#define DB_DB_STREAM_TAGS_H

#include "db/db_stream.h"

/* tags->p == NULL: none.  Valid until the transaction ends. */
MUST_CHECK bool db_stream_tags(struct db_txn *t, const struct db_stream *s, struct str *tags,
                               struct err *e);
/* In a write transaction; tags.p == NULL: none from now on. */
MUST_CHECK bool db_stream_set_tags(struct db_txn *t, const struct db_stream *s, struct str tags,
                                   struct err *e);

#endif
