/* hub.h - who listens to events, and telling them.
 *
 * A listener is an open response (server-sent events) with one topic: everything
 * said in a conversation, or everything that concerns a person.  Listeners live
 * on the loop; events may be published by any thread and are sent in the order
 * in which they were published.  A person may have 16; one more ends the oldest. */
#ifndef CRUDDUR_HUB_H
#define CRUDDUR_HUB_H

#include "base/str.h"

struct app;
struct ask;
struct hub;

enum hub_topic { HUB_GROUP, HUB_USER };

struct hub *hub_start(struct app *app);

/* One event for all who listen to that topic of that UUID.  `id` may be absent. */
void hub_publish(struct hub *h, enum hub_topic topic, struct str uuid, const char *event,
                 struct str id, struct str data);
bool hub_has_listeners(const struct hub *h); /* from any thread; a moment ago */

/* Makes the asker of an admitted request a listener instead of answering, after
 * the handler; HUB_GROUP: first sent is what came after `after` (may be absent). */
void hub_listen(struct ask *a, enum hub_topic topic, struct str uuid, struct str after);

/* Nobody new; all are told to go.  Then stop: on the loop's thread, when no
 * worker is left.  Then free, after the loop. */
void hub_close(struct hub *h);
void hub_stop(struct hub *h);
void hub_free(struct hub *h);

#endif
