/* pool_new_user.c - what a new user is called, whoever makes him. */
#include "cloud/pool_attribute.h"
#include "cloud/pool_op.h"
#include "cloud/pool_password.h"

static bool wants_address(struct pool_rq *rq, struct str given, struct user *u)
{
    bool mail = pool_list_has(&rq->pool.username_attributes, STR("email"));
    bool phone = pool_list_has(&rq->pool.username_attributes, STR("phone_number"));
    struct str name = STR("email");
    if (phone && pool_is_phone(given))
        name = STR("phone_number");
    else if (!mail || !pool_is_email(given))
        return err_set(rq->e, ERR_INVALID_PARAMETER, "Username should be %s.",
                       mail && phone ? "either an email or a phone number"
                       : mail        ? "an email"
                                     : "a phone number");
    struct str other = pool_attribute_get(&u->attributes, name);
    if (other.n > 0 && !str_eq(pool_fold(rq, other), pool_fold(rq, given)))
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "Attribute value for " STR_FMT " must be unique and match the username.",
                       STR_ARG(name));
    pool_attribute_set(rq->mem, &u->attributes, name, pool_fold(rq, given));
    u->name = u->sub;
    return true;
}

bool pool_name_new_user(struct pool_rq *rq, struct str given, struct user *u)
{
    u->sub = pool_uuid(rq);
    if (rq->pool.username_attributes.n > 0)
        return wants_address(rq, given, u);
    if (pool_list_has(&rq->pool.aliases, STR("email")) && pool_is_email(given))
        return err_set(rq->e, ERR_INVALID_PARAMETER,
                       "Username cannot be of email format, since user pool is configured for "
                       "email alias.");
    u->name = pool_fold(rq, given);
    return true;
}

void pool_finish_new_user(struct pool_rq *rq, struct user *u)
{
    const struct attribute *a = u->attributes.v;
    struct list out = {0};
    *(struct attribute *)pool_list_add(rq->mem, &out, sizeof(*a)) =
        (struct attribute){STR("sub"), u->sub};
    for (uint32_t i = 0; i < u->attributes.n; i++)
        if (a[i].value.n > 0)
            pool_attribute_set(rq->mem, &out, a[i].name, a[i].value);
    u->attributes = out;
}

struct str pool_nobody_address(struct pool_rq *rq, struct str name)
{
    struct pool_nobody n;
    if (pool_is_email(name))
        return name;
    pool_password_nobody(rq, name, &n);
    return arena_printf(rq->mem, "%c@%c", 'a' + n.salt[0] % 26, 'a' + n.salt[1] % 26);
}
