/* schema.h - what a table is: keys, indexes, settings.  Plain values; who owns
 * a definition owns its strings (usually through an arena).
 *
 * A struct table_def that readers can see is never changed: a new version
 * replaces it (db_catalog). */
#ifndef MODEL_SCHEMA_H
#define MODEL_SCHEMA_H

#include "base/arena.h"
#include "model/attr.h"
#include "model/limits.h"

struct key_attr {
    struct str name;
    enum attr_type type; /* S, N or B */
};

/* Hash attributes first, then range attributes, each in order.  Tables and LSIs
 * have one hash and at most one range attribute; GSIs up to four of each. */
struct key_schema {
    uint8_t hash_n, range_n;
    struct key_attr attr[LIMIT_KEY_ATTRIBUTES];
};

enum projection_type { PROJECTION_ALL, PROJECTION_KEYS_ONLY, PROJECTION_INCLUDE };
enum table_status { TABLE_ACTIVE, TABLE_CREATING, TABLE_UPDATING, TABLE_DELETING };
enum index_status { INDEX_ACTIVE, INDEX_CREATING, INDEX_UPDATING, INDEX_DELETING };
enum billing_mode { BILLING_PROVISIONED, BILLING_PAY_PER_REQUEST };
enum table_class { TABLE_CLASS_UNSET, TABLE_CLASS_STANDARD, TABLE_CLASS_INFREQUENT_ACCESS };
enum stream_view { STREAM_NONE, STREAM_KEYS_ONLY, STREAM_NEW_IMAGE, STREAM_OLD_IMAGE, STREAM_BOTH };

struct throughput {
    int64_t rcu, wcu;                           /* 0/0 on PAY_PER_REQUEST */
    int64_t last_increase_ms, last_decrease_ms; /* 0: never */
    int64_t decreases_today, decrease_day;      /* day: days since 1970, of the last decrease */
    int64_t max_read_units, max_write_units;    /* OnDemandThroughput; 0: not set */
    int64_t warm_read, warm_write;              /* high-water marks */
};

struct index_def {
    uint16_t id; /* in storage keys; 0 is the table itself; never reused within a table */
    struct str name;
    bool global;
    struct key_schema key;
    enum projection_type projection;
    uint32_t non_key_n; /* PROJECTION_INCLUDE: names, sorted */
    struct str *non_key;
    enum index_status status; /* local ones are always ACTIVE */
    bool backfilling;         /* added later and still being filled */
    struct throughput throughput;
};

struct tag {
    struct str key, value;
};

struct switches { /* the newest of them; 0: there was none */
    int64_t last_ms, second_ms, third_ms, fourth_ms;
};

struct table_def {
    uint32_t id; /* in storage keys; never reused */
    struct str name;
    char uuid[37]; /* TableId: new per incarnation */
    int64_t created_ms;
    enum table_status status;
    struct key_schema key;
    uint32_t attr_n; /* AttributeDefinitions, sorted by name */
    struct key_attr *attr;
    uint32_t index_n; /* in the order of submission; local ones first */
    struct index_def *index;
    uint16_t next_index_id;
    enum billing_mode billing;
    bool billing_summary;         /* PAY_PER_REQUEST now or ever */
    int64_t pay_per_request_ms;   /* LastUpdateToPayPerRequestDateTime, 0: never */
    struct switches to_on_demand; /* from provisioned */
    struct throughput throughput;
    enum table_class table_class;
    int64_t table_class_ms, table_class_before_ms; /* the last two changes of it, 0: none */
    bool deletion_protection;
    int64_t deletion_protection_ms; /* last change, for the 15 s rule */
    uint32_t tag_n;                 /* sorted by key */
    struct tag *tag;
    enum stream_view stream;  /* STREAM_NONE: no stream now */
    int64_t stream_label_ms;  /* of the newest stream ever enabled; 0: none */
    struct str ttl_attribute; /* n == 0: TTL is off */
    int64_t ttl_changed_ms;
    struct str sse_key_arn; /* n == 0: not KMS */
    bool sse_kms;
    uint64_t version; /* grows with each change of the definition */
};

/* NULL when the table has no such index. */
const struct index_def *table_def_index(const struct table_def *t, struct str name);
/* Deep copy into an arena, to be changed there. */
struct table_def *table_def_copy(struct arena *mem, const struct table_def *t);
/* A named definition among AttributeDefinitions, or ATTR_NONE. */
enum attr_type table_def_attr_type(const struct table_def *t, struct str name);

bool key_schema_has(const struct key_schema *k, struct str name);
/* Has the table a local index, and so item collections whose size counts? */
static inline bool table_def_has_local(const struct table_def *t)
{
    return t->index_n > 0 && !t->index[0].global;
}

/* To and from the bytes in the catalog: an item (item.h) with a member
 * "format"; unknown members of a newer format are refused. */
struct str table_def_encode(struct arena *mem, const struct table_def *t);
MUST_CHECK bool table_def_decode(struct arena *mem, struct str bytes, struct table_def **out,
                                 struct err *e);

#endif
