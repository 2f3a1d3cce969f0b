/* format.c - see format.h. */
#include "base/format.h"

#include <stdio.h>
#include <string.h>

struct text {
    char *out;
    size_t room; /* without the NUL */
    size_t n;    /* wanted, maybe more than there is room for */
};

static void add(struct text *t, const char *p, size_t n)
{
    if (n > 0 && t->n < t->room)
        memcpy(t->out + t->n, p, size_min(n, t->room - t->n));
    t->n += n;
}

/* A conversion as it stands in the format, to be given to snprintf() alone. */
struct conversion {
    char spec[32];
    int longs; /* how many of "l", "ll"; "z", "j" and "t" are one here: all are 64 bits */
    char letter;
};
_Static_assert(sizeof(long) == sizeof(size_t) && sizeof(long) == sizeof(intmax_t) &&
                   sizeof(long) == sizeof(ptrdiff_t),
               "z, j and t");

/* `p` is behind the '%'; returns what is behind the conversion.  A "*" becomes the number that
 * is its argument. */
static const char *take(const char *p, struct conversion *c, va_list *ap)
{
    size_t n = 0;
    c->spec[n++] = '%';
    for (c->longs = 0; *p != '\0' && strchr("-+ #0123456789.*hlzjt", *p) != NULL; p++) {
        c->longs += strchr("lzjt", *p) != NULL;
        if (*p == '*')
            n += (size_t)snprintf(c->spec + n, sizeof(c->spec) - n, "%d", va_arg(*ap, int));
        else
            c->spec[n++] = *p;
        assert(n + 2 < sizeof(c->spec));
    }
    assert(*p != '\0');
    c->spec[n++] = c->letter = *p;
    c->spec[n] = '\0';
    return p + 1;
}

/* snprintf() to the end of the text; its formats are those that take() has cut out of one that
 * the compiler has seen. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#define PRINT(t, c, arg)                                                                           \
    ((t)->n += (size_t)snprintf((t)->n < (t)->room ? (t)->out + (t)->n : NULL,                     \
                                (t)->n < (t)->room ? (t)->room - (t)->n + 1 : 0, (c)->spec, arg))

static void convert(struct text *t, const struct conversion *c, va_list *ap)
{
    switch (c->letter) {
    case 's':
        PRINT(t, c, va_arg(*ap, const char *));
        break;
    case 'p':
        PRINT(t, c, va_arg(*ap, const void *));
        break;
    case 'e':
    case 'f':
    case 'g':
        PRINT(t, c, va_arg(*ap, double));
        break;
    case 'c':
        add(t, &(char){(char)va_arg(*ap, int)}, 1);
        break;
    default:
        assert(strchr("diuxXo", c->letter) != NULL);
        if (c->longs == 0)
            PRINT(t, c, va_arg(*ap, int));
        else if (c->longs == 1)
            PRINT(t, c, va_arg(*ap, long));
        else
            PRINT(t, c, va_arg(*ap, long long));
    }
}
#pragma GCC diagnostic pop

size_t format_text(char *out, size_t room, const char *fmt, va_list ap)
{
    struct text t = {.out = out, .room = room > 0 ? room - 1 : 0};
    va_list args;
    va_copy(args, ap);
    while (*fmt != '\0') {
        size_t plain = strcspn(fmt, "%");
        add(&t, fmt, plain);
        fmt += plain;
        if (*fmt == '\0')
            break;
        struct conversion c;
        if (fmt[1] == '%') {
            add(&t, fmt, 1);
            fmt += 2;
        } else if (strncmp(fmt, "%.*s", 4) == 0) {
            int n = va_arg(args, int);
            add(&t, va_arg(args, const char *), (size_t)n);
            fmt += 4;
        } else if (strncmp(fmt, "%s", 2) == 0) {
            const char *s = va_arg(args, const char *);
            add(&t, s, strlen(s));
            fmt += 2;
        } else {
            fmt = take(fmt + 1, &c, &args);
            convert(&t, &c, &args);
        }
    }
    va_end(args);
    if (room > 0)
        out[size_min(t.n, t.room)] = '\0';
    return t.n;
}
