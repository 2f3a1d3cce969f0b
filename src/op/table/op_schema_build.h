/* op_schema_build.h - from the words of a request to key schemas and indexes,
 * with the service's texts for everything that does not fit together. */
#ifndef OP_OP_SCHEMA_BUILD_H
#define OP_OP_SCHEMA_BUILD_H

#include "op/op_common.h"
#include "op/table/op_table_in.h"

/* AttributeDefinitions, sorted by name. */
struct definitions {
    uint32_t n;
    struct key_attr *attr;
    const struct list *in; /* as they came, for texts */
};
MUST_CHECK bool schema_definitions(struct req *rq, const struct list *in, struct definitions *out);

/* Are the definitions exactly what the keys of the table and its indexes need?
 * The lists hold struct attribute_in and struct index_in. */
MUST_CHECK bool schema_definitions_fit(struct req *rq, const struct definitions *d,
                                       const struct list *key, const struct list *local,
                                       const struct list *global);

/* Are all these keys defined? */
MUST_CHECK bool schema_keys_defined(struct req *rq, const struct definitions *d,
                                    const struct list *key);

/* Types come from the definitions, which have all the names. */
MUST_CHECK bool schema_table_key(struct req *rq, const struct definitions *d, const struct list *in,
                                 struct key_schema *out);
/* Name, key and projection of an index; `table` is the table's key. */
MUST_CHECK bool schema_index(struct req *rq, const struct definitions *d, const struct index_in *in,
                             bool global, const struct key_schema *table, struct index_def *out);
/* The limit on projected attributes over all indexes. */
MUST_CHECK bool schema_projections_fit(struct req *rq, const struct index_def *x, uint32_t n);

#endif
