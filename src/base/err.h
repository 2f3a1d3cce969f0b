/* err.h - the one error type.  A code is the name of an AWS exception, or one
 * of the few that never leave the process.
 *
 * A function that can fail returns bool, is MUST_CHECK and takes struct err *
 * last; its outputs come just before and are written only on success.
 *
 * A text may show what a client sent: of any length, and with NULs in it.  Its first bytes
 * are in the error itself, as a C string for logs.  What is longer is in an arena, that of
 * the request, up to ERR_TEXT_MAX; an error without an arena has its beginning only.
 * Either way a text is cut between two characters. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/arena.h"

enum err_code {
    ERR_NONE,
    /* What clients see; names and texts in err.c. */
    ERR_VALIDATION,
    ERR_SERIALIZATION,
    ERR_UNKNOWN_OPERATION,
    ERR_ACCESS_DENIED,
    ERR_MISSING_AUTHENTICATION_TOKEN,
    ERR_INCOMPLETE_SIGNATURE,
    ERR_INVALID_SIGNATURE,
    ERR_UNRECOGNIZED_CLIENT,
    ERR_EXPIRED_TOKEN,
    ERR_THROTTLING,
    ERR_CONDITIONAL_CHECK_FAILED,
    ERR_RESOURCE_NOT_FOUND,
    ERR_RESOURCE_IN_USE,
    ERR_LIMIT_EXCEEDED,
    ERR_PROVISIONED_THROUGHPUT_EXCEEDED,
    ERR_REQUEST_LIMIT_EXCEEDED,
    ERR_ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED,
    ERR_TRANSACTION_CANCELED,
    ERR_TRANSACTION_CONFLICT,
    ERR_REPLICATED_WRITE_CONFLICT,
    ERR_TRANSACTION_IN_PROGRESS,
    ERR_IDEMPOTENT_PARAMETER_MISMATCH,
    ERR_DUPLICATE_ITEM,
    ERR_TABLE_NOT_FOUND,
    ERR_TABLE_IN_USE,
    ERR_TABLE_ALREADY_EXISTS,
    ERR_INDEX_NOT_FOUND,
    ERR_BACKUP_NOT_FOUND,
    ERR_EXPORT_NOT_FOUND,
    ERR_IMPORT_NOT_FOUND,
    ERR_POLICY_NOT_FOUND,
    ERR_GLOBAL_TABLE_NOT_FOUND,
    ERR_CONTINUOUS_BACKUPS_UNAVAILABLE,
    ERR_EXPIRED_ITERATOR,
    ERR_TRIMMED_DATA_ACCESS,
    /* Of user pools. */
    ERR_INVALID_PARAMETER,
    ERR_NOT_AUTHORIZED,
    ERR_UNAUTHORIZED,
    ERR_USER_NOT_FOUND,
    ERR_USER_NOT_CONFIRMED,
    ERR_USERNAME_EXISTS,
    ERR_ALIAS_EXISTS,
    ERR_INVALID_PASSWORD,
    ERR_PASSWORD_HISTORY,
    ERR_PASSWORD_RESET_REQUIRED,
    ERR_CODE_MISMATCH,
    ERR_EXPIRED_CODE,
    ERR_CODE_DELIVERY_FAILURE,
    ERR_TOO_MANY_REQUESTS,
    ERR_UNSUPPORTED_USER_STATE,
    ERR_UNSUPPORTED_TOKEN_TYPE,
    ERR_USER_LAMBDA_VALIDATION,
    ERR_INVALID_LAMBDA_RESPONSE,
    ERR_INTERNAL,         /* InternalServerError, 500 */
    ERR_INTERNAL_FAILURE, /* InternalFailure, 500, empty message */
    /* What never leaves the process. */
    ERR_WOULD_BLOCK, /* needs the disk or much work: run again on a pool thread */
    ERR_CONFLICT,    /* the store asks for the transaction to be run again */
    ERR_IO,          /* the store or the disk failed; clients get InternalServerError */
    ERR_COUNT
};

enum { ERR_TEXT_MAX = 1 << 20 };

struct err {
    enum err_code code; /* ERR_NONE until something fails */
    struct arena *mem;  /* for a text that msg has no room for; NULL: there is none */
    const char *whole;  /* such a text, or NULL: msg has all of it */
    size_t n;           /* of the text, wherever it is */
    char msg[2048];     /* the text or its beginning; ends with a NUL */
};

/* An error to come; for one that was looked at, to go on: err_init(e, e->mem).  Most of its
 * bytes stay as they are: every request has one. */
static inline void err_init(struct err *e, struct arena *mem)
{
    e->code = ERR_NONE;
    e->mem = mem;
    e->whole = NULL;
    e->n = 0;
    e->msg[0] = '\0';
}

/* The same without an arena. */
static inline void err_clear(struct err *e)
{
    err_init(e, NULL);
}

/* What the client reads. */
static inline struct str err_text(const struct err *e)
{
    return (struct str){e->whole != NULL ? e->whole : e->msg, e->n};
}

/* Returns false, so that a failing function can say: return err_set(...).  See format.h. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Puts `prefix` in front of the message of an error that is set. */
void err_prefix(struct err *e, const char *prefix);

const char *err_type(enum err_code code);   /* "com.amazon.coral.validate#ValidationException" */
const char *err_name(enum err_code code);   /* "ValidationException" */
const char *err_member(enum err_code code); /* "message", "Message", or NULL: no message is sent */
int err_http_status(enum err_code code);

#endif
