/* feed.h - a thread that follows the messaging table's stream, when it has one,
 * and tells the hub what was said, by whichever server or tool it was written. */
#ifndef CRUDDUR_FEED_H
#define CRUDDUR_FEED_H

#include "base/err.h"

struct app;
struct feed;

MUST_CHECK bool feed_start(struct app *app, struct feed **out, struct err *e);
void feed_stop(struct feed *f); /* returns at once */
void feed_free(struct feed *f); /* waits for the thread; NULL is fine */

/* True while the stream is followed: then nobody else needs to tell the hub. */
bool feed_follows(const struct feed *f);
/* The table has a stream, as of the last look. */
bool feed_has_stream(const struct feed *f);

#endif
