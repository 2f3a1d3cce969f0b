/* item.h - an item as it is stored:
 *
 *     version:u8 = 1 | size:u32 | value of type M (attr.h)
 *
 * size is the item's size by DynamoDB's rule (names + values), so that
 * capacity is known without a walk.  Keys and projections of items have the
 * same form.  An item is passed around as struct str; an absent item has
 * p == NULL.
 *
 * Integrity of stored items relies on the store's block checksums; item_check()
 * is for bytes of unknown origin. */
#ifndef MODEL_ITEM_H
#define MODEL_ITEM_H

#include "base/arena.h"
#include "model/attr_build.h"

enum { ITEM_VERSION = 1, ITEM_HEADER_BYTES = 5 };

/* The M value; for a NULL item, an empty map. */
static inline struct attr item_map(struct str item)
{
    if (item.p == NULL)
        return (struct attr){.type = ATTR_M};
    struct str value = str_from(item, ITEM_HEADER_BYTES);
    return attr_read(&value);
}

/* From the header; 0 for a NULL item. */
static inline uint32_t item_size(struct str item)
{
    return item.p == NULL ? 0 : attr_u32(item.p + 1);
}

static inline bool item_find(struct str item, struct str name, struct attr *out)
{
    struct attr map = item_map(item);
    return attr_map_find(&map, name, out);
}

MUST_CHECK bool item_check(struct str bytes, struct err *e);
/* All but the size: for records that were written when numbers were measured otherwise. */
MUST_CHECK bool item_check_form(struct str bytes, struct err *e);
/* The item with the size that it has; itself when that is what it states. */
struct str item_measured(struct arena *mem, struct str item);

/* Building: item_begin(), attr_build_name() and values, item_end().  item_end()
 * closes the map, computes and writes the size. */
void item_begin(struct attr_build *b, struct buf *out);
void item_end(struct attr_build *b);

/* An item of the named top-level attributes that `item` has, made in the arena. */
struct str item_select(struct arena *mem, struct str item, const struct str *names, size_t n);

/* An item from name/value pairs (values encoded), made in the arena. */
struct item_entry {
    struct str name;
    struct str raw; /* encoded value */
};
struct str item_from_entries(struct arena *mem, const struct item_entry *entries, size_t n);

#endif
