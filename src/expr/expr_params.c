/* expr_params.c - ExpressionAttributeNames and ExpressionAttributeValues. */
#include "expr/expr_parse_int.h"

#include "base/buf.h"

static bool key_is_word(struct str key, char sigil)
{
    if (key.n < 2 || key.p[0] != sigil)
        return false;
    for (size_t i = 1; i < key.n; i++)
        if (!lex_is_word_char(key.p[i]))
            return false;
    return true;
}

static bool check_key(struct str key, bool is_value, struct err *e)
{
    const char *what = is_value ? "Values" : "Names";
    if (key.n > LIMIT_PLACEHOLDER_NAME_BYTES)
        return err_set(e, ERR_VALIDATION,
                       "ExpressionAttribute%s contains invalid key: The expression attribute map "
                       "contains a key that is too long; size of key: %zu",
                       what, key.n);
    if (!key_is_word(key, is_value ? ':' : '#'))
        return err_set(e, ERR_VALIDATION,
                       "ExpressionAttribute%s contains invalid key: Syntax error; key: \"" STR_FMT
                       "\"",
                       what, STR_ARG(key));
    return true;
}

static bool check_name(const struct expr_name *x, struct err *e)
{
    if (!check_key(x->key, false, e))
        return false;
    if (x->name.n == 0)
        return err_set(e, ERR_VALIDATION,
                       "ExpressionAttributeNames contains invalid value: Empty attribute name for "
                       "key " STR_FMT,
                       STR_ARG(x->key));
    if (x->name.n > LIMIT_ATTRIBUTE_NAME_BYTES)
        return err_set(e, ERR_VALIDATION, "Attribute name is too large, must be less than %d bytes",
                       LIMIT_ATTRIBUTE_NAME_BYTES + 1);
    return true;
}

bool expr_params_check(const struct expr_params *p, struct err *e)
{
    size_t total = 0;
    for (uint32_t i = 0; i < p->names_n; i++) {
        if (!check_name(&p->names[i], e))
            return false;
        total += p->names[i].key.n + p->names[i].name.n;
    }
    for (uint32_t i = 0; i < p->values_n; i++) {
        const struct expr_value *v = &p->values[i];
        if (!check_key(v->key, true, e))
            return false;
        total += v->key.n + (v->value.type != ATTR_NONE ? attr_size(&v->value) : 0);
    }
    if (total > LIMIT_PLACEHOLDER_TOTAL_BYTES)
        return err_set(e, ERR_VALIDATION,
                       "ExpressionAttributeNames and ExpressionAttributeValues have exceeded the "
                       "maximum allowed size; size: %zu",
                       total);
    return true;
}

/* ", " between the keys; enough of them for any text that is sent. */
static void add_key(struct buf *keys, struct str key)
{
    if (keys->n > ERR_TEXT_MAX)
        return;
    if (keys->n > 0)
        buf_add(keys, STR(", "));
    buf_add(keys, key);
}

static bool unused(struct buf *keys, const char *what, struct err *e)
{
    if (keys->n > 0)
        err_set(e, ERR_VALIDATION,
                "Value provided in ExpressionAttribute%s unused in expressions: keys: {" STR_FMT
                "}",
                what, STR_ARG(buf_str(keys)));
    bool none = keys->n == 0;
    buf_free(keys);
    return none;
}

bool expr_params_unused(const struct expr_params *p, struct err *e)
{
    struct buf keys = {0};
    for (uint32_t i = 0; i < p->names_n; i++)
        if (!p->names[i].used)
            add_key(&keys, p->names[i].key);
    if (!unused(&keys, "Names", e))
        return false;
    for (uint32_t i = 0; i < p->values_n; i++)
        if (!p->values[i].used)
            add_key(&keys, p->values[i].key);
    return unused(&keys, "Values", e);
}
