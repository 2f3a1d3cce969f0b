/* pool_filter.h - the filter of ListUsers: one attribute, = or ^=, one value.
 *
 *   filter = attribute ("=" | "^=") '"' value '"'      \" is a quote in the value */
#ifndef CLOUD_POOL_FILTER_H
#define CLOUD_POOL_FILTER_H

#include "cloud/pool_doc.h"

struct pool_filter {
    struct str name, value;
    bool is_prefix;
};
/* Empty text matches everybody.  Fails with InvalidParameterException. */
MUST_CHECK bool pool_filter_parse(struct arena *mem, struct str text, struct pool_filter *out,
                                  struct err *e);
bool pool_filter_match(const struct pool_filter *f, const struct user *u);

#endif
