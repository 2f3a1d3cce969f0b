/* sim.h - a simulation of the database: one thread, a clock that is moved by hand, random
 * numbers from a seed, a store that fails on purpose.
 *
 *   sim.c          the world: clock, store, crashes; the history and its end
 *   sim_request.c  random requests, what they are to answer, and running them
 *   sim_check.c    what is stored against what should be
 *   sim_stream.c   streams against the changes that were made
 *
 * A seed gives one history of steps: batches of requests as the server's writer runs
 * them, slices of background work, clocks that jump, crashes.  Beside the database a
 * plain model is kept, an array of items for each table, and after each step both must
 * agree.  A failure prints seed and step; `sim SEED STEPS` repeats it. */
#ifndef TEST_SIM_SIM_H
#define TEST_SIM_SIM_H

#include "db/db_stream.h"
#include "op/op.h"
#include "store/store_fault.h"

enum { TABLES = 3, KEYS = 24, PARTITIONS = 4, GLOBALS = 2, ACTIONS = 6, TOKENS = 4, STREAMS = 256 };

/* An item: its number says its key, partition "p0".."p3" and a number.  The string `g` (a
 * number when it is G_WRONG) and the number `n` are keys of indexes. */
enum { G_NONE, G_WRONG = 4 };
struct thing {
    bool there;
    int g, n, v, pad; /* n < 0, pad 0: not there */
    int64_t t;        /* when it expires, in seconds; < 0: not there */
};

/* What a request does to one item. */
enum kind { PUT, UPDATE, DELETE, CHECK };
enum condition { ALWAYS, ABSENT, PRESENT, V_IS };
struct action {
    int table, key, v; /* v: of the condition */
    enum kind kind;
    enum condition condition;
    struct thing to;
};
enum form { SINGLE, BATCH, TRANSACT, STATEMENT, CONTROL };
struct request {
    enum form form;
    int n, table; /* table: of CONTROL */
    struct action action[ACTIONS];
    uint64_t token; /* of TRANSACT; 0: none */
    int control;    /* which, see sim_request.c */
    bool local;     /* of CREATE */
    int global;     /* of CREATE and INDEX */
};

/* What the database should hold; can be copied. */
struct model {
    struct model_table {
        bool there, local, global[GLOBALS], ttl;
        int stream; /* < 0: none */
        struct thing thing[KEYS];
    } table[TABLES];
    struct model_token {
        struct request request;
        int64_t expires_ms; /* 0: free */
    } token[TOKENS];
    size_t changes; /* so many of world.change are facts */
    int streams;
};

struct change {
    int stream, key;
    struct thing old, now;
    bool by_ttl;
    int64_t created_ms;
    uint64_t sequence; /* of its record, once a reader has seen that */
};
/* A stream and a reader that follows it from its beginning. */
struct stream {
    int table;
    int64_t label_ms, ended_ms; /* 0: it is on, as far as its reader knows */
    bool gone;
    int64_t shard[STREAM_LANES]; /* where the reader is in each lane */
    uint64_t from[STREAM_LANES];
    size_t at[PARTITIONS]; /* the change that it expects next */
};

struct world {
    struct env env;
    uint64_t seed, random, env_random;
    long step;
    int64_t now_ms, latest_ms; /* the clock, and the latest that it ever showed */
    char dir[64];
    struct store_fault fault;
    bool armed;
    struct db *db;
    struct arena mem; /* of a step */
    struct model model;
    struct change *change;
    size_t change_cap;
    struct stream stream[STREAMS];
    struct db_txn *old; /* a snapshot, and the model of its time */
    struct model old_model;
    struct { /* how often: a history that does nothing proves nothing */
        long done, refused, faults, crashes, expired, records, replays, snapshots, work;
    } count;
};

extern const char *const sim_table[TABLES], *const sim_global[GLOBALS];

/* sim.c */
uint32_t sim_random(struct world *w, uint32_t below);
bool sim_one_in(struct world *w, uint32_t n);
_Noreturn void sim_fail(struct world *w, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Has the fault struck since it was armed?  Then it is over. */
bool sim_struck(struct world *w);
/* The model's item becomes `to`, with a record in the table's stream. */
void sim_change(struct world *w, struct model *m, int table, int key, const struct thing *to,
                bool by_ttl);
bool sim_same(const struct thing *a, const struct thing *b);
/* {'p':{'S':'p0'},...}; in true JSON, as the service writes it. */
void sim_thing_json(struct buf *to, int key, const struct thing *thing);

/* sim_request.c */
void sim_random_request(struct world *w, const struct model *m, struct request *r);
/* Runs it in the write transaction, between savepoints; *m follows. */
void sim_run(struct world *w, struct db_txn *txn, struct model *m, const struct request *r);

/* sim_check.c */
struct str sim_item_text(struct world *w, struct str item); /* as JSON; p == NULL: "" */
void sim_check_items(struct world *w, struct db_txn *txn, const struct model *m);
void sim_check(struct world *w);
void sim_read_items(struct world *w); /* as a server's loop does: through the item cache */
void sim_absorb_expired(struct world *w);
void sim_check_settled(struct world *w);

/* sim_stream.c */
void sim_follow_streams(struct world *w);
void sim_reread_streams(struct world *w);

#endif
