/* xml.c - see xml.h. */
#include "codec/xml.h"

#include "codec/utf8.h"

void xml_escape(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '&')
            buf_add(to, STR("&amp;"));
        else if (c == '<')
            buf_add(to, STR("&lt;"));
        else if (c == '>')
            buf_add(to, STR("&gt;"));
        else if (c == '"')
            buf_add(to, STR("&quot;"));
        else if (c == '\r') /* readers make line feeds of it otherwise */
            buf_add(to, STR("&#13;"));
        else
            buf_byte(to, (unsigned char)c < 0x20 && c != '\t' && c != '\n' ? '?' : c);
    }
}

void xml_open(struct buf *to, const char *name)
{
    buf_printf(to, "<%s>", name);
}

void xml_close(struct buf *to, const char *name)
{
    buf_printf(to, "</%s>", name);
}

void xml_text(struct buf *to, const char *name, struct str text)
{
    xml_open(to, name);
    xml_escape(to, text);
    xml_close(to, name);
}

void xml_init(struct xml *x, struct arena *mem, struct str in)
{
    *x = (struct xml){.left = in, .mem = mem};
}

static enum xml_token fail(struct xml *x)
{
    x->failed = true;
    return XML_ERROR;
}

static void advance(struct xml *x, size_t n)
{
    x->left = str_from(x->left, n);
}

/* Where `what` begins; left.n: nowhere. */
static size_t find(const struct xml *x, struct str what)
{
    const char *at = x->left.n > 0 ? memmem(x->left.p, x->left.n, what.p, what.n) : NULL;
    return at != NULL ? (size_t)(at - x->left.p) : x->left.n;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Skips <?...?> and <!--...-->; false: it does not end. */
static bool skip_past(struct xml *x, struct str end)
{
    size_t at = find(x, end);
    if (at == x->left.n)
        return false;
    advance(x, at + end.n);
    return true;
}

/* &name; and &#n;, from behind the ampersand to before the semicolon. */
static bool add_entity(struct buf *to, struct str name)
{
    static const struct {
        struct str name;
        char c;
    } known[] = {{STR("amp"), '&'},
                 {STR("lt"), '<'},
                 {STR("gt"), '>'},
                 {STR("quot"), '"'},
                 {STR("apos"), '\''}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq(name, known[i].name)) {
            buf_byte(to, known[i].c);
            return true;
        }
    bool hexadecimal = name.n > 1 && name.p[1] == 'x';
    size_t i = hexadecimal ? 2 : 1;
    uint32_t code = 0;
    if (name.n <= i || name.n > i + 7 || name.p[0] != '#')
        return false;
    for (; i < name.n; i++) {
        char c = name.p[i];
        int digit = c >= '0' && c <= '9'                  ? c - '0'
                    : hexadecimal && c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : hexadecimal && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                          : -1;
        if (digit < 0)
            return false;
        code = code * (hexadecimal ? 16 : 10) + (uint32_t)digit;
    }
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return false;
    char utf8[4];
    buf_add(to, (struct str){utf8, utf8_put(code, utf8)});
    return true;
}

static bool unescape(struct xml *x, struct str raw)
{
    struct buf out = {.mem = x->mem};
    x->text = raw;
    if (memchr(raw.p, '&', raw.n) == NULL)
        return true;
    while (raw.n > 0) {
        const char *amp = memchr(raw.p, '&', raw.n);
        size_t plain = amp != NULL ? (size_t)(amp - raw.p) : raw.n;
        buf_add(&out, (struct str){raw.p, plain});
        raw = str_from(raw, plain);
        if (amp == NULL)
            break;
        const char *end = memchr(raw.p, ';', raw.n);
        if (end == NULL || !add_entity(&out, (struct str){raw.p + 1, (size_t)(end - raw.p) - 1}))
            return false;
        raw = str_from(raw, (size_t)(end - raw.p) + 1);
    }
    x->text = buf_str(&out);
    return true;
}

/* The name at the start of what is left. */
static struct str take_name(struct xml *x)
{
    size_t n = 0;
    while (n < x->left.n && !is_space(x->left.p[n]) && memchr("<>/=&\"'", x->left.p[n], 7) == NULL)
        n++;
    struct str name = {x->left.p, n};
    advance(x, n);
    return name;
}

/* From behind "<NAME" to behind ">"; an attribute's value may hold a ">". */
static bool skip_attributes(struct xml *x)
{
    char quote = 0;
    for (size_t i = 0; i < x->left.n; i++) {
        char c = x->left.p[i];
        if (quote != 0) {
            quote = c == quote ? (char)0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '<') {
            return false;
        } else if (c == '>') {
            x->empty_element = i > 0 && x->left.p[i - 1] == '/';
            advance(x, i + 1);
            return true;
        }
    }
    return false;
}

static enum xml_token close_element(struct xml *x)
{
    advance(x, 2);
    x->name = take_name(x);
    while (x->left.n > 0 && is_space(x->left.p[0]))
        advance(x, 1);
    if (x->left.n == 0 || x->left.p[0] != '>' || x->depth == 0 ||
        !str_eq(x->name, x->open[x->depth - 1]))
        return fail(x);
    advance(x, 1);
    x->depth--;
    return XML_CLOSE;
}

static enum xml_token open_element(struct xml *x)
{
    advance(x, 1);
    x->name = take_name(x);
    if (x->name.n == 0 || x->depth == XML_DEPTH_MAX || (x->depth == 0 && x->seen_root) ||
        !skip_attributes(x))
        return fail(x);
    x->seen_root = true;
    x->open[x->depth++] = x->name;
    return XML_OPEN;
}

enum xml_token xml_next(struct xml *x)
{
    if (x->failed)
        return XML_ERROR;
    if (x->empty_element) {
        x->empty_element = false;
        x->name = x->open[--x->depth];
        return XML_CLOSE;
    }
    for (;;) {
        size_t n = find(x, STR("<"));
        struct str raw = {x->left.p, n};
        bool blank = true;
        for (size_t i = 0; i < n && blank; i++)
            blank = is_space(raw.p[i]);
        advance(x, n);
        if (!blank)
            return x->depth > 0 && unescape(x, raw) ? XML_TEXT : fail(x);
        if (x->left.n == 0)
            return x->depth == 0 && x->seen_root ? XML_DONE : fail(x);
        if (str_starts_with(x->left, STR("</")))
            return close_element(x);
        struct str end = str_starts_with(x->left, STR("<?"))     ? STR("?>")
                         : str_starts_with(x->left, STR("<!--")) ? STR("-->")
                                                                 : (struct str){0};
        if (end.n == 0)
            return str_starts_with(x->left, STR("<!")) ? fail(x) : open_element(x);
        if (!skip_past(x, end))
            return fail(x);
    }
}
