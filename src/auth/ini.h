/* ini.h - AWS's ini files by pulling: sections, and "name = value" inside them.
 *
 * Comments are whole lines that begin with # or ;.  Indented lines below a
 * setting are settings of a nested kind that nobody here reads: they are passed
 * over.  "[profile x]" and "[x]" are the same section. */
#ifndef AUTH_INI_H
#define AUTH_INI_H

#include "base/str.h"

struct ini {
    const char *at, *end;
    unsigned line; /* of what is below, from 1 */
    struct str section, key, value;
    bool in_section, has_setting;
    const char *problem; /* what is wrong at `line`; NULL: nothing */
};

void ini_init(struct ini *i, struct str text);

/* The next setting, into key and value, or the start of a section, with key
 * absent.  False: the end, or a problem. */
bool ini_next(struct ini *i);

#endif
