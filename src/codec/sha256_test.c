/* sha256_test.c - FIPS 180-4 and RFC 4231. */
#include "base/tap.h"
#include "codec/sha256.h"

static const struct {
    struct str in;
    const char *want;
} hashes[] = {
    {STR(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {STR("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

#define X20(c) c c c c c c c c c c c c c c c c c c c c

static const struct {
    struct str key, in;
    const char *want;
} macs[] = {
    {STR(X20("\x0b")), STR("Hi There"),
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {STR("Jefe"), STR("what do ya want for nothing?"),
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {STR(X20("\xaa")), STR(X20("\xdd") X20("\xdd") "\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd\xdd"),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {STR(X20("\xaa") X20("\xaa") X20("\xaa") X20("\xaa") X20("\xaa")
             X20("\xaa") "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"),
     STR("Test Using Larger Than Block-Size Key - Hash Key First"),
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {STR(""), STR(""), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
};

static void is_digest(const unsigned char d[SHA256_BYTES], const char *want, const char *what)
{
    char hex[2 * SHA256_BYTES + 1] = {0};
    hex_encode(d, SHA256_BYTES, hex);
    is_str(hex, want, "%s", what);
}

int main(void)
{
    unsigned char d[SHA256_BYTES];
    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        sha256(hashes[i].in, d);
        is_digest(d, hashes[i].want, "sha256");
    }
    for (size_t i = 0; i < COUNT_OF(macs); i++) {
        struct hmac_key k, copy;
        hmac_key_init(&k, macs[i].key);
        copy = k;
        hmac_sha256(&k, macs[i].in, d);
        is_digest(d, macs[i].want, "hmac");
        hmac_sha256(&copy, macs[i].in, d);
        is_digest(d, macs[i].want, "hmac with a copied key, again");
    }
    unsigned char bytes[4] = {0};
    ok(hex_decode(STR("00fFA9"), bytes) && memcmp(bytes, "\x00\xff\xa9", 3) == 0, "hex, any case");
    ok(hex_decode(STR(""), bytes), "no hex");
    unsigned char all[257], back[257];
    char hex[2 * sizeof(all)];
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (unsigned char)i;
    hex_encode(all, sizeof(all), hex);
    ok(hex_decode((struct str){hex, sizeof(hex)}, back) && memcmp(all, back, sizeof(all)) == 0,
       "every byte there and back");
    ok(memcmp(hex, "000102030405060708090a0b0c0d0e0f10", 34) == 0, "in order");
    ok(!hex_decode(STR("abc"), bytes), "odd length");
    ok(!hex_decode(STR("0g"), bytes) && !hex_decode(STR("@0"), bytes), "no digits");
    return tap_done();
}
