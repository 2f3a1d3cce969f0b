/* db_capacity.c - see db_capacity.h. */
#include "db/db_capacity.h"

#include <stdlib.h>

#include "base/hash.h"
#include "db/db_int.h"

#define SECOND_NS       1000000000LL
#define THROUGHPUT_S    300 /* how much unused capacity is kept */
#define PARTITION_S     1   /* a partition's limit is hard */
#define PARTITIONS      4096
#define PARTITION_READ  3000
#define PARTITION_WRITE 1000

struct bucket (*db_capacity_partitions(void))[2]
{
    struct bucket(*b)[2] = calloc(PARTITIONS, sizeof(*b));
    if (b == NULL)
        abort();
    return b;
}

bool db_throttling(const struct db_txn *t)
{
    return t->db->partitions != NULL;
}

/* Prefix and hash of a storage key tell the partition. */
static uint64_t partition_of(const struct buf *key)
{
    return hash_bytes((struct str){key->p, KEY_PREFIX_BYTES + KEY_HASH_BYTES}) | 1;
}

uint64_t db_capacity_partition(struct db_txn *t, const struct table *table, struct str item)
{
    if (!db_throttling(t))
        return 0;
    t->key.n = 0;
    return key_of_item(&t->key, table->def, item) ? partition_of(&t->key) : 0;
}

uint64_t db_capacity_partition_in(struct db_txn *t, const struct table *table,
                                  const struct index_def *index, struct str item)
{
    if (!db_throttling(t) || item.p == NULL)
        return 0;
    t->key.n = 0;
    return key_of_entry(&t->key, table->def, index, item) ? partition_of(&t->key) : 0;
}

uint64_t db_capacity_partition_of(struct db_txn *t, const struct table *table,
                                  const struct index_def *index, const struct attr *values)
{
    if (!db_throttling(t))
        return 0;
    t->key.n = 0;
    key_partition(&t->key, table->def->id, index != NULL ? index->id : 0,
                  index != NULL ? &index->key : &table->def->key, values);
    return partition_of(&t->key);
}

/* Units per second of an arm; 0: no limit. */
static int64_t rate_of(const struct table *table, const struct index_def *index,
                       enum capacity_kind kind)
{
    const struct throughput *t = index != NULL ? &index->throughput : &table->def->throughput;
    if (table->def->billing == BILLING_PROVISIONED)
        return kind == CAPACITY_READ ? t->rcu : t->wcu;
    return kind == CAPACITY_READ ? t->max_read_units : t->max_write_units;
}

/* NULL: a long read still sees an index that has gone. */
static struct bucket *arm_bucket(const struct table *table, const struct index_def *index,
                                 enum capacity_kind kind)
{
    struct live_arm *arm = db_count_arm(table->live, index != NULL ? index->id : 0);
    return arm != NULL ? &arm->bucket[kind] : NULL;
}

static struct bucket *partition_bucket(struct db_txn *t, const struct capacity_at *at)
{
    return &t->db->partitions[(at->partition >> 1) % PARTITIONS][at->kind];
}

/* Local indexes use the table's throughput. */
static const struct index_def *global(const struct index_def *index)
{
    return index != NULL && index->global ? index : NULL;
}

static int64_t now_ns(struct db_txn *t)
{
    return env_now_ms(t->db->env) * 1000000;
}

bool db_capacity_left(struct db_txn *t, const struct capacity_at *at, enum capacity_limit *limit)
{
    if (!db_throttling(t))
        return true;
    const struct index_def *index = global(at->index);
    int64_t now = now_ns(t), rate = rate_of(at->table, index, at->kind);
    struct bucket *arm = rate > 0 ? arm_bucket(at->table, index, at->kind) : NULL;
    if (arm != NULL && !bucket_has(arm, now, THROUGHPUT_S * SECOND_NS)) {
        *limit = at->table->def->billing == BILLING_PROVISIONED ? CAPACITY_PROVISIONED
                                                                : CAPACITY_MAX_ON_DEMAND;
        return false;
    }
    if (at->partition == 0 || bucket_has(partition_bucket(t, at), now, PARTITION_S * SECOND_NS))
        return true;
    *limit = CAPACITY_PARTITION;
    return false;
}

static void take(const struct capacity_at *at, const struct index_def *index, int64_t now,
                 uint64_t halves)
{
    int64_t rate = rate_of(at->table, index, at->kind);
    struct bucket *arm = rate > 0 && halves > 0 ? arm_bucket(at->table, index, at->kind) : NULL;
    if (arm != NULL)
        bucket_take(arm, now, THROUGHPUT_S * SECOND_NS, halves, rate);
}

void db_capacity_spend(struct db_txn *t, const struct capacity_at *at,
                       const struct capacity_use *use)
{
    if (!db_throttling(t))
        return;
    const struct table_def *def = at->table->def;
    int64_t now = now_ns(t);
    uint64_t at_table = use->table_halves, of_partition = use->table_halves;
    for (uint32_t i = 0; i < def->index_n; i++) {
        const struct index_def *x = &def->index[i];
        if (x->global)
            take(at, x, now, use->index_halves[i]);
        else
            at_table += use->index_halves[i];
        if (x == at->index)
            of_partition = use->index_halves[i];
    }
    take(at, NULL, now, at_table);
    db_capacity_spend_partition(t, at, of_partition);
}

void db_capacity_spend_partition(struct db_txn *t, const struct capacity_at *at, uint64_t halves)
{
    if (at->partition != 0 && halves > 0)
        bucket_take(partition_bucket(t, at), now_ns(t), PARTITION_S * SECOND_NS, halves,
                    at->kind == CAPACITY_READ ? PARTITION_READ : PARTITION_WRITE);
}
