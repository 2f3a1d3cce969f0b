/* answer.h - answers of the API as bytes, beside ask_answer(). */
#ifndef CRUDDUR_ANSWER_H
#define CRUDDUR_ANSWER_H

#include "cruddur/app.h"

/* JSON with \uXXXX for everything that is not ASCII. */
void answer_ascii(struct buf *to, struct str json);

/* OPTIONS: which other origins may ask, and how. */
void answer_preflight(const struct app *app, struct http_request *rq);

/* The headers that every answer of the API has; in the request's arena. */
struct str answer_headers(const struct app *app, const struct http_request *rq);

#endif
