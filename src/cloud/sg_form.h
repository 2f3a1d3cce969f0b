/* sg_form.h - a request of a query API: name=value&name=value, percent-encoded. */
#ifndef CLOUD_SG_FORM_H
#define CLOUD_SG_FORM_H

#include "base/arena.h"

enum { SG_FORM_FIELDS_MAX = 4000 };

struct sg_field {
    struct str name, value; /* decoded */
};
struct sg_form {
    struct sg_field *field;
    size_t n;
};

/* False: malformed, not UTF-8, or too many. */
MUST_CHECK bool sg_form_parse(struct arena *mem, struct str text, struct sg_form *out);
/* The value of the first of that name; absent: p == NULL. */
struct str sg_form_get(const struct sg_form *f, const char *name);
/* Is there a field of this name, or whose name goes on behind it with a dot? */
bool sg_form_has(const struct sg_form *f, const char *name);

#endif
