/* db_page.c - Query and Scan; see db_page.h.
 *
 * A page is a walk over one range of keys.  Encoded key parts end themselves, so
 * every condition on the sort key is a range: of the partition's prefix, of a
 * prefix with the equal parts, or of what lies between two of them. */
#include "db/db_page.h"

#include "db/db_int.h"
#include "model/item.h"

enum { LOOP_ITEMS_MAX = 200 };

struct range {
    struct buf from, to;
};

void db_page_segment(uint32_t segment, uint32_t total, uint64_t *from, uint64_t *to)
{
    assert(segment < total);
    unsigned __int128 all = (unsigned __int128)1 << 64;
    *from = (uint64_t)(all * segment / total);
    *to = (uint64_t)(all * (segment + 1) / total - 1);
}

struct str db_page_key(struct arena *mem, const struct table_def *t, const struct index_def *x,
                       struct str item)
{
    struct str name[2 * LIMIT_KEY_ATTRIBUTES];
    size_t n = 0;
    for (uint32_t i = 0; i < (uint32_t)t->key.hash_n + t->key.range_n; i++)
        name[n++] = t->key.attr[i].name;
    for (uint32_t i = 0; x != NULL && i < (uint32_t)x->key.hash_n + x->key.range_n; i++)
        name[n++] = x->key.attr[i].name;
    return item_select(mem, item, name, n);
}

/* --- the range ------------------------------------------------------------------ */

static void set(struct buf *b, struct str s)
{
    b->n = 0;
    buf_add(b, s);
}

static void set_after(struct buf *b, struct str prefix)
{
    b->n = 0;
    bool bounded = key_after_prefix(b, prefix);
    assert(bounded); /* starts with the byte of the data space */
    (void)bounded;
}

/* `with` becomes base + value. */
static struct str append(struct buf *with, struct str base, const struct attr *value)
{
    set(with, base);
    key_scalar(with, value->type, value->body);
    return buf_str(with);
}

/* Narrows the range of all keys that start with `base` by the last condition. */
static void narrow(struct range *r, struct arena *mem, struct str base,
                   const struct expr_key_term *term)
{
    struct buf with = {.mem = mem};
    switch (term->op) {
    case EXPR_LT:
        set(&r->to, append(&with, base, &term->value[0]));
        break;
    case EXPR_LE:
        set_after(&r->to, append(&with, base, &term->value[0]));
        break;
    case EXPR_GT:
        set_after(&r->from, append(&with, base, &term->value[0]));
        break;
    case EXPR_GE:
        set(&r->from, append(&with, base, &term->value[0]));
        break;
    case EXPR_BETWEEN:
        set(&r->from, append(&with, base, &term->value[0]));
        set_after(&r->to, append(&with, base, &term->value[1]));
        break;
    case EXPR_BEGINS_WITH:
        set(&with, base);
        key_scalar_prefix(&with, term->value[0].body);
        set(&r->from, buf_str(&with));
        set_after(&r->to, buf_str(&with));
        break;
    default:
        assert(term->op == EXPR_BEGINS_WITH); /* no other is a condition on a sort key */
    }
}

static void query_range(struct range *r, struct arena *mem, const struct db_page *p)
{
    const struct table_def *t = table_def(p->table);
    const struct key_schema *k = p->index != NULL ? &p->index->key : &t->key;
    struct buf base = {.mem = mem};
    key_partition(&base, t->id, p->index != NULL ? p->index->id : 0, k, p->partition);
    uint32_t equal = 0;
    for (; equal < p->sort_n && p->sort[equal]->op == EXPR_EQ; equal++)
        key_scalar(&base, p->sort[equal]->value[0].type, p->sort[equal]->value[0].body);
    assert(equal + 1 >= p->sort_n);
    set(&r->from, buf_str(&base));
    set_after(&r->to, buf_str(&base));
    if (equal < p->sort_n)
        narrow(r, mem, buf_str(&base), p->sort[equal]);
}

static void scan_range(struct range *r, const struct db_page *p)
{
    uint32_t id = table_def(p->table)->id;
    uint16_t index = p->index != NULL ? p->index->id : 0;
    key_prefix_hash(&r->from, id, index, p->hash_from);
    key_prefix_hash(&r->to, id, index, p->hash_to);
    struct buf last = r->to;
    r->to = (struct buf){.mem = last.mem};
    set_after(&r->to, buf_str(&last));
}

/* Cuts off what was read up to the start key. */
static bool cut_start(struct range *r, struct arena *mem, const struct db_page *p, struct err *e)
{
    struct buf key = {.mem = mem};
    const struct table_def *t = table_def(p->table);
    if (p->start_key.p == NULL)
        return true;
    if (!(p->index != NULL ? key_of_entry(&key, t, p->index, p->start_key)
                           : key_of_item(&key, t, p->start_key)))
        return err_set(e, ERR_VALIDATION, "The provided starting key is invalid");
    if (p->reverse) {
        if (str_cmp(buf_str(&key), buf_str(&r->to)) < 0)
            set(&r->to, buf_str(&key));
        return true;
    }
    buf_byte(&key, 0); /* the least key greater than it */
    if (str_cmp(buf_str(&key), buf_str(&r->from)) > 0)
        set(&r->from, buf_str(&key));
    return true;
}

/* --- the walk ------------------------------------------------------------------- */

struct walk {
    struct db_txn *t;
    struct arena *mem;
    const struct db_page *p;
    struct db_page_result *out;
    uint64_t filter_bytes; /* of one test */
};

/* The item that a local index's entry stands for.  p == NULL: it has just gone
 * (only without a snapshot). */
static bool fetch(struct walk *w, struct str entry, struct str *item, struct err *e)
{
    if (!db_item_get(w->t, w->p->table, entry, item, e))
        return false;
    if (item->p != NULL) {
        w->out->fetched_halves += capacity_read_halves(item_size(*item), true);
        w->out->fetched_bytes += item_size(*item);
    }
    return true;
}

static bool visit(struct walk *w, struct str stored, struct err *e)
{
    struct str item = stored;
    w->out->scanned++;
    w->out->bytes += item_size(stored);
    if (w->p->fetch_base && !fetch(w, stored, &item, e))
        return false;
    if (item.p == NULL || (w->p->filter != NULL && !expr_true(w->p->filter, item)))
        return true;
    w->out->count++;
    return w->p->item == NULL || w->p->item(w->p->arg, w->p->filter_only ? stored : item, e);
}

uint64_t db_page_bytes(const struct db_page_result *r)
{
    if (r->fetched_halves == 0)
        return r->bytes;
    return (capacity_read_halves(r->bytes, true) + r->fetched_halves) * (CAPACITY_READ_BYTES / 2);
}

/* Would the next item be too much for a loop? */
static bool too_long(const struct walk *w)
{
    return w->out->scanned >= LOOP_ITEMS_MAX ||
           w->out->bytes + w->out->fetched_bytes >= LIMIT_LOOP_BYTES ||
           (w->out->scanned + 1) * w->filter_bytes > LIMIT_LOOP_FILTER_BYTES;
}

static bool is_full(const struct walk *w)
{
    return w->out->scanned == w->p->limit || db_page_bytes(w->out) >= LIMIT_PAGE_BYTES ||
           w->out->scanned * w->filter_bytes >= LIMIT_PAGE_FILTER_BYTES;
}

static bool walk(struct walk *w, struct store_cursor *c, struct err *e)
{
    struct str key, value;
    bool have;
    for (;;) {
        if (!store_cursor_next(c, &key, &value, &have, e))
            return false;
        if (!have)
            return true;
        if (w->t->cached && too_long(w))
            return err_set(e, ERR_WOULD_BLOCK, "a long page");
        if (!visit(w, value, e))
            return false;
        if (is_full(w)) {
            w->out->last_key = db_page_key(w->mem, table_def(w->p->table), w->p->index, value);
            return true;
        }
    }
}

bool db_page_run(struct db_txn *t, struct arena *mem, const struct db_page *p,
                 struct db_page_result *out, struct err *e)
{
    struct range r = {{.mem = mem}, {.mem = mem}};
    *out = (struct db_page_result){0};
    if (p->query)
        query_range(&r, mem, p);
    else
        scan_range(&r, p);
    if (!cut_start(&r, mem, p, e))
        return false;
    if (str_cmp(buf_str(&r.from), buf_str(&r.to)) >= 0)
        return true; /* BETWEEN 5 AND 3, or nothing behind the start key */
    struct walk w = {t, mem, p, out, p->filter != NULL ? expr_cond_bytes(p->filter) : 0};
    struct store_cursor *c;
    if (!store_scan(t->store, buf_str(&r.from), buf_str(&r.to), p->reverse, &c, e))
        return false;
    bool good = walk(&w, c, e);
    store_cursor_close(&c);
    return good;
}
