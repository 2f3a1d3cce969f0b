/* fuzz_user_pools.c - what strangers send to user pools: tokens, public values, filters,
 * sealed state, and what the database gives back. */
#include "cloud/pool_doc.h"
#include "cloud/pool_filter.h"
#include "cloud/pool_jwt.h"
#include "cloud/pool_seal.h"
#include "cloud/pool_shapes.h"
#include "cloud/srp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void user_document(struct arena *mem, struct str s)
{
    struct user u = {0}, again = {0};
    struct err e = {0};
    struct buf out = {0};
    struct json_out o = {.to = &out};
    if (op_decode_doc(mem, &user_doc_shape, s, &u, &e)) {
        op_encode(&o, &user_doc_shape, &u);
        bool good = op_decode_doc(mem, &user_doc_shape, buf_str(&out), &again, &e);
        assert(good);
        assert(str_eq(u.name, again.name) && u.attributes.n == again.attributes.n);
    }
    buf_free(&out);
}

static void request(struct arena *mem, struct str s)
{
    struct err e = {0};
    void *in;
    if (op_decode_input(mem, &pool_create_shape, s, &in, &e) &&
        !pool_shape_check(&pool_create_shape, in, &e))
        assert(e.code == ERR_INVALID_PARAMETER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[POOL_SEAL_KEY_BYTES] = {1};
    struct arena mem = {0};
    struct err e = {0};
    struct pool_jwt jwt;
    struct pool_filter filter;
    struct user u = {.name = STR("a")};
    struct buf plain = {0};
    unsigned char A[SRP_GROUP_BYTES];
    if (size == 0)
        return 0;
    struct str s = {(const char *)data + 1, size - 1};
    switch (data[0] % 6) {
    case 0:
        if (pool_jwt_parse(&mem, s, &jwt))
            assert(jwt.signed_text.n < s.n);
        break;
    case 1:
        if (srp_client_public_parse(s, A))
            assert(s.n <= SRP_A_HEX_MAX);
        break;
    case 2:
        if (pool_filter_parse(&mem, s, &filter, &e))
            (void)pool_filter_match(&filter, &u);
        break;
    case 3:
        if (pool_unseal(key, STR("x"), s, &plain))
            assert(plain.n < s.n);
        break;
    case 4:
        user_document(&mem, s);
        break;
    default:
        request(&mem, s);
    }
    buf_free(&plain);
    arena_free(&mem);
    return 0;
}
