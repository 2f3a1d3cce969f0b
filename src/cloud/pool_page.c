/* pool_page.c - see pool_page.h. */
#include "cloud/pool_page.h"

#include "codec/base64.h"

struct walk {
    const struct pool_page *page;
    int64_t written;
    struct str last; /* key of the latest that was written */
    bool more;
    struct err *e;
};

static bool visit(void *arg, struct str key, struct str value)
{
    struct walk *w = arg;
    const struct pool_page *p = w->page;
    struct arena *mem = p->rq->mem;
    if (!str_starts_with(key, p->prefix))
        return false;
    if (w->written == p->limit) {
        w->more = true;
        return false;
    }
    void *doc = arena_alloc(mem, p->shape->size);
    if (!op_decode_doc(mem, p->shape, arena_dup(mem, value), doc, w->e))
        return false;
    if (p->write(p->rq, doc)) {
        w->written++;
        w->last = arena_dup(mem, key);
    }
    return true;
}

static bool walk(void *arg, struct db_txn *t, struct err *e)
{
    struct walk *w = arg;
    struct arena *mem = w->page->rq->mem;
    struct buf after = {.mem = mem};
    w->e = e;
    buf_add(&after, w->page->prefix);
    if (w->page->token.n > 0 && !base64url_decode(&after, w->page->token))
        return err_set(e, ERR_INVALID_PARAMETER, "Invalid pagination token provided.");
    return db_doc_scan_after(t, w->page->collection, buf_str(&after), visit, w, e) &&
           e->code == ERR_NONE;
}

bool pool_page_write(struct pool_page *p, const char *name)
{
    struct pool_rq *rq = p->rq;
    struct walk w = {.page = p};
    json_out_name(&rq->out, str_from_c(name));
    json_out_open(&rq->out, '[');
    if (!cloud_read(rq->cloud, walk, &w, rq->e))
        return false;
    json_out_close(&rq->out, ']');
    if (w.more && w.last.n > 0) {
        struct buf token = {.mem = rq->mem};
        base64url_encode(&token, str_from(w.last, p->prefix.n));
        json_out_name(&rq->out, str_from_c(p->token_name));
        json_out_str(&rq->out, buf_str(&token));
    }
    return true;
}
