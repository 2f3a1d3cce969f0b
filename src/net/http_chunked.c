/* http_chunked.c - the chunked transfer coding, byte by byte where it is text
 * and run by run where it is data.
 *
 *     chunk   = size [ extension ] CRLF data CRLF
 *     body    = *chunk "0" [ extension ] CRLF *( trailer CRLF ) CRLF
 *
 * Extensions and trailers are skipped, and bounded together. */
#include "base/buf.h"
#include "net/http_parser.h"

enum { SKIPPED_BYTES_MAX = 16 * 1024, SIZE_DIGITS_MAX = 15 };
enum state {
    SIZE_FIRST, /* a digit must come */
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_FIRST, /* at the start of a trailer line */
    TRAILER_NAME,
    TRAILER,
    TRAILER_LF,
    LAST_LF,
    END,
    BAD,
};

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum state size_digit(struct http_chunked *c, char b)
{
    int d = hex(b);
    if (d < 0 || c->left >> (4 * SIZE_DIGITS_MAX - 4) != 0)
        return BAD;
    c->left = c->left << 4 | (uint64_t)d;
    return SIZE;
}

static bool is_token(char b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
           (b != '\0' && strchr("!#$%&'*+-.^_`|~", b) != NULL);
}

/* A byte of an extension or trailer: text, a tab, or the CR that ends it. */
static enum state skip(struct http_chunked *c, char b, enum state same, enum state after_cr)
{
    if (b == '\r')
        return after_cr;
    if (((uint8_t)b < 0x20 && b != '\t') || b == 0x7F || ++c->trailer_bytes > SKIPPED_BYTES_MAX)
        return BAD;
    return same;
}

static enum state step(struct http_chunked *c, char b)
{
    switch ((enum state)c->state) {
    case SIZE_FIRST:
        return size_digit(c, b);
    case SIZE:
        if (b == '\r')
            return SIZE_LF;
        if (b == ';')
            return skip(c, b, EXTENSION, SIZE_LF);
        return size_digit(c, b);
    case EXTENSION:
        return skip(c, b, EXTENSION, SIZE_LF);
    case SIZE_LF:
        if (b != '\n')
            return BAD;
        return c->left > 0 ? DATA : TRAILER_FIRST;
    case DATA_CR:
        return b == '\r' ? DATA_LF : BAD;
    case DATA_LF:
        return b == '\n' ? SIZE_FIRST : BAD;
    case TRAILER_FIRST:
        return b == '\r' ? LAST_LF : is_token(b) ? skip(c, b, TRAILER_NAME, BAD) : BAD;
    case TRAILER_NAME:
        return b == ':' ? TRAILER : is_token(b) ? skip(c, b, TRAILER_NAME, BAD) : BAD;
    case TRAILER:
        return skip(c, b, TRAILER, TRAILER_LF);
    case TRAILER_LF:
        return b == '\n' ? TRAILER_FIRST : BAD;
    case LAST_LF:
        return b == '\n' ? END : BAD;
    case DATA:
    case END:
    case BAD:
        break;
    }
    return BAD;
}

enum http_parse http_chunked_feed(struct http_chunked *c, struct str *in, struct buf *out)
{
    while (in->n > 0 && c->state != END && c->state != BAD) {
        if (c->state == DATA) {
            size_t n = (size_t)(c->left < in->n ? c->left : in->n);
            buf_add(out, (struct str){in->p, n});
            *in = str_from(*in, n);
            c->left -= n;
            if (c->left == 0)
                c->state = DATA_CR;
        } else {
            c->state = (int)step(c, in->p[0]);
            *in = str_from(*in, 1);
        }
    }
    return c->state == END ? HTTP_DONE : c->state == BAD ? HTTP_BAD : HTTP_MORE;
}
