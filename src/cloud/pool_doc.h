/* pool_doc.h - what user pools keep: pools, their keys, app clients, users, as
 * documents of the database.
 *
 *   collection      key                     document
 *   pool            pool id                 struct pool, JSON by pool_doc_shape
 *   pool-key        pool id                 struct pool_key
 *   pool-client     pool id / client id     struct pool_client
 *   pool-of-client  client id               pool id
 *   pool-user       pool id / user name     struct user
 *   pool-alias      pool id / kind : value  user name
 *   pool-count      pool id                 number of users, decimal
 *   pool-revoked    pool id / sign-in id    ms after which the entry is useless, decimal
 *
 * The same structures are the input of the operations that make them, so absent
 * members are NULL or unset until pool_defaults() or the operation fills them in. */
#ifndef CLOUD_POOL_DOC_H
#define CLOUD_POOL_DOC_H

#include "db/db_doc.h"
#include "op/op.h"

struct attribute {
    struct str name, value;
};

struct password_policy {
    struct opt_int minimum, history, temporary_days;
    enum tri upper, lower, numbers, symbols;
};
struct pool_policies {
    struct password_policy *password;
    struct sign_in_policy *sign_in;
};
struct sign_in_policy {
    struct list first; /* struct str */
};
struct attribute_schema {
    struct str name, type;
    enum tri developer_only, is_mutable, required;
    struct attribute_limits *number, *string;
};
struct attribute_limits {
    struct str min, max;
};
struct lambda_config {
    struct str post_confirmation;
    struct str other[12]; /* raw, refused */
};
struct message_template {
    struct str sms, email, subject;
};
struct verification_template {
    struct str sms, email, subject, option, by_link, subject_by_link;
};
struct admin_create_config {
    enum tri admin_only;
    struct opt_int unused_days;
    struct message_template *invite;
};
struct username_config {
    enum tri case_sensitive;
};
struct email_config {
    struct str account, from, reply_to, source, set;
};
struct recovery_option {
    struct opt_int priority;
    struct str name;
};
struct recovery {
    struct list options;
};

struct pool {
    struct str id, name;
    struct pool_policies *policies;
    struct str deletion_protection;
    struct lambda_config *lambda;
    struct list auto_verified, aliases, username_attributes; /* struct str */
    struct str sms_message, email_message, email_subject, mfa, tier;
    struct verification_template *verification;
    struct map tags;
    struct admin_create_config *admin_create;
    struct list schema; /* struct attribute_schema: all that are not standard, or set */
    struct username_config *username;
    struct email_config *email;
    struct recovery *recovery;
    struct str refused[5];
    struct opt_int created_ms, modified_ms;
};

struct pool_key {
    struct str kid, der, seal; /* seal: POOL_SEAL_KEY_BYTES */
};

struct validity_units {
    struct str access, id, refresh;
};
struct pool_client {
    struct str pool_id, id, name, secret;
    enum tri generate_secret; /* input only */
    struct opt_int refresh_validity, access_validity, id_validity, session_minutes;
    struct validity_units *units;
    struct list read, write, flows; /* struct str */
    struct list providers;
    struct str existence_errors;
    enum tri revocation, propagate, oauth;
    struct str refused[7];
    struct opt_int created_ms, modified_ms;
};

struct user_code {
    struct str purpose, hash, attribute;
    struct opt_int expires_ms;
};
struct user {
    struct str name, sub, status;
    struct list attributes; /* struct attribute */
    enum tri enabled;
    struct str salt, verifier; /* absent: no password yet */
    struct list codes;         /* struct user_code */
    struct opt_int created_ms, modified_ms, valid_from_ms /* of sign-ins */, temporary_until_ms;
};

extern const struct shape pool_doc_shape, pool_key_shape, pool_client_doc_shape, user_doc_shape;

/* Loads; an absent document is success with *out unchanged and *found false. */
MUST_CHECK bool pool_doc_load(struct db_txn *t, struct arena *mem, struct str collection,
                              struct str key, const struct shape *shape, void *out, bool *found,
                              struct err *e);
MUST_CHECK bool pool_doc_save(struct db_txn *t, struct str collection, struct str key,
                              const struct shape *shape, const void *doc, struct err *e);

struct str pool_key2(struct arena *mem, struct str pool_id, struct str rest); /* a / b */

/* A list that is one longer; returns the new element, all zero. */
void *pool_list_add(struct arena *mem, struct list *l, size_t size);
bool pool_list_has(const struct list *l, struct str s); /* of struct str */

#endif
